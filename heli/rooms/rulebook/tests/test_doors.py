"""The doors of this room open to who drafts and decides, and what is decided to every reader."""

from __future__ import annotations

from datetime import date, datetime

from heli.rooms.information import owners
from heli.rooms.people.tests.factories import PersonFactory
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.rulebook import records, services
from heli.rooms.rulebook.enums import Family
from heli.rooms.rulebook.models import Edition, Review
from heli.rooms.rulebook.services import Choice


def _drafted(everyone: Everyone, at: datetime, code: str) -> int:
    draft = services.draft_adjustment(
        family=Family.OBLIGATION, code=code, cells={"count": "2"}, reason="加密", valid_from=date(2027, 6, 1),
        by=everyone.party_clerk, at=at, version=1,
    )  # fmt: skip
    return int(draft.pk)


def _decided(everyone: Everyone, at: datetime, code: str) -> int:
    asked = services.propose_adjustment(
        adjustment_id=_drafted(everyone, at, code), version=1, by=everyone.party_clerk, at=at
    )
    services.decide_adjustment(
        adjustment_id=asked.pk, version=asked.version, choices={"rulebook.units": Choice(is_accepted=True)},
        by=everyone.party_head, at=at,
    )  # fmt: skip
    return int(asked.pk)


def test_a_change_opens_to_every_reader_once_decided(installed: Everyone, at: datetime) -> None:
    decided, draft = _decided(installed, at, "A04"), _drafted(installed, at, "A06")

    for person, opens in (
        (installed.party_head, {decided, draft}),
        (installed.member_a1, {decided}),
        (PersonFactory(), set()),
    ):
        assert owners.opened("/rulebook/changes/", person, at, {decided, draft, 0}) == opens
    assert owners.opened("/rulebook/changes/", installed.party_head, at, {draft}) == {draft}


def test_an_edition_and_a_review_open_to_who_drafts_and_decides(installed: Everyone, at: datetime) -> None:
    services.prepare_review(half=records.HalfYear(2026, 2), at=at)

    for prefix, page in (("/rulebook/editions/", Edition), ("/rulebook/reviews/", Review)):
        pk = page.objects.order_by("pk")[0].pk
        assert owners.opened(prefix, installed.party_head, at, {pk, 0}) == {pk}
        assert owners.opened(prefix, installed.party_head, at, {0}) == set()
        assert owners.opened(prefix, installed.member_a1, at, {pk}) == set()
