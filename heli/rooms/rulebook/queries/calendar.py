"""The working calendar: what ships, with the days the enterprise entered itself."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.db.models import Max

from heli.rooms.rulebook import catalogue, rules
from heli.rooms.rulebook.catalogue.deadlines import parse_deadline
from heli.rooms.rulebook.models import CalendarDay
from heli.rooms.rulebook.rules import WorkCalendar


def work_calendar() -> WorkCalendar:
    """Return the calendar in force: shipped holidays and made-up working days, own days before them.

    One small query; two after a day was entered, for entries are only ever added.
    """
    return _work_calendar(CalendarDay.objects.aggregate(newest=Max("pk"))["newest"])


@lru_cache(maxsize=4)
def _work_calendar(_newest: int | None) -> WorkCalendar:
    own = {entry.day: entry.kind for entry in _newest_entries() if entry.kind}
    return rules.with_own_days(rules.work_calendar(catalogue.load().holidays), own)


def next_working_day(day: date) -> date:
    """Return the first working day after ``day``."""
    days, found = work_calendar(), day + timedelta(days=1)
    while not days.is_working(found):
        found += timedelta(days=1)
    return found


def _newest_entries(year: int | None = None) -> list[CalendarDay]:
    entries = CalendarDay.objects.order_by("day", "-pk").distinct("day")
    return list(entries.filter(day__year=year) if year else entries)


def deadline_day(written: str, event: date) -> date:
    """Return the last day allowed by a limit as the rulebook writes it (``P15D``, ``P1M``, ``15wd``) after an event.

    Raises ``ValueError`` naming the accepted forms.
    """
    deadline = parse_deadline(written)
    if deadline is None:
        raise ValueError("an empty text is no time limit")
    return rules.due_on(deadline, event, work_calendar())


@dataclass(frozen=True, slots=True)
class DayNow:
    """A day of the year page. ``name`` is the holiday's; ``own`` the enterprise's entry, where there is one."""

    day: date
    is_working: bool
    is_special: bool
    name_zh: str
    name_en: str
    own: CalendarDay | None


@dataclass(frozen=True, slots=True)
class CalendarMonth:
    """Weeks from Monday; None pads the first and the last."""

    number: int
    weeks: tuple[tuple[DayNow | None, ...], ...]
    working_days: int


@dataclass(frozen=True, slots=True)
class YearCalendar:
    """A year with its source; ``source`` is None where nothing ships for it and weekends alone are known."""

    year: int
    source: catalogue.HolidayYear | None
    months: tuple[CalendarMonth, ...]
    own: tuple[CalendarDay, ...]

    @property
    def working_days(self) -> int:
        return sum(month.working_days for month in self.months)


def year_calendar(year: int) -> YearCalendar:
    """Return every day of ``year`` as it counts now (three queries at most)."""
    days = work_calendar()
    entries = {entry.day: entry for entry in _newest_entries(year) if entry.kind}
    shipped = {one.day: one for one in catalogue.load().holidays if one.day.year == year}
    found = next((one for one in catalogue.load().holiday_years if one.year == year), None)
    months = tuple(_month(year, number, days, shipped, entries) for number in range(1, 13))
    return YearCalendar(year, found, months, tuple(entries[day] for day in sorted(entries)))


def _month(
    year: int,
    number: int,
    days: WorkCalendar,
    shipped: dict[date, catalogue.Holiday],
    entries: dict[date, CalendarDay],
) -> CalendarMonth:
    weeks = tuple(
        tuple(_day(day, days, shipped.get(day), entries.get(day)) if day.month == number else None for day in week)
        for week in calendar.Calendar().monthdatescalendar(year, number)
    )
    working = sum(day.is_working for week in weeks for day in week if day)
    return CalendarMonth(number, weeks, working)


def _day(day: date, days: WorkCalendar, holiday: catalogue.Holiday | None, own: CalendarDay | None) -> DayNow:
    is_working = days.is_working(day)
    named = (own.name, own.name) if own else (holiday.name_zh, holiday.name_en) if holiday else ("", "")
    return DayNow(day, is_working, is_working != (day.weekday() < 5), *named, own)
