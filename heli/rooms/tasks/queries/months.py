"""The month matrix: planned and done by duty and month, and the units behind a cell."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
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
from heli.rooms.tasks.queries.duties import serving

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


def beside(unit: Unit, year: int, codes: Collection[str]) -> tuple[int, int]:
    """Return how many tasks of the year meet first no duty of these, and how many times one of them is met further.

    What the matrix of these duties plans is all tasks of the year without the first and with the second (two queries).
    """
    tasks = Task.objects.filter(unit__path__startswith=unit.path, due_on__year=year)
    others = tasks.exclude(obligation__in=codes).exclude(state=TaskState.CANCELED)
    further = _rows(unit, *_FURTHER).filter(task__due_on__year=year, code__in=codes)
    return others.count(), further.count()


def met(unit: Unit, year: int) -> Counter[tuple[str, int]]:
    """Return by (code, month in which the rule makes a duty due) how much of what is asked has a task.

    Counted unit by unit: a task meets what is asked of its own unit, up to as often as that is, and one of a unit of
    which the duty is not asked meets nothing. One query, whatever the size of the tree.
    """
    found: Counter[tuple[str, int]] = Counter()
    stretches: dict[tuple[date, date, int], list[rulebook.Span]] = defaultdict(list)
    for span in rulebook.spans(unit, year):
        stretches[span.first, span.last, span.times].append(span)
    if not stretches:
        return found
    asked = sorted(stretches.items(), key=lambda each: (each[0][1], each[0]))  # what is due first is met first
    parts = [_in_stretches(unit, asked, *each) for each in (_FIRST, _FURTHER)]
    for at, code, tasks, units in _by_unit(parts):
        (_first, last, times), _spans = asked[at]
        found[code, last.month] += min(tasks, times) * units
    return found


_Stretches = Sequence[tuple[tuple[date, date, int], Sequence[rulebook.Span]]]


def _in_stretches(unit: Unit, asked: _Stretches, code: str, to: str) -> QuerySet[Any, Any]:
    """Return (stretch, duty, unit) of each task that lies in a stretch in which the duty is asked of its unit."""
    within, owed = [], Q(pk__in=[])
    for at, ((first, last, _times), spans) in enumerate(asked):
        in_time = Q(**{f"{to}due_on__range": (first, last)})
        alike: dict[tuple[object, ...], list[rulebook.Span]] = defaultdict(list)
        for span in spans:
            alike[span.duty.unit_kinds, span.duty.conditions, span.ending].append(span)
        by_unit = Q(pk__in=[])
        for same in alike.values():
            by_unit |= Q(**{f"{code}__in": [span.code for span in same]}) & same[0].owed_by(f"{to}unit__")
        owed |= in_time & by_unit
        within.append(When(in_time & Q(**{f"{code}__in": [span.code for span in spans]}), then=Value(at)))
    owing = _rows(unit, code, to).filter(owed)
    placed: QuerySet[Any, Any] = owing.annotate(at=Case(*within, output_field=IntegerField()))
    rows: QuerySet[Any, Any] = placed.values_list("at", "duty", f"{to}unit_id")
    return rows


def _by_unit(parts: Sequence[QuerySet[Any, Any]]) -> list[tuple[int, str, int, int]]:
    """Return (stretch, duty, tasks of a unit, units that have so many)."""
    compiled = [part.query.sql_with_params() for part in parts]
    rows = " UNION ALL ".join(f"({text})" for text, _values in compiled)
    values = [value for _text, given in compiled for value in given]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT at, duty, tasks, count(*) FROM (SELECT at, duty, count(*) AS tasks "  # noqa: S608 - the ORM's own text
            f"FROM ({rows}) AS planned (at, duty, unit) GROUP BY at, duty, unit) AS of_units "
            "GROUP BY at, duty, tasks ORDER BY at, duty, tasks",
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
    within = {"unit__path__startswith": unit.path, "due_on__year": year, "due_on__month": month}
    tasks = (
        access.visible_tasks(person, on)
        .filter(serving([code], **within))
        .exclude(state=TaskState.CANCELED)
        .annotate(happened_on=_first_happened())
        .select_related("unit")
        .order_by("unit__path", "due_on", "pk")[:CELL_ROWS]
    )
    happened = dict(tasks.values_list("pk", "happened_on"))
    rows = [CellUnit(task.unit, task, happened[task.pk]) for task in tasks]
    required = rulebook.units_required(unit, code, year, month).exclude(pk__in={row.unit.pk for row in rows})
    for span in rulebook.spans_due(unit, code, year, month):
        required = required.exclude(pk__in=_met_by(unit, code, span))
    rows += [CellUnit(each, None, None) for each in required[: max(0, CELL_ROWS - len(rows))]]
    return sorted(rows, key=lambda row: row.unit.path)


def _met_by(unit: Unit, code: str, span: rulebook.Span) -> QuerySet[Any, Any]:
    """Return the units that have as many tasks within the span as is asked of each."""
    within = serving([code], unit__path__startswith=unit.path, due_on__range=(span.first, span.last))
    tasks = Task.objects.filter(within, span.owed_by("unit__")).exclude(state=TaskState.CANCELED)
    many = tasks.order_by().values("unit_id").annotate(number=Count("pk")).filter(number__gte=span.times)
    return many.values("unit_id")
