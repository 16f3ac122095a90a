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
    found = []
    month = (first.month - 1) // step * step + 1
    year_at = first.year
    while (begins := date(year_at, month, 1)) <= last:
        end_month = month + step - 1
        ends = date(year_at, end_month, calendar.monthrange(year_at, end_month)[1])
        found.append(Stretch(max(begins, first), min(ends, last)))
        month += step
        if month > 12:
            month, year_at = 1, year_at + 1
    coming = tuple(stretch for stretch in found if stretch.due >= after)
    return coming or (found[-1],)
