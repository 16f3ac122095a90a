"""Submitted by one, approved by another, published as tasks down the tree; revised in the same way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from heli.kernel import audit, events
from heli.kernel.problems import Problem
from heli.rooms.information import services as information
from heli.rooms.information.enums import NotificationKind
from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.plans import access, rules
from heli.rooms.plans.enums import PlanState, VersionState
from heli.rooms.plans.events import PlanPublished, PlanSubmitted
from heli.rooms.plans.models import (
    Acknowledgement,
    Plan,
    PlanItem,
    PlanItemAbove,
    PlanItemSource,
    PlanItemUnit,
    PlanVersion,
)
from heli.rooms.plans.queries.directories import takes_effect_on
from heli.rooms.plans.queries.versions import approvers, changes_of
from heli.rooms.plans.services import cascading
from heli.rooms.plans.services.leading import require_leads
from heli.rooms.plans.services.locking import (
    StateRefused,
    day_of,
    move_plan,
    note_hands,
    plan_to_draft,
    require_seen,
    require_state,
    version_under_way,
)

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


@transaction.atomic
def submit(*, plan_id: int, version: int | None, by: Person, at: datetime) -> PlanVersion:
    """Hand the version under way to whoever approves; nothing can be changed until they answer.

    Here and below ``version`` is the count of the version as it was shown: nobody acts on what they did not see.
    """
    plan = plan_to_draft(plan_id, by, at)
    require_state(plan, PlanState.CONCLUDED, PlanState.REVISING)
    draft = PlanVersion.objects.select_for_update(no_key=True).get(plan=plan, state=VersionState.DRAFT)
    require_seen(draft, version)
    if not draft.items.filter(left_out_reason="").exists():
        raise Problem(_("The plan holds no items."), _("There is nothing to approve."), _("Add an item first."))
    require_leads(draft, at)
    if draft.number > 1 and not changes_of(draft):
        raise Problem(
            _("Nothing was changed."),
            _("The revision equals the version in force."),
            _("Change an item, or drop the revision."),
        )
    move_plan(plan, PlanState.IN_REVIEW)
    plan.save(update_fields=["state"])
    _move(draft, VersionState.SUBMITTED)
    draft.submitted_by, draft.submitted_at, draft.note = by, at, ""
    draft.save()
    information.notify(
        persons={person.pk for person in approvers(draft, day_of(at))},
        kind=NotificationKind.PLAN,
        title=gettext_noop("“%(plan)s”, version %(number)s, awaits approval"),
        reason=gettext_noop("You may approve plans of %(unit)s and had no hand in this one."),
        params={"plan": plan.title, "number": draft.number, "unit": plan.unit.name},
        url=reverse("plans:version", args=[plan.pk, draft.number]),
        at=at,
    )
    audit.record("plan.submitted", subject=draft, by=by, at=at, changes={"plan": plan.pk})
    events.publish(PlanSubmitted(plan_id=plan.pk, version_id=draft.pk))
    return draft


@transaction.atomic
def approve(*, plan_id: int, number: int, version: int | None, note: str = "", by: Person, at: datetime) -> PlanVersion:
    """Approve and publish in one act: the version comes into force and its items become tasks.

    Of two who approve at once one wins, the other is told that it is in force already.
    """
    draft = version_under_way(plan_id, number, by, at)
    plan = draft.plan
    _require_submitted(draft)
    require_seen(draft, version)
    access.can_approve(by, draft, day_of(at)).require()
    require_leads(draft, at)  # units or rules may have changed since it was submitted
    before = PlanVersion.objects.filter(plan=plan, state=VersionState.PUBLISHED).order_by("number").last()
    changes = changes_of(draft)
    cascading.hold_tasks(changes)
    if before is not None:
        _move(before, VersionState.SUPERSEDED)
        before.save(update_fields=["state", "version"])
    _move(draft, VersionState.PUBLISHED)
    draft.approved_by, draft.approved_at, draft.note = by, at, note.strip()
    draft.effective_on = takes_effect_on(draft.plan, day_of(at))
    draft.save()
    move_plan(plan, PlanState.PUBLISHED)
    plan.published_number = draft.number
    plan.save(update_fields=["state", "published_number"])
    touched = cascading.cascade(draft, before, changes, by=by, at=at)
    _ask_to_acknowledge(draft, touched, at)
    audit.record(
        "plan.published", subject=draft, by=by, at=at, changes={"plan": plan.pk, "units": len(touched), "note": note}
    )
    events.publish(PlanPublished(plan_id=plan.pk, version_id=draft.pk, number=draft.number))
    return draft


@transaction.atomic
def return_version(
    *, plan_id: int, number: int, version: int | None, reason: str, by: Person, at: datetime
) -> PlanVersion:
    """Send a submitted version back with what has to be changed."""
    draft = version_under_way(plan_id, number, by, at)
    plan = draft.plan
    _require_submitted(draft)
    require_seen(draft, version)
    access.can_approve(by, draft, day_of(at)).require()
    if not reason.strip():
        raise Problem(
            _("A reason is missing."), _("Whoever drafted it has to know what to change."), _("Write it down.")
        )
    submitter = draft.submitted_by_id
    _move(draft, VersionState.DRAFT)
    draft.note, draft.submitted_by, draft.submitted_at = reason.strip(), None, None
    draft.save()
    move_plan(plan, PlanState.CONCLUDED if draft.number == 1 else PlanState.REVISING)
    plan.save(update_fields=["state"])
    information.notify(
        persons=[submitter] if submitter else [],
        kind=NotificationKind.PLAN,
        title=gettext_noop("“%(plan)s” was returned: %(reason)s"),
        reason=gettext_noop("You submitted it."),
        params={"plan": plan.title, "reason": draft.note},
        url=reverse("plans:version", args=[plan.pk, draft.number]),
        at=at,
    )
    audit.record("plan.returned", subject=draft, by=by, at=at, changes={"plan": plan.pk, "reason": reason})
    return draft


@transaction.atomic
def begin_revision(*, plan_id: int, version: int | None, reason: str, by: Person, at: datetime) -> PlanVersion:
    """Open the next version as a copy of the one in force. What is in force stays so until the new one is approved."""
    plan = plan_to_draft(plan_id, by, at)
    require_state(plan, PlanState.PUBLISHED)
    current = PlanVersion.objects.get(plan=plan, state=VersionState.PUBLISHED)
    require_seen(current, version)
    if not reason.strip():
        raise Problem(
            _("A reason is missing."),
            _("Everybody whom the change touches will be shown it."),
            _("Write why the plan changes."),
        )
    move_plan(plan, PlanState.REVISING)
    plan.save(update_fields=["state"])
    draft = PlanVersion.objects.create(
        plan=plan, number=current.number + 1, reason=reason.strip(), drafted_by=by, drafted_at=at
    )
    _copy_items(current, draft)
    note_hands(draft, people.hands_of(by, Permission.PLAN_DRAFT, [plan.unit], day_of(at)))
    audit.record("plan.revision_begun", subject=draft, by=by, at=at, changes={"plan": plan.pk, "reason": draft.reason})
    return draft


@transaction.atomic
def drop_revision(*, plan_id: int, version: int | None, by: Person, at: datetime) -> Plan:
    """Drop the revision under way; the version in force stays as it is."""
    plan = plan_to_draft(plan_id, by, at)
    require_state(plan, PlanState.REVISING)
    draft = PlanVersion.objects.get(plan=plan, state=VersionState.DRAFT)
    require_seen(draft, version)
    move_plan(plan, PlanState.PUBLISHED)
    plan.save(update_fields=["state"])
    audit.record("plan.revision_dropped", subject=draft, by=by, at=at, changes={"plan": plan.pk})
    draft.delete()
    return plan


@transaction.atomic
def acknowledge(*, acknowledgement_id: int, by: Person, at: datetime) -> Acknowledgement:
    """Acknowledge a version for a unit, once."""
    rows = Acknowledgement.objects.select_for_update(no_key=True, of=("self",))
    rows = rows.select_related("unit", "version__plan", "acknowledged_by")
    acknowledgement = get_object_or_404(rows, pk=acknowledgement_id)
    access.can_acknowledge(by, acknowledgement, day_of(at)).require()
    if acknowledgement.acknowledged_at is not None:
        raise AlreadyAcknowledged(acknowledgement)
    acknowledgement.acknowledged_by, acknowledgement.acknowledged_at = by, at
    acknowledgement.save(update_fields=["acknowledged_by", "acknowledged_at"])
    audit.record(
        "plan.acknowledged", subject=acknowledgement.version, by=by, at=at, changes={"unit": acknowledgement.unit.name}
    )
    return acknowledgement


class AlreadyAcknowledged(Problem):
    """Somebody of the unit has done so before."""

    status = 409

    def __init__(self, earlier: Acknowledgement) -> None:
        moment = formats.date_format(timezone.localtime(earlier.acknowledged_at), "SHORT_DATETIME_FORMAT")
        super().__init__(
            _("%(unit)s has acknowledged this version already.") % {"unit": earlier.unit.name},
            _("%(name)s did so at %(time)s.") % {"name": earlier.acknowledged_by, "time": moment},
            _("Nothing more is to be done."),
        )


@transaction.atomic
def withdraw_submission(*, plan_id: int, version: int | None, by: Person, at: datetime) -> PlanVersion:
    """Take one's own submission back before anybody answered, to change it."""
    plan = plan_to_draft(plan_id, by, at)
    require_state(plan, PlanState.IN_REVIEW)
    draft = PlanVersion.objects.select_for_update(no_key=True).get(plan=plan, state=VersionState.SUBMITTED)
    require_seen(draft, version)
    access.can_withdraw(by, draft, day_of(at)).require()
    _move(draft, VersionState.DRAFT)
    draft.submitted_by, draft.submitted_at = None, None
    draft.save()
    note_hands(draft, people.hands_of(by, Permission.PLAN_DRAFT, [plan.unit], day_of(at)))
    move_plan(plan, PlanState.CONCLUDED if draft.number == 1 else PlanState.REVISING)
    plan.save(update_fields=["state"])
    audit.record("plan.submission_withdrawn", subject=draft, by=by, at=at, changes={"plan": plan.pk})
    return draft


def _require_submitted(version: PlanVersion) -> None:
    if version.state != VersionState.SUBMITTED:
        raise StateRefused(
            _("This cannot be done now."),
            _("Version %(number)s is in the state “%(state)s”.")
            % {"number": version.number, "state": version.get_state_display()},
            _("Only a submitted version can be approved or returned."),
        )


def _move(version: PlanVersion, state: VersionState) -> None:
    rules.check_version_transition(version.state, state)
    version.state, version.version = state, version.version + 1


def _ask_to_acknowledge(version: PlanVersion, unit_ids: Sequence[int], at: datetime) -> None:
    rows = [Acknowledgement(version=version, unit_id=pk, requested_at=at) for pk in unit_ids]
    Acknowledgement.objects.bulk_create(rows, batch_size=2000)
    held = people.holders_of({(pk, "") for pk in unit_ids}, day_of(at))
    information.notify(
        persons={person_id for persons in held.values() for person_id in persons},
        kind=NotificationKind.PLAN,
        title=gettext_noop("“%(plan)s”, version %(number)s, is in force"),
        reason=gettext_noop("It changes what your unit does. Acknowledge it when you have read it."),
        params={"plan": version.plan.title, "number": version.number},
        url=reverse("plans:version", args=[version.plan_id, version.number]),
        at=at,
    )


def _copy_items(current: PlanVersion, version: PlanVersion) -> None:
    fields = [
        field.attname
        for field in PlanItem._meta.concrete_fields
        if field.name not in ("id", "version", "row_version", "number")
    ]
    items = list(current.items.filter(left_out_reason="").order_by("number"))
    copies = [
        PlanItem(version=version, number=number, **{name: getattr(item, name) for name in fields})
        for number, item in enumerate(items, start=1)
    ]
    made = PlanItem.objects.bulk_create(copies, batch_size=1000)
    new_of = {item.pk: copy for item, copy in zip(items, made, strict=True)}
    origins = PlanItemSource.objects.filter(item__in=items)
    PlanItemSource.objects.bulk_create(
        [
            PlanItemSource(item=new_of[row.item_id], draft_item_id=row.draft_item_id, decision_id=row.decision_id)
            for row in origins
        ],
        batch_size=2000,
    )
    PlanItemAbove.objects.bulk_create(
        [
            PlanItemAbove(item=new_of[row.item_id], upper_item_id=row.upper_item_id)
            for row in PlanItemAbove.objects.filter(item__in=items)
        ],
        batch_size=2000,
    )
    named = PlanItemUnit.objects.filter(item__in=items).exclude(role=PlanItemUnit.CARRIER)
    PlanItemUnit.objects.bulk_create(
        [PlanItemUnit(item=new_of[row.item_id], unit_id=row.unit_id, role=row.role) for row in named], batch_size=2000
    )
