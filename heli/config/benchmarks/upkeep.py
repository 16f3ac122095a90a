"""The ledger of minutes and the reminders of a day on a full-size site, each beside the bare rows it rests on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils import timezone

from heli.config.benchmarks.measuring import Figure, beside, figure, seconds
from heli.config.benchmarks.pages import client_of, get, holder, plain, unit
from heli.rooms.rulebook import queries as rulebook
from heli.rooms.tasks import services

NEEDS_SITE = True
_TURNS = 3  # what takes seconds is measured so often

# The floor of the reminders: who holds the post of a task that is late or due soon, and how many of each.
_WAITING = """
SELECT a.person_id, count(*) FILTER (WHERE t.due_on < %(today)s), count(*) FILTER (WHERE t.due_on = %(today)s),
    count(*) FILTER (WHERE t.due_on > %(today)s)
FROM tasks_task t JOIN people_post p ON p.unit_id = t.unit_id AND p.kind = t.post_kind
JOIN people_appointment a ON a.post_id = p.id
WHERE t.state IN ('open', 'accepted', 'returned') AND t.due_on <= %(soon)s AND t.post_kind <> ''
    AND a.valid_from <= %(today)s AND (a.valid_to IS NULL OR a.valid_to > %(today)s)
GROUP BY a.person_id"""


def ledger_of_unit() -> Figure:
    """The ledger of a branch for its secretary, against a plain list of the unit's tasks of the year."""
    branch, year = unit("G-P", "branch"), timezone.localdate().year
    tasks = _tasks().filter(unit=branch, due_on__year=year).order_by("due_on", "pk")
    path = f"{reverse('tasks:burden')}?unit={branch.pk}&year={year}"
    return beside(get(client_of(holder(branch, "branch_secretary")), path, branch.name), plain(tasks))


def ledger_of_group() -> Figure:
    """The twelve totals over the whole group, a part that comes after its page, against one GROUP BY of the same."""
    group, year = unit("G-P", "group_committee"), timezone.localdate().year
    rows = _tasks().filter(unit__path__startswith=group.path, due_on__year=year).order_by().values("due_on__month")
    counted = rows.annotate(number=Count("pk"), stated=Sum("minutes"))
    path = f"{reverse('tasks:burden_total')}?unit={group.pk}&year={year}"
    part = get(client_of(holder(group, "secretary")), path, "<table")
    part()
    turns = [(seconds(part), seconds(lambda: list(counted))) for _ in range(_TURNS)]
    taken, floor = sorted(turns)[_TURNS // 2]
    return figure(taken * 1000, floor * 1000, "ms")


def reminders() -> Figure:
    """Seconds to remind everybody of a working day, against one GROUP BY of who has how much in hand; taken back."""
    at = _morning()
    values = {"today": at.date(), "soon": at.date() + timedelta(days=3)}

    def bare() -> object:
        with connection.cursor() as cursor:
            cursor.execute(_WAITING, values)
            return cursor.fetchall()

    floor = seconds(bare)
    with transaction.atomic():
        taken = seconds(lambda: services.remind(at=at))
        transaction.set_rollback(True)
    return figure(taken, floor, "s")


MEASURES: dict[str, Callable[[], Figure]] = {
    "ledger.unit": ledger_of_unit,
    "ledger.group": ledger_of_group,
    "reminders.day": reminders,
}


def _tasks() -> Any:
    return apps.get_model("tasks.Task").objects.exclude(state="canceled")


def _morning() -> datetime:
    """Return ten in the morning of the next working day."""
    days, day = rulebook.work_calendar(), timezone.localdate() + timedelta(days=1)
    while not days.is_working(day):
        day += timedelta(days=1)
    return datetime.combine(day, time(10), timezone.get_current_timezone())
