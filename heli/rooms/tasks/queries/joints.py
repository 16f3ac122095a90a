"""What stands around a task: its parts, the task it is a part of, and what comes before and after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from heli.rooms.tasks import access
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Task

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A task beside this one; ``is_open`` where the reader may open it."""

    task: Task
    is_open: bool


@dataclass(frozen=True, slots=True)
class Around:
    """``missing`` counts the parts that are not in yet."""

    parts: Sequence[Neighbour]
    lead: Neighbour | None
    waits_for: Sequence[Neighbour]
    before: Sequence[Neighbour]
    missing: int


_IN = {TaskState.HANDED_IN, TaskState.CLOSED, TaskState.CANCELED}


def around(person: Person | None, task: Task, on: date) -> Around:
    """Return the neighbours with unit, in the order of the tree (a fixed number of queries).

    Who has a task knows title, unit and state of what it belongs with, also where it may not be opened.
    """
    rows = Task.objects.select_related("unit").order_by("unit__path", "pk")
    parts = list(rows.filter(part_of__lead=task))
    leads = list(rows.filter(parts__part=task))
    earlier = list(rows.filter(before__task=task))
    later = list(rows.filter(waits_for__after=task))
    ids = {each.pk for each in (*parts, *leads, *earlier, *later)}
    visible = set(access.visible_tasks(person, on).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()

    def shown(tasks: Sequence[Task]) -> list[Neighbour]:
        return [Neighbour(each, each.pk in visible) for each in tasks]

    return Around(
        parts=shown(parts),
        lead=next(iter(shown(leads)), None),
        waits_for=shown(earlier),
        before=shown(later),
        missing=sum(each.state not in _IN for each in parts),
    )


def possible_earlier(person: Person | None, task: Task, on: date, limit: int = 40) -> list[Task]:
    """Return undone tasks that this one may come after: of the same unit or source, soonest first."""
    rows = access.visible_tasks(person, on).undone().exclude(pk=task.pk).exclude(before__task=task)
    near = rows.filter(unit=task.unit_id) | (rows.filter(source=task.source) if task.source else rows.none())
    return list(near.select_related("unit").order_by("due_on", "pk")[:limit])
