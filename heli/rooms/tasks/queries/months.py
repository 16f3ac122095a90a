"""The month matrix: planned and done by duty and month, and the units behind a cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, Subquery, Value, When, Window
from django.db.models.functions import ExtractMonth, ExtractYear, RowNumber

from heli.rooms.rulebook import queries as rulebook
from heli.rooms.tasks import access
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Citation, Task

if TYPE_CHECKING:
    from django.db.models import QuerySet

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


def set_earlier(unit: Unit, year: int) -> Mapping[tuple[str, int], Counter[tuple[int, int]]]:
    """Return by (code, month in which the rule makes a duty due) how often a task meets it in another (year, month).

    A unit's first tasks of a span meet what the span asks of it, as often as it asks; tasks of units of which the duty
    is not asked meet nothing. One query, whatever the size of the tree.
    """
    spans = rulebook.long_spans(unit, year)
    found: dict[tuple[str, int], Counter[tuple[int, int]]] = {}
    if not spans:
        return found
    for at, in_year, in_month, number in _met(_of_spans(unit, spans)):
        span = spans[at]
        if (in_year, in_month) != (year, span.month):
            found.setdefault((span.code, span.month), Counter())[in_year, in_month] += number
    return found


def _of_spans(unit: Unit, spans: Sequence[rulebook.Span]) -> QuerySet[Any, Any]:
    """Return (span, year, month, times asked, place among the unit's tasks of that span) of each task in a span."""
    within, owed = [], Q()
    for at, span in enumerate(spans):
        in_span = Q(obligation=span.code, due_on__range=(span.first, span.last))
        within.append(When(in_span, then=Value(at)))
        owed |= in_span & span.owed_by("unit__")
    times = [When(span=at, then=Value(span.times)) for at, span in enumerate(spans) if span.times != 1]
    place = Window(RowNumber(), partition_by=[F("obligation"), F("unit_id"), F("span")], order_by=["due_on", "pk"])
    return (
        Task.objects.filter(owed, unit__path__startswith=unit.path)
        .exclude(state=TaskState.CANCELED)
        .annotate(span=Case(*within, output_field=IntegerField()))
        .annotate(
            year=ExtractYear("due_on"),
            month=ExtractMonth("due_on"),
            times=Case(*times, default=Value(1), output_field=IntegerField()),
            place=place,
        )
        .order_by()
        .values_list("span", "year", "month", "times", "place")
    )


def _met(placed: QuerySet[Any, Any]) -> list[tuple[int, int, int, int]]:
    """Return (span, year, month, tasks) of the tasks among the first that their span asks for."""
    inner, values = placed.query.sql_with_params()
    columns = "span, in_year, in_month"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns}, count(*) FROM ({inner}) AS placed (span, in_year, in_month, times, place)"  # noqa: S608 - the ORM's own text
            f" WHERE place <= times GROUP BY {columns} ORDER BY {columns}",
            values,
        )
        return list(cursor.fetchall())


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
    required = rulebook.units_required(unit, code, year, month).exclude(
        pk__in=planned | _met_before(unit, code, year, month)
    )
    rows += [CellUnit(each, None, None) for each in required[: max(0, CELL_ROWS - len(rows))]]
    return sorted(rows, key=lambda row: row.unit.path)


def _met_before(unit: Unit, code: str, year: int, month: int) -> set[int]:
    """Return the units whose tasks of the longer span that ends in this month are as many as it asks for."""
    span = rulebook.span_due(unit, code, year, month)
    if span is None:
        return set()
    tasks = Task.objects.filter(
        span.owed_by("unit__"), obligation=code, due_on__range=(span.first, span.last), unit__path__startswith=unit.path
    ).exclude(state=TaskState.CANCELED)
    rows = tasks.values("unit_id").annotate(number=Count("pk")).filter(number__gte=span.times).order_by()
    return set(rows.values_list("unit_id", flat=True))
