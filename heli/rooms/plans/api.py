"""Plans for programs, over the same services as the pages, within what the owner of the key may see and do."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from heli.kernel.api import ERRORS, Id, Limit, LongText, Text
from heli.rooms.people.access import TokenAuth, asked_with_key
from heli.rooms.people.enums import Scope
from heli.rooms.plans import access
from heli.rooms.plans.enums import Choice, FindingKind, Line, PlanState, Reach, VersionState
from heli.rooms.plans.queries import board as boards
from heli.rooms.plans.queries import plans as queries
from heli.rooms.plans.queries import versions
from heli.rooms.plans.services import deciding

router = Router(tags=["plans"], auth=TokenAuth(Scope.PLANS_READ))
WRITE = TokenAuth(Scope.PLANS_WRITE)

Number = Annotated[int, Field(ge=1, le=32_767)]
After = Annotated[int, Field(ge=0, le=2_147_483_647)]
Year = Annotated[int, Field(ge=2000, le=2200)]
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 1, 1))]


class PlanOut(Schema):
    id: int
    unit_id: int
    year: int
    title: str
    unit_type: str
    state: PlanState
    published_number: int | None


class PlanPage(Schema):
    """``next`` is the value of ``before`` for the following page, null on the last one."""

    items: list[PlanOut]
    next: int | None


class PlanItemPage(Schema):
    """``next`` is the value of ``after`` for the following page, null on the last one; so on the board."""

    items: list[PlanItemOut]
    next: int | None


class FindingPage(Schema):
    items: list[FindingOut]
    next: int | None


class VersionOut(Schema):
    number: int
    state: VersionState
    reason: str
    effective_on: date | None


class PlanItemOut(Schema):
    """``lineage`` names the same item in every version."""

    id: int
    lineage: UUID
    number: int
    line: Line
    text: str
    lead: str
    helpers: list[str]
    reach: Reach
    start: date | None
    due: date | None
    period: str
    quantity: str
    deliverable: str
    minutes: int | None
    obligations: list[str]


class FindingOut(Schema):
    """A finding of the board; ``reason`` holds the sentence by language, ``decision`` the one that stands.

    Where several items conflict with one, ``reasons`` says of each of them why.
    """

    id: int
    kind: FindingKind
    subkind: str
    title: dict[str, str]
    reason: dict[str, str]
    score: float | None
    obligation: str
    key_link: str
    items: list[int]
    reasons: dict[int, dict[str, str]]
    decision: DecisionOut | None


class DecisionOut(Schema):
    id: int
    choice: Choice
    reason: str
    by: str
    at: datetime


class DecisionIn(Schema):
    """What each choice needs is named in the refusal when it is missing.

    Where merged items name different dates, leads or amounts, say which holds: in the field itself, or by the id of
    the item in ``when_of``, ``lead_of`` or ``quantity_of`` (also ``above``, and ``both`` for amounts). Of a conflict
    of several items with one, ``pair`` is the item to decide on by itself; without it the decision is on all of them.
    """

    choice: Choice
    reason: LongText = ""
    text: LongText = ""
    lead: Text = ""
    start: Day | None = None
    due: Day | None = None
    quantity: Text = ""
    when_of: Text = ""
    lead_of: Text = ""
    quantity_of: Text = ""
    pair: Id | None = None


for _page in (FindingOut, FindingPage, PlanItemPage):
    _page.model_rebuild()


@router.get("/plans", response={200: PlanPage, **ERRORS}, summary="Plans one may open, newest first")
def plans(
    request: HttpRequest, year: Year | None = None, q: Text = "", before: Id | None = None, limit: Limit = 50
) -> PlanPage:
    asked = asked_with_key(request)
    found = queries.plans_for_api(asked.person, asked.now.date(), year=year, text=q, before=before, limit=limit + 1)
    items = [PlanOut.from_orm(plan) for plan in found[:limit]]
    return PlanPage(items=items, next=found[limit - 1].pk if len(found) > limit else None)


@router.get("/plans/{plan_id}", response={200: PlanOut, **ERRORS}, summary="One plan")
def plan(request: HttpRequest, plan_id: Id) -> Any:
    asked = asked_with_key(request)
    return access.plan_for(asked.person, plan_id, asked.now.date())


@router.get("/plans/{plan_id}/versions", response={200: list[VersionOut], **ERRORS}, summary="Versions of a plan")
def plan_versions(request: HttpRequest, plan_id: Id) -> Any:
    asked = asked_with_key(request)
    found = access.plan_for(asked.person, plan_id, asked.now.date())
    return versions.versions_of(asked.person, found, asked.now.date())


@router.get(
    "/plans/{plan_id}/versions/{number}/items",
    response={200: PlanItemPage, **ERRORS},
    summary="Items of a version that concern one, in order",
)
def plan_items(request: HttpRequest, plan_id: Id, number: Number, after: After = 0, limit: Limit = 50) -> Any:
    asked = asked_with_key(request)
    version = access.version_for(asked.person, plan_id, number, asked.now.date())
    rows = access.visible_items(asked.person, version, asked.now.date()).filter(left_out_reason="", number__gt=after)
    found = list(rows[: limit + 1])
    return {"items": found[:limit], "next": found[limit - 1].number if len(found) > limit else None}


@router.get("/plans/{plan_id}/findings", response={200: FindingPage, **ERRORS}, summary="The board of a plan, in order")
def findings(request: HttpRequest, plan_id: Id, after: After = 0, limit: Limit = 50) -> FindingPage:
    asked = asked_with_key(request)
    plan = access.workshop_for(asked.person, plan_id, asked.now.date())
    found = boards.findings_after(plan, after, limit + 1)
    items = [_finding(finding) for finding in found[:limit]]
    return FindingPage(items=items, next=found[limit - 1].rank if len(found) > limit else None)


@router.post(
    "/plans/{plan_id}/findings/{finding_id}/decision",
    response={200: DecisionOut, **ERRORS},
    auth=WRITE,
    summary="Decide on a finding; the first decision counts",
)
def decide(request: HttpRequest, plan_id: Id, finding_id: Id, given: DecisionIn) -> DecisionOut:
    asked = asked_with_key(request)
    values = given.model_dump(exclude={"choice", "reason", "pair"})
    decision = deciding.decide(
        plan_id=plan_id,
        finding_id=finding_id,
        choice=given.choice,
        reason=given.reason,
        values=values,
        pair=given.pair,
        by=asked.person,
        at=asked.now,
    )
    return _decision(decision)


@router.delete(
    "/plans/{plan_id}/decisions/{decision_id}",
    response={200: DecisionOut, **ERRORS},
    auth=WRITE,
    summary="Take a decision back",
)
def undo(request: HttpRequest, plan_id: Id, decision_id: Id) -> DecisionOut:
    asked = asked_with_key(request)
    return _decision(deciding.undo_decision(plan_id=plan_id, decision_id=decision_id, by=asked.person, at=asked.now))


def _finding(finding: Any) -> FindingOut:
    standing = finding.standing[0] if finding.standing else None
    return FindingOut(
        id=finding.pk,
        kind=FindingKind(finding.kind),
        subkind=finding.subkind,
        title=finding.title,
        reason=finding.reason,
        score=finding.score,
        obligation=finding.obligation,
        key_link=finding.key_link,
        items=[link.item_id for link in finding.links.all()],
        reasons={link.item_id: link.reason for link in finding.links.all() if link.reason},
        decision=_decision(standing) if standing else None,
    )


def _decision(decision: Any) -> DecisionOut:
    return DecisionOut(
        id=decision.pk,
        choice=Choice(decision.choice),
        reason=decision.reason,
        by=str(decision.by),
        at=decision.at,
    )
