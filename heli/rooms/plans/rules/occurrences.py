"""When an item falls due: one stretch of time, or one per month, quarter or half year."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from heli.rooms.plans.enums import Period

MONTHS: dict[str, int] = {
    Period.MONTH: 1,
    Period.TWO_MONTHS: 2,
    Period.QUARTER: 3,
    Period.HALF: 6,
    Period.YEAR: 12,
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """From ``start`` to ``due``, both days included."""

    start: date | None
    due: date


def stretches(*, start: date | None, due: date | None, period: str, year: int, after: date) -> tuple[Stretch, ...]:
    """Return the stretches of an item of a plan of ``year`` that are not over on ``after``.

    A rhythm of a month or more gives one stretch each, clipped to the item's own dates; a finer rhythm, or none,
    gives one. When all are over the last one stays: late work is shown, not dropped.
    """
    first, last = start or date(year, 1, 1), due or date(year, 12, 31)
    step = MONTHS.get(period)
    if step is None:
        return (Stretch(start, last),)
    inside = day_in_period(start, due, period)
    found = _by_day(first, last, step, *inside) if inside else _by_period(first, last, step)
    coming = tuple(stretch for stretch in found if stretch.due >= after)
    return coming or (found[-1],)


def day_in_period(start: date | None, due: date | None, period: str) -> tuple[int, int] | None:
    """Return which month of each period, and which day of it, an item is due ("by the 5th of each month").

    An item says so by running from New Year's Day to that day of the year's last period, when the period goes on.
    """
    step = MONTHS.get(period, 12)
    if start is None or due is None or step == 12 or start != date(due.year, 1, 1) or due.month <= 12 - step:
        return None
    is_month_end = due.day == calendar.monthrange(due.year, due.month)[1]
    return None if is_month_end else ((due.month - 1) % step + 1, due.day)


def _by_day(first: date, last: date, step: int, nth: int, day: int) -> list[Stretch]:
    """Return a stretch up to that day of each period, each from the day after the one before."""
    found: list[Stretch] = []
    for month in range(nth, 13, step):
        due = date(last.year, month, min(day, calendar.monthrange(last.year, month)[1]))
        found.append(Stretch(date.fromordinal(found[-1].due.toordinal() + 1) if found else first, due))
    return found


def _by_period(first: date, last: date, step: int) -> list[Stretch]:
    """Return a stretch for each period, clipped to the item's own dates."""
    found: list[Stretch] = []
    month = (first.month - 1) // step * step + 1
    year_at = first.year
    while (begins := date(year_at, month, 1)) <= last:
        end_month = month + step - 1
        ends = date(year_at, end_month, calendar.monthrange(year_at, end_month)[1])
        found.append(Stretch(max(begins, first), min(ends, last)))
        month += step
        if month > 12:
            month, year_at = 1, year_at + 1
    return found
