"""Rectifications: a list of problems from one source, the measures against each, and their crossing off."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from heli.kernel.constraints import NotAmong
from heli.rooms.tasks.enums import Line, ProblemSource, ProblemState
from heli.rooms.tasks.models.work import Task, both_or_neither


class Rectification(models.Model):
    """A list of problems found in a unit. ``verifier`` is the unit that verifies and crosses off."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        "id unit verifier year number title source found_by found_on opened_at opened_by version".split(), "internal"
    )

    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    verifier = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    source = models.CharField(max_length=12, choices=ProblemSource)
    found_by = models.CharField(max_length=120, blank=True, default="")
    # The day of the feedback: statutory periods count from it.
    found_on = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["verifier", "year", "number"], name="tasks_rectification_number_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-found_on", "-id"], name="tasks_rectification_newest"),
            models.Index(fields=["unit"], name="tasks_rectification_unit"),
        ]

    def __str__(self) -> str:
        return self.title


class Problem(models.Model):
    """One problem. ``hands`` are all who worked on its measures, kept at closing, so that none of them closes."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id rectification number text line state added_at added_by closed_at closed_by closing_note hands "
            "check_months check_on check_task reopen_reason version"
        ).split(),
        "internal",
    )

    rectification = models.ForeignKey(Rectification, models.PROTECT, related_name="problems")
    number = models.PositiveIntegerField()
    text = models.CharField(max_length=1000)
    line = models.CharField(max_length=10, choices=Line)
    state = models.CharField(max_length=10, choices=ProblemState, default=ProblemState.OPEN)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    closing_note = models.CharField(max_length=500, blank=True, default="")
    hands = ArrayField(models.BigIntegerField(), default=list, blank=True)
    # The effect is looked at so many months after closing; 0 = not.
    check_months = models.PositiveSmallIntegerField(default=0)
    check_on = models.DateField(null=True, blank=True)
    check_task = models.OneToOneField(Task, models.PROTECT, null=True, blank=True, related_name="+")
    reopen_reason = models.CharField(max_length=500, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rectification", "number"], name="tasks_problem_number_once"),
            both_or_neither("tasks_problem_closed_pair", "closed_at", "closed_by"),
            models.CheckConstraint(
                condition=Q(state=ProblemState.CLOSED, closed_at__isnull=False)
                | (~Q(state=ProblemState.CLOSED) & Q(closed_at__isnull=True)),
                name="tasks_problem_closed_has_closer",
            ),
            models.CheckConstraint(
                condition=NotAmong(F("closed_by"), F("hands")),
                name="tasks_problem_four_eyes",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["check_on"],
                condition=Q(check_on__isnull=False, check_task__isnull=True),
                name="tasks_problem_to_check",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Measure(models.Model):
    """What is done against a problem. Unit, post, date, deliverable and evidence are those of its task."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys("id problem number task".split(), "internal")

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="measures")
    number = models.PositiveIntegerField()
    # Empty only between the two writes of one transaction: the task's source names the measure.
    task = models.OneToOneField(Task, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["problem", "number"], name="tasks_measure_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id}.{self.number}"
