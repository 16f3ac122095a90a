"""Who sees, drafts, decides on and approves: truth tables, and lists that agree with objects."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.http import Http404

from heli.kernel.decisions import AccessDenied
from heli.rooms.plans import access
from heli.rooms.plans.models import Plan, PlanDocument, PlanItem, PlanVersion
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.world import World


def _names(world: World, allowed: object) -> set[str]:
    return {key for key, person in world.people.items() if allowed(person)}  # type: ignore[operator]


WORKSHOP = {"clerk", "disc_clerk", "party_head", "disc_head", "secretary"}


def test_an_unpublished_plan_is_for_its_workshop_alone(world: World, at: datetime) -> None:
    plan = journey.with_papers(world, at)
    on = at.date()

    assert _names(world, lambda person: access.can_view(person, plan, on)) == WORKSHOP
    assert _names(world, lambda person: access.can_draft(person, plan, on)) == WORKSHOP - {"secretary"}


def test_a_published_plan_is_for_whom_it_concerns(world: World, at: datetime) -> None:
    plan = journey.published(world, at).plan

    seen = _names(world, lambda person: access.can_view(person, plan, at.date()))

    branches = {"a1_secretary", "a2_secretary", "b1_secretary", "b2_secretary", "member"}
    assert seen == WORKSHOP | branches | {"a_secretary"}


@pytest.mark.parametrize("step", ["with_papers", "aligned", "concluded", "submitted", "published"])
def test_list_and_object_agree(world: World, at: datetime, step: str) -> None:
    getattr(journey, step)(world, at)
    plans = list(Plan.objects.select_related("unit"))
    on = at.date()

    for person in [*world.people.values(), None]:
        assert set(access.visible_plans(person, on)) == {plan for plan in plans if access.can_view(person, plan, on)}


def test_nobody_with_a_hand_in_it_approves(world: World, at: datetime) -> None:
    version = journey.submitted(world, at)

    approvers = _names(world, lambda person: access.can_approve(person, version, at.date()))

    assert approvers == {"party_head", "disc_head", "secretary"}


def test_whoever_decided_cannot_approve_even_with_the_right(world: World, at: datetime) -> None:
    plan = journey.aligned(world, at)
    head = world.people["party_head"]
    for finding in plan.findings.order_by("rank"):
        journey.decide_one(finding, head, at)
    version = journey.submit(journey.conclude(plan, world.people["clerk"], at), world.people["clerk"], at)

    with pytest.raises(AccessDenied):
        journey.approve(version, head, at)
    version.refresh_from_db()
    assert version.state == "submitted"


def test_a_unit_sees_only_the_items_that_name_it(world: World, at: datetime) -> None:
    version = journey.published(world, at)
    on = at.date()

    whole = set(access.visible_items(world.people["secretary"], version, on))
    branch = set(access.visible_items(world.people["b2_secretary"], version, on))

    carried = set(PlanItem.objects.filter(version=version, units__unit=world.units["b2"]))
    assert whole == set(version.items.all())
    assert branch == carried
    assert 0 < len(branch) < len(whole)


def test_papers_are_for_the_workshop_alone(world: World, at: datetime) -> None:
    journey.published(world, at)
    paper = PlanDocument.objects.order_by("pk").first()
    assert paper is not None

    def opens(person: object) -> bool:
        try:
            return access.document_for(person, paper.pk, at.date()) == paper  # type: ignore[arg-type]
        except Http404:
            return False

    assert _names(world, opens) == WORKSHOP


def test_a_version_under_way_is_hidden_from_readers(world: World, at: datetime) -> None:
    version = journey.published(world, at)
    journey.revise(version, "调整", world.people["clerk"], at)
    draft = PlanVersion.objects.get(number=2)

    assert not access.visible_items(world.people["a1_secretary"], draft, at.date()).exists()
    assert access.visible_items(world.people["clerk"], draft, at.date()).exists()


def test_a_unit_above_does_not_acknowledge_for_those_below(world: World, at: datetime) -> None:
    version = journey.published(world, at)
    on = at.date()
    asked = list(version.acknowledgements.select_related("unit"))

    for person in world.people.values():
        in_hand = set(access.acknowledgements_in_hand(person, on))
        assert in_hand == {each for each in asked if access.can_acknowledge(person, each, on)}
    branch = next(each for each in asked if each.unit == world.units["a1"])
    assert access.can_acknowledge(world.people["a1_secretary"], branch, on)
    assert not access.can_acknowledge(world.people["clerk"], branch, on)
