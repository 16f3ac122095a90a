"""Whoever a reset of a sign-in concerns is told: its owner, and the colleagues who may confirm it."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from heli.rooms.information.queries import newest
from heli.rooms.people import services
from heli.rooms.people.enums import ResetKind
from heli.rooms.people.tests.fixtures import Everyone


def test_owner_and_second_persons_are_told_and_the_owner_again_when_it_is_done(everyone: Everyone) -> None:
    accounts = {person: everyone.account(person) for person in everyone.persons}
    owner, clerk, at = everyone.secretary_a, everyone.party_clerk, timezone.now()

    reset = services.request_reset(
        account_id=accounts[owner].pk,
        kind=ResetKind.PASSWORD,
        reason="忘记",
        by=everyone.security_administrator,
        at=at,
    )
    told = {person for person in everyone.persons if newest(person).exists()}
    services.confirm_reset(reset_id=reset.pk, version=1, by=accounts[clerk], at=at)

    assert told == {owner, clerk, everyone.discipline_clerk}
    assert [notice.url for notice in newest(owner)] == [reverse("people:reset", args=[reset.pk])] * 2
    assert clerk.name in str(newest(owner)[0])
    assert owner.name in str(newest(clerk)[0])
