"""The API answers what the pages would show to the same person, and no more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from heli.rooms.people import services as people
from heli.rooms.people.enums import Scope
from heli.rooms.people.models import Person
from heli.rooms.plans.enums import FindingKind
from heli.rooms.plans.models import Decision, Finding
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.world import World


def key(person: Person, *scopes: Scope) -> dict[str, str]:
    _token, text = people.create_token(
        person=person, name="test", scopes=list(scopes), expires_on=timezone.localdate() + timedelta(days=9),
        at=timezone.now(),
    )  # fmt: skip
    return {"Authorization": f"Bearer {text}"}


@pytest.mark.parametrize(
    ("who", "status"), [("clerk", 200), ("secretary", 200), ("a_secretary", 404), ("a1_secretary", 404)]
)
def test_the_board_is_for_the_workshop(world: World, at: datetime, who: str, status: int) -> None:
    plan = journey.published(world, at).plan

    answer = Client().get(f"/api/plans/{plan.pk}/findings", headers=key(world.people[who], Scope.PLANS_READ))

    assert answer.status_code == status


def test_items_are_those_that_concern_the_owner_of_the_key(world: World, at: datetime) -> None:
    plan = journey.published(world, at).plan

    answer = Client().get(
        f"/api/plans/{plan.pk}/versions/1/items", headers=key(world.people["a1_secretary"], Scope.PLANS_READ)
    )

    texts = {item["text"] for item in answer.json()["items"]}
    assert any("主题党日" in text for text in texts)
    assert not any("责任书" in text for text in texts)


@pytest.mark.parametrize("what", ["findings", "versions/1/items"])
def test_pages_give_everything_once_and_in_order(world: World, at: datetime, what: str) -> None:
    plan = journey.published(world, at).plan
    headers = key(world.people["clerk"], Scope.PLANS_READ)
    whole = [
        item["id"] for item in Client().get(f"/api/plans/{plan.pk}/{what}?limit=200", headers=headers).json()["items"]
    ]

    paged, after = [], 0
    while after is not None:
        page = Client().get(f"/api/plans/{plan.pk}/{what}?limit=2&after={after}", headers=headers).json()
        assert len(page["items"]) <= 2
        paged += [item["id"] for item in page["items"]]
        after = page["next"]

    assert len(whole) > 3
    assert paged == whole


def test_a_reading_key_cannot_decide(world: World, at: datetime) -> None:
    plan = journey.aligned(world, at)
    finding = Finding.objects.filter(plan=plan, kind=FindingKind.GAP).order_by("rank")[0]
    given = {"choice": "not_applicable", "reason": "上级统一部署"}
    address = f"/api/plans/{plan.pk}/findings/{finding.pk}/decision"
    clerk = world.people["clerk"]

    refused = Client().post(address, given, content_type="application/json", headers=key(clerk, Scope.PLANS_READ))
    taken = Client().post(address, given, content_type="application/json", headers=key(clerk, Scope.PLANS_WRITE))

    assert (refused.status_code, taken.status_code) == (403, 200)
    assert Decision.objects.get().reason == "上级统一部署"


def test_what_a_decision_lacks_is_said(world: World, at: datetime) -> None:
    plan = journey.aligned(world, at)
    finding = Finding.objects.filter(plan=plan, kind=FindingKind.GAP).order_by("rank")[0]

    answer = Client().post(
        f"/api/plans/{plan.pk}/findings/{finding.pk}/decision",
        {"choice": "not_applicable"},
        content_type="application/json",
        headers=key(world.people["clerk"], Scope.PLANS_WRITE),
    )

    assert answer.status_code == 422
    assert answer.json()["why"]
