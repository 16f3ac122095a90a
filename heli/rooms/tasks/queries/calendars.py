"""A month of one's own tasks and those of one's units, and the same for a calendar program."""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from heli.rooms.people import access as people
from heli.rooms.rulebook import queries as rulebook
from heli.rooms.tasks import access
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Task, TaskQuerySet

if TYPE_CHECKING:
    from heli.rooms.people.models import Person

# What a calendar program gets: so far back and ahead, and never more than so many.
FEED_BACK, FEED_AHEAD, FEED_MOST = timedelta(days=60), timedelta(days=400), 2000
SHOWN_A_MONTH = 500


def calendar_tasks(person: Person | None, on: date, *, mine_only: bool = False) -> TaskQuerySet:
    """Return the dated tasks in one's hand and those of the units in which one holds a post; nothing else one sees."""
    hand = access.tasks_in_hand(person, on).values("pk")
    own = Q(pk__in=hand)
    if not mine_only:
        own |= Q(unit__in={unit_id for unit_id, _kind in people.held_posts(person, on)})
    return access.visible_tasks(person, on).filter(own, due_on__isnull=False)


@dataclass(frozen=True, slots=True)
class CalendarCell:
    """A day with what falls due on it."""

    day: date
    in_month: bool
    is_today: bool
    is_working: bool
    is_special: bool
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class MonthPage:
    year: int
    month: int
    weeks: tuple[tuple[CalendarCell, ...], ...]
    total: int
    is_cut: bool


def month_page(person: Person | None, year: int, month: int, today: date, *, mine_only: bool) -> MonthPage:
    """Return whole weeks of a month with the tasks due on each day (a fixed number of queries)."""
    weeks = calendar.Calendar().monthdatescalendar(year, month)
    first, last = weeks[0][0], weeks[-1][-1]
    rows = (
        calendar_tasks(person, today, mine_only=mine_only)
        .filter(due_on__range=(first, last))
        .exclude(state=TaskState.CANCELED)
        .select_related("unit")
        .order_by("due_on", "pk")
    )
    tasks = list(rows[: SHOWN_A_MONTH + 1])
    by_day: dict[date | None, list[Task]] = defaultdict(list)
    for task in tasks[:SHOWN_A_MONTH]:
        by_day[task.due_on].append(task)
    days = rulebook.work_calendar()

    def cell(day: date) -> CalendarCell:
        is_working = days.is_working(day)
        special = is_working != (day.weekday() < 5)
        return CalendarCell(day, day.month == month, day == today, is_working, special, tuple(by_day[day]))

    return MonthPage(
        year=year,
        month=month,
        weeks=tuple(tuple(cell(day) for day in week) for week in weeks),
        total=sum(len(by_day[day]) for week in weeks for day in week if day.month == month),
        is_cut=len(tasks) > SHOWN_A_MONTH,
    )


def feed_tasks(person: Person, today: date) -> list[Task]:
    """Return what one's calendar program gets, canceled tasks included so that it takes them away again."""
    rows = calendar_tasks(person, today).filter(due_on__range=(today - FEED_BACK, today + FEED_AHEAD))
    return list(rows.select_related("unit").order_by("due_on", "pk")[:FEED_MOST])
