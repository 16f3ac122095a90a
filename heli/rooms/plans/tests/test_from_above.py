"""A unit below aligns against what the group's plan in force already asks of it."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.urls import reverse

from heli.rooms.plans.enums import Choice, FindingKind, VersionState
from heli.rooms.plans.models import Finding, Plan, PlanVersion
from heli.rooms.plans.queries.leads import open_leads
from heli.rooms.plans.queries.work import source_of
from heli.rooms.plans.services import aligning, composing, deciding, papers
from heli.rooms.plans.services.composing import ItemEdit
from heli.rooms.plans.services.leading import LeadChoice, name_leads
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.papers import integrity_paper, party_paper
from heli.rooms.plans.tests.test_pages import signed_in
from heli.rooms.plans.tests.world import World
from heli.rooms.tasks.models import Task
from heli.rooms.tasks.queries import tasks_of_source


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


def test_a_plan_of_a_unit_below_is_nothing_from_above(world: World, at: datetime) -> None:
    below = journey.begun(world, at, unit="a", title="甲公司2027年度统筹计划")
    for line, paper in (("party", party_paper()), ("integrity", integrity_paper())):
        papers.add_paper(plan_id=below.pk, line=line, paper=paper, by=world.people["clerk"], at=at, issuer="党群工作部")
    aligning.align(plan_id=below.pk, by=world.people["clerk"], at=at)
    _publish(below, world, at)

    group = journey.aligned(world, at)

    assert _from_above(group) == []


def _publish(plan: Plan, world: World, at: datetime, upper: Choice = Choice.KEEP_BOTH) -> PlanVersion:
    clerk = world.people["clerk"]
    for finding in Finding.objects.filter(plan=plan, is_standing=True).in_order():
        if finding.kind == FindingKind.UPPER and upper == Choice.MERGE:
            items = [link.item for link in finding.links.select_related("item")]
            values = {"text": items[0].text} | journey.first_of(items)
            deciding.decide(plan_id=plan.pk, finding_id=finding.pk, choice=upper, values=values, by=clerk, at=at)
        else:
            journey.decide_one(finding, clerk, at)
    draft = journey.conclude(plan, clerk, at)
    choices = [LeadChoice(each.words, each.line, plan.unit_id, each.is_needed) for each in open_leads(draft, at.date())]
    name_leads(plan_id=plan.pk, choices=choices, version=draft.version, by=clerk, at=at)
    version = journey.submit(draft, clerk, at)
    return journey.approve(version, world.people["secretary"], at)


def test_one_task_with_the_unit_above_is_one_task(world: World, below: Plan, at: datetime) -> None:
    branches = [world.units["a1"], world.units["a2"]]
    known = set(Task.objects.filter(unit__in=branches, title__contains="主题党日").values_list("pk", flat=True))
    assert known

    version = _publish(below, world, at, Choice.MERGE)

    item = version.items.get(text__contains="主题党日")
    upper = item.above.get().upper_item
    assert set(Task.objects.filter(unit__in=branches, title__contains="主题党日").values_list("pk", flat=True)) == known
    asking = set(upper.units.filter(role="requester").values_list("unit__name", flat=True))
    assert asking <= set(item.units.filter(role="requester").values_list("unit__name", flat=True))
    page = signed_in(world.people["clerk"]).get(reverse("plans:version", args=[below.pk, 1])).content.decode()
    assert upper.version.plan.unit.name in page


def test_kept_apart_from_the_unit_above_opens_a_task_of_its_own(world: World, below: Plan, at: datetime) -> None:
    version = _publish(below, world, at)

    item = version.items.get(text__contains="主题党日")
    assert {task.unit for task in tasks_of_source(source_of(item.lineage))} == {world.units["a1"], world.units["a2"]}


def test_one_task_stays_one_through_a_revision(world: World, below: Plan, at: datetime) -> None:
    version = _publish(below, world, at, Choice.MERGE)
    clerk = world.people["clerk"]
    draft = journey.revise(version, "调整", clerk, at)
    item = draft.items.get(text__contains="主题党日")
    values = {name: getattr(item, name) for name in ("text", "line", "lead", "reach", "period", "start", "due")}
    edit = ItemEdit(**values, helpers="、".join(item.helpers), quantity="12次")
    composing.edit_item(plan_id=below.pk, item_id=item.pk, edit=edit, version=1, by=clerk, at=at)

    second = journey.approve(journey.submit(draft, clerk, at), world.people["secretary"], at)

    kept = second.items.get(lineage=item.lineage)
    assert kept.above.count() == 1
    assert not tasks_of_source(source_of(item.lineage)).exists()


def test_a_plan_under_way_above_is_not_asked(world: World, at: datetime) -> None:
    journey.submitted(world, at)
    plan = journey.begun(world, at, unit="a", title="甲公司2027年度统筹计划")
    for line, paper in (("party", party_paper()), ("integrity", integrity_paper())):
        papers.add_paper(plan_id=plan.pk, line=line, paper=paper, by=world.people["clerk"], at=at, issuer="党群工作部")

    aligning.align(plan_id=plan.pk, by=world.people["clerk"], at=at)

    assert _from_above(plan) == []
