"""Who sees, drafts, decides on and approves a plan.

Papers, board and versions under way are for those who draft or approve for the plan's unit. A published plan is
for its unit's whole tree, but each unit sees only what concerns it: all items for whoever may read the plan's
unit, else the items that name a unit of one's own.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from heli.kernel.decisions import Decision, allowed, denied
from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.plans import rules
from heli.rooms.plans.enums import VersionState
from heli.rooms.plans.models import (
    Acknowledgement,
    Plan,
    PlanContributor,
    PlanDocument,
    PlanItem,
    PlanItemUnit,
    PlanVersion,
)
from heli.rooms.plans.models.papers import PlanQuerySet

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Unit, UnitQuerySet


def _below(field: str, paths: list[str]) -> Q:
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{field}__path__startswith": path})
    return condition


def _workshop_paths(person: Person | None, on: date) -> list[str]:
    """Where the person works on plans: drafts or approves."""
    drafting = people.scope_paths(person, Permission.PLAN_DRAFT, on)
    return drafting + people.scope_paths(person, Permission.PLAN_APPROVE, on)


def workshop_plans(person: Person | None, on: date) -> PlanQuerySet:
    """Return the plans whose papers, board and versions under way the person may open."""
    return Plan.objects.filter(_below("unit", _workshop_paths(person, on)))


def visible_plans(person: Person | None, on: date) -> PlanQuerySet:
    """Return the plans the person may open at all: the list side of ``can_view``."""
    reading = people.scope_paths(person, Permission.PLAN_VIEW, on)
    concerned = PlanItem.objects.filter(
        Exists(PlanItemUnit.objects.filter(_below("unit", reading), item=OuterRef("pk"))),
        version__plan=OuterRef("pk"),
        version__state=VersionState.PUBLISHED,
        left_out_reason="",
    )
    published = Q(published_number__isnull=False) & (_below("unit", reading) | Q(Exists(concerned)))
    return Plan.objects.filter(_below("unit", _workshop_paths(person, on)) | published)


def can_view(person: Person | None, plan: Plan, on: date) -> Decision:
    """Return whether the person may open the plan, with the reason if not."""
    if _is_below(plan.unit, _workshop_paths(person, on)):
        return allowed()
    if plan.published_number is None:
        return denied(_("A plan that is not published is open to those who draft or approve it."))
    if _is_below(plan.unit, people.scope_paths(person, Permission.PLAN_VIEW, on)):
        return allowed()
    current = PlanVersion.objects.filter(plan=plan, state=VersionState.PUBLISHED).order_by("pk").first()
    if current is not None and visible_items(person, current, on).exists():
        return allowed()
    return denied(_("This plan holds nothing that concerns your units."))


def plan_for(person: Person | None, plan_id: int, on: date) -> Plan:
    """Return the plan, or raise the same 404 for missing and forbidden."""
    return get_object_or_404(visible_plans(person, on).select_related("unit"), pk=plan_id)


def workshop_for(person: Person | None, plan_id: int, on: date) -> Plan:
    """Return the plan for those who work on it, or raise the same 404 for missing and forbidden."""
    return get_object_or_404(workshop_plans(person, on).select_related("unit"), pk=plan_id)


def can_draft(person: Person | None, plan: Plan, on: date) -> Decision:
    """Return whether the person may hand in papers, split, align and decide for this plan."""
    return people.has(person, Permission.PLAN_DRAFT, plan.unit, on)


def units_to_draft_for(person: Person | None, on: date) -> UnitQuerySet:
    """Return the units for which the person may begin a plan."""
    return people.units_with(person, Permission.PLAN_DRAFT, on)


def can_approve(person: Person | None, version: PlanVersion, on: date) -> Decision:
    """Return whether the person may approve or return this version: the right, and no hand in it (invariant 4)."""
    held = people.has(person, Permission.PLAN_APPROVE, version.plan.unit, on)
    if not held or person is None:
        return held
    hands = set(version.contributors.values_list("person_id", flat=True))
    if all(rules.may_approve(pk, version.submitted_by_id, hands) for pk in people.counts_as(person, on)):
        return allowed()
    return denied(
        _("You had a hand in this plan. Somebody who neither decided, edited nor submitted it has to approve it.")
    )


def can_withdraw(person: Person | None, version: PlanVersion, on: date) -> Decision:
    """Return whether the person may take a submission back: whoever submitted it, and drafts still."""
    held = can_draft(person, version.plan, on)
    if not held or person is None:
        return held
    if version.submitted_by_id == person.pk:
        return allowed()
    return denied(_("Only whoever submitted it can take it back. Those who approve it can return it."))


def versions_to_approve(person: Person | None, on: date) -> QuerySet[PlanVersion]:
    """Return the submitted versions that the person can approve: the list side of ``can_approve``."""
    if person is None:
        return PlanVersion.objects.none()
    own = people.counts_as(person, on)
    hands = PlanContributor.objects.filter(version=OuterRef("pk"), person__in=own)
    versions = PlanVersion.objects.filter(
        _below("plan__unit", people.scope_paths(person, Permission.PLAN_APPROVE, on)), ~Exists(hands),
        state=VersionState.SUBMITTED,
    )  # fmt: skip
    return versions.exclude(submitted_by__in=own).select_related("plan__unit", "submitted_by")


def plans_to_draft(person: Person | None, on: date) -> PlanQuerySet:
    """Return the plans that the person may draft: the list side of ``can_draft``."""
    return Plan.objects.filter(_below("unit", people.scope_paths(person, Permission.PLAN_DRAFT, on)))


def sees_whole(person: Person | None, plan: Plan, on: date) -> bool:
    """Return whether the person sees all items of the published plan, not only those that name a unit of theirs."""
    paths = _workshop_paths(person, on) + people.scope_paths(person, Permission.PLAN_VIEW, on)
    return _is_below(plan.unit, paths)


def visible_items(person: Person | None, version: PlanVersion, on: date) -> QuerySet[PlanItem]:
    """Return the items of a version that concern the person, in order. Versions under way show only in the workshop."""
    items = PlanItem.objects.filter(version=version).order_by("number")
    if _is_below(version.plan.unit, _workshop_paths(person, on)):
        return items
    if version.state not in (VersionState.PUBLISHED, VersionState.SUPERSEDED):
        return items.none()
    reading = people.scope_paths(person, Permission.PLAN_VIEW, on)
    items = items.filter(left_out_reason="")
    if _is_below(version.plan.unit, reading):
        return items
    named = PlanItemUnit.objects.filter(_below("unit", reading), item=OuterRef("pk"))
    return items.filter(Exists(named))


def document_for(person: Person | None, document_id: int, on: date) -> PlanDocument:
    """Return a paper, or raise the same 404 for missing and forbidden."""
    papers = PlanDocument.objects.filter(plan__in=workshop_plans(person, on)).select_related("plan", "plan__unit")
    return get_object_or_404(papers, pk=document_id)


def version_for(person: Person | None, plan_id: int, number: int, on: date) -> PlanVersion:
    """Return a version, or raise the same 404 for missing and forbidden.

    Versions under way are for the workshop; versions in force and replaced ones for everyone the plan concerns.
    """
    open_to_all = Q(state__in=[VersionState.PUBLISHED, VersionState.SUPERSEDED], plan__in=visible_plans(person, on))
    in_workshop = Q(plan__in=workshop_plans(person, on))
    versions = PlanVersion.objects.filter(open_to_all | in_workshop).select_related("plan", "plan__unit")
    return get_object_or_404(versions, plan_id=plan_id, number=number)


def acknowledgements_in_hand(person: Person | None, on: date) -> QuerySet[Acknowledgement]:
    """Return what the person can acknowledge: for the units of the person's own posts that do tasks, none below."""
    waiting = Acknowledgement.objects.filter(unit__in=_own_units(person, on), acknowledged_at__isnull=True)
    return waiting.order_by("requested_at", "pk")


def can_acknowledge(person: Person | None, acknowledgement: Acknowledgement, on: date) -> Decision:
    """Return whether the person holds a post in the unit itself; a unit above does not acknowledge for it."""
    if acknowledgement.unit_id in _own_units(person, on):
        return allowed()
    return denied(_("Only somebody who holds a post in the unit can acknowledge for it."))


def _own_units(person: Person | None, on: date) -> set[int]:
    doers = set(people.post_kinds_with(Permission.TASK_DO))
    return {unit_id for unit_id, kind in people.held_posts(person, on) if kind in doers}


def _is_below(unit: Unit, paths: list[str]) -> bool:
    return any(unit.path.startswith(path) for path in paths)
