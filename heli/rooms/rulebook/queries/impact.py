"""Whom a change of a duty touches, before it takes effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.rulebook import catalogue, rules
from heli.rooms.rulebook.queries.calendar import work_calendar
from heli.rooms.rulebook.queries.entries import duty_on, key_links_on, latest_instruments
from heli.rooms.rulebook.queries.matrix import Counting

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, UnitQuerySet

_MONTHS_AHEAD = 12


@dataclass(frozen=True, slots=True)
class KindImpact:
    """How many units of one kind are asked before and after."""

    kind: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Impact:
    """What changes in the twelve months from the day on: units asked then, and times due in all of them.

    Duties of an event and of a term have no times of their own here.
    """

    kinds: tuple[KindImpact, ...]
    times_before: int
    times_after: int

    @property
    def units_before(self) -> int:
        return sum(kind.before for kind in self.kinds)

    @property
    def units_after(self) -> int:
        return sum(kind.after for kind in self.kinds)


def impact_of(person: Person, code: str, cells: Mapping[str, str], valid_from: date) -> Impact:
    """Return whom the wording in ``cells`` touches from ``valid_from`` on, compared with what holds on that day.

    Counts the units on which ``person`` may change the rulebook. Raises ``CatalogueError`` for content that
    cannot be read; check it first.
    """
    units = people.units_with(person, Permission.RULEBOOK_EDIT, valid_from)
    before = duty_on(code, valid_from)
    after = catalogue.obligation_from(
        {"code": code, **cells}, instruments=latest_instruments(valid_from), key_links=key_links_on(valid_from)
    )
    held = before if before is not None and before.is_on else None
    asked_before, times_before = _asked(units, held, valid_from)
    asked_after, times_after = _asked(units, after, valid_from)
    kinds = {**asked_before, **asked_after}
    return Impact(
        kinds=tuple(KindImpact(kind, asked_before.get(kind, 0), asked_after.get(kind, 0)) for kind in kinds),
        times_before=times_before,
        times_after=times_after,
    )


def units_asked(person: Person, code: str, on: date) -> int:
    """Return of how many units on which ``person`` may change the rulebook the duty is asked on that day."""
    duty = duty_on(code, on)
    if duty is None or not duty.is_on:
        return 0
    units = people.units_with(person, Permission.RULEBOOK_EDIT, on)
    return sum(Counting(units.order_by(), on.year).by_kind(duty, on.month).values())


def _asked(units: UnitQuerySet, duty: rules.Duty | None, valid_from: date) -> tuple[dict[str, int], int]:
    if duty is None:
        return {}, 0
    until, times = rules.add_months(valid_from, _MONTHS_AHEAD), 0
    counting = {year: Counting(units.order_by(), year) for year in {valid_from.year, until.year}}
    for year, counted in counting.items():
        for one in rules.occurrences(duty, year, work_calendar()):
            if valid_from <= one.due_on < until:
                times += one.times * sum(counted.by_kind(duty, one.due_on.month).values())
    asked = counting[valid_from.year].by_kind(duty, valid_from.month)
    return {kind: number for kind, number in asked.items() if number}, times
