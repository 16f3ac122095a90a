"""What one may not open is neither linked nor named by the past of what one may."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from heli.kernel.problems import Problem
from heli.rooms.people import services
from heli.rooms.people.enums import PostKind
from heli.rooms.people.models import Account, Appointment, Person
from heli.rooms.people.tests import factories
from heli.rooms.people.tests.fixtures import Everyone

ClientOf = Callable[[Person | Account], Client]


@pytest.mark.parametrize("who", ["non_member", "member_a1", "branch_secretary_a1", "party_clerk"])
def test_no_link_of_ones_own_pages_leads_nowhere(everyone: Everyone, client_of: ClientOf, who: str) -> None:
    person: Person = getattr(everyone, who)
    factories.appointed(PostKind.STAFF, everyone.company, person=everyone.non_member)
    browser, dead = client_of(person), []
    queue, seen = [reverse("people:tree"), reverse("people:person", args=[person.pk])], set()
    while queue:
        path = queue.pop()
        if path in seen or not path.startswith(("/units/", "/people/", "/organization/", "/roster/")):
            continue
        seen.add(path)
        answer = browser.get(path)
        if answer.status_code >= 400:
            dead.append(path)
        elif answer.headers["Content-Type"].startswith("text/html"):
            queue += re.findall(r'href="(/[^"#?]*)"', answer.content.decode())

    assert dead == []
    assert len(seen) >= 3


def test_history_and_past_of_a_unit_name_no_unit_above_that_one_may_not_open(
    everyone: Everyone, client_of: ClientOf
) -> None:
    page = reverse("people:unit", args=[everyone.branch_a1.pk])
    past = f"{page}?on={timezone.localdate() - timedelta(days=9):%Y-%m-%d}"
    above = everyone.committee_a.name

    named = {
        person: above in client_of(person).get(address).content.decode()
        for person in (everyone.member_a1, everyone.party_clerk)
        for address in (past,)
    }

    assert named == {everyone.member_a1: False, everyone.party_clerk: True}


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1920, 12, 31), date(2101, 1, 1), date(9999, 12, 31)])
@pytest.mark.parametrize("which", ["from_day", "to_day"])
def test_appointment_in_a_year_nobody_means_is_refused(everyone: Everyone, day: date, which: str) -> None:
    post = factories.PostFactory(unit=everyone.branch_a1)
    days = {"from_day": timezone.localdate()} | {which: day}

    with pytest.raises(Problem, match=day.isoformat()):
        services.appoint(
            person_id=everyone.member_a1.pk,
            post_id=post.pk,
            version=1,
            by=everyone.party_clerk,
            at=timezone.now(),
            **days,
        )

    assert not Appointment.objects.filter(post=post).exists()


@pytest.mark.parametrize("day", [date(2101, 1, 1), date(9999, 12, 31)])
def test_appointment_does_not_end_in_a_year_nobody_means(everyone: Everyone, day: date) -> None:
    held = Appointment.objects.get(post__unit=everyone.branch_a1)

    with pytest.raises(Problem, match=day.isoformat()):
        services.end_appointment(
            appointment_id=held.pk, on=day, reason="x", version=1, by=everyone.party_clerk, at=timezone.now()
        )

    held.refresh_from_db()
    assert held.valid_to is None


def test_unit_page_counts_everybody_and_leads_to_all_of_them(everyone: Everyone, client_of: ClientOf) -> None:
    for _number in range(60):
        factories.MembershipFactory(unit=everyone.branch_b1)
    clerk, page = client_of(everyone.party_clerk), reverse("people:unit", args=[everyone.branch_b1.pk])

    shown = [clerk.get(f"{page}?on=2021-01-01&page={number}") for number in (1, 2)]
    listed = [person.pk for answer in shown for person in answer.context["persons"]]

    everybody = set(everyone.branch_b1.memberships.values_list("person_id", flat=True))
    assert (len(listed), set(listed)) == (len(everybody), everybody)
    assert re.search(r'href="\?[^"]*page=2', shown[0].content.decode())
    assert "on=2021-01-01" in re.findall(r'href="(\?[^"]*page=2[^"]*)"', shown[0].content.decode())[0]
