"""How far a plan and its items are, in words, and the tasks of one item as rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heli.rooms.tasks.enums import TaskState
from heli.ui.shapes import Tab

if TYPE_CHECKING:
    from heli.rooms.tasks.models import Task
    from heli.rooms.tasks.queries import Progress

STATES = ("", "to_do", "overdue", "waiting", "done")


@dataclass(frozen=True, slots=True)
class ProgressView:
    """How far the tasks of an item are: done of all, and what presses, each with its tone."""

    done: int
    tasks: int
    text: str
    more: Sequence[tuple[str, str]]
    url: str = ""


def progress(found: Progress | None, url: str = "") -> ProgressView | None:
    """Return progress in words; None where there is no task to speak of."""
    if found is None or not found.tasks:
        return None
    more = []
    if found.waiting:
        more.append((ngettext("%(n)s to review", "%(n)s to review", found.waiting) % {"n": found.waiting}, "t-wait"))
    if found.overdue:
        more.append((ngettext("%(n)s overdue", "%(n)s overdue", found.overdue) % {"n": found.overdue}, "t-late"))
    text = ngettext("%(done)s of %(n)s task done", "%(done)s of %(n)s tasks done", found.tasks)
    return ProgressView(found.done, found.tasks, text % {"done": found.done, "n": found.tasks}, more, url)


def tabs(found: Progress, address: str, chosen: str) -> list[Tab]:
    """Return the views of an item's tasks with how many each holds; the empty ones are left out."""
    counts = {
        "": (_("All"), found.tasks),
        "to_do": (_("To do"), found.tasks - found.done - found.waiting),
        "overdue": (_("Overdue"), found.overdue),
        "waiting": (_("To review"), found.waiting),
        "done": (_("Done"), found.done),
    }
    return [
        Tab(str(label), f"{address}?state={state}" if state else address, number, state == chosen)
        for state, (label, number) in counts.items()
        if number or state in ("", chosen)
    ]


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task of an item: the unit that does it, in what state, by when."""

    unit: str
    url: str
    tone: str
    state: str
    due: str
    title: str


def rows(found: Iterable[Task], title: str, on: date) -> list[TaskRow]:
    """Return an item's tasks as rows; a task's own title stands only where it is another than the item's."""
    return [_row(task, title, on) for task in found]


def _row(task: Task, title: str, on: date) -> TaskRow:
    state = TaskState(task.state)
    tone, words = state.tone, str(state.label)
    if task.due_on and task.due_on < on and state in (TaskState.OPEN, TaskState.ACCEPTED, TaskState.RETURNED):
        tone, words = "late", _("Overdue")
    return TaskRow(
        unit=task.unit.name,
        url=reverse("tasks:task", args=[task.pk]),
        tone=tone,
        state=words,
        due=formats.date_format(task.due_on, "DATE_FORMAT") if task.due_on else "",
        title="" if task.title == title[:500] else task.title,
    )
