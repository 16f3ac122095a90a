"""Where a version asks less than the rules of the day it holds from: fewer times, of fewer units, or no longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from heli.rooms.people.enums import UnitKind
from heli.rooms.plans import rules
from heli.rooms.plans.enums import Reach
from heli.rooms.plans.models import PlanItem, PlanVersion
from heli.rooms.plans.queries.directories import takes_effect_on
from heli.rooms.rulebook import queries as rulebook
from heli.rooms.rulebook.queries import Duty

# What is asked of these alone is no department's work.
_GRASS_ROOTS = {UnitKind.BRANCH, UnitKind.PARTY_GROUP}
_OF_A_YEAR = {"month": 12, "quarter": 4, "half": 2, "year": 1}


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A duty that the items ``numbers`` deploy by halves: ``asked`` and ``planned`` are times a year.

    ``reach``: the rule asks it of units below, the items of a lead alone; ``gone``: the version before deployed it.
    """

    kind: Literal["reach", "times", "gone"]
    duty: Duty
    numbers: Sequence[int] = ()
    asked: int = 0
    planned: int = 0


def shortfalls(version: PlanVersion, on: date) -> list[Shortfall]:
    """Return what a version leaves short of the rules, by duty (three queries at most); it is said, never forbidden."""
    duties = {duty.code: duty for duty in rulebook.duties_on(takes_effect_on(version.plan, on)) if duty.is_on}
    by_code = _by_code(version)
    found = [each for code, items in by_code.items() if code in duties for each in _short(duties[code], items, version)]
    before = version.plan.versions.filter(number=version.number - 1).first()
    gone = _by_code(before).keys() - by_code.keys() if before is not None else set()
    found += [Shortfall("gone", duties[code]) for code in gone if code in duties]
    return sorted(found, key=lambda each: (each.duty.code, each.kind))


def _by_code(version: PlanVersion) -> dict[str, list[PlanItem]]:
    found: dict[str, list[PlanItem]] = {}
    for item in version.items.filter(left_out_reason="").order_by("number"):
        for code in item.obligations:
            found.setdefault(code, []).append(item)
    return found


def _short(duty: Duty, items: Sequence[PlanItem], version: PlanVersion) -> list[Shortfall]:
    numbers = [item.number for item in items]
    if set(duty.unit_kinds) <= _GRASS_ROOTS and all(item.reach in (Reach.LEAD, Reach.UNIT) for item in items):
        return [Shortfall("reach", duty, numbers)]
    asked = _times(duty)
    year = version.plan.year
    planned = sum(
        len(rules.stretches(start=item.start, due=item.due, period=item.period, year=year, after=date(year, 1, 1)))
        for item in items
    )
    return [Shortfall("times", duty, numbers, asked, planned)] if planned < asked else []


def _times(duty: Duty) -> int:
    """Return how often a year the calendar asks it; 0 for what is counted in hours or comes with an event."""
    is_dated = duty.trigger == "calendar" and duty.count_unit == "times"
    return _OF_A_YEAR.get(duty.period, 0) * duty.count if is_dated else 0
