from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from heli.rooms.plans.enums import DocumentState, Line, Period, PlanState, RowKind, UnitType


class PlanQuerySet(models.QuerySet["Plan"]):
    def published(self) -> PlanQuerySet:
        """Plans with a version in force, whatever else is going on with them."""
        return self.filter(published_number__isnull=False)

    def newest_first(self) -> PlanQuerySet:
        return self.order_by("-year", "-pk")


class Plan(models.Model):
    """One unit's plan of a year: from the papers of both lines to versions in force."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id unit year title unit_type state published_number created_by created_at changed_at aligned_at "
            "stamp version"
        ).split(),
        "internal",
    )

    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    unit_type = models.CharField(max_length=20, choices=UnitType)
    state = models.CharField(max_length=12, choices=PlanState, default=PlanState.DRAFTING)
    published_number = models.PositiveSmallIntegerField(null=True, blank=True)
    created_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    # When items last changed, and when they were last aligned: earlier means the board is out of date.
    changed_at = models.DateTimeField()
    aligned_at = models.DateTimeField(null=True, blank=True)
    # Counts every act on the board, so that an open board notices that others acted.
    stamp = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    objects = PlanQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "year", "title"], name="plans_plan_unique"),
            models.CheckConstraint(condition=Q(state__in=PlanState.values), name="plans_plan_state_known"),
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2200), name="plans_plan_year"),
            models.CheckConstraint(
                condition=~Q(state__in=[PlanState.PUBLISHED, PlanState.REVISING]) | Q(published_number__isnull=False),
                name="plans_plan_published_has_number",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "-year"], name="plans_plan_unit")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_out_of_date(self) -> bool:
        """Whether items changed after the last alignment."""
        return self.aligned_at is None or self.aligned_at < self.changed_at


class PlanHand(models.Model):
    """Somebody who touched the papers or the board of a plan before it had a version, and so may not approve it."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys("id plan person".split(), "internal")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="hands")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "person"], name="plans_hand_once")]

    def __str__(self) -> str:
        return f"{self.plan_id} · {self.person_id}"


class PlanDocument(models.Model):
    """A paper of one line as it was handed in; the original stays in the file store, whatever becomes of it."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id plan line position title issuer filename format size sha256 stored_as state failure notes "
            "uploaded_by uploaded_at"
        ).split(),
        "internal",
    )

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="documents")
    line = models.CharField(max_length=10, choices=Line)
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    issuer = models.CharField(max_length=120, blank=True)
    filename = models.CharField(max_length=255)
    format = models.CharField(max_length=10, blank=True)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=255)
    state = models.CharField(max_length=10, choices=DocumentState)
    # What and remedy per language, as the reader of the file said it; empty when it was read.
    failure = models.JSONField(default=dict, blank=True)
    notes = models.JSONField(default=list, blank=True)
    uploaded_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(line__in=[Line.PARTY, Line.INTEGRITY]), name="plans_document_line"),
            models.UniqueConstraint(
                fields=["plan", "line", "sha256"], condition=Q(state=DocumentState.READ), name="plans_document_once"
            ),
            models.CheckConstraint(
                condition=Q(state=DocumentState.READ, failure={}) | (Q(state=DocumentState.FAILED) & ~Q(failure={})),
                name="plans_document_failure_has_reason",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["plan", "line", "position"], name="plans_document_plan")]

    def __str__(self) -> str:
        return self.title


class DraftItemQuerySet(models.QuerySet["DraftItem"]):
    def items(self) -> DraftItemQuerySet:
        return self.filter(kind=RowKind.ITEM)

    def open_times(self) -> DraftItemQuerySet:
        """Items that say a time which no day or rhythm stands for: a person has to fill it in."""
        return self.items().filter(start=None, end=None, period="").exclude(when_words="")

    def in_order(self) -> DraftItemQuerySet:
        """The Party line first, paper after paper, as they are read."""
        return self.order_by("-document__line", "document__position", "position", "pk")


class DraftItem(models.Model):
    """A row of the split: an item, a heading, or text left out; ``source`` keeps every character it came from.

    ``source`` only moves between rows when they are split or merged, so nothing of the paper can get lost.
    """

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id plan document line position number kind level text source reason place headings owner helpers start "
            "end period when_words quantity deliverable obligations is_edited version"
        ).split(),
        "internal",
    )

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="draft_items")
    document = models.ForeignKey(PlanDocument, models.CASCADE, related_name="rows")
    line = models.CharField(max_length=10, choices=Line)
    position = models.PositiveIntegerField()
    # The number on the board, per line, given by the alignment.
    number = models.PositiveIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=10, choices=RowKind)
    level = models.PositiveSmallIntegerField(default=0)
    text = models.TextField(blank=True)
    source = models.TextField()
    reason = models.CharField(max_length=40, blank=True)
    place = models.JSONField(default=dict, blank=True)
    headings = models.JSONField(default=list, blank=True)
    owner = models.TextField(blank=True)
    # Who works with the owner, several with 、 between them.
    helpers = models.TextField(blank=True, default="", db_default="")
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)
    period = models.CharField(max_length=12, choices=Period, blank=True)
    when_words = models.TextField(blank=True)
    quantity = models.TextField(blank=True)
    deliverable = models.TextField(blank=True)
    obligations = models.JSONField(default=list, blank=True)
    is_edited = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    objects = DraftItemQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["document", "position"],
                name="plans_draftitem_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(end__isnull=True) | Q(end__gte=F("start")),
                name="plans_draftitem_dates",
            ),
            models.CheckConstraint(condition=~Q(kind=RowKind.ITEM) | ~Q(text=""), name="plans_draftitem_item_has_text"),
            models.CheckConstraint(
                condition=~Q(kind=RowKind.LEFT_OUT) | ~Q(reason=""), name="plans_draftitem_left_out_has_reason"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["plan", "line", "number"], name="plans_draftitem_number")]

    def __str__(self) -> str:
        return self.text[:80]
