"""One reminder a day and person, outside the quiet hours, never on a day off."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from threading import Thread

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from heli.kernel.versions import VersionConflict
from heli.rooms.information.models import Notification
from heli.rooms.people.enums import PostKind
from heli.rooms.people.tests.factories import appointed
from heli.rooms.tasks import queries, rules, services
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import DayReminded, QuietHours, TaskHand, TaskRequester
from heli.rooms.tasks.tests.factories import TaskFactory

CHINA = timezone(timedelta(hours=8))
WEDNESDAY = datetime(2026, 3, 11, 9, 5, tzinfo=CHINA)
_times = st.times().map(lambda each: each.replace(second=0, microsecond=0))


@given(_times, _times, _times)
def test_quiet_hours_agree_with_walking_through_the_day_minute_by_minute(now, starts, ends):
    minute, found = starts, False
    for _step in range(24 * 60):
        if minute == ends:
            break
        found = found or minute == now
        minute = (datetime.combine(date(2026, 1, 1), minute) + timedelta(minutes=1)).time()

    assert rules.is_quiet(now, starts, ends) is found


@pytest.fixture
def due(everyone):
    """Branch A1 has one late, one due today, two soon, one later and one done."""
    today = WEDNESDAY.date()
    for days in (-4, 0, 1, 3, 4):
        TaskFactory(unit=everyone.branch_a1, due_on=today + timedelta(days=days))
    TaskFactory(
        unit=everyone.branch_a1, due_on=today, state=TaskState.HANDED_IN, accepted_at=WEDNESDAY,
        accepted_by=everyone.branch_secretary_a1, handed_in_at=WEDNESDAY, handed_in_by=everyone.branch_secretary_a1,
    )  # fmt: skip
    TaskFactory(unit=everyone.branch_a1, due_on=today, starts_on=None, state=TaskState.CANCELED)


def test_one_message_names_what_is_late_due_and_soon(everyone, due):
    assert services.remind(at=WEDNESDAY) == 1

    told = Notification.objects.get()
    assert told.person == everyone.branch_secretary_a1
    assert told.params == {"late": 1, "today": 1, "soon": 2, "review": 0}


def handed_in(everyone, by, requesters):
    found = TaskFactory(
        unit=everyone.branch_a1, due_on=WEDNESDAY.date() + timedelta(days=9), state=TaskState.HANDED_IN,
        accepted_at=WEDNESDAY, accepted_by=by, handed_in_at=WEDNESDAY, handed_in_by=by,
    )  # fmt: skip
    TaskHand.objects.create(task=found, person=by, since=WEDNESDAY)
    for unit in requesters:
        TaskRequester.objects.create(task=found, unit=unit)


def test_who_asked_hears_of_what_was_handed_in_and_nobody_of_the_own_work(everyone):
    TaskRequester.objects.all().delete()
    handed_in(everyone, everyone.branch_secretary_a1, [everyone.group])
    handed_in(everyone, everyone.branch_secretary_a1, [everyone.group])
    handed_in(everyone, everyone.party_clerk, [everyone.group])

    services.remind(at=WEDNESDAY)

    told = {row.person: row.params["review"] for row in Notification.objects.select_related("person")}
    assert (told[everyone.party_clerk], told[everyone.party_head], told[everyone.discipline_head]) == (2, 3, 3)
    assert everyone.branch_secretary_a1 not in told
    assert everyone.secretary_a not in told
    assert told == {person: queries.to_review(person, WEDNESDAY.date()).count() for person in told}


def test_it_is_one_message_with_what_is_due(everyone, due):
    TaskFactory(unit=everyone.group, post_kind=PostKind.PARTY_CLERK, due_on=WEDNESDAY.date())
    handed_in(everyone, everyone.branch_secretary_a1, [everyone.group])

    services.remind(at=WEDNESDAY)

    told = Notification.objects.get(person=everyone.party_clerk)
    assert (told.params["today"], told.params["review"]) == (1, 1)


def test_nobody_is_reminded_twice_a_day_and_again_the_next(everyone, due):
    services.remind(at=WEDNESDAY)

    assert services.remind(at=WEDNESDAY + timedelta(hours=3)) == 0
    assert services.remind(at=WEDNESDAY + timedelta(days=1)) == 1
    assert services.remind(at=WEDNESDAY + timedelta(days=40)) == 1
    assert set(DayReminded.objects.values_list("day", flat=True)) == {(WEDNESDAY + timedelta(days=40)).date()}


def test_everybody_who_holds_the_post_hears_and_nobody_else(everyone, due):
    second = appointed(PostKind.BRANCH_SECRETARY, everyone.branch_a1)
    appointed(PostKind.BRANCH_SECRETARY, everyone.branch_a1, valid_to=date(2026, 3, 1))

    services.remind(at=WEDNESDAY)

    told = set(Notification.objects.values_list("person_id", flat=True))
    assert told == {everyone.branch_secretary_a1.pk, second.pk}


def test_the_quiet_hours_of_a_person_hold_it_back_until_they_are_over(everyone, due):
    services.keep_quiet(starts=time(18), ends=time(10, 30), by=everyone.branch_secretary_a1, at=WEDNESDAY, version=1)

    assert services.remind(at=WEDNESDAY) == 0
    assert services.remind(at=WEDNESDAY.replace(hour=10, minute=35)) == 1


def test_nobody_is_reminded_on_a_day_off_or_at_night(everyone, due):
    assert services.remind(at=WEDNESDAY + timedelta(days=3)) == 0  # a Saturday
    assert services.remind(at=WEDNESDAY.replace(hour=6)) == 0
    assert services.remind(at=WEDNESDAY.replace(hour=21)) == 0


def test_it_takes_as_many_queries_for_many_as_for_one(everyone, due):
    def count(at):
        with CaptureQueriesContext(connection) as queried:
            queries.waiting_by_person(at.date())
        return len(queried)

    before = count(WEDNESDAY)
    for branch in (everyone.branch_a2, everyone.branch_b1):
        TaskFactory.create_batch(4, unit=branch, due_on=WEDNESDAY.date())

    assert count(WEDNESDAY) == before


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_remind_once(everyone, due):
    told: list[int] = []

    def run() -> None:
        try:
            told.append(services.remind(at=WEDNESDAY))
        finally:
            connection.close()

    threads = [Thread(target=run) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == [0, 0, 0, 1]
    assert Notification.objects.count() == 1


def test_the_page_keeps_the_hours_and_refuses_an_old_version(everyone, client_of):
    client = client_of(everyone.member_a1)
    assert client.get("/tasks/reminders/").status_code == 200
    kept = client.post("/tasks/reminders/", {"starts": "19:00", "ends": "07:30", "version": "1"})
    wrong = client.post("/tasks/reminders/", {"starts": "x", "ends": "07:30", "version": "2"})

    hours = QuietHours.objects.get()
    assert (kept.status_code, wrong.status_code) == (302, 422)
    assert (hours.starts, hours.ends) == (time(19), time(7, 30))
    with pytest.raises(VersionConflict):
        services.keep_quiet(starts=time(1), ends=time(2), by=everyone.member_a1, at=WEDNESDAY, version=1)
