"""Templates of tasks, and each time one is issued to its units."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from heli.rooms.tasks.enums import Every, FallsOn, IssueState, Line, Shift, TemplateState
from heli.rooms.tasks.models.work import both_or_neither


class TaskTemplate(models.Model):
    """What is asked again and again: of whom, when, why, and how many minutes it takes whoever does it."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id title line deliverable obligation unit root unit_kinds post_kind every falls_on nth month shift "
            "once_on event deadline lead_days starts_on ends_on basis owner minutes state hands drafted_at drafted_by "
            "submitted_at submitted_by approved_at approved_by ended_at ended_by end_reason return_reason keep_reason "
            "version"
        ).split(),
        "internal",
    )

    title = models.CharField(max_length=200)
    line = models.CharField(max_length=10, choices=Line)
    deliverable = models.CharField(max_length=500)
    obligation = models.CharField(max_length=20, blank=True, default="")
    # Who asks and reviews.
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    # Of whom: the units of these kinds in and below ``root``; no kind = the unit itself alone.
    root = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    unit_kinds = models.JSONField(default=list)
    post_kind = models.CharField(max_length=30, blank=True, default="")
    every = models.CharField(max_length=10, choices=Every)
    falls_on = models.CharField(max_length=20, choices=FallsOn, default=FallsOn.LAST_DAY)
    nth = models.PositiveSmallIntegerField(default=0)
    month = models.PositiveSmallIntegerField(default=1)
    shift = models.CharField(max_length=10, choices=Shift, default=Shift.BEFORE)
    once_on = models.DateField(null=True, blank=True)
    # What the time is counted from, and how long it is, as the rulebook writes it: P15D, P1M, 15wd.
    event = models.CharField(max_length=100, blank=True, default="")
    deadline = models.CharField(max_length=10, blank=True, default="")
    lead_days = models.PositiveSmallIntegerField(default=10)
    starts_on = models.DateField()
    # What the burden guard asks of every template.
    ends_on = models.DateField()
    basis = models.CharField(max_length=300)
    owner = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=TemplateState, default=TemplateState.DRAFT)
    # Ids of everybody who drafted, changed or submitted it: none of them approves.
    hands = models.JSONField(default=list)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    end_reason = models.CharField(max_length=300, blank=True, default="")
    return_reason = models.CharField(max_length=300, blank=True, default="")
    # Why it stands beside another that asks the same units for the same.
    keep_reason = models.CharField(max_length=300, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            both_or_neither("tasks_template_submitted_pair", "submitted_at", "submitted_by"),
            both_or_neither("tasks_template_approved_pair", "approved_at", "approved_by"),
            both_or_neither("tasks_template_ended_pair", "ended_at", "ended_by"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | ~Q(approved_by=models.F("drafted_by")) & ~Q(approved_by=models.F("submitted_by")),
                name="tasks_template_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "ended"]) | Q(approved_at__isnull=False),
                name="tasks_template_approved_has_approver",
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="tasks_template_days"),
            models.CheckConstraint(condition=Q(minutes__gt=0) & ~Q(basis=""), name="tasks_template_burden_stated"),
            models.CheckConstraint(
                condition=~Q(every="once") | Q(once_on__isnull=False), name="tasks_template_once_has_day"
            ),
            models.CheckConstraint(
                condition=~Q(every="event") | (~Q(event="") & ~Q(deadline="")), name="tasks_template_event_has_time"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "ends_on", "id"], name="tasks_template_in_force")]

    def __str__(self) -> str:
        return self.title


class TemplateIssue(models.Model):
    """One time a template goes out to its units; its progress, and how it ended."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id template period due_on state total done failure is_nightly requested_at requested_by ended_at "
            "withdrawn_at withdrawn_by withdraw_reason"
        ).split(),
        "internal",
    )

    template = models.ForeignKey(TaskTemplate, models.PROTECT, related_name="issues")
    # The month, quarter … or the day of the event; a period goes out once.
    period = models.CharField(max_length=20)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=IssueState, default=IssueState.QUEUED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failure = models.TextField(blank=True, default="")
    is_nightly = models.BooleanField(default=False)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    withdraw_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["template", "period"], condition=~Q(state="withdrawn"), name="tasks_issue_period_once"
            ),
            both_or_neither("tasks_issue_withdrawn_pair", "withdrawn_at", "withdrawn_by"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"], ended_at__isnull=True)
                | Q(state__in=["issued", "failed", "withdrawn"], ended_at__isnull=False),
                name="tasks_issue_ended_pair",
            ),
            models.CheckConstraint(condition=Q(done__lte=models.F("total")), name="tasks_issue_done"),
        ]
        indexes: ClassVar = [models.Index(fields=["template", "-due_on", "-id"], name="tasks_issue_newest")]

    def __str__(self) -> str:
        return f"{self.template_id} · {self.period}"

    @property
    def source(self) -> str:
        """What its tasks name as their source."""
        return f"tasks.issue:{self.pk}"
