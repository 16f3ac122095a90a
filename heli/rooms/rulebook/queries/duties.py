"""Which duties are asked of a unit, why or why not, and when each falls due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from heli.kernel.periods import holds_on
from heli.rooms.people.enums import PARTY_KINDS, UnitKind
from heli.rooms.rulebook import catalogue, rules
from heli.rooms.rulebook.models import Circumstance
from heli.rooms.rulebook.queries.calendar import work_calendar
from heli.rooms.rulebook.queries.entries import duties_during, duties_on
from heli.rooms.rulebook.queries.records import Duty, condition_title, here

if TYPE_CHECKING:
    from heli.rooms.people.models import Unit

# Kinds that make a unit a superior Party body when they lie below it. Groups are parts of a branch.
LOWER_PARTY_KINDS = tuple(
    kind for kind in PARTY_KINDS if kind not in (UnitKind.PARTY_GROUP, UnitKind.DISCIPLINE_COMMISSION)
)


@dataclass(frozen=True, slots=True)
class UnitDuty:
    """A duty seen from one unit: asked of it or not, and what is missing where it is not."""

    duty: Duty
    asked: rules.Applicability

    @property
    def missing(self) -> list[str]:
        return [condition_title(code) for code in self.asked.missing]


@dataclass(frozen=True, slots=True)
class ExpectedOccurrence:
    """One time a unit has to do a duty."""

    duty: Duty
    occurrence: rules.Occurrence


@dataclass(frozen=True, slots=True)
class ConditionNow:
    """A fact duties depend on: whether it holds for the unit and, where declared, the entry that says so."""

    code: str
    title: str
    note: str
    is_declared: bool
    holds: bool
    circumstance: Circumstance | None


def conditions_of(unit: Unit, on: date) -> frozenset[str]:
    """Return the conditions that hold for ``unit`` on that day (two queries)."""
    below = set(unit.children.filter(holds_on(on)).values_list("kind", flat=True))
    declared = Circumstance.objects.current(on).filter(unit=unit).values_list("condition", flat=True)
    derived = {
        "has_committee": unit.has_committee,
        "has_groups": UnitKind.PARTY_GROUP in below,
        "has_subordinates": not below.isdisjoint(LOWER_PARTY_KINDS),
    }
    return frozenset({code for code, holds in derived.items() if holds} | set(declared))


def unit_duties(unit: Unit, on: date) -> list[UnitDuty]:
    """Return the duties in force for this kind of unit, those whose conditions are not met included."""
    conditions = conditions_of(unit, on)
    seen = (UnitDuty(duty, rules.applicability(duty, unit.kind, conditions)) for duty in duties_on(on) if duty.is_on)
    return [one for one in seen if not one.asked.wrong_kind]


def obligations_for(unit: Unit, on: date) -> list[Duty]:
    """Return the duties asked of ``unit`` on that day, by code."""
    return [one.duty for one in unit_duties(unit, on) if one.asked]


def expected_occurrences(unit: Unit, year: int) -> list[ExpectedOccurrence]:
    """Return what falls due for ``unit`` in ``year``, by due date: wording and conditions as in that month.

    A unit is asked for what falls due in a month if it exists, and meets the conditions, on the month's last day.
    """
    conditions = _ConditionsOfYear(unit)
    anchors = term_starts([unit.pk])
    expected = []
    for duty, occurrence in yearly(duties_during(*year_of(year)), year, anchors.get(unit.pk, ())):
        day = rules.month_end(year, occurrence.due_on.month)
        if _exists(unit, day) and rules.applicability(duty, unit.kind, conditions.on(day)):
            expected.append(ExpectedOccurrence(duty, occurrence))
    return sorted(expected, key=lambda one: (one.occurrence.due_on, one.duty.code, one.occurrence.number))


def year_of(year: int) -> tuple[date, date]:
    """Return the first day of the year and of the next."""
    return date(year, 1, 1), date(year + 1, 1, 1)


def yearly(duties: Iterable[Duty], year: int, terms: Iterable[date] = ()) -> Iterator[tuple[Duty, rules.Occurrence]]:
    """Yield what each wording of a duty asks for in ``year``, as far as the wording holds on the due day.

    ``terms`` are the days on which terms of the unit began.
    """
    for duty in duties:
        for anchor in terms if duty.period == "term" else (None,):
            for occurrence in rules.occurrences(duty, year, work_calendar(), anchor):
                if in_force(duty, occurrence.due_on):
                    yield duty, occurrence


def codes_due(start: date, end: date) -> frozenset[str]:
    """Return the codes of the duties that the calendar makes due on a day of ``[start, end)`` of one year."""
    return frozenset(
        duty.code
        for duty, occurrence in yearly(duties_during(*year_of(start.year)), start.year)
        if start <= occurrence.due_on < end
    )


def in_force(duty: Duty, day: date) -> bool:
    """Return whether this wording of the duty holds on that day."""
    return duty.valid_from <= day and (duty.valid_to is None or day < duty.valid_to)


def term_starts(unit_ids: Iterable[int]) -> dict[int, list[date]]:
    """Return unit → the first days of its terms; ended terms whose end came before their due day ask for nothing."""
    started: dict[int, list[date]] = defaultdict(list)
    terms = Circumstance.objects.filter(condition=rules.TERM_STARTED, unit_id__in=unit_ids, valid_to__isnull=True)
    for unit_id, day in terms.order_by("unit_id", "valid_from").values_list("unit_id", "valid_from"):
        started[unit_id].append(day)
    return started


def _exists(unit: Unit, day: date) -> bool:
    return unit.valid_from <= day and (unit.valid_to is None or day < unit.valid_to)


class _ConditionsOfYear:
    """The conditions of one unit on any day, read once."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.below = list(unit.children.values_list("kind", "valid_from", "valid_to"))
        declared = Circumstance.objects.filter(unit=unit)
        self.declared = list(declared.values_list("condition", "valid_from", "valid_to"))

    def on(self, day: date) -> frozenset[str]:
        below, held = _holding(self.below, day), _holding(self.declared, day)
        if self.unit.has_committee:
            held.add("has_committee")
        if UnitKind.PARTY_GROUP in below:
            held.add("has_groups")
        if not below.isdisjoint(LOWER_PARTY_KINDS):
            held.add("has_subordinates")
        return frozenset(held)


def _holding(dated: Iterable[tuple[str, date, date | None]], day: date) -> set[str]:
    return {name for name, start, end in dated if start <= day and (end is None or day < end)}


def unit_conditions(unit: Unit, on: date) -> list[ConditionNow]:
    """Return every condition known to the catalogue and whether it holds for ``unit`` on that day."""
    held = conditions_of(unit, on)
    declared = {one.condition: one for one in Circumstance.objects.current(on).filter(unit=unit)}
    return [
        ConditionNow(
            code=condition.code,
            title=condition_title(condition.code),
            note=here(condition.note_zh, condition.note_en),
            is_declared=condition.origin == "declared",
            holds=condition.code in held,
            circumstance=declared.get(condition.code),
        )
        for condition in catalogue.load().conditions
    ]
