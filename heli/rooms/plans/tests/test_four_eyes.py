"""Whoever touched a plan, at whatever point and in whatever way, cannot approve it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import datetime

import pytest

from heli.kernel.decisions import AccessDenied
from heli.rooms.people.models import Person
from heli.rooms.plans.enums import Choice, FindingKind, Line, RowKind, VersionState
from heli.rooms.plans.models import Decision, DraftItem, Finding, Plan, PlanVersion
from heli.rooms.plans.services import aligning, approving, composing, deciding, leading, papers, rows
from heli.rooms.plans.services.composing import ItemEdit
from heli.rooms.plans.services.leading import LeadChoice
from heli.rooms.plans.services.readings import NewPaper
from heli.rooms.plans.services.rows import RowEdit
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.papers import integrity_paper, party_paper
from heli.rooms.plans.tests.world import World

Act = Callable[[Plan, Person, datetime], object]


def _row(plan: Plan) -> DraftItem:
    return DraftItem.objects.filter(plan=plan, line=Line.PARTY).items().in_order()[0]


def _open(plan: Plan, kind: str) -> Finding:
    return Finding.objects.filter(plan=plan, kind=kind).in_order()[0]


def _upload(plan: Plan, by: Person, at: datetime) -> object:
    paper = NewPaper("补充.txt", "1.开展谈心谈话。（责任部门：党群工作部）".encode())
    return papers.add_paper(plan_id=plan.pk, line=Line.PARTY, paper=paper, by=by, at=at)


def _refused_upload(plan: Plan, by: Person, at: datetime) -> object:
    return papers.add_paper(plan_id=plan.pk, line=Line.PARTY, paper=NewPaper("坏.docx", b"PK"), by=by, at=at)


def _take_back(plan: Plan, by: Person, at: datetime) -> object:
    extra = _upload(plan, plan.created_by, at)
    seen = Plan.objects.get(pk=plan.pk).stamp
    return papers.remove_paper(document_id=extra.pk, plan_id=plan.pk, version=seen, by=by, at=at)  # type: ignore[attr-defined]


def _edit_row(plan: Plan, by: Person, at: datetime) -> object:
    row = _row(plan)
    return rows.edit_row(
        plan_id=plan.pk, row_id=row.pk, edit=RowEdit("改写", owner="党群工作部"), version=row.version, by=by, at=at
    )


def _reclass(plan: Plan, by: Person, at: datetime) -> object:
    row = _row(plan)
    return rows.reclass_row(plan_id=plan.pk, row_id=row.pk, kind=RowKind.HEADING, version=row.version, by=by, at=at)


def _split(plan: Plan, by: Person, at: datetime) -> object:
    row = _row(plan)
    offset = row.source.index("，") + 1
    return rows.split_row(plan_id=plan.pk, row_id=row.pk, offset=offset, version=row.version, by=by, at=at)


def _merge(plan: Plan, by: Person, at: datetime) -> object:
    row = DraftItem.objects.filter(plan=plan).items().in_order()[1]  # a heading follows, which says no other time
    return rows.merge_row(plan_id=plan.pk, row_id=row.pk, version=row.version, by=by, at=at)


def _part(plan: Plan, by: Person, at: datetime) -> object:
    row = _row(plan)
    DraftItem.objects.filter(pk=row.pk).update(start=None, end=None, period="", when_words="五一、国庆节前")
    return rows.part_by_times(plan_id=plan.pk, row_id=row.pk, version=row.version, by=by, at=at)


def _align(plan: Plan, by: Person, at: datetime) -> object:
    return aligning.align(plan_id=plan.pk, by=by, at=at)


def _align_later(plan: Plan, by: Person, at: datetime) -> object:
    run = aligning.begin_run(plan_id=plan.pk, by=by, at=at)
    return aligning.run_alignment(run_id=run.pk, at=at)


def _decide(plan: Plan, by: Person, at: datetime) -> object:
    return journey.decide_one(_open(plan, FindingKind.DUPLICATE), by, at)


def _decide_rest(plan: Plan, by: Person, at: datetime) -> object:
    return deciding.decide_rest(
        plan_id=plan.pk, kind=FindingKind.GAP, choice=Choice.NOT_APPLICABLE, reason="不涉及", by=by, at=at
    )


def _undo(plan: Plan, by: Person, at: datetime) -> object:
    finding = _open(plan, FindingKind.DUPLICATE)
    journey.decide_one(finding, plan.created_by, at)
    decision = Decision.objects.get(finding=finding, undone_at__isnull=True)
    return deciding.undo_decision(plan_id=plan.pk, decision_id=decision.pk, by=by, at=at)


def _conclude(plan: Plan, by: Person, at: datetime) -> object:
    _finish(plan, plan.created_by, at)
    return journey.conclude(plan, by, at)


def _drafted(plan: Plan, at: datetime) -> PlanVersion:
    _finish(plan, plan.created_by, at)
    return journey.conclude(plan, plan.created_by, at)


def _reopen(plan: Plan, by: Person, at: datetime) -> object:
    version = _drafted(plan, at)
    return composing.reopen_board(plan_id=plan.pk, version=version.version, by=by, at=at)


def _reopen_after_an_edit(plan: Plan, by: Person, at: datetime) -> object:
    _edit_item(plan, by, at)
    version = PlanVersion.objects.get(plan=plan)
    return composing.reopen_board(plan_id=plan.pk, version=version.version, by=plan.created_by, at=at)


def _edit_item(plan: Plan, by: Person, at: datetime) -> object:
    item = _drafted(plan, at).items.order_by("number")[0]
    return composing.edit_item(
        plan_id=plan.pk, item_id=item.pk, edit=ItemEdit("另一件事", "party", lead="党群工作部"), version=1, by=by, at=at
    )


def _add_item(plan: Plan, by: Person, at: datetime) -> object:
    _drafted(plan, at)
    return composing.add_item(
        plan_id=plan.pk, edit=ItemEdit("新事项", "party", lead="党群工作部"), reason="上级要求", by=by, at=at
    )


def _leave_out(plan: Plan, by: Person, at: datetime) -> object:
    item = _drafted(plan, at).items.order_by("number")[0]
    return composing.leave_out_item(plan_id=plan.pk, item_id=item.pk, reason="缓", version=1, by=by, at=at)


def _submit(plan: Plan, by: Person, at: datetime) -> object:
    return journey.submit(_drafted(plan, at), by, at)


def _name_leads(plan: Plan, by: Person, at: datetime) -> object:
    _drafted(plan, at)
    edit = ItemEdit("新事项", Line.PARTY, lead="保卫部")
    composing.add_item(plan_id=plan.pk, edit=edit, reason="上级要求", by=plan.created_by, at=at)
    seen = PlanVersion.objects.get(plan=plan).version
    choices = [LeadChoice("保卫部", Line.PARTY, plan.unit_id)]
    return leading.name_leads(plan_id=plan.pk, choices=choices, version=seen, by=by, at=at)


def _withdraw(plan: Plan, by: Person, at: datetime) -> object:
    version = journey.submit(_drafted(plan, at), by, at)
    return approving.withdraw_submission(plan_id=plan.pk, version=version.version, by=by, at=at)


def _finish(plan: Plan, by: Person, at: datetime) -> None:
    """Bring whatever was left of the board to its end."""
    plan.refresh_from_db()
    if plan.is_out_of_date:
        aligning.align(plan_id=plan.pk, by=by, at=at)
    decided = Decision.objects.filter(finding__plan=plan, undone_at__isnull=True).values("finding")
    for finding in Finding.objects.filter(plan=plan, is_standing=True).exclude(pk__in=decided).in_order():
        journey.decide_one(finding, by, at)


def _submitted(plan: Plan, by: Person, at: datetime) -> PlanVersion:
    """Go on from wherever the act under test left the plan."""
    version = PlanVersion.objects.filter(plan=plan).order_by("-number").first()
    if version is None:
        _finish(plan, by, at)
        version = journey.conclude(plan, by, at)
    return version if version.state == VersionState.SUBMITTED else journey.submit(version, by, at)


ACTS: dict[str, Act] = {
    act.__name__.lstrip("_"): act
    for act in (
        _upload, _refused_upload, _take_back, _edit_row, _reclass, _split, _merge, _part, _align, _align_later, _decide,
        _decide_rest, _undo, _conclude, _reopen, _reopen_after_an_edit, _edit_item, _add_item, _leave_out,
        _name_leads, _submit, _withdraw,
    )
}  # fmt: skip
ON_PAPERS = {"upload", "refused_upload", "take_back", "edit_row", "reclass", "split", "merge", "part"}


@pytest.mark.parametrize("name", ACTS)
def test_no_act_on_a_plan_leaves_the_right_to_approve_it(world: World, at: datetime, name: str) -> None:
    head, clerk = world.people["party_head"], world.people["clerk"]
    plan = journey.with_papers(world, at)
    if name not in ON_PAPERS:
        aligning.align(plan_id=plan.pk, by=clerk, at=at)
    ACTS[name](plan, head, at)
    version = _submitted(plan, clerk, at)

    with pytest.raises(AccessDenied):
        journey.approve(version, head, at)

    assert journey.approve(version, world.people["secretary"], at).state == VersionState.PUBLISHED


def test_no_act_on_a_revision_leaves_the_right_to_approve_it(world: World, at: datetime) -> None:
    head, clerk = world.people["party_head"], world.people["clerk"]
    draft = journey.revise(journey.published(world, at), "会期提前", head, at)
    item = draft.items.order_by("number")[0]
    composing.leave_out_item(plan_id=draft.plan_id, item_id=item.pk, reason="缓", version=1, by=clerk, at=at)
    version = journey.submit(draft, clerk, at)

    with pytest.raises(AccessDenied):
        journey.approve(version, head, at)

    assert journey.approve(version, world.people["disc_head"], at).state == VersionState.PUBLISHED


def test_every_writing_service_is_among_the_acts() -> None:
    """A new service has to be added to the acts above, or here with the reason why it leaves no hand."""
    covered = {
        "add_paper", "remove_paper", "edit_row", "reclass_row", "split_row", "merge_row", "part_by_times",
        "align", "align_now", "begin_run",
        "decide", "decide_rest", "undo_decision", "conclude", "reopen_board", "edit_item", "add_item",
        "leave_out_item", "name_leads", "submit", "withdraw_submission", "begin_revision",
    }  # fmt: skip
    without_a_hand = {
        "begin_plan": "noted when the plan is concluded: created_by",
        "delete_plan": "nothing is left to approve",
        "drop_revision": "the version is gone with everything done on it",
        "approve": "the other pair of eyes",
        "return_version": "the other pair of eyes",
        "acknowledge": "of a version in force",
        "be_present": "looks",
    }

    writing = {
        name
        for module in (aligning, approving, composing, deciding, leading, papers, rows)
        for name, service in inspect.getmembers(module, inspect.isfunction)
        if service.__module__ == module.__name__ and not name.startswith("_")
        if {"by", "at"} <= set(inspect.signature(service).parameters)
    }

    assert writing == covered | set(without_a_hand)


def test_whoever_began_the_plan_cannot_approve_it(world: World, at: datetime) -> None:
    head, clerk = world.people["party_head"], world.people["clerk"]
    plan = papers.begin_plan(unit_id=world.units["group"].pk, year=2027, by=head, at=at)
    for line, paper in ((Line.PARTY, party_paper()), (Line.INTEGRITY, integrity_paper())):
        papers.add_paper(plan_id=plan.pk, line=line, paper=paper, by=clerk, at=at)
    aligning.align(plan_id=plan.pk, by=clerk, at=at)
    plan.created_by = clerk

    with pytest.raises(AccessDenied):
        journey.approve(_submitted(plan, clerk, at), head, at)
