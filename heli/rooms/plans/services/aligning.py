"""Aligning a plan: small ones at once, large ones as a job. What was decided and did not change stays decided."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from heli.engines.alignment.board import Board, align_items
from heli.engines.alignment.items import Item
from heli.kernel import audit, events
from heli.kernel.decisions import AccessDenied
from heli.kernel.problems import Problem
from heli.rooms.plans.enums import FindingKind, Line, PlanState, RowKind, RunState, RunStep, VersionState
from heli.rooms.plans.events import PlanAligned
from heli.rooms.plans.models import (
    AlignmentRun,
    Decision,
    DraftItem,
    Finding,
    FindingItem,
    Plan,
    PlanDocument,
    PlanItem,
    PlanItemUnit,
)
from heli.rooms.plans.rules.proposals import Groups, Proposal, proposals, shares_an_item
from heli.rooms.plans.services.locking import day_of, locked_to_draft, move_plan, plan_to_draft, require_state
from heli.rooms.plans.services.readings import engine_item
from heli.rooms.rulebook import queries as rulebook

if TYPE_CHECKING:
    from heli.rooms.people.models import Person

# Up to so many items the board is ready before the page is; beyond it a job shows its progress.
AT_ONCE = 1200
JOB = "plans.align_plan"
# Without a sign of life for so long a run is taken for dead.
STALE = timedelta(minutes=15)
logger = logging.getLogger(__name__)
_PREFIX = {Line.PARTY: "P", Line.INTEGRITY: "I"}


@dataclass(frozen=True, slots=True)
class Papers:
    """What is aligned: own items by the engine's id, the headings, and what units above have deployed."""

    rows: dict[str, DraftItem]
    items: tuple[Item, ...]
    headings: tuple[str, ...]
    upper: tuple[Item, ...]
    upper_items: dict[str, int]
    stamp: int


def align(*, plan_id: int, by: Person, at: datetime) -> AlignmentRun | None:
    """Align now, or begin a job for a large plan and return its run."""
    with transaction.atomic():
        plan = locked_to_draft(plan_id, by, at)
        _require_ready(plan)
        count = DraftItem.objects.filter(plan=plan).items().count()
    if count > AT_ONCE:
        return begin_run(plan_id=plan_id, by=by, at=at)
    align_now(plan_id=plan_id, by=by, at=at)
    return None


@transaction.atomic
def begin_run(*, plan_id: int, by: Person, at: datetime) -> AlignmentRun:
    """Queue the alignment; of two who ask at once one run begins and both watch it.

    A run without a sign of life is ended and a new one begins, so a plan never waits for a dead worker.
    """
    plan = plan_to_draft(plan_id, by, at)
    _require_ready(plan)
    _end_stale(plan, at)
    under_way = AlignmentRun.objects.filter(plan=plan, ended_at__isnull=True).order_by("pk").first()
    if under_way is not None:
        return under_way
    run = AlignmentRun.objects.create(plan=plan, requested_by=by, requested_at=at)
    audit.record("plan.alignment_requested", subject=plan, by=by, at=at)
    app.configure_task(JOB, queue="plans").defer(run_id=run.pk)
    return run


def align_now(*, plan_id: int, by: Person, at: datetime, run: AlignmentRun | None = None) -> int:
    """Align and store the findings; return how many stand. Nothing is locked while the engine works.

    Raises ``Problem`` when the papers changed meanwhile: then what was computed is thrown away whole. A ``run``
    is told each step, and ends in the transaction that stores the findings.
    """
    plan = Plan.objects.select_related("unit").get(pk=plan_id)
    papers = gather(plan)
    _step(run, RunStep.COMPARE)
    owed = rulebook.yardstick(plan.year, day_of(at))
    board = align_items(
        papers.items,
        papers.upper,
        headings=papers.headings,
        unit_type=plan.unit_type,
        catalogue=owed.obligations,
    )
    board = replace(board, gaps=tuple(gap for gap in board.gaps if gap.key_link not in owed.links_off))
    _step(run, RunStep.STORE)
    return _store(plan_id, papers, board, by, at, run)


def gather(plan: Plan) -> Papers:
    """Return what is to be aligned, numbered per line in reading order (three queries)."""
    numbers = {Line.PARTY: 0, Line.INTEGRITY: 0}
    rows: dict[str, DraftItem] = {}
    headings = []
    for row in DraftItem.objects.filter(plan=plan).in_order().select_related("document"):
        if row.kind == RowKind.HEADING:
            headings.append(row.text)
        elif row.kind == RowKind.ITEM:
            line = Line(row.line)
            numbers[line] += 1
            row.number = numbers[line]
            rows[f"{_PREFIX[line]}{row.number}"] = row
    upper, upper_items = _upper(plan)
    return Papers(
        rows=rows,
        items=tuple(_with_id(engine_item(row), pk) for pk, row in rows.items()),
        headings=tuple(headings),
        upper=tuple(upper),
        upper_items=upper_items,
        stamp=plan.stamp,
    )


def _with_id(item: Item, pk: str) -> Item:
    return replace(item, id=pk)


def _upper(plan: Plan) -> tuple[list[Item], dict[str, int]]:
    """What plans in force of units above already ask of this unit or of units below it.

    Plans of units below ask of them as well, and are nothing from above: only ancestors of the unit count.
    """
    asked = PlanItemUnit.objects.filter(
        role=PlanItemUnit.CARRIER,
        unit__path__startswith=plan.unit.path,
        item__version__state=VersionState.PUBLISHED,
        item__version__plan__year=plan.year,
        item__version__plan__unit__path__in=_paths_above(plan.unit.path),
    )
    rows = PlanItem.objects.filter(pk__in=asked.values("item_id")).order_by("version_id", "number")
    items, known = [], {}
    for number, row in enumerate(rows.select_related("version__plan"), start=1):
        pk = f"U{number}"
        known[pk] = row.pk
        stand_in = DraftItem(
            pk=row.pk, line=row.line, text=row.text, source=row.text, owner=row.lead, start=row.start, end=row.due,
            period=row.period, quantity=row.quantity, deliverable=row.deliverable,
        )  # fmt: skip
        stand_in.document = PlanDocument(title=row.version.plan.title)
        items.append(_with_id(engine_item(stand_in), pk))
    return items, known


def _paths_above(path: str) -> list[str]:
    """Return the paths of the units above: each step of the path but the last."""
    steps = path.rstrip(".").split(".")
    return ["".join(f"{step}." for step in steps[:length]) for length in range(1, len(steps))]


def _require_ready(plan: Plan) -> None:
    require_state(plan, PlanState.DRAFTING, PlanState.DECIDING)
    lines = set(DraftItem.objects.filter(plan=plan).items().values_list("line", flat=True))
    missing = [str(line.label) for line in (Line.PARTY, Line.INTEGRITY) if line not in lines]
    if missing:
        raise Problem(
            _("There is nothing to align yet."),
            _("No item of: %(lines)s.") % {"lines": _(", ").join(missing)},
            _("Hand in at least one paper of each line."),
        )


@transaction.atomic
def _store(
    plan_id: int, papers: Papers, board: Board, by: Person, at: datetime, run: AlignmentRun | None = None
) -> int:
    plan = plan_to_draft(plan_id, by, at)
    require_state(plan, PlanState.DRAFTING, PlanState.DECIDING)
    if plan.stamp != papers.stamp:
        raise Problem(
            _("The alignment was not taken over."),
            _("Somebody changed the papers or decided while it ran."),
            _("Align again."),
        )
    for pk, row in papers.rows.items():
        row.obligations = list(board.obligations.get(pk, ()))
    DraftItem.objects.bulk_update(papers.rows.values(), ["number", "obligations"], batch_size=500)
    found = proposals(board, _known(plan, papers))
    _replace_findings(plan, papers, found)
    if plan.state == PlanState.DRAFTING:
        move_plan(plan, PlanState.DECIDING)
    plan.aligned_at, plan.stamp = at, plan.stamp + 1
    plan.save(update_fields=["state", "aligned_at", "stamp"])
    audit.record(
        "plan.aligned", subject=plan, by=by, at=at, changes={"findings": len(found), "items": len(papers.rows)}
    )
    if run is not None and not _own(run).update(state=RunState.DONE, ended_at=at, step=""):
        raise Problem(_("The alignment was not taken over."), _("Another run took its place."), _("Wait for that one."))
    events.publish(PlanAligned(plan_id=plan.pk, findings=len(found)))
    return len(found)


def _known(plan: Plan, papers: Papers) -> Groups:
    """Return the cards of conflicts as they stand, by the engine's ids."""
    own = {row.pk: pk for pk, row in papers.rows.items()}
    above = {item_id: pk for pk, item_id in papers.upper_items.items()}
    decided = set(Decision.objects.filter(finding__plan=plan, undone_at__isnull=True).values_list("finding", flat=True))
    shared, settled = [], []
    cards = Finding.objects.filter(plan=plan, kind=FindingKind.CONFLICT).in_order().prefetch_related("links")
    for finding in cards:
        first = [above[finding.upper_item_id]] if finding.upper_item_id in above else []
        links = sorted(finding.links.all(), key=lambda link: link.position)
        items = (*first, *(own[link.item_id] for link in links if link.item_id in own))
        if finding.pk in decided:
            settled.append((finding.subkind, items))
        elif finding.is_standing and shares_an_item(finding.kind, finding.subkind, len(items)):
            shared.append((finding.subkind, items[0]))
    return Groups(tuple(shared), tuple(settled))


def _replace_findings(plan: Plan, papers: Papers, found: Sequence[Proposal]) -> None:
    """Keep what is found again (and its decisions), add what is new, drop what is gone and undecided."""
    known = {finding.signature: finding for finding in Finding.objects.filter(plan=plan)}
    signatures = {proposal.signature for proposal in found}
    gone = [finding.pk for signature, finding in known.items() if signature not in signatures]
    decided = set(Finding.objects.filter(pk__in=gone, decisions__isnull=False).values_list("pk", flat=True).distinct())
    Finding.objects.filter(pk__in=[pk for pk in gone if pk not in decided]).delete()
    Finding.objects.filter(pk__in=decided).update(is_standing=False)
    fresh: list[Finding] = []
    again: list[Finding] = []
    for rank, proposal in enumerate(found, start=1):
        finding = known.get(proposal.signature) or Finding(plan=plan, signature=proposal.signature)
        _fill(finding, proposal, rank, papers)
        (again if finding.pk else fresh).append(finding)
    Finding.objects.bulk_create(fresh, batch_size=500)
    fields = [
        "title",
        "score",
        "reason",
        "obligation",
        "key_link",
        "source",
        "upper_item",
        "rank",
        "is_standing",
        "subkind",
    ]
    Finding.objects.bulk_update(again, fields, batch_size=500)
    FindingItem.objects.filter(finding__in=[finding.pk for finding in again]).delete()
    by_signature = {finding.signature: finding for finding in (*fresh, *again)}
    FindingItem.objects.bulk_create(
        [
            FindingItem(
                finding=by_signature[proposal.signature],
                item=papers.rows[link.item],
                position=position,
                marks=[list(mark) for mark in link.marks],
                reason=link.reason,
            )
            for proposal in found
            for position, link in enumerate(proposal.links)
        ],
        batch_size=1000,
    )


def _fill(finding: Finding, proposal: Proposal, rank: int, papers: Papers) -> None:
    finding.kind, finding.subkind, finding.rank, finding.is_standing = proposal.kind, proposal.subkind, rank, True
    finding.title, finding.reason, finding.score = proposal.title, proposal.reason, proposal.score
    finding.obligation, finding.key_link, finding.source = proposal.obligation, proposal.key_link, proposal.source
    finding.upper_item_id = papers.upper_items.get(proposal.upper)


def run_alignment(*, run_id: int, at: datetime) -> None:
    """Do a queued run, or the one a killed worker left behind. However it ends, the run ends with words.

    Safe to repeat: a run that has ended is left alone, and of two who work on one only the last may store.
    """
    run = _claim(run_id, at)
    if run is None:
        return
    try:
        align_now(plan_id=run.plan_id, by=run.requested_by, at=at, run=run)
    except Problem as problem:
        _end(run, str(problem), at)
    except (AccessDenied, Http404):
        _end(run, _("Whoever asked for it may no longer draft this plan. Somebody who may has to align again."), at)
    except Exception:
        logger.exception("The alignment run %s of plan %s broke off.", run.pk, run.plan_id)
        _end(run, _("An error in the program broke it off; it stands in the server's log. Align again."), at)
        raise


def _claim(run_id: int, at: datetime) -> AlignmentRun | None:
    """Take a run up; None where it has ended or another took it up in this moment."""
    run = AlignmentRun.objects.select_related("requested_by").filter(pk=run_id, ended_at__isnull=True).first()
    if run is None:
        return None
    same = AlignmentRun.objects.filter(pk=run_id, attempt=run.attempt, ended_at__isnull=True)
    run.attempt += 1
    taken = same.update(state=RunState.RUNNING, step=RunStep.READ, attempt=run.attempt, claimed_at=at)
    return run if taken else None


def _own(run: AlignmentRun) -> QuerySet[AlignmentRun]:
    """The run as long as nobody ended it or took it over."""
    return AlignmentRun.objects.filter(pk=run.pk, attempt=run.attempt, ended_at__isnull=True)


def _step(run: AlignmentRun | None, step: RunStep) -> None:
    if run is not None:
        _own(run).update(step=step)


def _end(run: AlignmentRun, failure: str, at: datetime) -> None:
    _own(run).update(state=RunState.FAILED, failure=failure, ended_at=at, step="")


def _end_stale(plan: Plan, at: datetime) -> None:
    """End a run that nobody seems to work on any more; should somebody, what they computed is not taken over."""
    silent = Q(claimed_at__isnull=True, requested_at__lt=at - STALE) | Q(claimed_at__lt=at - STALE)
    AlignmentRun.objects.filter(silent, plan=plan, ended_at__isnull=True).update(
        state=RunState.FAILED, failure=_("It gave no sign of life and was begun anew."), ended_at=at, step=""
    )
