"""The month matrix: planned and done by duty and month, and the units behind a cell."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import ExtractMonth

from heli.rooms.people import queries as people
from heli.rooms.tasks import access
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Citation, Task
from heli.rooms.tasks.queries import meeting
from heli.rooms.tasks.queries.duties import serving
from heli.rooms.tasks.queries.meeting import FIRST, FURTHER, carrying

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Unit


CELL_ROWS = 300
_IN = (TaskState.HANDED_IN, TaskState.CLOSED)


@dataclass(frozen=True, slots=True)
class MatrixCount:
    """Tasks of one duty in one month: planned, done, of the done how many happened late, and handed in for review."""

    planned: int = 0
    done: int = 0
    late: int = 0
    in_review: int = 0

    def __add__(self, other: MatrixCount) -> MatrixCount:
        return MatrixCount(
            self.planned + other.planned,
            self.done + other.done,
            self.late + other.late,
            self.in_review + other.in_review,
        )


def _first_happened(task: str = "pk") -> Subquery:
    cited = Citation.objects.filter(task=OuterRef(task)).order_by("evidence__happened_on")
    return Subquery(cited.values("evidence__happened_on")[:1])


def planned_and_done(unit: Unit, year: int) -> dict[tuple[str, int], MatrixCount]:
    """Return counts by (obligation code, month of the due date) for a unit and all below it, in two queries."""
    found: dict[tuple[str, int], MatrixCount] = {}
    for code, to in (FIRST, FURTHER):
        done, late = Q(**{f"{to}state": TaskState.CLOSED}), Q(happened_on__gt=F(f"{to}due_on"))
        rows = (
            carrying(unit, code, to)
            .filter(**{f"{to}due_on__year": year})
            .annotate(month=ExtractMonth(f"{to}due_on"), happened_on=_first_happened(f"{to}pk"))
            .values("duty", "month")
            .annotate(
                planned=Count("pk"),
                done=Count("pk", filter=done),
                late=Count("pk", filter=done & late),
                in_review=Count("pk", filter=Q(**{f"{to}state": TaskState.HANDED_IN})),
            )
            .order_by("duty", "month")
        )
        for row in rows:
            more = MatrixCount(row["planned"], row["done"], row["late"], row["in_review"])
            key = (row["duty"], row["month"])
            found[key] = found[key] + more if key in found else more
    return found


def beside(unit: Unit, year: int, codes: Collection[str]) -> tuple[int, int]:
    """Return how many tasks of the year meet first no duty of these, and how many times one of them is met further.

    What the matrix of these duties plans is all tasks of the year without the first and with the second (two queries).
    """
    tasks = Task.objects.filter(unit__path__startswith=unit.path, due_on__year=year)
    others = tasks.exclude(obligation__in=codes).exclude(state=TaskState.CANCELED)
    further = carrying(unit, *FURTHER).filter(task__due_on__year=year, code__in=codes)
    return others.count(), further.count()


@dataclass(frozen=True, slots=True)
class CellUnit:
    """One unit behind a cell of the matrix: one of its tasks, or how much more is asked of it than has a task."""

    unit: Unit
    task: Task | None
    happened_on: date | None
    lacking: int = 0

    @property
    def is_in(self) -> bool:
        return self.task is not None and self.task.state in _IN


def matrix_cell(person: Person | None, unit: Unit, code: str, year: int, month: int, on: date) -> list[CellUnit]:
    """Return what is planned that month for the duty, and the units that lack a task for it.

    What is neither done nor handed in stands first, then the rest, both in tree order; up to ``CELL_ROWS`` tasks and as
    many units. What the units lack adds up to what the matrix shows as not planned.
    """
    within = {"unit__path__startswith": unit.path, "due_on__year": year, "due_on__month": month}
    tasks = (
        access.visible_tasks(person, on)
        .filter(serving([code], **within))
        .exclude(state=TaskState.CANCELED)
        .annotate(happened_on=_first_happened(), is_in=Q(state__in=_IN))
        .select_related("unit__parent")
        .order_by("is_in", "unit__path", "due_on", "pk")[:CELL_ROWS]
    )
    rows = [CellUnit(task.unit, task, task.happened_on) for task in tasks]  # type: ignore[attr-defined]  # annotated
    short = dict(islice(meeting.lacking(unit, code, year, month), CELL_ROWS))
    units = people.subtree(unit).select_related("parent").in_bulk(list(short))
    rows += [CellUnit(units[pk], None, None, number) for pk, number in short.items()]
    return sorted(rows, key=lambda row: (row.is_in, row.unit.path, row.task is None))
