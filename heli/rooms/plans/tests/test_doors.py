"""The door of this room opens a plan to whom it concerns, and keeps shut what is in the workshop."""

from __future__ import annotations

from datetime import datetime

from heli.rooms.information import owners
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.world import World


def test_a_plan_opens_to_its_readers_and_a_draft_to_its_workshop(world: World, at: datetime) -> None:
    plan, draft = journey.published(world, at).plan_id, journey.begun(world, at, unit="a", title="甲公司计划").pk

    for key, opens in (("clerk", {plan, draft}), ("a1_secretary", {plan}), ("hr_head", set())):
        assert owners.opened("/plans/", world.people[key], at, {plan, draft, 0}) == opens
    assert owners.opened("/plans/", world.people["clerk"], at, {draft}) == {draft}
