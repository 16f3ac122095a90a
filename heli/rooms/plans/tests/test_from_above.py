"""A unit below aligns against what the group's plan in force already asks of it."""

from __future__ import annotations

from datetime import datetime

import pytest

from heli.rooms.plans.enums import Choice, FindingKind, VersionState
from heli.rooms.plans.models import Finding, Plan
from heli.rooms.plans.services import aligning, deciding, papers
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.papers import integrity_paper, party_paper
from heli.rooms.plans.tests.world import World


@pytest.fixture
def below(world: World, at: datetime) -> Plan:
    journey.published(world, at)
    plan = journey.begun(world, at, unit="a", title="甲公司2027年度统筹计划")
    for line, paper in (("party", party_paper()), ("integrity", integrity_paper())):
        papers.add_paper(plan_id=plan.pk, line=line, paper=paper, by=world.people["clerk"], at=at, issuer="党群工作部")
    aligning.align(plan_id=plan.pk, by=world.people["clerk"], at=at)
    return plan


def _from_above(plan: Plan) -> list[Finding]:
    return list(Finding.objects.filter(plan=plan, kind=FindingKind.UPPER, is_standing=True).order_by("rank"))


def test_what_the_group_deployed_is_found_with_its_reason(below: Plan) -> None:
    found = _from_above(below)

    assert found
    for finding in found:
        assert finding.upper_item is not None
        assert finding.upper_item.version.state == VersionState.PUBLISHED
        assert finding.upper_item.version.plan.unit.name == "集团党委"
        assert finding.reason


def test_it_is_decided_like_any_other(world: World, below: Plan, at: datetime) -> None:
    first = _from_above(below)[0]

    made = deciding.decide(
        plan_id=below.pk, finding_id=first.pk, choice=Choice.KEEP_BOTH, reason="本级另有安排", values={},
        by=world.people["clerk"], at=at,
    )  # fmt: skip

    assert (made.finding_id, made.choice, made.reason) == (first.pk, Choice.KEEP_BOTH, "本级另有安排")


def test_a_plan_under_way_above_is_not_asked(world: World, at: datetime) -> None:
    journey.submitted(world, at)
    plan = journey.begun(world, at, unit="a", title="甲公司2027年度统筹计划")
    for line, paper in (("party", party_paper()), ("integrity", integrity_paper())):
        papers.add_paper(plan_id=plan.pk, line=line, paper=paper, by=world.people["clerk"], at=at, issuer="党群工作部")

    aligning.align(plan_id=plan.pk, by=world.people["clerk"], at=at)

    assert _from_above(plan) == []
