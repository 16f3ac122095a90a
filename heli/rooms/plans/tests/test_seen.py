"""Nobody acts on what they did not see: a page opened before a change refuses, and keeps what was typed."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.urls import reverse

from heli.rooms.plans.enums import Choice, FindingKind, Line, PlanState, Reach, RowKind, VersionState
from heli.rooms.plans.models import Acknowledgement, Decision, DraftItem, Finding, Plan, PlanDocument, PlanVersion
from heli.rooms.plans.services import composing, deciding, papers, rows
from heli.rooms.plans.services.composing import ItemEdit
from heli.rooms.plans.services.locking import PlanMovedOn
from heli.rooms.plans.services.readings import NewPaper
from heli.rooms.plans.services.rows import RowEdit
from heli.rooms.plans.services.sides import NothingChanged, Overtaken
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.test_pages import signed_in
from heli.rooms.plans.tests.world import World


def _edited(version: PlanVersion, world: World, at: datetime) -> None:
    item = version.items.order_by("number")[0]
    composing.edit_item(
        plan_id=version.plan_id, item_id=item.pk, edit=ItemEdit("另一件事", "party", lead="党群工作部"),
        version=item.row_version, by=world.people["clerk"], at=at,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["approve", "return"])
def test_what_was_changed_meanwhile_is_neither_approved_nor_returned(world: World, at: datetime, name: str) -> None:
    version = journey.submitted(world, at)
    seen = journey.seen(version)
    journey.give_back(version, "改", world.people["party_head"], at)
    _edited(version, world, at)
    journey.submit(version, world.people["clerk"], at)
    secretary = signed_in(world.people["secretary"])

    answer = secretary.post(
        reverse(f"plans:{name}", args=[version.plan_id, 1]), {"reason": "写了半页的意见", "version": seen}
    )

    version.refresh_from_db()
    page = answer.content.decode()
    assert (answer.status_code, version.state) == (409, VersionState.SUBMITTED)
    assert "写了半页的意见" in page
    assert "另一件事" in page


@pytest.mark.parametrize("posted", [{}, {"version": ""}, {"version": "0"}])
def test_a_form_that_does_not_say_what_it_showed_approves_nothing(
    world: World, at: datetime, posted: dict[str, str]
) -> None:
    version = journey.submitted(world, at)

    answer = signed_in(world.people["secretary"]).post(reverse("plans:approve", args=[version.plan_id, 1]), posted)

    version.refresh_from_db()
    assert (answer.status_code, version.state) == (409, VersionState.SUBMITTED)


def test_the_page_of_a_submitted_version_approves_what_it_shows(world: World, at: datetime) -> None:
    version = journey.submitted(world, at)
    secretary = signed_in(world.people["secretary"])
    page = secretary.get(reverse("plans:version", args=[version.plan_id, 1])).content.decode()
    shown = f'name="version" value="{journey.seen(version)}"'

    assert shown in page


def test_an_edit_meanwhile_stops_the_submission(world: World, at: datetime) -> None:
    version = journey.concluded(world, at)
    seen = journey.seen(version)
    _edited(version, world, at)

    answer = signed_in(world.people["disc_clerk"]).post(
        reverse("plans:submit", args=[version.plan_id]), {"version": seen}
    )

    version.refresh_from_db()
    assert (answer.status_code, version.state) == (409, VersionState.DRAFT)


def test_a_board_that_moved_on_is_not_concluded(world: World, at: datetime) -> None:
    plan = journey.decided(world, at)
    plan.refresh_from_db()
    seen = plan.stamp
    decision = Decision.objects.filter(finding__plan=plan, finding__kind=FindingKind.GAP).order_by("pk")[0]
    deciding.undo_decision(plan_id=plan.pk, decision_id=decision.pk, by=world.people["disc_clerk"], at=at)
    deciding.decide(
        plan_id=plan.pk, finding_id=decision.finding_id, choice=Choice.NOT_APPLICABLE, reason="改了主意",
        by=world.people["disc_clerk"], at=at,
    )  # fmt: skip

    answer = signed_in(world.people["clerk"]).post(reverse("plans:conclude", args=[plan.pk]), {"stamp": seen})

    plan.refresh_from_db()
    assert (answer.status_code, plan.state, PlanVersion.objects.count()) == (409, PlanState.DECIDING, 0)


def test_neither_a_board_nor_a_revision_is_thrown_away_unseen(world: World, at: datetime) -> None:
    version = journey.concluded(world, at)
    seen = journey.seen(version)
    _edited(version, world, at)

    with pytest.raises(PlanMovedOn):
        composing.reopen_board(plan_id=version.plan_id, version=seen, by=world.people["clerk"], at=at)

    assert version.items.filter(text="另一件事").exists()


def test_a_revision_of_an_old_page_is_refused_and_keeps_its_reason(world: World, at: datetime) -> None:
    version = journey.published(world, at)

    answer = signed_in(world.people["clerk"]).post(
        reverse("plans:revise", args=[version.plan_id]), {"reason": "会期提前", "version": version.version - 1}
    )

    assert answer.status_code == 409
    assert "会期提前" in answer.content.decode()
    assert PlanVersion.objects.count() == 1


class TestDrafts:
    """Papers and plans are thrown away by whoever saw what is on them, and by nobody else."""

    @pytest.mark.parametrize("name", ["remove_paper", "delete"])
    def test_what_somebody_added_to_meanwhile_stays_and_both_sides_are_shown(
        self, world: World, at: datetime, name: str
    ) -> None:
        plan = journey.with_papers(world, at)
        seen = Plan.objects.get(pk=plan.pk).stamp
        paper = plan.documents.order_by("pk")[0]
        papers.add_paper(
            plan_id=plan.pk, line=Line.PARTY, paper=NewPaper("补充.txt", "1.开展谈心谈话。".encode()),
            by=world.people["disc_clerk"], at=at, title="补充要点",
        )  # fmt: skip
        address = [plan.pk, paper.pk] if name == "remove_paper" else [plan.pk]

        answer = signed_in(world.people["clerk"]).post(reverse(f"plans:{name}", args=address), {"version": seen})

        page = answer.content.decode()
        assert answer.status_code == 409
        assert plan.documents.count() == 3
        for words in ("补充要点", "郁亭", f'value="{Plan.objects.get(pk=plan.pk).stamp}"'):
            assert words in page

    @pytest.mark.parametrize("name", ["remove_paper", "delete"])
    @pytest.mark.parametrize("sent", [{}, {"version": "x"}])
    def test_a_form_that_does_not_say_what_it_showed_deletes_nothing(
        self, world: World, at: datetime, name: str, sent: dict[str, str]
    ) -> None:
        plan = journey.with_papers(world, at)
        paper = plan.documents.order_by("pk")[0]
        address = [plan.pk, paper.pk] if name == "remove_paper" else [plan.pk]

        answer = signed_in(world.people["clerk"]).post(reverse(f"plans:{name}", args=address), sent)

        assert (answer.status_code, plan.documents.count()) == (409, 2)

    @pytest.mark.parametrize(("name", "left"), [("remove_paper", 1), ("delete", 0)])
    def test_the_page_of_the_plan_deletes_what_it_shows(self, world: World, at: datetime, name: str, left: int) -> None:
        plan = journey.with_papers(world, at)
        paper = plan.documents.order_by("pk")[0]
        clerk = signed_in(world.people["clerk"])
        stamp = Plan.objects.get(pk=plan.pk).stamp
        shown = clerk.get(reverse("plans:plan", args=[plan.pk])).content.decode()
        address = [plan.pk, paper.pk] if name == "remove_paper" else [plan.pk]

        clerk.post(reverse(f"plans:{name}", args=address), {"version": stamp})

        assert f'name="version" value="{stamp}"' in shown
        assert PlanDocument.objects.filter(plan=plan.pk).count() == left


class TestSides:
    def test_a_cut_of_an_old_line_says_how_it_reads_now(self, world: World, at: datetime) -> None:
        plan = journey.with_papers(world, at)
        row = DraftItem.objects.filter(plan=plan).items().in_order()[0]
        clerk = world.people["clerk"]
        rows.edit_row(
            plan_id=plan.pk, row_id=row.pk, edit=RowEdit("先到的一句", owner="党群工作部"), version=1, by=clerk, at=at
        )

        for act in (
            lambda: rows.split_row(plan_id=plan.pk, row_id=row.pk, offset=5, version=1, by=clerk, at=at),
            lambda: rows.merge_row(plan_id=plan.pk, row_id=row.pk, version=1, by=clerk, at=at),
        ):
            with pytest.raises(PlanMovedOn, match="先到的一句"):
                act()

    def test_both_sides_of_a_reclassed_line_are_words_and_differ(self, world: World, at: datetime) -> None:
        plan = journey.with_papers(world, at)
        row = DraftItem.objects.filter(plan=plan).items().in_order()[0]
        clerk = world.people["clerk"]
        rows.reclass_row(plan_id=plan.pk, row_id=row.pk, kind=RowKind.HEADING, version=1, by=clerk, at=at)

        with pytest.raises(Overtaken) as both:
            rows.reclass_row(plan_id=plan.pk, row_id=row.pk, kind=RowKind.LEFT_OUT, version=1, by=clerk, at=at)

        labels = (str(RowKind.LEFT_OUT.label), str(RowKind.HEADING.label))
        assert (both.value.yours["kind"], both.value.theirs["kind"]) == labels

    def test_an_item_that_came_second_shows_both_sides_by_label(self, world: World, at: datetime) -> None:
        version = journey.concluded(world, at)
        item = version.items.order_by("number")[0]
        _edited(version, world, at)

        answer = signed_in(world.people["clerk"]).post(
            reverse("plans:item", args=[version.plan_id, 1, item.pk]),
            {"text": "我写的", "line": "integrity", "reach": "branches", "version": 1},
        )

        page = answer.content.decode()
        assert answer.status_code == 409
        for words in ("我写的", "另一件事", str(Reach.BRANCHES.label), str(Reach.LEAD.label)):
            assert words in page
        assert ">branches<" not in page


class TestTyped:
    def test_an_incomplete_decision_keeps_what_was_typed(self, world: World, at: datetime) -> None:
        plan = journey.aligned(world, at)
        finding = Finding.objects.filter(plan=plan, kind=FindingKind.DUPLICATE).in_order()[0]

        answer = signed_in(world.people["clerk"]).post(
            reverse("plans:decide", args=[plan.pk, finding.pk]),
            {"choice": "assign", "reason": "想了很久的理由", "start": "2027-03-01"},
        )

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "想了很久的理由" in page
        assert "2027-03-01" in page

    def test_an_impossible_row_keeps_what_was_typed(self, world: World, at: datetime) -> None:
        plan = journey.with_papers(world, at)
        row = DraftItem.objects.filter(plan=plan).items().in_order()[0]

        answer = signed_in(world.people["clerk"]).post(
            reverse("plans:row", args=[plan.pk, row.pk]),
            {"text": "写了很久的一句话", "start": "2027-06-01", "end": "2027-05-01", "version": 1},
        )

        row.refresh_from_db()
        assert (answer.status_code, row.version) == (422, 1)
        assert "写了很久的一句话" in answer.content.decode()

    @pytest.mark.parametrize("name", ["item", "new_item"])
    def test_an_impossible_item_keeps_what_was_typed(self, world: World, at: datetime, name: str) -> None:
        version = journey.concluded(world, at)
        item = version.items.order_by("number")[0]
        address = [version.plan_id, 1, item.pk] if name == "item" else [version.plan_id, 1]

        answer = signed_in(world.people["clerk"]).post(
            reverse(f"plans:{name}", args=address),
            {
                "text": "写了很久的一句话", "line": "party", "reach": "lead", "start": "2027-06-01",
                "due": "2027-05-01", "version": 1, "reason": "上级要求",
            },
        )  # fmt: skip

        assert answer.status_code == 422
        assert "写了很久的一句话" in answer.content.decode()


class TestNothingDone:
    def test_an_edit_that_changes_nothing_says_so(self, world: World, at: datetime) -> None:
        plan = journey.with_papers(world, at)
        row = DraftItem.objects.filter(plan=plan).items().in_order()[0]
        same = RowEdit(**{name: getattr(row, name) for name in RowEdit.__slots__})
        known = Plan.objects.get(pk=plan.pk).stamp

        with pytest.raises(NothingChanged):
            rows.edit_row(plan_id=plan.pk, row_id=row.pk, edit=same, version=1, by=world.people["clerk"], at=at)
        with pytest.raises(NothingChanged):
            rows.reclass_row(
                plan_id=plan.pk, row_id=row.pk, kind=RowKind.ITEM, version=1, by=world.people["clerk"], at=at
            )

        assert Plan.objects.get(pk=plan.pk).stamp == known

    def test_the_rest_of_a_kind_that_is_decided_is_no_success(self, world: World, at: datetime) -> None:
        plan = journey.decided(world, at)

        answer = signed_in(world.people["clerk"]).post(
            reverse("plans:decide_rest", args=[plan.pk]),
            {"kind": "gap", "choice": "not_applicable", "reason": "不涉及"},
        )

        assert answer.status_code == 422


class TestMissing:
    def test_an_acknowledgement_that_is_not_there_is_not_found(self, world: World) -> None:
        assert signed_in(world.people["clerk"]).post(reverse("plans:acknowledge", args=[99999])).status_code == 404

    def test_a_paper_of_another_plan_is_not_found(self, world: World, at: datetime) -> None:
        plan = journey.with_papers(world, at)
        other = journey.begun(world, at, title="其他")
        paper = plan.documents.order_by("pk")[0]

        answer = signed_in(world.people["clerk"]).post(reverse("plans:remove_paper", args=[other.pk, paper.pk]))

        assert answer.status_code == 404
        assert plan.documents.count() == 2

    def test_an_acknowledged_version_says_who_did_and_when(self, world: World, at: datetime) -> None:
        version = journey.published(world, at)
        mine = Acknowledgement.objects.get(version=version, unit=world.units["a1"])
        secretary = signed_in(world.people["a1_secretary"])
        secretary.post(reverse("plans:acknowledge", args=[mine.pk]))

        answer = secretary.post(reverse("plans:acknowledge", args=[mine.pk]))

        assert answer.status_code == 409
        assert "白一" in answer.content.decode()
