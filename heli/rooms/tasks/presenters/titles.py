"""Titles that can be told apart: a repeated task says which month or quarter it is for."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from heli.rooms.tasks.models import Task


def stretch_words(start: date | None, due: date | None) -> str:
    """Return the month, quarter or half-year that a task covers from its first day to its last; else nothing."""
    if start is None or due is None or start.year != due.year or start.day != 1:
        return ""
    if due.day != calendar.monthrange(due.year, due.month)[1]:
        return ""
    months = due.month - start.month + 1
    if months == 1:
        return _month(due)
    if months == 3 and due.month % 3 == 0:
        return _("quarter %(n)s") % {"n": due.month // 3}
    if months == 6 and due.month % 6 == 0:
        return _("first half of the year") if due.month == 6 else _("second half of the year")
    return ""


def title_of(task: Task) -> str:
    """Return the title with the stretch of time that the task covers."""
    return _joined(task.title, stretch_words(task.starts_on, task.due_on))


def titles_of(tasks: Sequence[Task]) -> dict[int, str]:
    """Return the titles by task; equal ones of a unit are told apart by the month, or the day, they fall due."""
    found = {task.pk: title_of(task) for task in tasks}
    alike: dict[tuple[int, str], list[Task]] = defaultdict(list)
    for task in tasks:
        alike[task.unit_id, found[task.pk]].append(task)
    for group in alike.values():
        dues = {task.due_on for task in group if task.due_on}
        if len(dues) < 2:
            continue
        in_one_month = len({(due.year, due.month) for due in dues}) < len(dues)
        for task in group:
            if task.due_on:
                word = task.due_on.strftime("%m-%d") if in_one_month else _month(task.due_on)
                found[task.pk] = _joined(task.title, word)
    return found


def _joined(title: str, word: str) -> str:
    if not word or word in title:
        return title
    return _("%(title)s (%(period)s)") % {"title": title.rstrip("。.;； "), "period": word}


def _month(day: date) -> str:
    return (
        _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"), _("August"),
        _("September"), _("October"), _("November"), _("December"),
    )[day.month - 1]  # fmt: skip
