"""What plans in force ask of a unit is told to the room that says who answers for it."""

from __future__ import annotations

from datetime import datetime

import pytest

from heli.rooms.plans.models import PlanItem, PlanVersion
from heli.rooms.plans.queries.demands import demands_on
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.world import World, build_world
from heli.rooms.responsibilities import records

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def test_a_plan_in_force_asks_what_names_the_unit_and_fulfills_a_duty(world: World, at: datetime) -> None:
    version = journey.published(world, at)
    item = PlanItem.objects.filter(version=version, units__isnull=False).order_by("number")[0]
    item.obligations = ["B01"]
    item.save()
    unit = item.units.order_by("pk")[0].unit_id

    found = [demand for demand in records.collect_demands(unit, 2027) if "B01" in demand.obligations]

    assert [(demand.title, demand.line) for demand in found] == [(item.text[:200], item.line)]
    assert demands_on(unit, 2026) == []
    PlanVersion.objects.filter(pk=version.pk).update(state="superseded")
    assert demands_on(unit, 2027) == []
