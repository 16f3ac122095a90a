"""Words and tones of the to-do page, one task and the lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from heli.rooms.tasks import queries, rules
from heli.rooms.tasks.enums import Line, TaskState
from heli.rooms.tasks.presenters.titles import title_of, titles_of
from heli.ui import punctuation
from heli.ui.shapes import Option, Step, Tab

if TYPE_CHECKING:
    from heli.kernel.models import AuditEntry
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


ACTS = {
    "task.accepted": gettext_lazy("Accepted"),
    "task.handed_in": gettext_lazy("Handed in"),
    "task.hand_in_withdrawn": gettext_lazy("Hand-in withdrawn"),
    "task.returned": gettext_lazy("Returned"),
    "task.closed": gettext_lazy("Completed and closed"),
    "task.parts_added": gettext_lazy("Parts given to other units"),
    "task.put_after": gettext_lazy("Comes after another task"),
    "task.order_dropped": gettext_lazy("Order taken away"),
    "task.reminded": gettext_lazy("Holders reminded"),
    "task.due_set": gettext_lazy("Another due date"),
    "task.canceled": gettext_lazy("Canceled"),
    "tasks.amended": gettext_lazy("Changed by its plan, work goes on"),
    "tasks.canceled": gettext_lazy("Withdrawn by its plan"),
    "tasks.replaced": gettext_lazy("Replaced, went to another unit"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list: where it leads, in what state, and the one action."""

    task: Task
    title: str
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
    return state.tone, str(state.label)


def _row(task: Task, title: str, today: date, verb: str = "") -> Row:
    tone, words = state_words(task, today)
    due = task.due_on.strftime("%m-%d" if task.due_on.year == today.year else "%Y-%m-%d") if task.due_on else ""
    url = reverse("tasks:task", args=[task.pk])
    return Row(task=task, title=title, url=url, tone=tone, state=words, due=due, verb=verb)


# Of what is not near yet so many rows stand open on the to-do page; the rest is folded.
_LATER_SHOWN = 8


def todo_groups(todo: queries.Todo, today: date) -> list[dict[str, Any]]:
    """Return the groups with their rows, and which of them wait to be accepted: those can be taken in one press."""
    titles = titles_of([row.task for row in todo.rows])
    return [
        {
            "key": key,
            "name": GROUP_NAMES[key],
            "rows": [_row(row.task, titles[row.task.pk], today, str(VERBS[row.verb])) for row in rows],
            "new": [row.task.pk for row in rows if row.verb == "accept"],
            "fold_from": _LATER_SHOWN + 1 if key == "later" and len(rows) > _LATER_SHOWN else 0,
            "folded": len(rows) - _LATER_SHOWN,
        }
        for key, rows in todo.groups
    ]


def later_months(todo: queries.Todo, line: str) -> list[Tab]:
    """Return the months of what comes later, each with its number and the way to its rows."""
    kept = f"line={line}&" if line else ""
    return [
        Tab(date_format(month, _("F Y")), f"?{kept}year={month:%Y}&month={month.month}", n, month == todo.month)
        for month, n in todo.later
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
    found = list(tasks)
    titles = titles_of(found)
    return [_row(task, titles[task.pk], today) for task in found]


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

    title: str
    page: queries.TaskPage
    tone: str
    state: str
    due_tone: str
    due_words: str
    steps: list[Step]
    evidence: list[dict[str, Any]]
    outside: str = ""


def task_view(page: queries.TaskPage) -> TaskView:
    tone, words = TaskState(page.task.state).tone, str(TaskState(page.task.state).label)
    due_tone, due = _due_on_page(page)
    return TaskView(
        title=title_of(page.task),
        page=page,
        tone=tone,
        state=words,
        due_tone=due_tone,
        due_words=due,
        steps=[_step(entry) for entry in reversed(page.history)] or _steps_on_the_row(page.task),
        evidence=[_evidence(citation, page) for citation in page.citations],
        outside=_outside_words(page) if page.proven.needs_reason else "",
    )


def _due_on_page(page: queries.TaskPage) -> tuple[str, str]:
    """Return tone and words beside the due date: handed in, it is the reviewer who has the ball, late or not."""
    task = page.task
    if task.state != TaskState.HANDED_IN or task.handed_in_at is None or task.due_on is None:
        return due_words(page.days_left)
    if localtime(task.handed_in_at).date() > task.due_on:
        return "soon", _("handed in late")
    return "done", _("handed in in time")


def _steps_on_the_row(task: Task) -> list[Step]:
    """Return what the task itself says was done, latest first, where the log came later than the task."""
    done = (
        (_("Completed and closed"), task.closed_at, task.closed_by),
        (_("Handed in"), task.handed_in_at, task.handed_in_by),
        (_("Accepted"), task.accepted_at, task.accepted_by),
    )
    return [Step(text=f"{act} · {person}", when=at) for act, at, person in done if at and person]


def _step(entry: AuditEntry) -> Step:
    reason = str(entry.changes.get("reason", ""))
    if entry.action == "tasks.amended":
        names = ("title", "starts_on", "due_on", "deliverable", "requesters")
        pairs = [entry.changes[name] for name in names if name in entry.changes]
        words = [f"{old or '–'} → {new or '–'}" for old, new in pairs]
        if times := entry.changes.get("minutes"):
            words.append(_("Minutes each time: %(old)s → %(new)s") % {"old": times[0] or "–", "new": times[1] or "–"})
        reason = punctuation.clauses([*words, reason])
    act = str(ACTS.get(entry.action, entry.action))
    return Step(text=f"{act} · {entry.actor_label}", when=entry.at, note=reason)


def _evidence(citation: Any, page: queries.TaskPage) -> dict[str, Any]:
    evidence, task = citation.evidence, page.task
    others = page.others.get(evidence.pk, ())
    return {
        "evidence": evidence,
        "is_late": rules.was_late(task.due_on, evidence.happened_on),
        "is_later_entry": (localtime(evidence.recorded_at).date() - evidence.happened_on).days > 7,
        "outside": "" if page.proven.span.holds(evidence.happened_on) else _day_outside(page, evidence.happened_on),
        "others": [(title_of(other), reverse("tasks:task", args=[other.pk])) for other in others],
    }


def _day_outside(page: queries.TaskPage, day: date) -> str:
    span = page.proven.span
    params = {"day": day.isoformat(), "first": span.begins, "last": span.ends}
    if span.begins is None:
        return _("happened on %(day)s, after the task was due on %(last)s") % params
    return _("happened on %(day)s, not in the time of this task from %(first)s to %(last)s") % params


def _outside_words(page: queries.TaskPage) -> str:
    """Return the sentence above a task that nothing of its own time proves."""
    return punctuation.clauses(_day_outside(page, day) for day in page.proven.outside[:3])
