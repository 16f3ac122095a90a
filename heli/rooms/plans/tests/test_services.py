"""Writes: nothing lost in the split, decisions once, audit in the same transaction, tasks that follow the plan."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from heli.kernel import audit
from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.plans.enums import Choice, DocumentState, FindingKind, Line, PlanState, RowKind, VersionState
from heli.rooms.plans.models import (
    Acknowledgement,
    Decision,
    DraftItem,
    Finding,
    Plan,
    PlanDocument,
    PlanItem,
    PlanItemSource,
    PlanVersion,
)
from heli.rooms.plans.queries.work import source_of
from heli.rooms.plans.services import aligning, approving, composing, deciding, papers, rows
from heli.rooms.plans.services.composing import ItemEdit
from heli.rooms.plans.services.readings import NewPaper
from heli.rooms.plans.services.rows import RowEdit
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.papers import PARTY, party_paper
from heli.rooms.plans.tests.world import World
from heli.rooms.tasks import queries as tasks


def characters(plan: Plan) -> Counter[str]:
    texts = DraftItem.objects.filter(plan=plan, line=Line.PARTY).values_list("source", flat=True)
    return Counter("".join("".join(text.split()) for text in texts))


def item_rows(plan: Plan, line: Line = Line.PARTY) -> list[DraftItem]:
    return list(DraftItem.objects.filter(plan=plan, line=line).items().in_order())


class TestPapers:
    def test_every_character_of_the_paper_is_in_a_row(self, world: World, at: datetime) -> None:
        plan = journey.with_papers(world, at)

        assert characters(plan) == Counter("".join(PARTY.split()))

    def test_a_bad_file_is_kept_as_a_refusal_and_leaves_no_row(self, world: World, at: datetime) -> None:
        plan = journey.begun(world, at)

        paper = papers.add_paper(
            plan_id=plan.pk, line=Line.PARTY, paper=NewPaper("坏.docx", b"PK\x03\x04 not a document"),
            by=world.people["clerk"], at=at,
        )  # fmt: skip

        assert paper.state == DocumentState.FAILED
        assert set(paper.failure) == {"zh", "en"}
        assert all(paper.failure[language]["what"] and paper.failure[language]["remedy"] for language in paper.failure)
        assert not DraftItem.objects.exists()

    def test_the_same_paper_twice_is_refused(self, world: World, at: datetime) -> None:
        plan = journey.with_papers(world, at)

        with pytest.raises(Problem, match=r"已经交过|already been handed in"):
            papers.add_paper(plan_id=plan.pk, line=Line.PARTY, paper=party_paper(), by=world.people["clerk"], at=at)
        assert PlanDocument.objects.filter(plan=plan, line=Line.PARTY).count() == 1

    def test_a_failing_audit_saves_nothing(self, world: World, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        plan = journey.begun(world, at)

        def broken(*_args: object, **_kwargs: object) -> None:
            raise RuntimeError("the log is full")

        monkeypatch.setattr(audit, "record", broken)
        with pytest.raises(RuntimeError):
            papers.add_paper(plan_id=plan.pk, line=Line.PARTY, paper=party_paper(), by=world.people["clerk"], at=at)
        assert (PlanDocument.objects.count(), DraftItem.objects.count()) == (0, 0)


class TestRows:
    def test_splitting_and_merging_lose_no_character(self, world: World, at: datetime) -> None:
        plan = journey.with_papers(world, at)
        clerk, before = world.people["clerk"], characters(plan)
        first = item_rows(plan)[0]
        offset = first.source.index("，") + 1

        one, other = rows.split_row(plan_id=plan.pk, row_id=first.pk, offset=offset, version=1, by=clerk, at=at)
        assert characters(plan) == before
        assert (one.position + 1, other.kind) == (other.position, RowKind.ITEM)
        rows.merge_row(plan_id=plan.pk, row_id=one.pk, version=one.version, by=clerk, at=at)

        assert characters(plan) == before
        assert len(item_rows(plan)) == 4

    def test_a_text_left_out_by_hand_keeps_its_words_and_says_so(self, world: World, at: datetime) -> None:
        plan = journey.with_papers(world, at)
        row = item_rows(plan)[0]

        rows.reclass_row(
            plan_id=plan.pk, row_id=row.pk, kind=RowKind.LEFT_OUT, version=1, by=world.people["clerk"], at=at
        )

        row.refresh_from_db()
        assert (row.kind, row.reason, bool(row.source)) == (RowKind.LEFT_OUT, "manual", True)

    def test_an_edit_on_an_old_version_shows_both_sides(self, world: World, at: datetime) -> None:
        plan = journey.with_papers(world, at)
        row = item_rows(plan)[0]
        clerk = world.people["clerk"]
        rows.edit_row(plan_id=plan.pk, row_id=row.pk, edit=RowEdit("先到的"), version=1, by=clerk, at=at)

        with pytest.raises(VersionConflict) as conflict:
            rows.edit_row(plan_id=plan.pk, row_id=row.pk, edit=RowEdit("后到的"), version=1, by=clerk, at=at)

        assert (conflict.value.yours["text"], conflict.value.theirs["text"]) == ("后到的", "先到的")

    def test_text_under_a_decision_cannot_be_changed(self, world: World, at: datetime) -> None:
        plan = journey.decided(world, at)
        row = Finding.objects.filter(plan=plan, kind=FindingKind.DUPLICATE).order_by("rank")[0].links.all()[0].item

        with pytest.raises(Problem):
            rows.edit_row(
                plan_id=plan.pk,
                row_id=row.pk,
                edit=RowEdit("新词"),
                version=row.version,
                by=world.people["clerk"],
                at=at,
            )
        row.refresh_from_db()
        assert row.text != "新词"

    def test_what_was_decided_and_undone_stays_on_record_when_its_text_changes(
        self, world: World, at: datetime
    ) -> None:
        plan = journey.aligned(world, at)
        clerk = world.people["clerk"]
        finding = Finding.objects.filter(plan=plan, kind=FindingKind.DUPLICATE).order_by("rank")[0]
        journey.decide_one(finding, clerk, at)
        decision = Decision.objects.get(finding=finding)
        deciding.undo_decision(plan_id=plan.pk, decision_id=decision.pk, by=clerk, at=at)
        row = finding.links.order_by("position")[0].item

        rows.edit_row(plan_id=plan.pk, row_id=row.pk, edit=RowEdit("改过的"), version=row.version, by=clerk, at=at)
        entry = AuditEntry.objects.get(action="plan.row_edited")

        finding.refresh_from_db()
        assert (finding.is_standing, Decision.objects.filter(pk=decision.pk).exists()) == (False, True)
        assert entry.changes["released"] >= 1
        aligning.align(plan_id=plan.pk, by=clerk, at=at + timedelta(minutes=1))
        assert Decision.objects.filter(pk=decision.pk).exists()

    def test_long_words_of_a_paper_are_kept_whole(self, world: World, at: datetime) -> None:
        plan = journey.begun(world, at)
        owners = "、".join(f"第{number}专项推进办公室" for number in range(60))
        table = f"序号,工作任务,责任部门,完成时限\n1,开展专项检查,{owners},6月底前\n"

        papers.add_paper(
            plan_id=plan.pk, line=Line.PARTY, paper=NewPaper("长.csv", table.encode()), by=world.people["clerk"], at=at
        )

        row = item_rows(plan)[0]
        assert len(row.owner) > 200
        assert "第59专项推进办公室" in row.owner


class TestDecisions:
    def test_the_second_decider_sees_both_sides(self, world: World, at: datetime) -> None:
        plan = journey.aligned(world, at)
        finding = Finding.objects.filter(plan=plan, kind=FindingKind.DUPLICATE).order_by("rank")[0]
        journey.decide_one(finding, world.people["clerk"], at)

        with pytest.raises(deciding.AlreadyDecided) as second:
            deciding.decide(
                plan_id=plan.pk, finding_id=finding.pk, choice=Choice.KEEP_BOTH, reason="对象不同",
                by=world.people["disc_clerk"], at=at,
            )  # fmt: skip

        assert (second.value.yours["choice"], second.value.theirs["choice"]) == ("keep_both", "merge")
        assert Decision.objects.filter(finding=finding).count() == 1

    def test_the_second_decider_is_told_the_local_time(self, world: World, at: datetime) -> None:
        plan = journey.aligned(world, at)
        finding = Finding.objects.filter(plan=plan, kind=FindingKind.DUPLICATE).order_by("rank")[0]
        journey.decide_one(finding, world.people["clerk"], at)

        with pytest.raises(deciding.AlreadyDecided, match=f"{timezone.localtime(at):%H:%M}"):
            journey.decide_one(finding, world.people["disc_clerk"], at)

    def test_a_missing_duty_is_assigned_with_words_only(self, world: World, at: datetime) -> None:
        plan = journey.aligned(world, at)
        gap = Finding.objects.filter(plan=plan, kind=FindingKind.GAP, is_standing=True).order_by("rank")[0]
        act = {"plan_id": plan.pk, "finding_id": gap.pk, "choice": Choice.ASSIGN, "by": world.people["clerk"]}

        with pytest.raises(deciding.DecisionIncomplete) as lacks:
            deciding.decide(**act, values={"lead": "党群工作部"}, at=at)  # type: ignore[arg-type]
        made = deciding.decide(**act, values={"lead": "党群工作部", "text": "节前提醒"}, at=at)  # type: ignore[arg-type]

        assert lacks.value.missing == ("text",)
        assert made.values["text"] == "节前提醒"

    def test_undone_is_kept_and_open_again(self, world: World, at: datetime) -> None:
        plan = journey.aligned(world, at)
        finding = Finding.objects.filter(plan=plan, kind=FindingKind.DUPLICATE).order_by("rank")[0]
        journey.decide_one(finding, world.people["clerk"], at)
        decision = Decision.objects.get(finding=finding)

        deciding.undo_decision(plan_id=plan.pk, decision_id=decision.pk, by=world.people["disc_clerk"], at=at)
        journey.decide_one(finding, world.people["disc_clerk"], at)

        history = Decision.objects.filter(finding=finding).order_by("pk").values_list("by__name", "undone_by__name")
        assert list(history) == [("祝岚", "郁亭"), ("郁亭", None)]

    def test_an_undone_decision_cannot_be_undone_again(self, world: World, at: datetime) -> None:
        plan = journey.decided(world, at)
        decision = Decision.objects.filter(finding__plan=plan).order_by("pk")[0]
        act = {"plan_id": plan.pk, "decision_id": decision.pk, "by": world.people["clerk"], "at": at}
        deciding.undo_decision(**act)  # type: ignore[arg-type]

        with pytest.raises(Problem):
            deciding.undo_decision(**act)  # type: ignore[arg-type]

    def test_the_database_keeps_one_standing_decision(self, world: World, at: datetime) -> None:
        plan = journey.decided(world, at)
        standing = Decision.objects.filter(finding__plan=plan).order_by("pk")[0]

        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(finding=standing.finding, choice="merge", by=world.people["clerk"], at=at)

    def test_the_rest_of_a_kind_takes_one_reason(self, world: World, at: datetime) -> None:
        plan = journey.aligned(world, at)
        number = Finding.objects.filter(plan=plan, kind=FindingKind.GAP).count()

        decided = deciding.decide_rest(
            plan_id=plan.pk, kind=FindingKind.GAP, choice=Choice.NOT_APPLICABLE, reason="上级统一部署",
            by=world.people["clerk"], at=at,
        )  # fmt: skip

        assert number > 1
        assert decided == number == Decision.objects.filter(reason="上级统一部署").count()

    def test_merging_the_rest_at_one_stroke_is_refused(self, world: World, at: datetime) -> None:
        plan = journey.aligned(world, at)

        with pytest.raises(deciding.DecisionIncomplete):
            deciding.decide_rest(
                plan_id=plan.pk, kind=FindingKind.DUPLICATE, choice=Choice.MERGE, reason="x",
                by=world.people["clerk"], at=at,
            )  # fmt: skip
        assert not Decision.objects.exists()

    def test_a_failing_audit_saves_nothing(self, world: World, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        plan = journey.aligned(world, at)
        finding = Finding.objects.filter(plan=plan).order_by("rank")[0]

        def broken(*_args: object, **_kwargs: object) -> None:
            raise RuntimeError("the log is full")

        monkeypatch.setattr(audit, "record", broken)
        with pytest.raises(RuntimeError):
            journey.decide_one(finding, world.people["clerk"], at)
        assert not Decision.objects.exists()


class TestAligning:
    def test_aligning_again_keeps_decisions_on_what_did_not_change(self, world: World, at: datetime) -> None:
        plan = journey.decided(world, at)
        untouched = {d.pk for d in Decision.objects.all()}
        free = [row for row in item_rows(plan) if not Decision.objects.filter(finding__links__item=row).exists()]
        rows.edit_row(
            plan_id=plan.pk, row_id=free[0].pk, edit=RowEdit("按月收缴党费"), version=free[0].version,
            by=world.people["clerk"], at=at,
        )  # fmt: skip

        aligning.align(plan_id=plan.pk, by=world.people["clerk"], at=at + timedelta(minutes=1))

        assert {d.pk for d in Decision.objects.filter(undone_at__isnull=True)} == untouched

    def test_a_plan_with_one_line_only_cannot_be_aligned(self, world: World, at: datetime) -> None:
        plan = journey.begun(world, at)
        papers.add_paper(plan_id=plan.pk, line=Line.PARTY, paper=party_paper(), by=world.people["clerk"], at=at)

        with pytest.raises(Problem):
            aligning.align(plan_id=plan.pk, by=world.people["clerk"], at=at)
        plan.refresh_from_db()
        assert plan.state == PlanState.DRAFTING

    def test_every_finding_says_why_in_both_languages(self, world: World, at: datetime) -> None:
        plan = journey.aligned(world, at)

        for finding in Finding.objects.filter(plan=plan):
            assert set(finding.reason) == {"zh", "en"}
            assert all(finding.reason.values())


class TestConcluding:
    def test_every_draft_item_ends_in_exactly_one_plan_item(self, world: World, at: datetime) -> None:
        version = journey.concluded(world, at)

        sources = list(
            PlanItemSource.objects.filter(item__version=version, draft_item__isnull=False).values_list(
                "draft_item", flat=True
            )
        )

        items = DraftItem.objects.filter(plan=version.plan).items().values_list("pk", flat=True)
        assert sorted(sources) == sorted(items)

    def test_a_merged_item_has_two_requesters(self, world: World, at: datetime) -> None:
        version = journey.concluded(world, at)

        merged = PlanItem.objects.filter(version=version, line=Line.BOTH, sources__draft_item__isnull=False).distinct()

        names = {frozenset(item.units.filter(role="requester").values_list("unit__name", flat=True)) for item in merged}
        assert names == {frozenset({"党群工作部", "纪检室"})}

    def test_an_open_card_stops_it(self, world: World, at: datetime) -> None:
        plan = journey.decided(world, at)
        decision = Decision.objects.filter(finding__plan=plan).order_by("-pk")[0]
        deciding.undo_decision(plan_id=plan.pk, decision_id=decision.pk, by=world.people["clerk"], at=at)

        with pytest.raises(Problem):
            journey.conclude(plan, world.people["clerk"], at)
        assert not PlanVersion.objects.exists()

    def test_back_to_the_board_keeps_the_decisions(self, world: World, at: datetime) -> None:
        version = journey.concluded(world, at)
        number = Decision.objects.filter(undone_at__isnull=True).count()

        plan = composing.reopen_board(plan_id=version.plan_id, version=version.version, by=world.people["clerk"], at=at)

        assert (plan.state, PlanVersion.objects.count()) == (PlanState.DECIDING, 0)
        assert Decision.objects.filter(undone_at__isnull=True).count() == number


class TestPublishing:
    def test_items_reach_each_branch_as_tasks(self, world: World, at: datetime) -> None:
        version = journey.published(world, at)
        item = PlanItem.objects.get(version=version, text__contains="主题党日")

        opened = tasks.tasks_of_source(source_of(item.lineage))

        assert {task.unit.name for task in opened} == {world.units[key].name for key in ("a1", "a2", "b1", "b2")}
        assert {task.due_on for task in opened} == {
            date(2027, month, day)
            for month, day in (
                (3, 31),
                (4, 30),
                (5, 31),
                (6, 30),
                (7, 31),
                (8, 31),
                (9, 30),
                (10, 31),
                (11, 30),
                (12, 31),
            )
        }

    def test_a_task_meets_every_duty_of_its_item(self, world: World, at: datetime) -> None:
        version = journey.concluded(world, at)
        item = PlanItem.objects.get(version=version, text__contains="主题党日")
        PlanItem.objects.filter(pk=item.pk).update(obligations=["A06", "A02"])

        journey.approve(journey.submit(version, world.people["clerk"], at), world.people["secretary"], at)

        opened = tasks.tasks_of_source(source_of(item.lineage))
        assert {(task.obligation, *(each.code for each in task.further_duties.all())) for task in opened} == {
            ("A06", "A02")
        }

    def test_what_was_left_out_opens_no_task(self, world: World, at: datetime) -> None:
        version = journey.concluded(world, at)
        item = PlanItem.objects.get(version=version, text__contains="主题党日")
        composing.leave_out_item(
            plan_id=version.plan_id, item_id=item.pk, reason="另行部署", version=1, by=world.people["clerk"], at=at
        )

        journey.approve(journey.submit(version, world.people["clerk"], at), world.people["secretary"], at)

        assert not tasks.tasks_of_source(source_of(item.lineage)).exists()

    def test_a_failing_audit_publishes_nothing(
        self, world: World, at: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        version = journey.submitted(world, at)
        known, real = AuditEntry.objects.count(), audit.record

        def broken(action: str, **more: object) -> object:
            if action == "plan.published":
                raise RuntimeError("the log is full")
            return real(action, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(audit, "record", broken)
        with pytest.raises(RuntimeError):
            journey.approve(version, world.people["secretary"], at)

        version.refresh_from_db()
        assert (version.state, Acknowledgement.objects.count()) == (VersionState.SUBMITTED, 0)
        assert AuditEntry.objects.count() == known

    def test_returned_goes_back_with_its_reason(self, world: World, at: datetime) -> None:
        version = journey.submitted(world, at)

        returned = journey.give_back(version, "时限太紧", world.people["secretary"], at)

        assert (returned.state, returned.note, returned.plan.state) == (
            VersionState.DRAFT,
            "时限太紧",
            PlanState.CONCLUDED,
        )

    def test_the_database_refuses_approval_by_the_submitter(self, world: World, at: datetime) -> None:
        version = journey.submitted(world, at)

        with pytest.raises(IntegrityError), transaction.atomic():
            PlanVersion.objects.filter(pk=version.pk).update(approved_by=world.people["clerk"], approved_at=at)


class TestRevising:
    def test_a_moved_date_moves_the_tasks_that_are_not_done(self, world: World, at: datetime) -> None:
        version = journey.published(world, at)
        clerk = world.people["clerk"]
        draft = journey.revise(version, "会期提前", clerk, at)
        item = PlanItem.objects.get(version=draft, text__contains="警示教育")
        values = {
            name: getattr(item, name) for name in ("text", "line", "lead", "reach", "period", "quantity", "deliverable")
        }
        edit = ItemEdit(**values, helpers="、".join(item.helpers), due=date(2027, 5, 20))
        composing.edit_item(plan_id=version.plan_id, item_id=item.pk, edit=edit, version=1, by=clerk, at=at)
        journey.submit(draft, clerk, at)

        second = journey.approve(draft, world.people["secretary"], at)

        found = tasks.tasks_of_source(source_of(item.lineage)).exclude(state="canceled")
        assert {task.due_on for task in found} == {date(2027, 5, 20)}
        states = dict(PlanVersion.objects.filter(plan=version.plan_id).values_list("number", "state"))
        assert states == {1: VersionState.SUPERSEDED, 2: VersionState.PUBLISHED}
        assert (
            Acknowledgement.objects.filter(version=second).count()
            < Acknowledgement.objects.filter(version=version).count()
        )

    @pytest.mark.parametrize(
        ("model", "field"),
        [(PlanVersion, "state"), (PlanItem, "line"), (PlanItem, "reach"), (Decision, "choice")],
    )
    def test_the_database_knows_each_word(self, world: World, at: datetime, model: Any, field: str) -> None:
        journey.concluded(world, at)

        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.update(**{field: "nonsense"})

    def test_a_dropped_revision_leaves_the_plan_in_force(self, world: World, at: datetime) -> None:
        version = journey.published(world, at)
        draft = journey.revise(version, "试", world.people["clerk"], at)

        plan = approving.drop_revision(plan_id=version.plan_id, version=draft.version, by=world.people["clerk"], at=at)

        assert (plan.state, list(plan.versions.values_list("number", flat=True))) == (PlanState.PUBLISHED, [1])

    def test_a_revision_without_a_change_cannot_be_submitted(self, world: World, at: datetime) -> None:
        version = journey.published(world, at)
        draft = journey.revise(version, "试", world.people["clerk"], at)

        with pytest.raises(Problem):
            journey.submit(draft, world.people["clerk"], at)

    def test_a_unit_acknowledges_once(self, world: World, at: datetime) -> None:
        version = journey.published(world, at)
        mine = Acknowledgement.objects.get(version=version, unit=world.units["a1"])
        secretary = world.people["a1_secretary"]

        approving.acknowledge(acknowledgement_id=mine.pk, by=secretary, at=at)
        with pytest.raises(approving.AlreadyAcknowledged, match="白一"):
            approving.acknowledge(acknowledgement_id=mine.pk, by=secretary, at=at + timedelta(hours=1))

        mine.refresh_from_db()
        assert (mine.acknowledged_by_id, mine.acknowledged_at) == (secretary.pk, at)
