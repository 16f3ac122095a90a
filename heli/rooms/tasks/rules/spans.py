"""The stretch of time a task stands for, and whether what proves it happened in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_PERIOD = re.compile(r"(\d{4})(?:-(?:(\d{2})|Q([1-4])|H([12])))?")


@dataclass(frozen=True, slots=True)
class Span:
    """From ``begins`` to ``ends``, both days included; a side without a day is open."""

    begins: date | None
    ends: date | None

    def holds(self, day: date) -> bool:
        return not self.is_before(day) and (self.ends is None or day <= self.ends)

    def is_before(self, day: date) -> bool:
        return self.begins is not None and day < self.begins


def span_of(starts_on: date | None, due_on: date | None, period: str = "", every: str = "") -> Span:
    """Return the stretch of a task: at least the month in which it falls due.

    ``period`` is what a template issued the task for (``2027-03``, ``2027-Q1``, ``2027-H1``, ``2027``); it began before
    the task was issued, and the due day may have moved out of it. A task that says no first day stands for the period
    of its duty, where the rulebook asks for it ``every`` month, quarter, half-year or year; else it is open to earlier
    days: what was done before it was asked may well prove it.
    """
    if due_on is None:
        return Span(starts_on, None)
    if starts_on is None:
        months = _MONTHS.get(every, 0)
        month = (due_on.month - 1) // months * months + 1 if months else 0
        return Span(due_on.replace(month=month, day=1) if month else None, due_on)
    return Span(_first_day(period) or min(starts_on, due_on.replace(day=1)), due_on)


def _first_day(period: str) -> date | None:
    found = _PERIOD.fullmatch(period)
    if found is None:
        return None
    year, month, quarter, half = (int(part or 0) for part in found.groups())
    return date(year, month or max(1, quarter * 3 - 2, half * 6 - 5), 1)


def needs_reason(span: Span, days: Iterable[date], shared: Collection[date] = ()) -> bool:
    """Return whether a task can be closed only with a reason: nothing that proves it happened in its time.

    Work done after it is late, shows as late and is closed as late; but not with a record that proves the same duty
    for another period too (``shared`` are the days of those). A task without any proof is no case of this.
    """
    given = list(days)
    outside = given and not any(span.holds(day) for day in given)
    return bool(outside and (any(span.is_before(day) for day in given) or shared))
