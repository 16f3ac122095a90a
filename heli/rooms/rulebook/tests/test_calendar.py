from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.rooms.people.enums import AdministratorKind
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.rulebook import access, catalogue, queries, rules, services
from heli.rooms.rulebook.models import CalendarDay

SHIPPED = rules.work_calendar(catalogue.load().holidays)
ON = date(2027, 3, 10)

# The official notices in prose: days off that are no weekend, and weekends at work.
NOTICES = {
    2024: (
        ("01-01 02-12 02-13 02-14 02-15 02-16 04-04 04-05 05-01 05-02 05-03 06-10 "
        "09-16 09-17 10-01 10-02 10-03 10-04 10-07"),
        "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    ),
    2025: (
        "01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02 10-01 10-02 10-03 10-06 10-07 10-08",
        "01-26 02-08 04-27 09-28 10-11",
    ),
    2026: (
        ("01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 "
        "09-25 10-01 10-02 10-05 10-06 10-07"),
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
}  # fmt: skip


@pytest.mark.parametrize("year", NOTICES)
def test_the_shipped_years_depart_from_the_week_exactly_as_the_notice_says(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(366 if year == 2024 else 365)]

    off = [f"{day:%m-%d}" for day in days if day.weekday() < 5 and not SHIPPED.is_working(day)]
    work = [f"{day:%m-%d}" for day in days if day.weekday() >= 5 and SHIPPED.is_working(day)]

    assert (" ".join(off), " ".join(work)) == NOTICES[year]


def test_each_shipped_year_names_its_source_and_how_sure_it_is() -> None:
    shipped = catalogue.load()
    years = {one.year: (one.state, one.confidence) for one in shipped.holiday_years}

    assert years == {
        2024: ("published", "verified"), 2025: ("published", "verified"), 2026: ("published", "verified"),
        2027: ("expected", "memory"),
    }  # fmt: skip
    assert {one.basis for one in shipped.holidays} == {one.basis for one in shipped.holiday_years}


def test_own_days_go_before_the_shipped_ones() -> None:
    own = {date(2026, 10, 1): "work", date(2026, 10, 10): "off", date(2026, 3, 3): "off"}

    mixed = rules.with_own_days(SHIPPED, own)

    assert [mixed.is_working(day) for day in own] == [True, False, False]
    assert [SHIPPED.is_working(day) for day in own] == [False, True, True]


@pytest.mark.django_db
def test_entered_days_count_at_once_and_can_be_taken_back(everyone: Everyone, at: datetime) -> None:
    first, last = date(2027, 2, 9), date(2027, 2, 11)
    by = everyone.party_clerk

    services.enter_days(first=first, last=last, kind="off", name="春节", reason="通知", by=by, at=at)
    entered = queries.work_calendar().is_working(date(2027, 2, 10))
    services.enter_days(first=first, last=last, kind="", name="", reason="录错", by=by, at=at)

    assert (entered, queries.work_calendar().is_working(date(2027, 2, 10))) == (False, True)
    assert CalendarDay.objects.count() == 6
    entry = AuditEntry.objects.order_by("-number")[1]
    assert (entry.action, entry.changes["to"], entry.changes["kind"]) == (
        "rulebook.calendar_entered", "2027-02-11", "off",
    )  # fmt: skip


@pytest.mark.django_db
def test_limits_in_working_days_follow_the_own_days(everyone: Everyone, at: datetime) -> None:
    before = queries.deadline_day("3wd", date(2027, 3, 1))

    day, by = date(2027, 3, 3), everyone.party_clerk
    services.enter_days(first=day, last=day, kind="off", name="司庆", reason="放假", by=by, at=at)

    assert (before, queries.deadline_day("3wd", date(2027, 3, 1))) == (date(2027, 3, 4), date(2027, 3, 5))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"last": date(2027, 1, 1)}, {"last": date(2027, 12, 31)}, {"reason": " "}, {"kind": ""}]
)
def test_what_makes_no_sense_is_refused_with_nothing_written(
    everyone: Everyone, at: datetime, change: dict[str, object]
) -> None:
    days = {"first": date(2027, 2, 9), "last": date(2027, 2, 9), "kind": "off", "name": "", "reason": "通知"}

    with pytest.raises(Problem):
        services.enter_days(**{**days, **change}, by=everyone.party_clerk, at=at)

    assert not CalendarDay.objects.exists()


@pytest.mark.django_db
def test_who_may_enter_days(everyone: Everyone, at: datetime) -> None:
    kinds = {
        AdministratorKind.SYSTEM: everyone.system_administrator,
        AdministratorKind.SECURITY: everyone.security_administrator,
        AdministratorKind.AUDIT: everyone.audit_administrator,
    }
    may = {name: bool(access.can_edit_calendar(account, ON)) for name, account in kinds.items()}
    persons = ("party_clerk", "party_head", "discipline_clerk", "secretary", "branch_secretary_a1", "member_a1")

    assert may == {AdministratorKind.SYSTEM: True, AdministratorKind.SECURITY: False, AdministratorKind.AUDIT: False}
    assert [name for name in persons if access.can_edit_calendar(getattr(everyone, name), ON)] == [
        "party_clerk", "party_head", "discipline_clerk",
    ]  # fmt: skip
    with pytest.raises(AccessDenied):
        services.enter_days(first=ON, last=ON, kind="off", name="", reason="x", by=everyone.branch_secretary_a1, at=at)
    assert not CalendarDay.objects.exists()


@pytest.mark.django_db
def test_the_page_shows_the_year_and_takes_a_day(english: Callable[..., Client], everyone: Everyone) -> None:
    client, path = english(everyone.party_clerk), reverse("rulebook:calendar")

    shown = client.get(path, {"year": "2027"}).content.decode()
    posted = client.post(f"{path}?year=2027", {"first": "2027-02-09", "kind": "off", "name": "春节", "reason": "通知"})
    after = client.get(posted["Location"]).content.decode()

    assert "The notice for 2027 is not included." in shown
    assert posted.status_code == 302
    assert CalendarDay.objects.get().day == date(2027, 2, 9)
    assert "春节 · day off" in after


@pytest.mark.django_db
def test_readers_see_the_year_without_the_form(english: Callable[..., Client], everyone: Everyone) -> None:
    answer = english(everyone.branch_secretary_a1).get(reverse("rulebook:calendar"), {"year": "2026"})

    assert "国务院" not in answer.content.decode()
    assert "Notice of the General Office of the State Council on holidays in 2026" in answer.content.decode()
    assert '<form method="post" action="/rulebook/calendar' not in answer.content.decode()


@pytest.mark.django_db
def test_a_wrong_day_is_said_beside_the_form(english: Callable[..., Client], everyone: Everyone) -> None:
    client, path = english(everyone.party_clerk), reverse("rulebook:calendar")

    nothing = client.post(path, {"first": "", "kind": "off", "reason": "x"})
    backwards = client.post(path, {"first": "2027-02-09", "last": "2027-02-01", "kind": "off", "reason": "x"})

    assert (nothing.status_code, backwards.status_code) == (422, 422)
    assert "is no stretch of at most 32 days" in backwards.content.decode()


@pytest.mark.django_db
def test_the_page_needs_the_same_number_of_queries_for_one_and_many_own_days(
    everyone: Everyone, at: datetime, client_of: Callable[..., Client]
) -> None:
    client, path = client_of(everyone.party_clerk), reverse("rulebook:calendar") + "?year=2027"
    counts = []
    for first, last in ((date(2027, 2, 9), date(2027, 2, 9)), (date(2027, 7, 1), date(2027, 7, 30))):
        services.enter_days(
            first=first, last=last, kind="off", name="假", reason="通知", by=everyone.party_clerk, at=at
        )
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        counts.append(len(captured))

    assert counts[0] == counts[1]
