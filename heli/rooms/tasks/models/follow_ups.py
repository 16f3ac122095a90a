"""Follow-ups: an instruction with a number, the units it asks, and how far each was urged."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from heli.kernel.constraints import NotAmong
from heli.rooms.tasks.enums import FollowUpState, Line, Rung, UnitRole
from heli.rooms.tasks.models.work import Task, both_or_neither


class NumberSeries(models.Model):
    """The last number a unit gave in a series and year; the next one is taken under this row's lock."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(("id series unit year last").split(), "internal")

    series = models.CharField(max_length=20)
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "unit", "year"], name="tasks_numberseries_once"),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.last}"


class FollowUp(models.Model):
    """An instruction of a unit. ``hands`` are all who answered, kept at closing, so that none of them closes."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id unit year number subject text line due_on state remind_days urge_days list_days asked_at asked_by "
            "closed_at closed_by closing_note hands reopen_reason withdraw_reason version"
        ).split(),
        "internal",
    )

    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    line = models.CharField(max_length=10, choices=Line)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=FollowUpState, default=FollowUpState.RUNNING)
    remind_days = models.SmallIntegerField()
    urge_days = models.SmallIntegerField()
    list_days = models.SmallIntegerField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    closing_note = models.CharField(max_length=500, blank=True, default="")
    hands = ArrayField(models.BigIntegerField(), default=list, blank=True)
    reopen_reason = models.CharField(max_length=500, blank=True, default="")
    withdraw_reason = models.CharField(max_length=500, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "year", "number"], name="tasks_followup_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="tasks_followup_number_from_one"),
            both_or_neither("tasks_followup_closed_pair", "closed_at", "closed_by"),
            models.CheckConstraint(
                condition=Q(state=FollowUpState.CLOSED, closed_at__isnull=False)
                | (~Q(state=FollowUpState.CLOSED) & Q(closed_at__isnull=True)),
                name="tasks_followup_closed_has_closer",
            ),
            models.CheckConstraint(
                condition=NotAmong(F("closed_by"), F("hands")),
                name="tasks_followup_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(remind_days__lt=F("urge_days"), urge_days__lt=F("list_days")),
                name="tasks_followup_ladder_rises",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-asked_at", "-id"], name="tasks_followup_newest")]

    def __str__(self) -> str:
        return self.subject


class FollowUpUnit(models.Model):
    """A unit that is asked. What it answers, with evidence, is its task; ``rung`` is how far it was urged."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        ("id follow_up unit role task rung climbed_on").split(), "internal"
    )

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="units")
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=UnitRole)
    task = models.OneToOneField(Task, models.PROTECT, related_name="+")
    rung = models.PositiveSmallIntegerField(choices=Rung, default=Rung.NONE)
    climbed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["follow_up", "unit"], name="tasks_followupunit_once"),
            models.UniqueConstraint(
                fields=["follow_up"], condition=Q(role=UnitRole.LEAD), name="tasks_followupunit_one_lead"
            ),
            models.CheckConstraint(condition=Q(rung__lte=Rung.LIST), name="tasks_followupunit_rung_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["follow_up", "id"], name="tasks_followupunit_of")]

    def __str__(self) -> str:
        return str(self.unit)


class Extension(models.Model):
    """A unit's request for a later date, granted or refused by the asker."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        ("id asked_of until reason requested_at requested_by decided_at decided_by is_granted decision_reason").split(),
        "internal",
    )

    asked_of = models.ForeignKey(FollowUpUnit, models.PROTECT, related_name="extensions")
    until = models.DateField()
    reason = models.CharField(max_length=500)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    is_granted = models.BooleanField(null=True, blank=True)
    decision_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            both_or_neither("tasks_extension_decided_pair", "decided_at", "decided_by", "is_granted"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="tasks_extension_four_eyes",
            ),
            models.UniqueConstraint(
                fields=["asked_of"], condition=Q(decided_at__isnull=True), name="tasks_extension_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_of_id} → {self.until}"
