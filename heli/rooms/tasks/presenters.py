"""Turns what the queries return into words and tones for the pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from heli.rooms.rulebook import queries as rulebook
from heli.rooms.tasks import queries, rules
from heli.rooms.tasks.enums import Line, TaskState
from heli.ui.shapes import Option, Step, Tab

if TYPE_CHECKING:
    from heli.kernel.models import AuditEntry
    from heli.rooms.people.models import Unit
    from heli.rooms.tasks.models import Task

GROUP_NAMES = {
    "late": gettext_lazy("Overdue"),
    "today": gettext_lazy("Today"),
    "week": gettext_lazy("Within a week"),
    "review": gettext_lazy("To review"),
    "later": gettext_lazy("Later"),
}
VERBS = {
    "accept": gettext_lazy("Accept"),
    "hand_in": gettext_lazy("Record"),
    "rework": gettext_lazy("Rework"),
    "review": gettext_lazy("Review"),
}
_TONES = {
    TaskState.OPEN: "idle",
    TaskState.ACCEPTED: "run",
    TaskState.HANDED_IN: "wait",
    TaskState.RETURNED: "soon",
    TaskState.CLOSED: "done",
    TaskState.CANCELED: "idle",
}
ACTS = {
    "task.accepted": gettext_lazy("Accepted"),
    "task.handed_in": gettext_lazy("Handed in"),
    "task.hand_in_withdrawn": gettext_lazy("Hand-in withdrawn"),
    "task.returned": gettext_lazy("Returned"),
    "task.closed": gettext_lazy("Completed and closed"),
    "tasks.amended": gettext_lazy("Changed by its plan, work goes on"),
    "tasks.canceled": gettext_lazy("Withdrawn by its plan"),
    "tasks.replaced": gettext_lazy("Replaced, went to another unit"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list: where it leads, in what state, and the one action."""

    task: Task
    url: str
    tone: str
    state: str
    due: str
    verb: str = ""


def due_words(left: int | None) -> tuple[str, str]:
    """Return tone and words of a due date: late by days, today, or days left."""
    if left is None:
        return "idle", _("No date")
    if left < 0:
        return "late", ngettext("%(days)s day late", "%(days)s days late", -left) % {"days": -left}
    if left == 0:
        return "soon", _("Due today")
    tone = "soon" if left <= 3 else "run"
    return tone, ngettext("%(days)s day left", "%(days)s days left", left) % {"days": left}


def state_words(task: Task, today: date) -> tuple[str, str]:
    """Return tone and words of a task's state; undone work shows how late it is before anything else."""
    state = TaskState(task.state)
    left = rules.days_left(task.due_on, today)
    if state in {TaskState.OPEN, TaskState.ACCEPTED} and left is not None and left <= 7:
        return due_words(left)
    return _TONES[state], str(state.label)


def _row(task: Task, today: date, verb: str = "") -> Row:
    tone, words = state_words(task, today)
    due = task.due_on.strftime("%m-%d" if task.due_on.year == today.year else "%Y-%m-%d") if task.due_on else ""
    return Row(task=task, url=reverse("tasks:task", args=[task.pk]), tone=tone, state=words, due=due, verb=verb)


def todo_groups(todo: queries.Todo, today: date) -> list[dict[str, Any]]:
    return [
        {"key": key, "name": GROUP_NAMES[key], "rows": [_row(row.task, today, str(VERBS[row.verb])) for row in rows]}
        for key, rows in todo.groups
    ]


def todo_tabs(todo: queries.Todo, line: str) -> list[Tab]:
    """All, then each line that has work."""
    everything = Tab(_("All"), "?", sum(todo.lines.values()), current=not line)
    return [
        everything,
        *(
            Tab(
                str(choice.label),
                f"?line={choice.value}",
                todo.lines.get(choice.value, 0),
                line == choice,
                choice.value,
            )
            for choice in Line
        ),
    ]


def todo_summary(todo: queries.Todo) -> dict[str, int]:
    return {group: todo.count(group) for group in queries.GROUPS}


def list_rows(tasks: Iterable[Task], today: date) -> list[Row]:
    return [_row(task, today) for task in tasks]


def given_rows(tasks: Sequence[Task], today: date) -> list[Row]:
    return list_rows(tasks, today)


def state_options(chosen: str) -> list[Option]:
    names = [("", _("All states")), ("undone", _("Undone")), ("late", _("Overdue"))]
    names += [(state.value, str(state.label)) for state in TaskState if state != TaskState.CANCELED]
    return [Option(value, label, selected=value == chosen) for value, label in names]


def line_options(chosen: str) -> list[Option]:
    names = [("", _("Both lines and each")), *((line.value, str(line.label)) for line in Line)]
    return [Option(value, label, selected=value == chosen) for value, label in names]


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task as its page shows it."""

    page: queries.TaskPage
    tone: str
    state: str
    due_tone: str
    due_words: str
    steps: list[Step]
    evidence: list[dict[str, Any]]


def task_view(page: queries.TaskPage) -> TaskView:
    tone, words = _TONES[TaskState(page.task.state)], str(TaskState(page.task.state).label)
    due_tone, due = due_words(page.days_left)
    return TaskView(
        page=page,
        tone=tone,
        state=words,
        due_tone=due_tone,
        due_words=due,
        steps=[_step(entry) for entry in reversed(page.history)],
        evidence=[_evidence(citation, page.task) for citation in page.citations],
    )


def _step(entry: AuditEntry) -> Step:
    reason = str(entry.changes.get("reason", ""))
    if entry.action == "tasks.amended":
        names = ("title", "starts_on", "due_on", "deliverable", "requesters")
        pairs = [entry.changes[name] for name in names if name in entry.changes]
        reason = "; ".join([*(f"{old or '–'} → {new or '–'}" for old, new in pairs), reason])
    act = str(ACTS.get(entry.action, entry.action))
    return Step(text=f"{act} · {entry.actor_label}", when=entry.at, note=reason)


def _evidence(citation: Any, task: Task) -> dict[str, Any]:
    evidence = citation.evidence
    return {
        "evidence": evidence,
        "is_late": rules.was_late(task.due_on, evidence.happened_on),
        "is_later_entry": (evidence.recorded_at.date() - evidence.happened_on).days > 7,
    }


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """A month of a duty: ``required`` by the rulebook, ``planned``, ``done`` and done ``late`` in tasks."""

    month: int
    required: int
    count: queries.MatrixCount
    is_past: bool

    @property
    def due(self) -> int:
        """How many are expected: the rulebook's number, or the plan's where it asks for more."""
        return max(self.required, self.count.planned)

    @property
    def kind(self) -> str:
        """The face of the cell: z empty, ok, lt late, miss, plan, todo (see pages/matrix.css)."""
        if not self.due:
            return "z"
        if self.count.done >= self.due:
            return "lt" if self.count.late else "ok"
        if self.is_past:
            return "miss"
        return "plan" if self.count.planned >= self.required else "todo"

    @property
    def missing(self) -> int:
        return max(0, self.due - self.count.done) if self.is_past else 0

    @property
    def word(self) -> str:
        words = {
            "ok": _("in time"),
            "lt": _("late %(n)s") % {"n": self.count.late},
            "miss": _("missing %(n)s") % {"n": self.missing},
            "plan": _("planned %(n)s") % {"n": self.count.planned - self.count.done},
            "todo": _("not planned %(n)s") % {"n": self.required - self.count.planned},
        }
        return words.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A duty with its twelve months."""

    code: str
    title: str
    period: str
    cells: tuple[MatrixCell, ...]

    @property
    def due(self) -> int:
        return sum(cell.due for cell in self.cells)

    @property
    def done(self) -> int:
        return sum(cell.count.done for cell in self.cells)

    @property
    def missing(self) -> int:
        return sum(cell.missing for cell in self.cells)


@dataclass(frozen=True, slots=True)
class MatrixGroup:
    line: str
    name: str
    rows: tuple[MatrixRow, ...]


def matrix(unit: Unit, year: int, today: date, line: str, *, missing_only: bool) -> list[MatrixGroup]:
    """Return the duties of a unit and all below it, by line, with required, planned and done in each month."""
    counts = queries.planned_and_done(unit, year)
    rows: dict[str, list[MatrixRow]] = {}
    for duty in rulebook.requirements_matrix(unit, year):
        cells = tuple(
            _cell(duty.months.get(month, 0), counts.get((duty.code, month)), year, month, today) for month in MONTHS
        )
        row = MatrixRow(duty.code, duty.duty.title, _how_often(duty.duty), cells)
        if row.missing or not missing_only:
            rows.setdefault(duty.duty.line, []).append(row)
    return [
        MatrixGroup(choice.value, str(choice.label), tuple(rows[choice.value]))
        for choice in Line
        if choice.value in rows and line in {"", choice.value}
    ]


MONTHS = range(1, 13)
PERIODS = {
    "month": gettext_lazy("every month"),
    "quarter": gettext_lazy("every quarter"),
    "half": gettext_lazy("every half-year"),
    "year": gettext_lazy("every year"),
    "term": gettext_lazy("every term"),
    "event": gettext_lazy("when it arises"),
}


def _how_often(duty: rulebook.Duty) -> str:
    return f"{PERIODS[duty.period]} · {'/'.join(duty.subjects)}"


def first_party_unit(units: Sequence[Unit]) -> Unit:
    """Return the Party organization to begin with; duties are asked of the Party tree."""
    return next((unit for unit in units if unit.tree == "party"), units[0])


def _cell(required: int, count: queries.MatrixCount | None, year: int, month: int, today: date) -> MatrixCell:
    return MatrixCell(month, required, count or queries.MatrixCount(), (year, month) < (today.year, today.month))


def matrix_summary(groups: Sequence[MatrixGroup]) -> dict[str, int]:
    """Return how much was due in the months that are over, done of it, done late, and missing."""
    cells = [cell for group in groups for row in group.rows for cell in row.cells if cell.is_past]
    return {
        "due": sum(cell.due for cell in cells),
        "done": sum(min(cell.count.done, cell.due) for cell in cells),
        "late": sum(cell.count.late for cell in cells),
        "missing": sum(cell.missing for cell in cells),
    }


def cell_rows(units: Sequence[queries.CellUnit], today: date) -> list[dict[str, Any]]:
    rows = []
    for each in units:
        tone, words = state_words(each.task, today) if each.task else ("idle", _("Not planned"))
        if (
            each.task
            and each.task.state == TaskState.CLOSED
            and rules.was_late(each.task.due_on, each.happened_on or today)
        ):
            tone, words = "soon", _("done late")
        rows.append(
            {"unit": each.unit, "task": each.task, "happened_on": each.happened_on, "tone": tone, "words": words}
        )
    return rows
