"""What of all that the rulebook asks has a task, over a whole tree: ``rulebook.times_met`` unit by unit, in few rows.

The database counts the tasks of each unit and duty by the spans they lie in, and how many units have the same picture;
the rule then decides once per picture. Nearly always a duty's spans share no day, and the picture is one number.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add, or_
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import BigIntegerField, Case, F, IntegerField, Q, Value, When

from heli.rooms.rulebook import queries as rulebook
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import FurtherDuty, Task

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from heli.rooms.people.models import Unit

Spans = Sequence[rulebook.Span]

# Tasks by their first duty, and by their further ones: where the duty's code stands, and the way to the task.
FIRST, FURTHER = ("obligation", ""), ("code", "task__")


def carrying(unit: Unit, code: str, to: str) -> QuerySet[Any, Any]:
    """Return what is planned in the unit and all below it, a row for each task and duty of one of the two kinds."""
    further = FurtherDuty.objects.exclude(code=F("task__obligation"))
    rows: QuerySet[Any, Any] = further if to else Task.objects.exclude(obligation="")
    within: QuerySet[Any, Any] = rows.filter(**{f"{to}unit__path__startswith": unit.path})
    standing = within.exclude(**{f"{to}state": TaskState.CANCELED}).order_by()
    named: QuerySet[Any, Any] = standing.annotate(duty=F(code), due=F(f"{to}due_on"))
    return named


@dataclass(frozen=True, slots=True)
class Picture:
    """``units`` (their ids, or as many as there are) with the same tasks of one duty, asked for the same spans."""

    spans: Spans
    tasks: Sequence[rulebook.Planned]
    number: int
    units: Sequence[int] = ()

    def met(self) -> Iterator[tuple[rulebook.Span, int]]:
        """Return each span with how many of its times have a task, in each of the units."""
        return zip(self.spans, rulebook.times_met(self.spans, self.tasks), strict=True)


def met(unit: Unit, year: int) -> Counter[tuple[str, int]]:
    """Return by (code, month in which the rule makes a duty due) how much of what is asked has a task.

    Counted unit by unit: a task meets what is asked of its own unit, up to as often as that is, and one of a unit of
    which the duty is not asked meets nothing. One query, whatever the size of the tree; a second one where the spans
    of a duty share days.
    """
    found: Counter[tuple[str, int]] = Counter()
    alone, tangled = _by_duty(rulebook.spans(unit, year))
    for picture in [*_alone(unit, alone), *_tangled(unit, tangled)]:
        for span, number in picture.met():
            found[span.code, span.month] += number * picture.number
    return found


def lacking(unit: Unit, code: str, year: int, month: int) -> Iterator[tuple[int, int]]:
    """Return the units of which more is asked in that month than has a task, each with how much, in tree order.

    Two queries beside those for what is asked.
    """
    of_duty = [span for span in rulebook.spans(unit, year) if span.code == code]
    alone, tangled = rulebook.apart(of_duty)
    due = [span for span in alone if span.month == month]
    if any(span.month == month for span in tangled):
        due += tangled
    if not due:
        return
    has = dict[int, int]()
    for picture in _tangled(unit, {code: due}, by_unit=True):
        number = sum(number for span, number in picture.met() if span.month == month)
        has.update(dict.fromkeys(picture.units, number))
    required = rulebook.units_required(unit, code, year, month)
    for pk, owed in required.annotate(owed=_owed({code: due}, "")).values_list("pk", "owed"):
        times = sum(span.times for span in _held(due, owed) if span.month == month)
        if times > has.get(pk, 0):
            yield pk, times - has.get(pk, 0)


def _by_duty(spans: Iterable[rulebook.Span]) -> tuple[dict[str, Spans], dict[str, Spans]]:
    """Return duty → its spans that share no day with another of the duty, and → those that do."""
    of_duty: dict[str, list[rulebook.Span]] = defaultdict(list)
    for span in spans:
        of_duty[span.code].append(span)
    parted = {code: rulebook.apart(listed) for code, listed in of_duty.items()}
    alone: dict[str, Spans] = {code: parts[0] for code, parts in parted.items() if parts[0]}
    return alone, {code: parts[1] for code, parts in parted.items() if parts[1]}


def _alone(unit: Unit, of_duty: Mapping[str, Spans]) -> Iterator[Picture]:
    """Return how many units have how many tasks in each span (one query)."""
    if not of_duty:
        return
    by_days = {(code, span.first, span.last): span for code, spans in of_duty.items() for span in spans}
    days = sorted({(first, last) for _code, first, last in by_days})
    rows = _union([_in_time(unit, days, by_days, *kind) for kind in (FIRST, FURTHER)])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT at, duty, tasks, count(*) FROM (SELECT at, duty, count(*) AS tasks "  # noqa: S608 - the ORM's own text
            f"FROM ({rows.text}) AS planned (at, duty, unit) GROUP BY at, duty, unit) AS of_units "
            "GROUP BY at, duty, tasks ORDER BY at, duty, tasks",
            rows.values,
        )
        counted = list(cursor.fetchall())
    for at, code, tasks, units in counted:
        first, last = days[at]
        yield Picture([by_days[code, first, last]], [(first, tasks)], units)


_ByDays = Mapping[tuple[str, date, date], rulebook.Span]


def _in_time(unit: Unit, days: Sequence[rulebook.Stretch], by_days: _ByDays, code: str, to: str) -> QuerySet[Any, Any]:
    """Return (days, duty, unit) of each task that lies in a span in which the duty is asked of its unit."""
    within, owed = [], Q(pk__in=[])
    for at, (first, last) in enumerate(days):
        in_time = Q(**{f"{to}due_on__range": (first, last)})
        spans = [span for (_code, *own), span in by_days.items() if own == [first, last]]
        alike: dict[tuple[object, ...], list[rulebook.Span]] = defaultdict(list)
        for span in spans:
            alike[span.duty.unit_kinds, span.duty.conditions, span.ending].append(span)
        by_unit = Q(pk__in=[])
        for same in alike.values():
            by_unit |= Q(**{f"{code}__in": [span.code for span in same]}) & same[0].owed_by(f"{to}unit__")
        owed |= in_time & by_unit
        within.append(When(in_time & Q(**{f"{code}__in": [span.code for span in spans]}), then=Value(at)))
    owing = carrying(unit, code, to).filter(owed)
    placed: QuerySet[Any, Any] = owing.annotate(at=Case(*within, output_field=IntegerField()))
    rows: QuerySet[Any, Any] = placed.values_list("at", "duty", f"{to}unit_id")
    return rows


def _tangled(unit: Unit, of_duty: Mapping[str, Spans], *, by_unit: bool = False) -> Iterator[Picture]:
    """Return the pictures of duties whose spans may share days (one query); with ``by_unit`` whose they are."""
    if not of_duty:
        return
    days = sorted({stretch for spans in of_duty.values() for stretch in rulebook.stretches(spans)})
    rows = _union([_in_stretches(unit, days, of_duty, *kind) for kind in (FIRST, FURTHER)])
    whose = "array_agg(unit)" if by_unit else "NULL"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT duty, owed, ats, numbers, count(*), {whose} FROM (SELECT duty, owed, unit, "  # noqa: S608 - the ORM's own text
            "array_agg(at ORDER BY at) AS ats, array_agg(tasks ORDER BY at) AS numbers FROM ("
            f"SELECT at, duty, unit, owed, count(*) AS tasks FROM ({rows.text}) AS planned (at, duty, unit, owed) "
            "GROUP BY at, duty, unit, owed) AS in_days GROUP BY duty, owed, unit) AS of_units "
            "GROUP BY duty, owed, ats, numbers ORDER BY duty, owed, ats, numbers",
            rows.values,
        )
        counted = list(cursor.fetchall())
    for code, owed, ats, numbers, units, ids in counted:
        tasks = [(days[at][0], number) for at, number in zip(ats, numbers, strict=True)]
        yield Picture(_held(of_duty[code], owed), tasks, units, ids or ())


def _in_stretches(
    unit: Unit, days: Sequence[rulebook.Stretch], of_duty: Mapping[str, Spans], code: str, to: str
) -> QuerySet[Any, Any]:
    """Return (stretch, duty, unit, spans asked of the unit) of each task that lies in a stretch of its duty."""
    cut = {duty: rulebook.stretches(spans) for duty, spans in of_duty.items()}
    within = []
    for at, stretch in enumerate(days):
        codes = sorted(duty for duty, own in cut.items() if stretch in own)
        within.append((Q(**{f"{code}__in": codes}) & Q(**{f"{to}due_on__range": stretch}), at))
    lying = carrying(unit, code, to).filter(reduce(or_, (condition for condition, _at in within)))
    whens = [When(condition, then=Value(at)) for condition, at in within]
    placed: QuerySet[Any, Any] = lying.annotate(
        at=Case(*whens, output_field=IntegerField()), owed=_owed(of_duty, f"{to}unit__", code)
    )
    rows: QuerySet[Any, Any] = placed.values_list("at", "duty", f"{to}unit_id", "owed")
    return rows


def _owed(of_duty: Mapping[str, Spans], prefix: str, code: str = "") -> Any:
    """Return as SQL which of its duty's spans are asked of a row's unit: the sum of 2 to the power of each place.

    ``code`` is the column of the row's duty; without it all rows are of the only one.
    """
    parts: list[Any] = []
    for place in range(max(len(spans) for spans in of_duty.values())):
        whens = [
            When((Q(**{code: duty}) if code else Q()) & spans[place].owed_by(prefix), then=Value(1 << place))
            for duty, spans in sorted(of_duty.items())
            if place < len(spans)
        ]
        parts.append(Case(*whens, default=Value(0), output_field=BigIntegerField()))
    return reduce(add, parts)


def _held(spans: Spans, owed: int) -> Spans:
    return [span for place, span in enumerate(spans) if owed >> place & 1]


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    values: list[Any]


def _union(parts: Iterable[QuerySet[Any, Any]]) -> _Text:
    compiled = [part.query.sql_with_params() for part in parts]
    text = " UNION ALL ".join(f"({text})" for text, _values in compiled)
    return _Text(text, [value for _text, given in compiled for value in given])
