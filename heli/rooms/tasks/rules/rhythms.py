"""When the tasks of a template fall due: pure arithmetic over a rhythm and a working calendar.

The calendar is handed in; it is the one of the rulebook (``rulebook.queries.work_calendar``).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

ONCE, EVENT = "once", "event"
MONTHS_OF: dict[str, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
DAY, WORKING_DAY, LAST_DAY, LAST_WORKING_DAY = "day", "working_day", "last_day", "last_working_day"
BEFORE, AFTER, STAY = "before", "after", "stay"
# A calendar without a single working day in so many days is a mistake; the day then stays where it is.
_LONGEST_BREAK = 400


class WorkingDays(Protocol):
    """What the arithmetic needs of a calendar."""

    def is_working(self, day: date) -> bool: ...


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often, on which day of the period's ``month`` (1 = its first), and where a day off moves.

    ``once_on`` is the day of what happens once. What follows an event has no days of its own.
    """

    every: str
    falls_on: str = LAST_DAY
    nth: int = 0
    month: int = 1
    shift: str = STAY
    once_on: date | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """One time: the period it stands for, the day by the rule, and the day it falls due after moving."""

    period: str
    nominal: date
    due: date

    @property
    def is_moved(self) -> bool:
        return self.nominal != self.due


def due_days(rhythm: Rhythm, first: date, last: date, days: WorkingDays) -> list[Due]:
    """Return the occurrences whose day by the rule lies in ``[first, last]``, in order; none for an event."""
    if rhythm.every == EVENT:
        return []
    if rhythm.every == ONCE:
        once = [rhythm.once_on] if rhythm.once_on is not None else []
        found = [(f"{day:%Y-%m-%d}", day) for day in once]
    else:
        found = [
            (_name(year, month, rhythm.every), _nominal(rhythm, year, month, days))
            for year, month in _months(rhythm, first, last)
        ]
    return [Due(name, day, moved(day, rhythm.shift, days)) for name, day in found if first <= day <= last]


def moved(day: date, shift: str, days: WorkingDays) -> date:
    """Return the day itself when it is a working day or may stay, else the nearest one in the direction."""
    if shift == STAY:
        return day
    step = timedelta(days=-1 if shift == BEFORE else 1)
    found = day
    for _ in range(_LONGEST_BREAK):
        if days.is_working(found):
            return found
        found += step
    return day


def opens_on(due: date, lead_days: int) -> date:
    """Return the day on which the task appears: so many days before it falls due."""
    return due - timedelta(days=lead_days)


def _months(rhythm: Rhythm, first: date, last: date) -> Iterator[tuple[int, int]]:
    """Yield (year, month) of the month that counts in each period from that of ``first`` to that of ``last``."""
    step = MONTHS_OF[rhythm.every]
    for year in range(first.year, last.year + 1):
        for start in range(1, 13, step):
            yield year, start + min(max(rhythm.month, 1), step) - 1


def _nominal(rhythm: Rhythm, year: int, month: int, days: WorkingDays) -> date:
    end = calendar.monthrange(year, month)[1]
    if rhythm.falls_on == DAY:
        return date(year, month, min(max(rhythm.nth, 1), end))
    if rhythm.falls_on == LAST_DAY:
        return date(year, month, end)
    working = [day for number in range(1, end + 1) if days.is_working(day := date(year, month, number))]
    if not working:
        return date(year, month, end)
    if rhythm.falls_on == LAST_WORKING_DAY:
        return working[-1]
    return working[min(max(rhythm.nth, 1), len(working)) - 1]


def _name(year: int, month: int, every: str) -> str:
    step = MONTHS_OF[every]
    number = (month - 1) // step + 1
    names = {"month": f"{year}-{month:02d}", "quarter": f"{year}-Q{number}", "half": f"{year}-H{number}"}
    return names.get(every, str(year))


def minutes_by_month(dues: list[Due], minutes: int) -> dict[str, int]:
    """Return month (``2027-03``) → minutes that one unit spends on what falls due in it."""
    found: dict[str, int] = {}
    for one in dues:
        month = f"{one.due:%Y-%m}"
        found[month] = found.get(month, 0) + minutes
    return found
