from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from heli.rooms.plans.enums import Choice, FindingKind, OpinionVerdict, RunState, RunStep
from heli.rooms.plans.models.papers import DraftItem, Plan


class FindingQuerySet(models.QuerySet["Finding"]):
    def open(self) -> FindingQuerySet:
        return self.exclude(decisions__undone_at__isnull=True, decisions__isnull=False)

    def in_order(self) -> FindingQuerySet:
        return self.order_by("rank", "pk")


class Finding(models.Model):
    """Something the alignment proposes to look at. It never changes anything by itself.

    ``reason`` maps a language to the sentence; ``slots`` are rows of {slot, a, b, same}; ``signature`` names the
    finding by its texts, so that aligning again keeps the decisions on what did not change.
    """

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id plan kind subkind title score reason slots obligation key_link source upper_item signature "
            "rank is_standing"
        ).split(),
        "internal",
    )

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=10, choices=FindingKind)
    subkind = models.CharField(max_length=20, blank=True)
    title = models.JSONField(default=dict)
    score = models.FloatField(null=True, blank=True)
    reason = models.JSONField(default=dict)
    slots = models.JSONField(default=list, blank=True)
    obligation = models.CharField(max_length=16, blank=True)
    key_link = models.CharField(max_length=60, blank=True)
    source = models.JSONField(default=dict, blank=True)
    upper_item = models.ForeignKey("plans.PlanItem", models.PROTECT, null=True, blank=True, related_name="+")
    signature = models.CharField(max_length=64)
    rank = models.PositiveIntegerField(default=0)
    # False: decided once, then no longer found, or its text was changed; what was decided stays on record.
    is_standing = models.BooleanField(default=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "signature"], name="plans_finding_signature"),
            models.CheckConstraint(condition=Q(kind__in=FindingKind.values), name="plans_finding_kind_known"),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=1), name="plans_finding_score"
            ),
            models.CheckConstraint(condition=~Q(reason={}), name="plans_finding_has_reason"),
        ]
        indexes: ClassVar = [models.Index(fields=["plan", "rank"], name="plans_finding_rank")]

    def __str__(self) -> str:
        return next(iter(self.title.values()), self.kind)


class FindingItem(models.Model):
    """An item that a finding is about, with the characters of its text that say so: [start, end, same|near].

    Where many conflict with one item, ``reason`` says of each of them why, by language; else it is empty.
    """

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys("id finding item position marks reason".split(), "internal")

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="links")
    item = models.ForeignKey(DraftItem, models.CASCADE, related_name="links")
    position = models.PositiveSmallIntegerField()
    marks = models.JSONField(default=list, blank=True)
    reason = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["finding", "item"], name="plans_findingitem_once"),
            models.UniqueConstraint(fields=["finding", "position"], name="plans_findingitem_position"),
        ]

    def __str__(self) -> str:
        return f"{self.finding_id} · {self.item_id}"


class Decision(models.Model):
    """What a person decided on a finding, and why. Undone, never deleted; one at a time stands."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        "id finding choice reason values by at undone_by undone_at".split(), "internal"
    )

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="decisions")
    choice = models.CharField(max_length=16, choices=Choice)
    reason = models.TextField(blank=True)
    values = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["finding"], condition=Q(undone_at__isnull=True), name="plans_decision_one_stands"
            ),
            models.CheckConstraint(
                condition=Q(undone_by__isnull=True, undone_at__isnull=True)
                | Q(undone_by__isnull=False, undone_at__isnull=False),
                name="plans_decision_undone_pair",
            ),
            models.CheckConstraint(condition=Q(choice__in=Choice.values), name="plans_decision_choice_known"),
            models.CheckConstraint(
                condition=~Q(choice__in=[Choice.KEEP_BOTH, Choice.NOT_APPLICABLE]) | ~Q(reason=""),
                name="plans_decision_reason_given",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["finding", "at"], name="plans_decision_finding")]

    def __str__(self) -> str:
        return f"{self.choice} · {self.finding_id}"


class SecondOpinion(models.Model):
    """What a configured model said of a pair, once. Shown beside the reason of the finding, which it never changes."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        "id finding verdict reason model asked_by asked_at".split(), "internal"
    )

    finding = models.OneToOneField(Finding, models.CASCADE, related_name="second_opinion")
    verdict = models.CharField(max_length=10, choices=OpinionVerdict)
    reason = models.CharField(max_length=500)
    model = models.CharField(max_length=200)
    asked_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(verdict__in=OpinionVerdict.values), name="plans_opinion_verdict_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="plans_opinion_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} · {self.finding_id}"


class Presence(models.Model):
    """Who has which card open: a soft lock that runs out by itself."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        "id plan person finding opened_at seen_at decides".split(), "internal"
    )

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+")
    person = models.ForeignKey("people.Person", models.CASCADE, related_name="+")
    finding = models.ForeignKey(Finding, models.CASCADE, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    decides = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "person"], name="plans_presence_one_each"),
        ]
        indexes: ClassVar = [models.Index(fields=["plan", "seen_at"], name="plans_presence_plan")]

    def __str__(self) -> str:
        return f"{self.person_id} · {self.finding_id}"


class AlignmentRun(models.Model):
    """An alignment that runs in the background, its progress and how it ended."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        "id plan state step attempt failure requested_by requested_at claimed_at ended_at".split(), "internal"
    )

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="runs")
    state = models.CharField(max_length=10, choices=RunState, default=RunState.QUEUED)
    step = models.CharField(max_length=20, choices=RunStep, blank=True)
    # Counts who took the run up: whoever comes after a killed worker counts on, and only the last may end it.
    attempt = models.PositiveIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    failure = models.TextField(blank=True)
    requested_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan"], condition=Q(ended_at__isnull=True), name="plans_run_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[RunState.QUEUED, RunState.RUNNING], ended_at__isnull=True)
                | Q(state__in=[RunState.DONE, RunState.FAILED], ended_at__isnull=False),
                name="plans_run_ended_pair",
            ),
            models.CheckConstraint(
                condition=Q(attempt=0, claimed_at__isnull=True) | Q(attempt__gt=0, claimed_at__isnull=False),
                name="plans_run_claimed_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} · {self.state}"
