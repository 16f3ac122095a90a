"""A notice about what its reader may no longer open tells nothing of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from heli.rooms.information import owners, services
from heli.rooms.people.enums import ResetKind
from heli.rooms.people.models import Account, Person
from heli.rooms.people.services import request_reset as ask_reset
from heli.rooms.people.tests.fixtures import Everyone

ClientOf = Callable[[Person | Account], Client]


@pytest.fixture
def shut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register a room whose pages with even ids nobody may open."""
    monkeypatch.setitem(owners._doors, "/rooms/", lambda _person, _at, ids: {one for one in ids if one % 2})


def _tell(person: Person, url: str, title: str) -> None:
    services.notify(persons=[person.pk], kind="task", title=title, reason=f"{title}因由", url=url, at=timezone.now())


def test_title_and_reason_are_shown_while_the_page_opens_alone(
    everyone: Everyone, client_of: ClientOf, shut: None
) -> None:
    for url, title in (("/rooms/1/x/", "甲事"), ("/rooms/2/x/", "乙事"), ("/", "丙事")):
        _tell(everyone.member_a1, url, title)
    browser = client_of(everyone.member_a1)

    for page in ("information:list", "information:newest"):
        shown = browser.get(reverse(page)).content.decode()

        assert [title in shown for title in ("甲事", "乙事", "丙事", "乙事因由")] == [True, False, True, False]


DOORS = {
    "/tasks/", "/tasks/templates/", "/follow-ups/", "/plans/", "/duties/lists/", "/duties/hand-overs/",
    "/rulebook/changes/", "/rulebook/editions/", "/rulebook/reviews/", "/resets/",
}  # fmt: skip


def test_pages_of_every_room_stand_behind_their_door() -> None:
    """What a door answers is tested beside it, in the ``test_doors.py`` of its room."""
    assert {prefix for prefix in DOORS if owners.subject_of(f"{prefix}7/versions/1/") != (prefix, 7)} == set()
    assert set(owners._doors) == DOORS
    assert owners.subject_of("/") is None


def test_a_reset_opens_to_whom_it_concerns(everyone: Everyone) -> None:
    for person in everyone.persons:
        everyone.account(person)
    resets = [
        ask_reset(
            account_id=everyone.account(owner).pk, kind=ResetKind.PASSWORD, reason="忘记",
            by=everyone.security_administrator, at=timezone.now(),
        ).pk
        for owner in (everyone.secretary_a, everyone.member_b1)
    ]  # fmt: skip

    for person, opens in (
        (everyone.secretary_a, {resets[0]}),
        (everyone.member_b1, {resets[1]}),
        (everyone.party_clerk, set(resets)),
        (everyone.member_a1, set()),
    ):
        assert owners.opened("/resets/", person, timezone.localtime(), {*resets, 0}) == opens
    assert owners.opened("/resets/", everyone.party_clerk, timezone.localtime(), {resets[0]}) == {resets[0]}


def test_list_asks_once_a_room_however_many_notices(everyone: Everyone, client_of: ClientOf) -> None:
    browser, counts = client_of(everyone.party_clerk), []
    for number in range(1, 6):
        _tell(everyone.party_clerk, f"/tasks/{number}/", "事")
        if number in {1, 5}:
            with CaptureQueriesContext(connection) as asked:
                browser.get(reverse("information:list"))
            counts.append(len(asked))

    assert counts[0] == counts[1]
