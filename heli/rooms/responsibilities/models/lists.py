from __future__ import annotations

import uuid
from datetime import date
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from heli.kernel.constraints import DateRange, OneNumber, ends_after_start
from heli.kernel.periods import holds_on
from heli.rooms.responsibilities.enums import Confidence, Kind, Line, ListState, Reach

_UNDER_WAY = (ListState.DRAFT, ListState.SUBMITTED, ListState.RETURNED, ListState.APPROVED)
ISSUED = (ListState.IN_FORCE, ListState.REPLACED)


def pair(name: str, *fields: str) -> models.CheckConstraint:
    """Refuse a row that knows when without by whom, or the reverse."""
    none = Q(**{f"{field}__isnull": True for field in fields})
    every = Q(**{f"{field}__isnull": False for field in fields})
    return models.CheckConstraint(condition=none | every, name=name)


class ListQuerySet(models.QuerySet["ResponsibilityList"]):
    def newest_first(self) -> ListQuerySet:
        return self.order_by("-year", "unit__path", "pk")


class ResponsibilityList(models.Model):
    """Who answers for what in a unit, for a year. What it says stands in its versions."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        "id unit year title begun_at begun_by version".split(), "internal"
    )

    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=160)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = ListQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "year"], name="responsibilities_list_one_a_year"),
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2200), name="responsibilities_list_year"),
            pair("responsibilities_list_begun_pair", "begun_at", "begun_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["-year", "unit"], name="responsibilities_list_ix")]

    def __str__(self) -> str:
        return self.title


class VersionQuerySet(models.QuerySet["ListVersion"]):
    def issued(self) -> VersionQuerySet:
        return self.filter(state__in=ISSUED)

    def holding(self, on: date) -> VersionQuerySet:
        """Versions that held, hold or will hold on that day."""
        return self.issued().filter(holds_on(on))


class ListVersion(models.Model):
    """One version of a list, approved by somebody who had no hand in it; kept readable for ever.

    ``valid_from`` to ``valid_to`` are the days on which it holds, the second not included.
    """

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id list number state reason note drafted_at drafted_by submitted_at submitted_by approved_at approved_by "
            "issued_at issued_by valid_from valid_to version"
        ).split(),
        "internal",
    )

    list = models.ForeignKey(ResponsibilityList, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=ListState, default=ListState.DRAFT)
    # Why the list changes; empty for the first version.
    reason = models.TextField(blank=True, default="")
    # What the approver wrote: on approval, or why it came back.
    note = models.TextField(blank=True, default="")
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["list", "number"], name="responsibilities_version_number"),
            models.UniqueConstraint(
                fields=["list"], condition=Q(state__in=_UNDER_WAY), name="responsibilities_version_one_under_way"
            ),
            models.UniqueConstraint(
                fields=["list"], condition=Q(state=ListState.IN_FORCE), name="responsibilities_version_one_in_force"
            ),
            pair("responsibilities_version_drafted_pair", "drafted_at", "drafted_by"),
            pair("responsibilities_version_submitted_pair", "submitted_at", "submitted_by"),
            pair("responsibilities_version_approved_pair", "approved_at", "approved_by"),
            pair("responsibilities_version_issued_pair", "issued_at", "issued_by"),
            ends_after_start("responsibilities_version_ends_after_start"),
            models.CheckConstraint(
                condition=Q(state__in=[ListState.DRAFT, ListState.RETURNED]) | Q(submitted_by__isnull=False),
                name="responsibilities_version_was_submitted",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ListState.APPROVED, *ISSUED]) | Q(approved_by__isnull=False),
                name="responsibilities_version_was_approved",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ISSUED) | Q(issued_by__isnull=False),
                name="responsibilities_version_was_issued",
            ),
            # Four eyes, as far as one row can say it; services check who edited as well.
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | (~Q(approved_by=F("submitted_by")) & ~Q(approved_by=F("drafted_by"))),
                name="responsibilities_version_four_eyes",
            ),
            ExclusionConstraint(
                name="responsibilities_version_no_overlap",
                expressions=[
                    (OneNumber("list_id"), RangeOperators.OVERLAPS),
                    (DateRange("valid_from", "valid_to", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=ISSUED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.list} · {self.number}"


class ListContributor(models.Model):
    """Somebody who drafted or edited a version, and therefore may not approve it."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys("id version person".split(), "internal")

    version = models.ForeignKey(ListVersion, models.CASCADE, related_name="contributors")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "person"], name="responsibilities_contributor_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} · {self.person_id}"


class Item(models.Model):
    """One responsibility. ``lineage`` is the same in every version the item lives through.

    Exactly one post is accountable; an item of everybody names no post, each answers for themselves.
    ``is_settled`` is set when the version is submitted: from then on the database wants the post.
    """

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id version lineage number kind line text_zh text_en evidence_zh evidence_en obligations source_zh "
            "source_en article confidence needs origin reach accountable is_settled row_version"
        ).split(),
        "internal",
    )

    version = models.ForeignKey(ListVersion, models.CASCADE, related_name="items")
    lineage = models.UUIDField(default=uuid.uuid4)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    line = models.CharField(max_length=10, choices=Line)
    text_zh = models.TextField()
    text_en = models.TextField(blank=True, default="")
    evidence_zh = models.TextField(blank=True, default="")
    evidence_en = models.TextField(blank=True, default="")
    # Codes of the rulebook.
    obligations = models.JSONField(default=list, blank=True)
    source_zh = models.CharField(max_length=300, blank=True, default="")
    source_en = models.CharField(max_length=300, blank=True, default="")
    article = models.CharField(max_length=60, blank=True, default="")
    confidence = models.CharField(max_length=20, choices=Confidence, default=Confidence.OWN)
    # The right without which the holder lacks the means (a people permission), or empty.
    needs = models.CharField(max_length=30, blank=True, default="")
    # The code of the shipped item it was drafted from, or empty.
    origin = models.CharField(max_length=20, blank=True, default="")
    reach = models.CharField(max_length=10, choices=Reach, default=Reach.POST)
    accountable = models.ForeignKey("people.Post", models.PROTECT, null=True, blank=True, related_name="+")
    is_settled = models.BooleanField(default=False)
    row_version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "lineage"], name="responsibilities_item_lineage"),
            models.UniqueConstraint(
                fields=["version", "number"], name="responsibilities_item_number", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=~Q(text_zh=""), name="responsibilities_item_has_text"),
            models.CheckConstraint(
                condition=Q(reach=Reach.POST) | Q(accountable__isnull=True),
                name="responsibilities_item_everybody_has_no_post",
            ),
            models.CheckConstraint(
                condition=Q(is_settled=False) | ~Q(reach=Reach.POST) | Q(accountable__isnull=False),
                name="responsibilities_item_one_accountable",
            ),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["obligations"], opclasses=["jsonb_path_ops"], name="responsibilities_item_duties"),
        ]

    def __str__(self) -> str:
        return self.text_zh[:80]


class ItemSupport(models.Model):
    """A post that supports whoever is accountable for an item."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys("id item post".split(), "internal")

    item = models.ForeignKey(Item, models.CASCADE, related_name="supports")
    post = models.ForeignKey("people.Post", models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "post"], name="responsibilities_support_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} + {self.post_id}"
