"""How far the work that came from one source is, as far as a person may see it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q

from heli.rooms.tasks import access
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import TaskQuerySet

if TYPE_CHECKING:
    from heli.rooms.people.models import Person

TO_DO = (TaskState.OPEN, TaskState.ACCEPTED, TaskState.RETURNED)


@dataclass(frozen=True, slots=True)
class Progress:
    """Tasks of one source: all, closed, waiting for a review, and late in the hand of whoever does them."""

    tasks: int = 0
    done: int = 0
    waiting: int = 0
    overdue: int = 0

    def __add__(self, other: Progress) -> Progress:
        return Progress(
            self.tasks + other.tasks,
            self.done + other.done,
            self.waiting + other.waiting,
            self.overdue + other.overdue,
        )


def progress_of(person: Person | None, sources: Collection[str], on: date) -> dict[str, Progress]:
    """Return how far the tasks of each source are, counted over those the person may see (one query, no task read).

    Withdrawn tasks are not counted; a source without a task that the person may see is left out.
    """
    if not sources:
        return {}
    rows = (
        _of(person, sources, on)
        .order_by()
        .values("source")
        .annotate(
            tasks=Count("pk"),
            done=Count("pk", filter=Q(state=TaskState.CLOSED)),
            waiting=Count("pk", filter=Q(state=TaskState.HANDED_IN)),
            overdue=Count("pk", filter=_overdue(on)),
        )
    )
    return {row["source"]: Progress(row["tasks"], row["done"], row["waiting"], row["overdue"]) for row in rows}


def tasks_seen_of(person: Person | None, source: str, on: date, state: str = "") -> TaskQuerySet:
    """Return the tasks of a source that the person may see, soonest first, then in the order of the tree.

    ``state`` keeps those that are ``done``, ``waiting``, ``overdue`` or ``to_do``, as ``progress_of`` counts them.
    """
    wanted = {
        "done": Q(state=TaskState.CLOSED),
        "waiting": Q(state=TaskState.HANDED_IN),
        "overdue": _overdue(on),
        "to_do": Q(state__in=TO_DO),
    }
    tasks = _of(person, [source], on).filter(wanted.get(state, Q())).select_related("unit")
    return tasks.order_by(F("due_on").asc(nulls_last=True), "unit__path", "pk")


def _of(person: Person | None, sources: Collection[str], on: date) -> TaskQuerySet:
    # Both exclusions stand as in the unique index over the source, which is how the rows are found.
    return access.visible_tasks(person, on).filter(~Q(source=""), ~Q(state=TaskState.CANCELED), source__in=sources)


def _overdue(on: date) -> Q:
    return Q(state__in=TO_DO, due_on__lt=on)
