"""Steps of the main job, for tests that begin in the middle of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from heli.rooms.people.models import Person
from heli.rooms.plans.enums import Choice, FindingKind, Line
from heli.rooms.plans.models import DraftItem, Finding, Plan, PlanVersion
from heli.rooms.plans.services import aligning, approving, composing, deciding, papers
from heli.rooms.plans.tests.papers import integrity_paper, party_paper
from heli.rooms.plans.tests.world import World


def begun(world: World, at: datetime, unit: str = "group", title: str = "2027年度统筹计划") -> Plan:
    return papers.begin_plan(
        unit_id=world.units[unit].pk, year=2027, title=title, by=world.people["clerk"], at=at,
    )  # fmt: skip


def with_papers(world: World, at: datetime) -> Plan:
    plan = begun(world, at)
    for line, paper in ((Line.PARTY, party_paper()), (Line.INTEGRITY, integrity_paper())):
        papers.add_paper(plan_id=plan.pk, line=line, paper=paper, by=world.people["clerk"], at=at, issuer="党群工作部")
    return plan


def aligned(world: World, at: datetime) -> Plan:
    plan = with_papers(world, at)
    aligning.align(plan_id=plan.pk, by=world.people["clerk"], at=at)
    return Plan.objects.get(pk=plan.pk)


def first_of(items: Sequence[DraftItem]) -> dict[str, str]:
    """Answer with the first item that says anything, slot by slot, wherever a merge asks."""
    named = {
        "when_of": [item for item in items if item.start or item.end or item.period],
        "lead_of": [item for item in items if item.owner],
        "quantity_of": [item for item in items if item.quantity],
    }
    return {name: str(found[0].pk) for name, found in named.items() if found}


def decide_one(finding: Finding, by: Person, at: datetime) -> None:
    """Decide as a careful clerk would who agrees with the machine."""
    items = [link.item for link in finding.links.select_related("item").order_by("position")]
    text = max((item.text for item in items), key=len, default="")
    wanted = {
        FindingKind.DUPLICATE: (Choice.MERGE, "", {"text": text, **first_of(items)}),
        FindingKind.RELATED: (Choice.KEEP_BOTH, "两件事", {}),
        FindingKind.CONFLICT: (Choice.ASSIGN, "", {"lead": "党群工作部"}),
        FindingKind.GAP: (Choice.NOT_APPLICABLE, "今年不涉及", {}),
        FindingKind.UPPER: (Choice.KEEP_BOTH, "各做各的", {}),
    }[FindingKind(finding.kind)]
    choice, reason, values = wanted
    deciding.decide(
        plan_id=finding.plan_id, finding_id=finding.pk, choice=choice, reason=reason, values=values, by=by, at=at
    )


def decided(world: World, at: datetime) -> Plan:
    plan = aligned(world, at)
    for finding in Finding.objects.filter(plan=plan, is_standing=True).order_by("rank"):
        decide_one(finding, world.people["clerk"], at)
    return plan


def concluded(world: World, at: datetime) -> PlanVersion:
    plan = decided(world, at)
    return conclude(plan, world.people["clerk"], at)


def submitted(world: World, at: datetime) -> PlanVersion:
    return submit(concluded(world, at), world.people["clerk"], at)


def published(world: World, at: datetime) -> PlanVersion:
    return approve(submitted(world, at), world.people["secretary"], at)


def conclude(plan: Plan, by: Person, at: datetime) -> PlanVersion:
    """Draft the one plan as somebody who has just looked at the board."""
    stamp = Plan.objects.get(pk=plan.pk).stamp
    return composing.conclude(plan_id=plan.pk, stamp=stamp, by=by, at=at)


def seen(version: PlanVersion) -> int:
    """Return the count of the version as a page opened now would carry it."""
    return PlanVersion.objects.get(pk=version.pk).version


def submit(version: PlanVersion, by: Person, at: datetime) -> PlanVersion:
    return approving.submit(plan_id=version.plan_id, version=seen(version), by=by, at=at)


def approve(version: PlanVersion, by: Person, at: datetime) -> PlanVersion:
    return approving.approve(plan_id=version.plan_id, number=version.number, version=seen(version), by=by, at=at)


def give_back(version: PlanVersion, reason: str, by: Person, at: datetime) -> PlanVersion:
    return approving.return_version(
        plan_id=version.plan_id, number=version.number, version=seen(version), reason=reason, by=by, at=at
    )


def revise(version: PlanVersion, reason: str, by: Person, at: datetime) -> PlanVersion:
    return approving.begin_revision(plan_id=version.plan_id, version=seen(version), reason=reason, by=by, at=at)
