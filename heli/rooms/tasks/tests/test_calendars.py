from __future__ import annotations

from datetime import date, timedelta

import icalendar
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from heli.rooms.people import access as people_access
from heli.rooms.people import services as people
from heli.rooms.people.enums import Scope
from heli.rooms.people.models import ApiToken
from heli.rooms.rulebook import services as rulebook
from heli.rooms.tasks import access, queries, services
from heli.rooms.tasks.models import Task
from heli.rooms.tasks.tests.factories import TaskFactory


@pytest.fixture
def today():
    return timezone.localdate()


def _address(person, today, scope=Scope.CALENDAR_READ):
    token, key = people.create_token(
        person=person, name="手机", scopes=[scope], expires_on=today + timedelta(days=30), at=timezone.localtime()
    )
    return token, reverse("tasks:feed", args=[key])


def _events(answer):
    found = icalendar.Calendar.from_ical(answer.content)
    return {str(event["uid"]): event for event in found.walk("VEVENT")}


@pytest.fixture
def tasks(everyone, today):
    """One task at each kind of place, due soon, and one without a date."""
    due = today + timedelta(days=3)
    return [
        TaskFactory(unit=everyone.branch_a1, due_on=due, opened_at=timezone.localtime() - timedelta(days=1)),
        TaskFactory(unit=everyone.branch_a1, post_kind="branch_member", due_on=due),
        TaskFactory(unit=everyone.branch_a2, due_on=due),
        TaskFactory(unit=everyone.branch_b1, post_kind="", due_on=due, requesters=[everyone.group]),
        TaskFactory(unit=everyone.group, post_kind="secretary", due_on=due),
        TaskFactory(unit=everyone.branch_a1, due_on=None),
    ]


def test_the_feed_shows_exactly_what_access_allows(everyone, tasks, today, client):
    for person in everyone.persons:
        everyone.account(person)
        _token, path = _address(person, today)
        events = _events(client.get(path))
        posts = {unit for unit, _kind in people_access.held_posts(person, today)}
        hand = set(access.tasks_in_hand(person, today).values_list("pk", flat=True))
        expected = {
            f"task-{task.pk}@testserver"
            for task in Task.objects.all()
            if access.can_view(person, task, today) and task.due_on and (task.unit_id in posts or task.pk in hand)
        }
        assert set(events) == expected, person


def test_the_page_shows_what_the_feed_shows(everyone, tasks, today):
    person, due = everyone.branch_secretary_a1, today + timedelta(days=3)

    page = queries.month_page(person, due.year, due.month, today, mine_only=False)
    mine = queries.month_page(person, due.year, due.month, today, mine_only=True)

    assert {task for week in page.weeks for cell in week for task in cell.tasks} == set(tasks[:2])
    assert {task for week in mine.weeks for cell in week for task in cell.tasks} == {tasks[0]}


def test_an_event_keeps_its_uid_and_counts_changes_and_cancellation(everyone, tasks, today, client):
    everyone.account(everyone.branch_secretary_a1)
    _token, path = _address(everyone.branch_secretary_a1, today)
    uid = f"task-{tasks[0].pk}@testserver"
    before = _events(client.get(path))[uid]
    services.accept_task(task_id=tasks[0].pk, by=everyone.branch_secretary_a1, at=timezone.localtime(), version=1)
    accepted = _events(client.get(path))[uid]
    services.withdraw_tasks(task_ids=[tasks[0].pk], reason="计划调整", by=everyone.party_clerk, at=timezone.localtime())
    canceled = _events(client.get(path))[uid]

    assert [event["sequence"] for event in (before, accepted, canceled)] == [0, 1, 2]
    assert [str(event["status"]) for event in (before, accepted, canceled)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert before.decoded("dtstart") == today + timedelta(days=3)
    assert accepted.decoded("dtstamp") > before.decoded("dtstamp")
    assert "计划调整" in str(canceled["description"])


def test_the_calendar_names_its_zone_and_only_reads(everyone, tasks, today, client):
    everyone.account(everyone.branch_secretary_a1)
    _token, path = _address(everyone.branch_secretary_a1, today)

    answer = client.get(path)

    found = icalendar.Calendar.from_ical(answer.content)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert (str(found["x-wr-timezone"]), str(found["method"])) == ("Asia/Shanghai", "PUBLISH")
    assert client.post(path).status_code == 405


def test_a_key_that_is_revoked_ended_foreign_or_unknown_finds_nothing(everyone, tasks, today, client):
    person = everyone.branch_secretary_a1
    account = everyone.account(person)
    token, path = _address(person, today)
    _other, foreign = _address(person, today, Scope.TASKS_READ)
    opened = client.get(path).status_code
    people.revoke_token(token_id=token.pk, by=person, at=timezone.localtime())
    _third, ended = _address(person, today)
    ApiToken.objects.filter(pk=_third.pk).update(expires_on=today)
    _fourth, leaving = _address(person, today)

    codes = [client.get(address).status_code for address in (path, foreign, ended, "/tasks/calendar/heli_x.ics")]
    account.is_active = False
    account.save()
    codes.append(client.get(leaving).status_code)

    assert (opened, codes) == (200, [404] * 5)


def test_an_owner_with_an_open_duty_of_sign_in_is_shut_out(everyone, tasks, today, client, settings):
    account = everyone.account(everyone.secretary)
    _token, path = _address(everyone.secretary, today)
    before = client.get(path).status_code
    settings.SECOND_FACTOR = True
    without_factor = client.get(path).status_code
    settings.SECOND_FACTOR = False
    account.must_change_password = True
    account.save()

    assert (before, without_factor, client.get(path).status_code) == (200, 404, 404)


def test_the_address_is_shown_once(everyone, tasks, client_of):
    client = client_of(everyone.branch_secretary_a1)

    made = client.post(reverse("tasks:make_feed")).content.decode()
    again = client.get(reverse("tasks:calendar")).content.decode()

    key = made.split("/tasks/calendar/heli_")[1].split(".ics")[0]
    assert Client().get(f"/tasks/calendar/heli_{key}.ics").status_code == 200
    assert key not in again
    assert ApiToken.objects.get().scopes == ["calendar:read"]


def test_the_month_marks_days_off_and_made_up_working_days(everyone, at):
    october = queries.month_page(everyone.party_clerk, 2026, 10, at.date(), mine_only=False)
    days = {cell.day: cell for week in october.weeks for cell in week}

    assert (days[date(2026, 10, 1)].is_working, days[date(2026, 10, 1)].is_special) == (False, True)
    assert (days[date(2026, 10, 10)].is_working, days[date(2026, 10, 10)].is_special) == (True, True)
    assert (days[date(2026, 10, 11)].is_working, days[date(2026, 10, 11)].is_special) == (False, False)
    first = last = date(2026, 10, 13)
    rulebook.enter_days(first=first, last=last, kind="off", name="", reason="司庆", by=everyone.party_clerk, at=at)
    again = queries.month_page(everyone.party_clerk, 2026, 10, at.date(), mine_only=False)
    assert not {cell.day: cell for week in again.weeks for cell in week}[first].is_working


@pytest.mark.parametrize("asked", ["", "2026-13", "x", "2026-10"])
def test_any_month_that_is_asked_for_answers(everyone, client_of, asked):
    assert client_of(everyone.party_clerk).get(reverse("tasks:calendar"), {"month": asked}).status_code == 200


def test_page_and_feed_need_the_same_queries_for_any_number_of_tasks(everyone, client_of, today, client):
    browser = client_of(everyone.branch_secretary_a1)
    _token, path = _address(everyone.branch_secretary_a1, today)
    counts = []
    for number in (1, 2, 9):
        for _ in range(number):
            TaskFactory(unit=everyone.branch_a1, due_on=today)
        browser.get(reverse("tasks:calendar"))
        with CaptureQueriesContext(connection) as page:
            browser.get(reverse("tasks:calendar"))
        with CaptureQueriesContext(connection) as feed:
            client.get(path)
        counts.append((len(page), len(feed)))

    assert counts[0] == counts[1] == counts[2]
