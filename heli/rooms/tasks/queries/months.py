"""The month matrix: planned and done by duty and month, and the units behind a cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import ExtractMonth

from heli.rooms.rulebook import queries as rulebook
from heli.rooms.tasks import access
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Citation, FurtherDuty, Task
from heli.rooms.tasks.queries.duties import serves

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


# Tasks by their first duty, and by their further ones: where the duty's code stands, and the way to the task.
_FIRST, _FURTHER = ("obligation", ""), ("code", "task__")


def _rows(unit: Unit, code: str, to: str) -> QuerySet[Any, Any]:
    """Return what is planned in the unit and all below it, a row for each task and duty of one of the two kinds."""
    further = FurtherDuty.objects.exclude(code=F("task__obligation"))
    rows: QuerySet[Any, Any] = further if to else Task.objects.exclude(obligation="")
    within: QuerySet[Any, Any] = rows.filter(**{f"{to}unit__path__startswith": unit.path})
    standing = within.exclude(**{f"{to}state": TaskState.CANCELED}).order_by()
    named: QuerySet[Any, Any] = standing.annotate(duty=F(code), due=F(f"{to}due_on"))
    return named


def planned_and_done(unit: Unit, year: int) -> dict[tuple[str, int], MatrixCount]:
    """Return counts by (obligation code, month of the due date) for a unit and all below it, in two queries."""
    found: dict[tuple[str, int], MatrixCount] = {}
    for code, to in (_FIRST, _FURTHER):
        done, late = Q(**{f"{to}state": TaskState.CLOSED}), Q(happened_on__gt=F(f"{to}due_on"))
        rows = (
            _rows(unit, code, to)
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


def set_earlier(unit: Unit, year: int) -> Mapping[tuple[str, int], Counter[tuple[int, int]]]:
    """Return by (code, month in which the rule makes a duty due) how often a task meets it in another (year, month).

    A unit's first tasks of a span meet what the span asks of it, as often as it asks; tasks of units of which the duty
    is not asked meet nothing. One query, whatever the size of the tree.
    """
    spans = rulebook.long_spans(unit, year)
    found: dict[tuple[str, int], Counter[tuple[int, int]]] = {}
    if not spans:
        return found
    for at, in_year, in_month, number in _met([_in_spans(unit, spans, *each) for each in (_FIRST, _FURTHER)]):
        span = spans[at]
        if (in_year, in_month) != (year, span.month):
            found.setdefault((span.code, span.month), Counter())[in_year, in_month] += number
    return found


def _in_spans(unit: Unit, spans: Sequence[rulebook.Span], code: str, to: str) -> QuerySet[Any, Any]:
    """Return (span, times it asks, unit, due day, task) of each task that lies in a span and is asked of its unit."""
    within, owed = [], Q()
    for at, span in enumerate(spans):
        in_span = Q(**{code: span.code, f"{to}due_on__range": (span.first, span.last)})
        within.append(When(in_span, then=Value(at)))
        owed |= in_span & span.owed_by(f"{to}unit__")
    times = [When(span=at, then=Value(span.times)) for at, span in enumerate(spans) if span.times != 1]
    placed = _rows(unit, code, to).filter(owed).annotate(span=Case(*within, output_field=IntegerField()))
    counted: QuerySet[Any, Any] = placed.annotate(times=Case(*times, default=Value(1), output_field=IntegerField()))
    return counted.values_list("span", "times", f"{to}unit_id", "due", f"{to}pk")


def _met(parts: Sequence[QuerySet[Any, Any]]) -> list[tuple[int, int, int, int]]:
    """Return (span, year, month, tasks) of the tasks among the first that their span asks for."""
    compiled = [part.query.sql_with_params() for part in parts]
    rows = " UNION ALL ".join(f"({text})" for text, _values in compiled)
    values = [value for _text, given in compiled for value in given]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT span, extract(year FROM due)::int, extract(month FROM due)::int, count(*) FROM ("  # noqa: S608 - the ORM's own text
            "SELECT span, times, due, row_number() OVER (PARTITION BY span, unit ORDER BY due, task) AS place "
            f"FROM ({rows}) AS planned (span, times, unit, due, task)) AS placed "
            "WHERE place <= times GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
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
        .filter(serves([code]), unit__path__startswith=unit.path, due_on__year=year, due_on__month=month)
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
        serves([code]),
        span.owed_by("unit__"),
        due_on__range=(span.first, span.last),
        unit__path__startswith=unit.path,
    ).exclude(state=TaskState.CANCELED)
    rows = tasks.values("unit_id").annotate(number=Count("pk")).filter(number__gte=span.times).order_by()
    return set(rows.values_list("unit_id", flat=True))
