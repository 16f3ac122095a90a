"""The month matrix: planned and done by duty and month, and the units behind a cell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import ExtractMonth

from heli.rooms.rulebook import queries as rulebook
from heli.rooms.tasks import access
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Citation, Task

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Unit


CELL_ROWS = 300


@dataclass(frozen=True, slots=True)
class MatrixCount:
    """Tasks of one duty in one month: planned, done, of the done how many happened late, and handed in for review."""

    planned: int = 0
    done: int = 0
    late: int = 0
    in_review: int = 0


def _first_happened() -> Subquery:
    cited = Citation.objects.filter(task=OuterRef("pk")).order_by("evidence__happened_on")
    return Subquery(cited.values("evidence__happened_on")[:1])


def planned_and_done(unit: Unit, year: int) -> dict[tuple[str, int], MatrixCount]:
    """Return counts by (obligation code, month of the due date) for a unit and all below it, in one query."""
    done = Q(state=TaskState.CLOSED)
    rows = (
        Task.objects.filter(unit__path__startswith=unit.path, due_on__year=year)
        .exclude(obligation="")
        .exclude(state=TaskState.CANCELED)
        .annotate(month=ExtractMonth("due_on"), happened_on=_first_happened())
        .values("obligation", "month")
        .annotate(
            planned=Count("pk"),
            done=Count("pk", filter=done),
            late=Count("pk", filter=done & Q(happened_on__gt=F("due_on"))),
            in_review=Count("pk", filter=Q(state=TaskState.HANDED_IN)),
        )
        .order_by("obligation", "month")
    )
    return {
        (row["obligation"], row["month"]): MatrixCount(row["planned"], row["done"], row["late"], row["in_review"])
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class CellUnit:
    """One unit behind a cell of the matrix: its task, or None where the duty is asked and nothing is planned."""

    unit: Unit
    task: Task | None
    happened_on: date | None


def matrix_cell(person: Person | None, unit: Unit, code: str, year: int, month: int, on: date) -> list[CellUnit]:
    """Return the units of which the duty is asked that month, or that planned it, with their task; in tree order."""
    tasks = (
        access.visible_tasks(person, on)
        .filter(unit__path__startswith=unit.path, obligation=code, due_on__year=year, due_on__month=month)
        .exclude(state=TaskState.CANCELED)
        .annotate(happened_on=_first_happened())
        .select_related("unit")
        .order_by("unit__path", "due_on", "pk")[:CELL_ROWS]
    )
    happened = dict(tasks.values_list("pk", "happened_on"))
    rows = [CellUnit(task.unit, task, happened[task.pk]) for task in tasks]
    planned = {row.unit.pk for row in rows}
    required = rulebook.units_required(unit, code, year, month).exclude(pk__in=planned)
    rows += [CellUnit(each, None, None) for each in required[: max(0, CELL_ROWS - len(rows))]]
    return sorted(rows, key=lambda row: row.unit.path)
