"""The list of persons: filters, the total, and that more rows ask no more of the database."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heli.rooms.people import access, queries
from heli.rooms.people.enums import PostKind
from heli.rooms.people.models import Person
from heli.rooms.people.tests.factories import MembershipFactory, PersonFactory

TODAY = date(2027, 3, 10)


def _names(viewer, **wanted):
    found = queries.persons_for_list(viewer, TODAY, queries.WantedPersons(**wanted), limit=100)
    assert queries.count_wanted(viewer, TODAY, queries.WantedPersons(**wanted)) == len(found)
    return {person.pk for person in found}


def test_each_filter_keeps_those_that_fit_and_nobody_one_may_not_see(everyone):
    viewer = everyone.party_clerk
    everybody = _names(viewer)

    assert everybody == {person.pk for person in access.visible_persons(viewer, TODAY).working(TODAY)}
    assert everyone.non_member.pk in _names(viewer, status="non_member")
    assert everyone.member_a1.pk not in _names(viewer, status="non_member")
    assert _names(viewer, post_kind=PostKind.BRANCH_SECRETARY) == {
        everyone.branch_secretary_a1.pk, everyone.branch_secretary_a2.pk, everyone.branch_secretary_b1.pk,
    }  # fmt: skip
    assert _names(viewer, unit=everyone.branch_a1) == {everyone.branch_secretary_a1.pk, everyone.member_a1.pk}
    assert _names(viewer, text=everyone.member_b1.staff_no) == {everyone.member_b1.pk}
    assert _names(everyone.branch_secretary_b1, unit=everyone.branch_a1) == set()


def test_who_has_left_is_found_apart(everyone):
    Person.objects.filter(pk=everyone.member_a1.pk).update(left_on=date(2027, 3, 1))
    everyone.member_a1.memberships.update(valid_to=date(2027, 3, 1))

    assert everyone.member_a1.pk not in _names(everyone.party_clerk)
    assert _names(everyone.party_clerk, has_left=True) == {everyone.member_a1.pk}


def test_a_long_list_is_counted_only_so_far(everyone, monkeypatch):
    monkeypatch.setattr("heli.rooms.people.queries.persons.COUNTED", 3)

    assert queries.count_wanted(everyone.party_clerk, TODAY, queries.WantedPersons()) == 4


@pytest.mark.parametrize("address", ["", "?left=1", "?status=non_member&post=staff", "?unit=x&status=x&post=x"])
def test_the_page_answers_and_keeps_its_filters(everyone, client_of, address):
    assert client_of(everyone.party_clerk).get(f"/people/{address}").status_code == 200


def test_a_unit_out_of_reach_is_not_there(everyone, client_of):
    assert client_of(everyone.branch_secretary_b1).get(f"/people/?unit={everyone.branch_a1.pk}").status_code == 404


def test_one_row_and_six_cost_the_same(everyone, client_of):
    browser = client_of(everyone.branch_secretary_b1)

    def count():
        with CaptureQueriesContext(connection) as queried:
            browser.get("/people/")
        return len(queried)

    browser.get("/people/")
    before = count()
    for _number in range(5):
        MembershipFactory(person=PersonFactory(), unit=everyone.branch_b1)

    assert count() == before
