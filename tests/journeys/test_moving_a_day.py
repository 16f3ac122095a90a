"""A day turns out to be off: what is due on it moves, or keeps its date with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from heli.kernel.decisions import AccessDenied
from heli.kernel.problems import Problem
from heli.rooms.information.models import Notification
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.rulebook import services
from heli.rooms.rulebook.models import Adjustment
from heli.rooms.rulebook.services import Choice
from heli.rooms.tasks.models import Task
from heli.rooms.tasks.services import NewFollowUp, issue_follow_up
from heli.rooms.tasks.tests.factories import TaskFactory
from tests.journeys.closings import closed


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


LAST, NEXT = date(2027, 6, 30), date(2027, 7, 1)


def moving(everyone: Everyone, at: datetime, **changes: Any) -> Adjustment:
    values = {"day": LAST, "moved_to": NEXT, "reason": "公司休息日", "by": everyone.party_clerk, "at": at, **changes}
    return services.begin_moving_day(**values)


def test_what_is_due_on_a_day_moves_and_the_line_left_out_stays(everyone: Everyone, at: datetime) -> None:
    same = {"source": "plans.item:3", "unit": everyone.branch_a1, "post_kind": ""}
    moved, stays = TaskFactory(unit=everyone.branch_a1, due_on=LAST), TaskFactory(unit=everyone.branch_b1, due_on=LAST)
    twice, done = TaskFactory(due_on=LAST, **same), TaskFactory(unit=everyone.branch_a2, due_on=LAST, state="handed_in")
    TaskFactory(due_on=NEXT, **same)
    asked = NewFollowUp(
        unit_id=everyone.discipline_office.pk, subject="自查", text="请自查。", line="integrity", due_on=LAST,
        lead=everyone.branch_a2,
    )  # fmt: skip
    issue_follow_up(new=asked, by=everyone.discipline_clerk, at=at)
    found = moving(everyone, at)
    services.leave_out(
        adjustment_id=found.pk, version=1, group="tasks.due", line=str(stays.pk), reason="材料当日必须报出",
        by=everyone.party_clerk, at=at,
    )  # fmt: skip
    found.refresh_from_db()

    closed(everyone, at, found, {"tasks.due": Choice(is_accepted=True)})

    rows = Task.objects.filter(pk__in=[moved.pk, stays.pk, twice.pk, done.pk]).order_by("pk")
    assert list(rows.values_list("due_on", flat=True)) == [NEXT, LAST, LAST, LAST]
    assert Task.objects.get(source__startswith="tasks.follow_up").due_on == LAST
    assert (found.state, found.effective_on, found.effects.get(group="tasks.due").applied) == ("in_force", at.date(), 1)
    assert set(found.notices.values_list("unit_id", flat=True)) == {everyone.branch_a1.pk}
    assert Notification.objects.filter(title__contains="moves: read where to").exists()


def test_a_declined_day_keeps_what_is_due_with_the_reason(everyone: Everyone, at: datetime) -> None:
    task = TaskFactory(unit=everyone.branch_a1, due_on=LAST)

    found = closed(everyone, at, moving(everyone, at), {"tasks.due": Choice(is_accepted=False, reason="期限法定")})

    task.refresh_from_db()
    assert (task.due_on, found.effects.get(group="tasks.due").reason, found.notices.count()) == (LAST, "期限法定", 0)


def test_a_day_moves_only_to_a_working_day_ahead_and_with_somebody_of_the_right(
    everyone: Everyone, at: datetime
) -> None:
    with pytest.raises(Problem, match="Nothing that can move"):
        moving(everyone, at)
    TaskFactory(unit=everyone.branch_a1, due_on=LAST)

    for day in (LAST, date(2027, 7, 3), date(2027, 3, 9)):
        with pytest.raises(Problem, match="is the same day, has passed or is a day off"):
            moving(everyone, at, moved_to=day)
    for late in ({"moved_to": date(2027, 8, 2)}, {"day": date(2027, 3, 5), "moved_to": date(2027, 3, 11)}):
        with pytest.raises(Problem, match="What is late stays late"):
            moving(everyone, at, **late)
    with pytest.raises(AccessDenied):
        moving(everyone, at, by=everyone.branch_secretary_a1)
    assert Adjustment.objects.count() == 0


def test_a_day_goes_through_its_pages(everyone: Everyone, client_of: Callable[..., Client]) -> None:
    clerk, day = client_of(everyone.party_clerk), "2028-06-30"
    task = TaskFactory(unit=everyone.branch_a1, due_on=date(2028, 6, 30))
    form = f"{reverse('rulebook:move_day')}?on={day}"
    assert reverse("rulebook:move_day") in clerk.get(f"{reverse('rulebook:follows_day')}?on={day}").content.decode()
    assert clerk.get(form).context["form"].initial["moved_to"] == date(2028, 7, 3)

    wrong = clerk.post(form, {"moved_to": "2028-07-01", "reason": "调休"})
    clerk.post(form, {"moved_to": "2028-07-03", "reason": "调休"})
    found = Adjustment.objects.get()
    own = reverse("rulebook:adjustment", args=[found.pk])
    page = clerk.get(own).content.decode()
    clerk.post(
        reverse("rulebook:close_as_chosen", args=[found.pk]), {"version": found.version, "choice:tasks.due": "accept"}
    )
    services.carry_out(adjustment_id=found.pk, at=timezone.now())

    task.refresh_from_db()
    assert (wrong.status_code, task.due_on) == (422, date(2028, 7, 3))
    assert reverse("rulebook:close_as_chosen", args=[found.pk]) in page
    assert client_of(everyone.branch_secretary_a1).get(own).status_code == 200
    assert client_of(everyone.branch_secretary_a1).get(form).status_code in (403, 404)
