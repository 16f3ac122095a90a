"""The month page in words, and the feed for calendar programs (RFC 5545)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING

import icalendar
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from heli.rooms.tasks import queries
from heli.rooms.tasks.enums import Line, TaskState
from heli.rooms.tasks.presenters.working import Row, list_rows
from heli.ui.shapes import Tab

if TYPE_CHECKING:
    from datetime import datetime

    from heli.rooms.tasks.models import Task

ZONE = "Asia/Shanghai"
_SHOWN_A_DAY = 4


@dataclass(frozen=True, slots=True)
class DayBox:
    """A day of the month page: ``word`` says in words what colour alone must not."""

    cell: queries.CalendarCell
    weekday: str
    word: str
    rows: list[Row]
    more: list[Row]


def month_boxes(page: queries.MonthPage, today: date) -> list[DayBox]:
    return [_box(cell, today) for week in page.weeks for cell in week]


def _box(cell: queries.CalendarCell, today: date) -> DayBox:
    word = ""
    if cell.is_special:
        word = _("working day") if cell.is_working else _("day off")
    rows = list_rows(cell.tasks, today)
    return DayBox(cell, date_format(cell.day, "D"), word, rows[:_SHOWN_A_DAY], rows[_SHOWN_A_DAY:])


def weekday_names() -> list[str]:
    """Return the short names of the days of a week, Monday first."""
    return [date_format(date(2024, 1, number), "D") for number in range(1, 8)]


def month_title(year: int, month: int) -> str:
    # Translators: a month with its year, as Django's date filter writes it: November 2026.
    return date_format(date(year, month, 1), _("F Y"))


def whose_tabs(month: str, *, mine_only: bool) -> list[Tab]:
    return [
        Tab(_("Mine and my units'"), f"?month={month}", None, current=not mine_only),
        Tab(_("In my hand"), f"?month={month}&whose=mine", None, current=mine_only),
    ]


def feed(tasks: Sequence[Task], *, host: str, absolute: Callable[[str], str]) -> bytes:
    """Return the tasks as a calendar. The same task keeps its UID; a change raises its sequence."""
    found = icalendar.Calendar()
    found.add("prodid", "-//Heli//Tasks//ZH")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", _("Heli tasks"))
    found.add("x-wr-timezone", ZONE)
    found.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    for task in tasks:
        found.add_component(_event(task, host, absolute))
    return bytes(found.to_ical())


def _event(task: Task, host: str, absolute: Callable[[str], str]) -> icalendar.Event:
    event = icalendar.Event()
    state = TaskState(task.state)
    due = task.due_on or task.opened_at.date()
    event.add("uid", f"task-{task.pk}@{host}")
    event.add("dtstamp", last_change(task).astimezone(UTC))
    event.add("sequence", task.version - 1)
    event.add("summary", _summary(task, state))
    event.add("dtstart", due)
    event.add("dtend", due + timedelta(days=1))
    event.add("description", "\n".join(_lines(task, state)))
    event.add("url", absolute(reverse("tasks:task", args=[task.pk])))
    event.add("categories", [str(Line(task.line).label)])
    event.add("status", "CANCELLED" if state == TaskState.CANCELED else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event


def _summary(task: Task, state: TaskState) -> str:
    return f"✓ {task.title}" if state == TaskState.CLOSED else task.title


def _lines(task: Task, state: TaskState) -> list[str]:
    lines = [task.unit.name, str(state.label)]
    if task.deliverable:
        lines.append(_("What proves it: %(text)s") % {"text": task.deliverable})
    if task.cancel_reason:
        lines.append(task.cancel_reason)
    return lines


def last_change(task: Task) -> datetime:
    """Return the newest moment the task itself knows."""
    return max(at for at in (task.opened_at, task.accepted_at, task.handed_in_at, task.closed_at) if at)
