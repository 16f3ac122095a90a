"""Words of rectifications: numbers, progress, states of measures, faults of a list, the ledger as a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from heli.engines.officedocs.sheets import Column, Sheet, write_xlsx
from heli.rooms.tasks import access, queries, rules
from heli.rooms.tasks.enums import Line, ProblemSource, ProblemState, TaskState
from heli.rooms.tasks.presenters.follow_ups import since
from heli.rooms.tasks.presenters.working import ACTS, due_words, state_words
from heli.rooms.tasks.rules import problem_lists
from heli.ui import punctuation
from heli.ui.shapes import Option, Step

if TYPE_CHECKING:
    from heli.kernel.models import AuditEntry
    from heli.rooms.people.models import Person
    from heli.rooms.tasks.models import Measure, Problem, Rectification, Task

_STATES = (
    ("open", gettext_lazy("Being rectified")),
    ("late", gettext_lazy("With overdue measures")),
    ("closed", gettext_lazy("All crossed off")),
)
_ACTS = {
    **ACTS,
    "rectification.opened": gettext_lazy("Opened"),
    "rectification.problems_added": gettext_lazy("Problems added"),
    "rectification.statutory_tasks_opened": gettext_lazy("Statutory dates opened as tasks"),
    "problem.measure_added": gettext_lazy("Measure added"),
    "problem.measure_withdrawn": gettext_lazy("Measure withdrawn"),
    "problem.closed": gettext_lazy("Crossed off"),
    "problem.reopened": gettext_lazy("To be rectified again"),
    "problem.effect_check_opened": gettext_lazy("Effect check opened"),
    "task.closed": gettext_lazy("Verified and closed"),
}
_WHY = {
    "first": (gettext_lazy("The first row names no problem."), gettext_lazy("Write the problem.")),
    "missing": (gettext_lazy("The cell is empty."), gettext_lazy("Fill it in.")),
    "long": (gettext_lazy("The text is too long; %(value)s characters fit."), gettext_lazy("Shorten it.")),
    "line": (gettext_lazy("“%(value)s” is no line."), gettext_lazy("Write Party building, Integrity or Both lines.")),
    "date": (gettext_lazy("“%(value)s” is no date."), gettext_lazy("Write it like 2027-03-31.")),
    "past": (gettext_lazy("%(value)s lies in the past."), gettext_lazy("Give a day from today on.")),
    "unit": (
        gettext_lazy("No unit of yours is called “%(value)s”, or several are."),
        gettext_lazy("Write the code of the unit."),
    ),
}


def number_words(rectification: Rectification) -> str:
    """Return the number as papers write it: who opened the list, the year, and its place among that unit's."""
    parts = {"unit": rectification.unit.name, "year": rectification.year, "number": rectification.number}
    return _("%(unit)s, rectification [%(year)s] No. %(number)s") % parts


def ledger_rows(found: Iterable[Any]) -> list[dict[str, Any]]:
    return [
        {
            "rectification": one,
            "number": number_words(one),
            "url": reverse("tasks:rectification", args=[one.pk]),
            "source": str(ProblemSource(one.source).label),
            "progress": f"{one.closed_count}/{one.problem_count}",
            "tone": _tone(one),
            "state": _words(one),
        }
        for one in found
    ]


def _tone(one: Any) -> str:
    if one.problem_count and one.problem_count == one.closed_count:
        return "done"
    return "late" if one.late_count else "run"


def _words(one: Any) -> str:
    if not one.problem_count:
        return _("No problem listed yet")
    if one.problem_count == one.closed_count:
        return _("All crossed off")
    if one.late_count:
        late = ngettext("%(count)s measure overdue", "%(count)s measures overdue", one.late_count)
        return late % {"count": one.late_count}
    return str(ProblemState.OPEN.label)


def state_choices(chosen: str) -> list[Option]:
    return [Option(value, label, selected=value == chosen) for value, label in (("", _("All states")), *_STATES)]


def source_choices(chosen: str) -> list[Option]:
    names = [("", _("All sources")), *ProblemSource.choices]
    return [Option(value, label, selected=value == chosen) for value, label in names]


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A problem in its list: how far its measures are."""

    problem: Problem
    url: str
    done: int
    count: int
    tone: str
    state: str
    next_due: date | None
    units: str


def problem_rows(problems: Iterable[Any], today: date) -> list[ProblemRow]:
    return [_problem_row(problem, today) for problem in problems]


def _problem_row(problem: Any, today: date) -> ProblemRow:
    tasks = [measure.task for measure in problem.seen if measure.task.state != TaskState.CANCELED]
    undone = [task for task in tasks if task.state != TaskState.CLOSED]
    due = min((task.due_on for task in undone if task.due_on), default=None)
    tone, words = problem_state(problem, undone, due, today, is_whole=problem.every == len(problem.seen))
    return ProblemRow(
        problem=problem,
        url=reverse("tasks:problem", args=[problem.pk]),
        done=len(tasks) - len(undone),
        count=len(tasks),
        tone=tone,
        state=words,
        next_due=due,
        units=punctuation.listed(dict.fromkeys(task.unit.name for task in tasks)),
    )


def problem_state(
    problem: Problem, undone: Sequence[Task], due: date | None, today: date, *, is_whole: bool
) -> tuple[str, str]:
    """Return tone and words: crossed off, late by days, ready to be crossed off, or in work."""
    if problem.state == ProblemState.CLOSED:
        return "done", str(ProblemState.CLOSED.label)
    if due is not None and due < today:
        return due_words(rules.days_left(due, today))
    if not undone and is_whole:
        return "wait", _("To be crossed off")
    if undone and all(task.state == TaskState.HANDED_IN for task in undone):
        return "wait", _("To be verified")
    return "run", str(ProblemState.OPEN.label)


def statutory_rows(page: queries.RectificationPage, today: date) -> list[dict[str, Any]]:
    """Return the dates of the rulebook with their source, and the task where one is open."""
    rows = []
    for one in page.statutory:
        task = page.tasks.get(one.duty.code)
        tone, words = state_words(task, today) if task else due_words(rules.days_left(one.due_on, today))
        rows.append(
            {
                "title": one.duty.title,
                "due_on": one.due_on,
                "references": one.duty.references,
                "tone": tone,
                "state": words,
                "url": reverse("tasks:task", args=[task.pk]) if task else "",
            }
        )
    return rows


@dataclass(frozen=True, slots=True)
class MeasureView:
    """A measure on the page of its problem."""

    seen: queries.MeasureSeen
    task: Task
    tone: str
    state: str
    ball: str
    since: datetime | None
    url: str
    verb: str
    can_withdraw: bool

    @property
    def field_id(self) -> str:
        return f"withdraw-{self.task.pk}"


def measure_views(
    page: queries.ProblemPage, person: Person | None, today: date, *, can_plan: bool
) -> list[MeasureView]:
    return [
        _measure_view(seen, seen.measure.task, page, person, today, can_plan=can_plan)
        for seen in page.measures
        if seen.measure.task is not None
    ]


def _measure_view(
    seen: queries.MeasureSeen, task: Task, page: queries.ProblemPage, person: Person | None, today: date, *,
    can_plan: bool,
) -> MeasureView:  # fmt: skip
    tone, words = state_words(task, today)
    holders = punctuation.listed(seen.holders)
    with_unit = f"{task.unit.name} · {holders}" if holders else task.unit.name
    is_done = task.state in {TaskState.CLOSED, TaskState.CANCELED}
    ball = page.problem.rectification.verifier.name if task.state == TaskState.HANDED_IN else with_unit
    verb = ""
    if task.state == TaskState.HANDED_IN and access.can_review(person, task, today):
        verb = _("Verify")
    elif not is_done and task.state != TaskState.HANDED_IN and access.can_do(person, task, today):
        verb = _("Record")
    return MeasureView(
        seen=seen,
        task=task,
        tone=tone,
        state=words,
        ball="" if is_done else ball,
        since=since(task, page.returned),
        url=reverse("tasks:task", args=[task.pk]),
        verb=verb,
        can_withdraw=can_plan and not is_done and page.problem.state == ProblemState.OPEN,
    )


def steps(entries: Sequence[AuditEntry], units: dict[str, str] | None = None) -> list[Step]:
    """Return what happened, newest first; what concerns a measure names its unit."""
    return [_step(entry, units or {}) for entry in reversed(entries)]


def _step(entry: AuditEntry, units: dict[str, str]) -> Step:
    unit = units.get(entry.subject_id, "") if entry.subject_kind == "tasks.task" else ""
    who = _("by itself") if entry.actor_kind == "system" else entry.actor_label
    act = str(_ACTS.get(entry.action, entry.action))
    note = str(entry.changes.get("reason") or entry.changes.get("note") or "")
    return Step(text=" · ".join(part for part in (act, unit, who) if part), when=entry.at, note=note)


def fault_rows(faults: Iterable[problem_lists.Fault], letters: dict[str, str]) -> list[dict[str, str]]:
    """Return each wrong cell by its name, with why and how to mend it."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return [
        {
            "cell": f"{letters.get(fault.column, '')}{fault.row}",
            "column": problem_lists.head(fault.column, language),
            "what": str(_WHY[fault.why][0]) % {"value": fault.value},
            "remedy": str(_WHY[fault.why][1]),
        }
        for fault in faults
    ]


def template_workbook() -> bytes:
    """Return an empty list of problems to fill in."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    columns = [Column(problem_lists.head(column, language), 24, wrap=True) for column in problem_lists.COLUMNS]
    return write_xlsx([Sheet(_("List of problems"), columns, [])])


def workbook(problems: Iterable[Any], today: date) -> bytes:
    """Return the ledger as a workbook: one line a measure that the reader may see."""
    columns = [
        Column(_("Number"), 20), Column(_("Title"), 28, wrap=True), Column(_("Source of the problems"), 12),
        Column(_("Day of the feedback"), 12), Column(_("Rectifying unit"), 20), Column(_("No."), 6),
        Column(_("Problem"), 40, wrap=True), Column(_("Line"), 10), Column(_("Measure"), 36, wrap=True),
        Column(_("Responsible unit"), 20), Column(_("Due"), 12), Column(_("What proves it"), 24, wrap=True),
        Column(_("State of the measure"), 14), Column(_("State of the problem"), 14),
        Column(_("Crossed off by"), 12), Column(_("Crossed off on"), 12), Column(_("Effect check"), 12),
    ]  # fmt: skip
    lines = [_line(problem, measure, today) for problem in problems for measure in (problem.seen or [None])]
    return write_xlsx([Sheet(_("Rectification ledger"), columns, lines)])


def _line(problem: Any, measure: Measure | None, today: date) -> list[object]:
    one, task = problem.rectification, measure.task if measure else None
    own: list[object] = ["", "", None, "", ""]
    if task is not None:
        own = [task.title, task.unit.name, task.due_on, task.deliverable, state_words(task, today)[1]]
    return [
        number_words(one), one.title, str(ProblemSource(one.source).label), one.found_on, one.unit.name,
        problem.number, problem.text, str(Line(problem.line).label), *own, str(ProblemState(problem.state).label),
        str(problem.closed_by) if problem.closed_by else "",
        timezone.localdate(problem.closed_at) if problem.closed_at else None, problem.check_on,
    ]  # fmt: skip
