"""Spans in which a duty may be done: what a plan sets for April meets what the rule makes due in December."""

from __future__ import annotations

from collections import Counter
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
        first, last = rules.counts_from(duty, occurrence), occurrence.due_on
        if (first.year, first.month) == (last.year, last.month):
            first, last = first.replace(day=1), rules.month_end(year, last.month)
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
