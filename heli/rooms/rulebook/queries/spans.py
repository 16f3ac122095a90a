"""Longer spans in which a duty may be done: what a plan sets for April meets what the rule makes due in December."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q

from heli.kernel.periods import holds_on
from heli.rooms.people import queries as people
from heli.rooms.rulebook import rules
from heli.rooms.rulebook.queries.duties import year_of, yearly
from heli.rooms.rulebook.queries.entries import duties_during
from heli.rooms.rulebook.queries.matrix import Counting

if TYPE_CHECKING:
    from heli.rooms.people.models import Unit, UnitQuerySet
    from heli.rooms.rulebook.queries.records import Duty


@dataclass(frozen=True, slots=True)
class Span:
    """Of each of some units a duty is asked ``times`` between two days, both included.

    The matrix shows it in ``month``, the month of the last day.
    """

    code: str
    first: date
    last: date
    times: int
    duty: Duty
    counting: Counting

    @property
    def month(self) -> int:
        return self.last.month

    @property
    def units(self) -> UnitQuerySet:
        """The units of which it is asked."""
        return self.counting.asked(self.duty, self.month)

    def owed_by(self, prefix: str) -> Q:
        """Return the filter for rows of the units of which it is asked; ``prefix`` leads to the unit (``unit__``)."""
        day = rules.month_end(self.last.year, self.month)
        condition = Q()
        for kind in self.duty.unit_kinds:
            own = Q(**{f"{prefix}kind": kind}) & holds_on(day, prefix)
            if rules.open_conditions(self.duty, kind):
                own &= Q(**{f"{prefix}in": self.units.filter(kind=kind).order_by()})
            condition |= own
        return condition


def long_spans(unit: Unit, year: int) -> list[Span]:
    """Return the spans longer than a month that fall due in ``year``, for ``unit`` and all below it, by code."""
    return sorted(_spans(unit, year), key=lambda span: (span.code, span.last))


def span_due(unit: Unit, code: str, year: int, month: int) -> Span | None:
    """Return the longer span of a duty that falls due in that month, None where it has none."""
    return next((span for span in _spans(unit, year) if (span.code, span.month) == (code, month)), None)


def _spans(unit: Unit, year: int) -> Iterator[Span]:
    counting = Counting(people.subtree(unit), year)
    for duty, occurrence in yearly(duties_during(*year_of(year)), year):
        first, last = rules.counts_from(duty, occurrence), occurrence.due_on
        if (first.year, first.month) != (last.year, last.month):
            yield Span(duty.code, first, last, occurrence.times, duty, counting)
