"""What rests on a unit, a post or a day, before anybody changes it on its own page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.responsibilities.tests import world as lists
from heli.rooms.rulebook import queries, services
from heli.rooms.rulebook.records import Page, Reader
from heli.rooms.tasks.tests.factories import TaskFactory, TemplateFactory

DUE = date(2027, 6, 30)


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def enterprise(everyone: Everyone, at: datetime) -> Everyone:
    services.install_catalogue(by=everyone.party_clerk, at=at, valid_from=date(2026, 1, 1))
    post = lists.post_of(everyone.branch_secretary_a1)
    lists.issued(everyone, at, unit=everyone.branch_a1, edits=[lists.edit("党课", post, obligations=())])
    TaskFactory(unit=everyone.branch_a1, due_on=DUE, post_kind="branch_secretary")
    TaskFactory(unit=everyone.branch_a1, due_on=DUE, post_kind="")
    TaskFactory(unit=everyone.branch_b1, due_on=DUE)
    TaskFactory(unit=everyone.branch_b1, due_on=date(2027, 7, 1))
    TemplateFactory(unit=everyone.group, root=everyone.committee_a, owner=everyone.party_clerk)
    return everyone


def counts(change: Any, person: Any, at: datetime) -> dict[str, int]:
    reader = Reader(person, at.date())
    found = queries.groups_of(change, reader)
    for group in found:
        assert len(queries.lines_of(change, reader, Page(group.key, limit=50))) == group.count
        assert group.act == ""
    return {group.key: group.count for group in found}


def test_a_unit_shows_what_lies_below_it_and_rests_on_it(enterprise: Everyone, at: datetime) -> None:
    change = queries.change_of_unit(enterprise.committee_a, at.date())

    assert counts(change, enterprise.party_clerk, at) == {
        "responsibilities.items": 1, "rulebook.below": 3, "tasks.open": 2, "tasks.templates": 1,
    }  # fmt: skip
    assert counts(change, enterprise.branch_secretary_b1, at) == {}


def test_a_post_shows_its_items_and_the_work_addressed_to_it(enterprise: Everyone, at: datetime) -> None:
    change = queries.change_of_post(lists.post_of(enterprise.branch_secretary_a1), at.date())

    assert counts(change, enterprise.party_clerk, at) == {"responsibilities.items": 1, "tasks.open": 1}


def test_a_day_shows_what_falls_due_on_it(enterprise: Everyone, at: datetime) -> None:
    change = queries.change_of_day(DUE)

    assert counts(change, enterprise.party_clerk, at) == {"tasks.open": 3}
    assert counts(change, enterprise.branch_secretary_b1, at) == {"tasks.open": 1}


def test_pages_open_as_far_as_the_unit_is_seen(enterprise: Everyone, client_of: Callable[..., Client]) -> None:
    unit, post = enterprise.branch_a1, lists.post_of(enterprise.branch_secretary_a1)
    paths = [
        reverse("rulebook:follows_unit", args=[unit.pk]), reverse("rulebook:follows_post", args=[post.pk]),
        reverse("rulebook:follows_day") + "?on=2027-06-30", reverse("rulebook:follows_day") + "?on=soon",
        reverse("rulebook:follows_post", args=[999_999]),
    ]  # fmt: skip

    answers = {
        name: [client_of(getattr(enterprise, name)).get(path).status_code for path in paths]
        for name in ("party_clerk", "branch_secretary_a1", "branch_secretary_b1")
    }

    assert answers == {
        "party_clerk": [200, 200, 200, 200, 404],
        "branch_secretary_a1": [200, 200, 200, 200, 404],
        "branch_secretary_b1": [404, 404, 200, 200, 404],
    }


def test_lines_come_whole_and_as_a_fragment(enterprise: Everyone, client_of: Callable[..., Client]) -> None:
    client, path = client_of(enterprise.party_clerk), reverse("rulebook:follows_day")
    asked = {"on": "2027-06-30", "group": "tasks.open"}

    whole, part = client.get(path, asked), client.get(path, asked, headers={"HX-Request": "true"})

    assert [answer.content.decode().count('<div class="grow">') for answer in (whole, part)] == [3, 3]
    assert ("<html" in whole.content.decode(), "<html" in part.content.decode()) == (True, False)


def test_the_form_that_changes_a_unit_or_post_asks_what_follows(
    enterprise: Everyone, client_of: Callable[..., Client]
) -> None:
    client, unit = client_of(enterprise.party_clerk), enterprise.branch_a1
    post = lists.post_of(enterprise.branch_secretary_a1)

    move = client.get(reverse("people:move_unit", args=[unit.pk])).content.decode()
    appoint = client.get(reverse("people:appoint", args=[post.pk])).content.decode()
    brief = client.get(reverse("rulebook:follows_unit", args=[unit.pk]), headers={"HX-Request": "true"})

    assert reverse("rulebook:follows_unit", args=[unit.pk]) in move
    assert reverse("rulebook:follows_post", args=[post.pk]) in appoint
    assert "<html" not in brief.content.decode()
    assert [fact.value for fact in brief.context["facts"]] == [1, 1, 2]


def test_the_form_of_a_new_post_folds_what_rests_on_its_unit(
    enterprise: Everyone, client_of: Callable[..., Client]
) -> None:
    client, unit = client_of(enterprise.party_clerk), enterprise.branch_a1
    folded = '<details class="fold"><summary>'

    new = client.get(reverse("people:new_post", args=[unit.pk])).content.decode()
    move = client.get(reverse("people:move_unit", args=[unit.pk])).content.decode()

    assert reverse("rulebook:follows_unit", args=[unit.pk]) in new.split(folded)[1].split("</details>")[0]
    assert (new.count(folded), move.count(folded)) == (1, 0)
