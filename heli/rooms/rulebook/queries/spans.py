"""Spans in which a duty may be done: what a plan sets for April meets what the rule makes due in December."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q

from heli.kernel.periods import holds_on
from heli.rooms.people import queries as people
from heli.rooms.rulebook import rules
from heli.rooms.rulebook.queries.duties import expected_occurrences, year_of, yearly
from heli.rooms.rulebook.queries.entries import duties_during
from heli.rooms.rulebook.queries.matrix import Counting

if TYPE_CHECKING:
    from heli.rooms.people.models import Unit
    from heli.rooms.rulebook.queries.records import Duty


@dataclass(frozen=True, slots=True)
class Span:
    """Of each of some units a duty is asked ``times`` between two days, both included.

    The matrix shows it in ``month``, the month of the last day. ``ending`` are the units whose term ends then, for a
    duty of a term; of other duties the rule says who owes them.
    """

    first: date
    last: date
    times: int
    duty: Duty
    counting: Counting
    ending: tuple[int, ...] | None = None

    @property
    def code(self) -> str:
        return self.duty.code

    @property
    def month(self) -> int:
        return self.last.month

    def owed_by(self, prefix: str) -> Q:
        """Return the filter for rows of the units of which it is asked; ``prefix`` leads to the unit (``unit__``)."""
        if self.ending is not None:
            return Q(**{f"{prefix}pk__in": self.ending})
        day = rules.month_end(self.last.year, self.month)
        condition = Q(pk__in=[])  # a duty without kinds of units is asked of none
        for kind in self.duty.unit_kinds:
            own = Q(**{f"{prefix}kind": kind}) & holds_on(day, prefix)
            if rules.open_conditions(self.duty, kind):
                units = self.counting.asked(self.duty, self.month).filter(kind=kind)
                own &= Q(**{f"{prefix}pk__in": units.order_by()})
            condition |= own
        return condition


@dataclass(frozen=True, slots=True)
class OwnSpan:
    """Of one unit a duty is asked ``times`` between two days, both included."""

    code: str
    first: date
    last: date
    times: int


def own_spans(unit: Unit, codes: Collection[str], year: int) -> list[OwnSpan]:
    """Return the spans of these duties that fall due for the unit itself in ``year``, as ``spans`` does for a tree."""
    asked = [one for one in expected_occurrences(unit, year) if one.duty.code in codes]
    return [OwnSpan(one.duty.code, *_days(one.duty, one.occurrence), one.occurrence.times) for one in asked]


def _days(duty: Duty, occurrence: rules.Occurrence) -> tuple[date, date]:
    """Return the days on which it may be done: within a month any of it, and a term in the month in which it ends."""
    first, last = rules.counts_from(duty, occurrence), occurrence.due_on
    if duty.period == "term":
        first = last.replace(day=1)
    if (first.year, first.month) == (last.year, last.month):
        return first.replace(day=1), rules.month_end(last.year, last.month)
    return first, last


def spans(unit: Unit, year: int) -> list[Span]:
    """Return every span that falls due in ``year``, for ``unit`` and all below it, by code and day.

    What is asked within a month may be done on any day of it; ``requirements_matrix`` counts the same, unit by unit.
    Each wording of a duty has spans of its own, since it may be asked of other units.
    """
    counting = Counting(people.subtree(unit), year)
    duties = duties_during(*year_of(year))
    times: Counter[tuple[str, date, date, date]] = Counter()
    wordings = {(duty.code, duty.valid_from): duty for duty in duties}
    for duty, occurrence in yearly(duties, year):
        first, last = _days(duty, occurrence)
        times[duty.code, duty.valid_from, first, last] += occurrence.times
    found = [
        Span(first, last, number, wordings[code, worded_from], counting)
        for (code, worded_from, first, last), number in times.items()
    ]
    found += [
        Span(date(year, month, 1), rules.month_end(year, month), duty.count, duty, counting, tuple(ids))
        for duty in duties
        if duty.period == "term"
        for month, ids in counting.terms_due(duty).items()
    ]
    return sorted(found, key=lambda span: (span.code, span.last, span.first, span.duty.valid_from))
