"""Work goes to the unit the plan names: an unknown or missing lead is asked about, never guessed."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.urls import reverse

from heli.kernel.problems import Problem
from heli.rooms.people.enums import UnitKind
from heli.rooms.plans.enums import Line, Reach, VersionState
from heli.rooms.plans.models import PlanItem, PlanItemUnit, PlanVersion
from heli.rooms.plans.queries.directories import directory
from heli.rooms.plans.queries.leads import open_leads
from heli.rooms.plans.queries.work import source_of
from heli.rooms.plans.services import composing
from heli.rooms.plans.services.composing import ItemEdit
from heli.rooms.plans.services.leading import LeadChoice, name_leads
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.test_pages import signed_in
from heli.rooms.plans.tests.world import World
from heli.rooms.tasks import queries as tasks


@pytest.fixture
def version(world: World, at: datetime) -> PlanVersion:
    version = journey.concluded(world, at)
    clerk = world.people["clerk"]
    for words in ("保卫部", ""):
        edit = ItemEdit(f"由{words}牵头的事", Line.PARTY, lead=words, reach=Reach.LEAD)
        composing.add_item(plan_id=version.plan_id, edit=edit, reason="补充", by=clerk, at=at)
    return PlanVersion.objects.get(pk=version.pk)


def test_the_page_asks_whose_work_it_is_and_suggests_only_where_nothing_is_written(
    world: World, at: datetime, version: PlanVersion
) -> None:
    found = {each.words: each.suggested for each in open_leads(version, at.date()) if each.is_needed}

    page = signed_in(world.people["clerk"]).get(reverse("plans:version", args=[version.plan_id, 1])).content.decode()

    assert found == {"保卫部": None, "": world.units["party_dept"]}
    assert "保卫部" in page
    assert reverse("plans:leads", args=[version.plan_id]) in page


def test_it_cannot_be_submitted_before_it_is_said(world: World, at: datetime, version: PlanVersion) -> None:
    with pytest.raises(Problem, match="保卫部"):
        journey.submit(version, world.people["clerk"], at)

    version.refresh_from_db()
    assert version.state == VersionState.DRAFT


def test_once_said_the_task_goes_there(world: World, at: datetime, version: PlanVersion) -> None:
    clerk = signed_in(world.people["clerk"])
    hr, desk = world.units["hr_dept"], world.units["party_dept"]

    clerk.post(
        reverse("plans:leads", args=[version.plan_id]),
        {
            "words": ["保卫部", ""],
            "line": ["party", "party"],
            "unit": [hr.pk, desk.pk],
            "need": ["must", "must"],
            "version": version.version,
        },
    )
    journey.approve(journey.submit(version, world.people["clerk"], at), world.people["secretary"], at)

    item = PlanItem.objects.get(version=version, text__contains="保卫部")
    assert item.lead == hr.name
    assert PlanItemUnit.objects.get(item=item, role=PlanItemUnit.LEAD).unit == hr
    assert {task.unit for task in tasks.tasks_of_source(source_of(item.lineage))} == {hr}


def test_a_unit_out_of_reach_is_refused_and_nothing_is_set(world: World, at: datetime, version: PlanVersion) -> None:
    choice = LeadChoice("保卫部", "party", world.units["a1g"].pk)

    with pytest.raises(Problem):
        name_leads(plan_id=version.plan_id, choices=[choice], version=version.version, by=world.people["clerk"], at=at)

    assert PlanItem.objects.get(version=version, text__contains="保卫部").lead == "保卫部"


class TestCarriedOutByOthers:
    """Units below carry the item out; who leads it is asked all the same."""

    @pytest.fixture
    def draft(self, world: World, at: datetime) -> PlanVersion:
        version = journey.concluded(world, at)
        for text, words in (("一", "保卫部"), ("二", ""), ("三", "各党支部")):
            edit = ItemEdit(f"支部事项{text}", Line.PARTY, lead=words, reach=Reach.BRANCHES)
            composing.add_item(plan_id=version.plan_id, edit=edit, reason="补充", by=world.people["clerk"], at=at)
        return PlanVersion.objects.get(pk=version.pk)

    def numbers(self, draft: PlanVersion, at: datetime, *, is_needed: bool) -> set[int]:
        found = [each for each in open_leads(draft, at.date()) if each.is_needed == is_needed]
        return {number for each in found for number in each.numbers}

    def test_an_unknown_lead_is_asked_and_stops_the_submission(
        self, world: World, at: datetime, draft: PlanVersion
    ) -> None:
        item = PlanItem.objects.get(version=draft, text="支部事项一")

        assert self.numbers(draft, at, is_needed=True) == {item.number}
        with pytest.raises(Problem, match="保卫部"):
            journey.submit(draft, world.people["clerk"], at)

    def test_an_item_without_a_lead_is_named_and_may_stay_so(
        self, world: World, at: datetime, draft: PlanVersion
    ) -> None:
        unit = world.units["hr_dept"]
        without = PlanItem.objects.get(version=draft, text="支部事项二")
        carried = PlanItem.objects.get(version=draft, text="支部事项三")
        assert without.number in self.numbers(draft, at, is_needed=False)
        assert carried.number not in self.numbers(draft, at, is_needed=False)

        name_leads(
            plan_id=draft.plan_id, choices=[LeadChoice("保卫部", Line.PARTY, unit.pk)], version=draft.version,
            by=world.people["clerk"], at=at,
        )  # fmt: skip

        assert journey.submit(draft, world.people["clerk"], at).state == VersionState.SUBMITTED
        without.refresh_from_db()
        assert without.lead == ""

    def test_a_lead_for_what_may_stay_without_leaves_its_carriers(
        self, world: World, at: datetime, draft: PlanVersion
    ) -> None:
        unit = world.units["hr_dept"]

        signed_in(world.people["clerk"]).post(
            reverse("plans:leads", args=[draft.plan_id]),
            {"words": [""], "line": ["party"], "unit": [unit.pk], "need": ["may"], "version": draft.version},
        )

        item = PlanItem.objects.get(version=draft, text="支部事项二")
        assert (item.lead, item.reach) == (unit.name, Reach.BRANCHES)
        assert PlanItemUnit.objects.get(item=item, role=PlanItemUnit.LEAD).unit == unit


class TestAskedOfNobody:
    """A rule asks an item of units of which there is none here: a person says whose it is, it falls to nobody."""

    @pytest.fixture
    def draft(self, world: World, at: datetime) -> PlanVersion:
        version = journey.concluded(world, at)
        edit = ItemEdit("开展中心组学习", Line.PARTY, reach=Reach.RULE)
        composing.add_item(plan_id=version.plan_id, edit=edit, reason="补充", by=world.people["clerk"], at=at)
        return PlanVersion.objects.get(pk=version.pk)

    def test_it_is_asked_and_stops_the_submission(self, world: World, at: datetime, draft: PlanVersion) -> None:
        item = PlanItem.objects.get(version=draft, reach=Reach.RULE)

        page = signed_in(world.people["clerk"]).get(reverse("plans:version", args=[draft.plan_id, 1])).content.decode()

        assert 'name="need" value="rule"' in page
        with pytest.raises(Problem, match=str(item.number)):
            journey.submit(draft, world.people["clerk"], at)

    def test_the_unit_named_carries_it_out(self, world: World, at: datetime, draft: PlanVersion) -> None:
        unit, clerk = world.units["hr_dept"], world.people["clerk"]
        item = PlanItem.objects.get(version=draft, reach=Reach.RULE)

        signed_in(clerk).post(
            reverse("plans:leads", args=[draft.plan_id]),
            {"words": [""], "line": ["party"], "unit": [unit.pk], "need": ["rule"], "version": draft.version},
        )
        journey.approve(journey.submit(draft, clerk, at), world.people["secretary"], at)

        item.refresh_from_db()
        assert (item.lead, item.reach) == (unit.name, Reach.LEAD)
        assert {task.unit for task in tasks.tasks_of_source(source_of(item.lineage))} == {unit}

    def test_it_is_asked_again_on_approval(self, world: World, at: datetime) -> None:
        version = journey.submitted(world, at)
        item = PlanItem.objects.filter(version=version).order_by("number")[0]
        PlanItemUnit.objects.filter(item=item, role=PlanItemUnit.LEAD).delete()
        PlanItem.objects.filter(pk=item.pk).update(reach=Reach.RULE, lead="")

        with pytest.raises(Problem):
            journey.approve(version, world.people["secretary"], at)

        assert not tasks.tasks_of_source(source_of(item.lineage)).exists()


class TestNamesakes:
    """Two units below bear one name: both are listed with their parents, and the choice is kept in the item's words."""

    @pytest.fixture
    def draft(self, world: World, at: datetime) -> PlanVersion:
        for key, parent in (("a_office", "a"), ("b_office", "b")):
            world.unit(key, UnitKind.BRANCH, "机关党支部", parent)
        version = journey.concluded(world, at)
        edit = ItemEdit("由机关党支部牵头的事", Line.PARTY, lead="机关党支部", reach=Reach.LEAD)
        composing.add_item(plan_id=version.plan_id, edit=edit, reason="补充", by=world.people["clerk"], at=at)
        return PlanVersion.objects.get(pk=version.pk)

    def test_neither_is_taken_in_silence(self, world: World, at: datetime, draft: PlanVersion) -> None:
        page = signed_in(world.people["clerk"]).get(reverse("plans:version", args=[draft.plan_id, 1])).content.decode()

        for parent in ("甲公司党委", "乙公司党委"):
            assert f"机关党支部（{parent}）" in page
            with pytest.raises(Problem, match=parent):
                journey.submit(draft, world.people["clerk"], at)

    def test_the_choice_stands_in_words_that_name_it_again(
        self, world: World, at: datetime, draft: PlanVersion
    ) -> None:
        unit = world.units["b_office"]

        name_leads(
            plan_id=draft.plan_id, choices=[LeadChoice("机关党支部", Line.PARTY, unit.pk)], version=draft.version,
            by=world.people["clerk"], at=at,
        )  # fmt: skip

        item = PlanItem.objects.get(version=draft, text__contains="机关党支部")
        assert item.lead == "机关党支部（乙公司党委）"
        assert directory(draft.plan, at.date(), [item.lead]).find(item.lead) == [unit]


@pytest.mark.parametrize(("typed", "expected"), [("组织", "组织人事部"), ("甲公司", "甲公司党委"), ("无此单位", "")])
def test_a_lead_is_suggested_from_the_units_around_the_plan(
    world: World, at: datetime, typed: str, expected: str
) -> None:
    plan = journey.begun(world, at)
    address = reverse("plans:lead_choices", args=[plan.pk])

    found = signed_in(world.people["clerk"]).get(address, {"lead": typed}).content.decode()

    assert (f'value="{expected}"' in found) if expected else (not found.strip())
    assert signed_in(world.people["a1_secretary"]).get(address, {"lead": typed}).status_code == 404


class TestWithdrawing:
    def test_whoever_submitted_takes_it_back_and_nobody_can_approve_it_then(self, world: World, at: datetime) -> None:
        version = journey.submitted(world, at)
        clerk = signed_in(world.people["clerk"])

        clerk.post(reverse("plans:withdraw", args=[version.plan_id]), {"version": journey.seen(version)})

        version.refresh_from_db()
        assert (version.state, version.submitted_by_id) == (VersionState.DRAFT, None)
        with pytest.raises(Problem):
            journey.approve(version, world.people["secretary"], at)

    def test_nobody_else_takes_it_back_or_is_offered_to(self, world: World, at: datetime) -> None:
        version = journey.submitted(world, at)
        address = reverse("plans:withdraw", args=[version.plan_id])
        page = reverse("plans:version", args=[version.plan_id, 1])
        head = signed_in(world.people["party_head"])

        assert address in signed_in(world.people["clerk"]).get(page).content.decode()
        assert address not in head.get(page).content.decode()
        assert head.post(address, {"version": journey.seen(version)}).status_code == 403

        version.refresh_from_db()
        assert (version.state, version.submitted_by) == (VersionState.SUBMITTED, world.people["clerk"])

    def test_a_page_from_before_takes_nothing_back(self, world: World, at: datetime) -> None:
        version = journey.submitted(world, at)

        answer = signed_in(world.people["clerk"]).post(
            reverse("plans:withdraw", args=[version.plan_id]), {"version": journey.seen(version) - 1}
        )

        version.refresh_from_db()
        assert (answer.status_code, version.state) == (409, VersionState.SUBMITTED)

    def test_the_page_names_who_can_approve(self, world: World, at: datetime) -> None:
        version = journey.submitted(world, at)
        page = signed_in(world.people["clerk"]).get(reverse("plans:version", args=[version.plan_id, 1]))

        assert set(page.context["approvers"]) == {world.people[key] for key in ("party_head", "disc_head", "secretary")}
