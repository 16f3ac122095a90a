"""What the rulebook asks of a whole part of the tree, month by month, counted per kind of unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.fields import IntegerField
from django.db.models.functions import ExtractMonth, Greatest, Least

from heli.kernel.periods import holds_on
from heli.rooms.people import queries as people
from heli.rooms.people.enums import UnitKind
from heli.rooms.rulebook import rules
from heli.rooms.rulebook.models import Circumstance
from heli.rooms.rulebook.queries.duties import LOWER_PARTY_KINDS, in_force, year_of, yearly
from heli.rooms.rulebook.queries.entries import duties_during, duties_on
from heli.rooms.rulebook.queries.records import Duty

if TYPE_CHECKING:
    from heli.rooms.people.models import Unit, UnitQuerySet

_COMMITTEE = "has_committee"
_IN_THE_TREE = frozenset({"has_groups", "has_subordinates"})
# kind of unit → month → how many units of that kind are asked
KindMonths = Mapping[str, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One duty in the matrix: month → times it is due in the part of the tree; months without any are left out.

    ``units`` is the largest number of units asked in one month.
    """

    duty: Duty
    months: Mapping[int, int]
    units: int

    @property
    def code(self) -> str:
        return self.duty.code

    @property
    def total(self) -> int:
        return sum(self.months.values())


def requirements_matrix(unit: Unit, year: int) -> list[MatrixRow]:
    """Return what is due in ``unit`` and everything below it in ``year``, by code; duties nobody owes are left out.

    A handful of grouped queries whatever the size of the tree; it agrees with ``expected_occurrences`` summed
    over the units. Hours count once per period.
    """
    duties = duties_during(*year_of(year))
    counting = Counting(people.subtree(unit).order_by(), year)
    months: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    units: dict[str, int] = defaultdict(int)
    latest = {duty.code: duty for duty in duties}
    for duty, occurrence in yearly(duties, year):
        month = occurrence.due_on.month
        asked = sum(counting.by_kind(duty, month).values())
        if asked:
            months[duty.code][month] += asked * occurrence.times
            units[duty.code] = max(units[duty.code], asked)
    _add_terms(duties, counting, months, units)
    return [MatrixRow(latest[code], dict(sorted(months[code].items())), units[code]) for code in sorted(months)]


def units_required(unit: Unit, code: str, year: int, month: int) -> UnitQuerySet:
    """Return the units in and below ``unit`` of which the duty is asked in that month, in tree order.

    Duties of a term are asked of the units whose term ends then.
    """
    found = people.subtree(unit).none()
    counting = Counting(people.subtree(unit), year)
    for duty in duties_during(*year_of(year)):
        if duty.code != code:
            continue
        if duty.period == "term":
            return people.subtree(unit).filter(pk__in=counting.terms_due(duty).get(month, ()))
        if any(occurrence.due_on.month == month for _duty, occurrence in yearly([duty], year)):
            found = found | counting.asked(duty, month)
    return found


def units_owing(unit: Unit, codes: Collection[str], on: date) -> UnitQuerySet:
    """Return the units in and below ``unit`` of which one of the duties is asked on that day, in tree order."""
    found = people.subtree(unit).none()
    counting = Counting(people.subtree(unit), on.year)
    for duty in duties_on(on):
        if duty.code in codes and duty.is_on and duty.unit_kinds:
            found = found | counting.asked(duty, on.month)
    return found


def codes_asked(unit: Unit, codes: Collection[str], on: date) -> set[str]:
    """Return which of the duties are asked of some unit in or below ``unit`` on that day (one query beside them)."""
    counting = Counting(people.subtree(unit), on.year)
    duties = [duty for duty in duties_on(on) if duty.code in codes and duty.is_on and duty.unit_kinds]
    asked = {f"duty_{number}": Exists(counting.asked(duty, on.month)) for number, duty in enumerate(duties)}
    row = people.subtree(unit).filter(pk=unit.pk).order_by("pk").values(**asked).first() if asked else None
    return {duty.code for number, duty in enumerate(duties) if row and row[f"duty_{number}"]}


class Counting:
    """Counts units per kind, condition and month; every grouped query runs once."""

    def __init__(self, units: UnitQuerySet, year: int) -> None:
        self.units, self.year = units, year
        self._by_condition: dict[str, KindMonths] = {}
        self._by_day: dict[tuple[frozenset[str], int], dict[str, int]] = {}

    def by_kind(self, duty: rules.Duty, month: int) -> dict[str, int]:
        """Return kind → how many units of that kind owe ``duty`` in ``month``."""
        return {kind: self._count(kind, rules.open_conditions(duty, kind), month) for kind in duty.unit_kinds}

    def asked(self, duty: rules.Duty, month: int) -> UnitQuerySet:
        """Return the units that owe ``duty`` in ``month``."""
        day = rules.month_end(self.year, month)
        condition = Q(pk__in=[])  # a duty without kinds of units is asked of none
        for kind in duty.unit_kinds:
            condition |= Q(kind=kind) & self.meets(rules.open_conditions(duty, kind), day)
        return self.units.current(day).filter(condition)

    def _count(self, kind: str, conditions: frozenset[str], month: int) -> int:
        if len(conditions) <= 1 and conditions.isdisjoint(_IN_THE_TREE):
            return self._whole_year(next(iter(conditions), "")).get(kind, {}).get(month, 0)
        key = (conditions, month)
        if key not in self._by_day:
            day = rules.month_end(self.year, month)
            counted = self.units.current(day).filter(self.meets(conditions, day)).values("kind")
            self._by_day[key] = {row["kind"]: row["n"] for row in counted.annotate(n=Count("pk"))}
        return self._by_day[key].get(kind, 0)

    def _whole_year(self, condition: str) -> KindMonths:
        """Return kind → month → units that meet one condition, or exist where there is none."""
        if condition not in self._by_condition:
            if condition in ("", _COMMITTEE):
                found = _units_by_month(self.units, self.year)
                self._by_condition[""], self._by_condition[_COMMITTEE] = found
            else:
                self._by_condition[condition] = _declared_by_month(self.units, self.year, condition)
        return self._by_condition[condition]

    def meets(self, conditions: Iterable[str], day: date) -> Q:
        """Return the filter for units that meet all ``conditions`` on ``day``."""
        condition = Q()
        for code in conditions:
            condition &= self._condition(code, day)
        return condition

    def _condition(self, code: str, day: date) -> Q:
        if code == _COMMITTEE:
            return Q(has_committee=True)
        if code in _IN_THE_TREE:
            kinds = [UnitKind.PARTY_GROUP] if code == "has_groups" else list(LOWER_PARTY_KINDS)
            below = self.units.order_by().current(day).filter(kind__in=kinds)
            return Q(pk__in=below.values("parent_id"))
        return Q(Exists(Circumstance.objects.filter(holds_on(day), condition=code, unit=OuterRef("pk"))))

    def terms_due(self, duty: Duty) -> dict[int, list[int]]:
        """Return month → ids of the units whose running term ends in the year, for a duty of a term."""
        due: dict[int, list[int]] = defaultdict(list)
        if duty.term_months is None or not duty.event_zh:
            return due
        first, after = (rules.add_months(day, -duty.term_months) for day in year_of(self.year))
        running = Circumstance.objects.filter(
            condition=rules.TERM_STARTED, valid_to__isnull=True, valid_from__gte=first, valid_from__lte=after,
            unit__in=self.units.filter(kind__in=duty.unit_kinds),
        )  # fmt: skip
        rows = running.values_list("unit_id", "valid_from", "unit__valid_from", "unit__valid_to", "unit__kind")
        asked = {kind: not rules.open_conditions(duty, kind) for kind in duty.unit_kinds}
        for unit_id, started, unit_from, unit_to, kind in rows.order_by("unit_id"):
            ends = rules.add_months(started, duty.term_months)
            day = rules.month_end(self.year, ends.month)
            is_there = unit_from <= day and (unit_to is None or day < unit_to)
            if ends.year == self.year and is_there and asked[kind] and in_force(duty, ends):
                due[ends.month].append(unit_id)
        return due


def _units_by_month(units: UnitQuerySet, year: int) -> tuple[KindMonths, KindMonths]:
    """Return kind → month → units that exist on the month's last day: all, and those with a committee (one query)."""
    dated = units.annotate(begins=F("valid_from"), ends=F("valid_to"))
    everyone, with_committee = _table(), _table()
    for kind, has_committee, first, last, number in _grouped(dated, year, "kind", "has_committee"):
        for month in range(first, last + 1):
            everyone[kind][month] += number
            with_committee[kind][month] += number * has_committee
    return everyone, with_committee


def _declared_by_month(units: UnitQuerySet, year: int, condition: str) -> KindMonths:
    """Return kind → month → units of which ``condition`` is declared on the month's last day (one query)."""
    declared = Circumstance.objects.filter(condition=condition, unit__in=units).annotate(
        begins=Greatest("valid_from", "unit__valid_from"), ends=Least("valid_to", "unit__valid_to")
    )
    found = _table()
    for kind, first, last, number in _grouped(declared, year, "unit__kind"):
        for month in range(first, last + 1):
            found[kind][month] += number
    return found


def _table() -> dict[str, dict[int, int]]:
    return defaultdict(lambda: defaultdict(int))


def _grouped(dated: QuerySet[Any], year: int, *keys: str) -> Iterable[tuple[Any, ...]]:
    """Yield ``(*keys, first month, last month, number)`` of rows that hold from ``begins`` up to ``ends``.

    A row counts in the months on whose last day it holds: one that ends within a month is not there any more.
    """
    start, after = year_of(year)
    first_month = Case(When(begins__lt=start, then=Value(1)), default=ExtractMonth("begins"))
    stays = Q(ends__isnull=True) | Q(ends__gte=after)
    last_month = Case(When(stays, then=Value(12)), default=ExtractMonth("ends") - 1, output_field=IntegerField())
    grouped: Iterable[tuple[Any, ...]] = (
        dated.filter(Q(ends__isnull=True) | Q(ends__gt=start), begins__lt=after)
        .annotate(first_month=first_month, last_month=last_month)
        .values_list(*keys, "first_month", "last_month")
        .annotate(n=Count("pk"))
        .order_by()
    )
    return grouped


def _add_terms(
    duties: Iterable[Duty], counting: Counting, months: dict[str, dict[int, int]], units: dict[str, int]
) -> None:
    for duty in duties:
        if duty.period != "term":
            continue
        for month, ids in counting.terms_due(duty).items():
            months[duty.code][month] += len(ids) * duty.count
            units[duty.code] = max(units[duty.code], len(ids))
