"""The to-do shows what is near or has begun; what comes later is counted by month, and nothing is left out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.tasks import queries
from heli.rooms.tasks.queries.working import AHEAD_DAYS
from heli.rooms.tasks.tests.factories import TaskFactory

TODAY = date(2026, 11, 28)
NEAR = TODAY + timedelta(days=AHEAD_DAYS)


@pytest.mark.parametrize(
    ("starts", "due", "is_near"),
    [
        (None, NEAR, True),
        (None, NEAR + timedelta(days=1), False),
        (None, None, True),
        (TODAY, date(2027, 12, 31), True),
        (TODAY + timedelta(days=1), date(2027, 12, 31), False),
        (date(2027, 1, 1), NEAR, True),
        (None, TODAY - timedelta(days=400), True),
    ],
)
def test_near_is_what_falls_due_in_sixty_days_or_has_begun(
    everyone: Everyone, starts: date | None, due: date | None, is_near: bool
) -> None:
    task = TaskFactory(unit=everyone.branch_a1, starts_on=starts, due_on=due)

    found = queries.todo(everyone.branch_secretary_a1, TODAY)

    assert [row.task for row in found.rows] == ([task] if is_near else [])
    assert found.later == (() if is_near else ((due.replace(day=1), 1),))
    assert found.total == int(is_near)


def test_every_task_is_near_or_in_exactly_one_month_and_each_month_opens(everyone: Everyone) -> None:
    days = [NEAR + timedelta(days=number * 9 - 60) for number in range(30)]
    tasks = [TaskFactory(unit=everyone.branch_a1, due_on=day) for day in days]
    person = everyone.branch_secretary_a1

    found = queries.todo(person, TODAY)

    shown = [row.task.pk for row in found.rows]
    for month, number in found.later:
        opened = queries.todo(person, TODAY, month=month)
        assert (opened.month, opened.total, len(opened.rows)) == (month, number, number)
        shown += [row.task.pk for row in opened.rows]
    assert sorted(shown) == sorted(task.pk for task in tasks)
    assert queries.todo(person, TODAY, month=date(2031, 1, 1)).rows == found.rows


def test_the_page_folds_what_comes_later_at_the_same_cost(everyone: Everyone, client_of) -> None:
    client, far = client_of(everyone.branch_secretary_a1), timezone.localdate() + timedelta(days=200)

    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get("/")
        return len(caught)

    TaskFactory(unit=everyone.branch_a1, title="远处的事", due_on=far)
    cost()
    one = cost()
    TaskFactory.create_batch(4, unit=everyone.branch_a1, due_on=far + timedelta(days=40))
    five = cost()
    page = client.get("/").content.decode()
    opened = client.get(f"/?year={far.year}&month={far.month}").content.decode()

    assert one == five
    assert "远处的事" not in page
    assert f"{far.year}年{far.month}月：1 项" in page
    assert "远处的事" in opened
