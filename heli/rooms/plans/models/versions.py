from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from heli.rooms.plans.enums import Line, Period, Reach, VersionState
from heli.rooms.plans.models.board import Decision
from heli.rooms.plans.models.papers import DraftItem, Plan


class PlanVersion(models.Model):
    """One version of the one plan. Approved by somebody who had no hand in it; kept readable for ever."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id plan number state reason drafted_by drafted_at submitted_by submitted_at approved_by "
            "approved_at note effective_on version"
        ).split(),
        "internal",
    )

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=VersionState, default=VersionState.DRAFT)
    # Why the plan is revised; empty for version 1.
    reason = models.TextField(blank=True)
    drafted_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    submitted_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    # What the approver wrote: on approval, or why the draft came back.
    note = models.TextField(blank=True)
    effective_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="plans_version_number"),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(state=VersionState.PUBLISHED), name="plans_version_one_in_force"
            ),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(state__in=[VersionState.DRAFT, VersionState.SUBMITTED]),
                name="plans_version_one_under_way",
            ),
            models.CheckConstraint(condition=Q(state__in=VersionState.values), name="plans_version_state_known"),
            models.CheckConstraint(
                condition=Q(submitted_by__isnull=True, submitted_at__isnull=True)
                | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="plans_version_submitted_pair",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="plans_version_approved_pair",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[VersionState.DRAFT, VersionState.SUBMITTED])
                | Q(approved_by__isnull=False, submitted_by__isnull=False, effective_on__isnull=False),
                name="plans_version_in_force_was_approved",
            ),
            # Four eyes, as far as one row can say it; services check who decided and edited as well.
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("submitted_by")),
                name="plans_version_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} · {self.number}"


class PlanItem(models.Model):
    """One item of a version. ``lineage`` is the same in every version the item lives through."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id version lineage number line text lead helpers reach start due period quantity deliverable minutes "
            "obligations reasons left_out_reason row_version"
        ).split(),
        "internal",
    )

    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="items")
    lineage = models.UUIDField(default=uuid.uuid4)
    number = models.PositiveIntegerField()
    line = models.CharField(max_length=10, choices=Line)
    text = models.TextField()
    # Whom the papers name, in their words; the units this means are in ``PlanItemUnit``.
    lead = models.TextField(blank=True)
    helpers = models.JSONField(default=list, blank=True)
    reach = models.CharField(max_length=12, choices=Reach, default=Reach.LEAD)
    start = models.DateField(null=True, blank=True)
    due = models.DateField(null=True, blank=True)
    period = models.CharField(max_length=12, choices=Period, blank=True)
    quantity = models.TextField(blank=True)
    deliverable = models.TextField(blank=True)
    # What it takes whoever does it, each time, recording included; none = not stated, and never guessed.
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    obligations = models.JSONField(default=list, blank=True)
    reasons = models.JSONField(default=list, blank=True)
    # Set = kept on record, but not part of the plan.
    left_out_reason = models.TextField(blank=True)
    row_version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "lineage"], name="plans_planitem_lineage"),
            models.UniqueConstraint(
                fields=["version", "number"], name="plans_planitem_number", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=~Q(text=""), name="plans_planitem_has_text"),
            models.CheckConstraint(condition=Q(line__in=Line.values), name="plans_planitem_line_known"),
            models.CheckConstraint(condition=Q(reach__in=Reach.values), name="plans_planitem_reach_known"),
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(due__isnull=True) | Q(due__gte=F("start")),
                name="plans_planitem_dates",
            ),
            models.CheckConstraint(condition=Q(minutes__isnull=True) | Q(minutes__gt=0), name="plans_planitem_minutes"),
        ]
        # From a task to its item, whatever the version.
        indexes: ClassVar = [models.Index(fields=["lineage"], name="plans_planitem_of_task")]

    def __str__(self) -> str:
        return self.text[:80]


class PlanItemSource(models.Model):
    """From which draft items and decisions a plan item was made."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys("id item draft_item decision".split(), "internal")

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="sources")
    draft_item = models.ForeignKey(DraftItem, models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(draft_item__isnull=False, decision__isnull=True)
                | Q(draft_item__isnull=True, decision__isnull=False),
                name="plans_planitemsource_one_kind",
            ),
            models.UniqueConstraint(
                fields=["item", "draft_item"], condition=Q(draft_item__isnull=False), name="plans_source_item_once"
            ),
            models.UniqueConstraint(
                fields=["item", "decision"], condition=Q(decision__isnull=False), name="plans_source_decision_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} ← {self.draft_item_id or self.decision_id}"


class PlanItemAbove(models.Model):
    """An item of a unit above with which an item is one task: where that task runs, no second one is opened."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys("id item upper_item".split(), "internal")

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="above")
    upper_item = models.ForeignKey(PlanItem, models.PROTECT, related_name="below")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "upper_item"], name="plans_above_once")]

    def __str__(self) -> str:
        return f"{self.item_id} ↑ {self.upper_item_id}"


class PlanItemUnit(models.Model):
    """A unit that asked for an item, leads it, helps with it, or carries it out."""

    REQUESTER, LEAD, HELPER, CARRIER = "requester", "lead", "helper", "carrier"
    ROLES: ClassVar = [(role, role) for role in (REQUESTER, LEAD, HELPER, CARRIER)]
    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys("id item unit role".split(), "internal")

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="units")
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=ROLES)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "unit", "role"], name="plans_planitemunit_once"),
            models.UniqueConstraint(fields=["item"], condition=Q(role="lead"), name="plans_planitemunit_one_lead"),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "role", "item"], name="plans_planitemunit_unit")]

    def __str__(self) -> str:
        return f"{self.role}: {self.unit_id}"


class PlanContributor(models.Model):
    """Somebody who touched a version or what it was made of, and therefore may not approve it."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys("id version person".split(), "internal")

    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="contributors")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "person"], name="plans_contributor_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} · {self.person_id}"


class Acknowledgement(models.Model):
    """A unit that a version touches, and who acknowledged it for the unit and when."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        "id version unit requested_at acknowledged_by acknowledged_at".split(), "internal"
    )

    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="acknowledgements")
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    acknowledged_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "unit"], name="plans_acknowledgement_once"),
            models.CheckConstraint(
                condition=Q(acknowledged_by__isnull=True, acknowledged_at__isnull=True)
                | Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False),
                name="plans_acknowledgement_pair",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "version"], name="plans_ack_unit")]

    def __str__(self) -> str:
        return f"{self.version_id} · {self.unit_id}"
