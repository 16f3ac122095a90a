"""What the asked may be asked for at most, and who wants to ask together with somebody else."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from heli.rooms.people.enums import UnitKind
from heli.rooms.tasks.enums import JoinState
from heli.rooms.tasks.models.templates import TaskTemplate
from heli.rooms.tasks.models.work import both_or_neither


class MonthlyLimit(models.Model):
    """How many minutes a month the units of one kind in and below ``root`` may be asked for, from a month on.

    Written once and never changed: another figure is another row. No minutes = from then on there is no limit.
    """

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        "id root unit_kind minutes starts_on reason set_at set_by".split(), "internal"
    )

    root = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    unit_kind = models.CharField(max_length=30, choices=UnitKind)
    minutes = models.PositiveIntegerField(null=True, blank=True)
    starts_on = models.DateField()
    reason = models.CharField(max_length=300)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["root", "unit_kind", "starts_on"], name="tasks_limit_once_a_month"),
            models.CheckConstraint(condition=Q(starts_on__day=1), name="tasks_limit_from_a_first"),
            models.CheckConstraint(condition=~Q(reason=""), name="tasks_limit_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.root} · {self.unit_kind} · {self.minutes}"


class TemplateJoin(models.Model):
    """A unit asks to ask together: once accepted, what the template issues has this unit as a requester too."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        "id template unit draft reason state asked_at asked_by answered_at answered_by answer".split(), "internal"
    )

    template = models.ForeignKey(TaskTemplate, models.PROTECT, related_name="joins")
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    # The draft that is dropped once the template asks for both.
    draft = models.ForeignKey(TaskTemplate, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=JoinState, default=JoinState.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            both_or_neither("tasks_join_answered_pair", "answered_at", "answered_by"),
            models.CheckConstraint(
                condition=~Q(answered_by=F("asked_by")) | Q(state=JoinState.WITHDRAWN), name="tasks_join_four_eyes"
            ),
            models.CheckConstraint(
                condition=Q(state=JoinState.ASKED, answered_at__isnull=True)
                | ~Q(state=JoinState.ASKED) & Q(answered_at__isnull=False),
                name="tasks_join_state",
            ),
            models.UniqueConstraint(
                fields=["template", "unit"],
                condition=Q(state__in=[JoinState.ASKED, JoinState.ACCEPTED]),
                name="tasks_join_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} → {self.template}"
