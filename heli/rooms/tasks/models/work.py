"""Tasks and the units that asked for them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from heli.rooms.tasks.enums import Line, TaskState


def both_or_neither(name: str, *fields: str) -> models.CheckConstraint:
    none = Q(**{f"{field}__isnull": True for field in fields})
    every = Q(**{f"{field}__isnull": False for field in fields})
    return models.CheckConstraint(condition=none | every, name=name)


class TaskQuerySet(models.QuerySet["Task"]):
    def undone(self) -> TaskQuerySet:
        return self.filter(state__in=[TaskState.OPEN, TaskState.ACCEPTED, TaskState.HANDED_IN, TaskState.RETURNED])

    def to_do(self) -> TaskQuerySet:
        """Tasks whose ball is with the unit that does them."""
        return self.filter(state__in=[TaskState.OPEN, TaskState.ACCEPTED, TaskState.RETURNED])


class Task(models.Model):
    """What a unit, through the holder of a post, does by a day."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id title line unit post_kind deliverable minutes starts_on due_on state source obligation opened_at "
            "opened_by accepted_at accepted_by handed_in_at handed_in_by closed_at closed_by return_reason "
            "cancel_reason version"
        ).split(),
        "internal",
    )

    title = models.CharField(max_length=500)
    line = models.CharField(max_length=10, choices=Line)
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    # Whose work inside the unit; empty means whoever may do tasks there.
    post_kind = models.CharField(max_length=30, blank=True, default="")
    deliverable = models.CharField(max_length=500, blank=True, default="")
    # How long it takes whoever does it, as those who ask said when they asked; empty = they did not say.
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=TaskState, default=TaskState.OPEN)
    # What the task came from, as "room.noun:id": the plan item, the resolution, the rectification.
    source = models.CharField(max_length=80, blank=True, default="")
    obligation = models.CharField(max_length=20, blank=True, default="")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    handed_in_at = models.DateTimeField(null=True, blank=True)
    handed_in_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    return_reason = models.CharField(max_length=500, blank=True, default="")
    cancel_reason = models.CharField(max_length=500, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            both_or_neither("tasks_task_accepted_pair", "accepted_at", "accepted_by"),
            both_or_neither("tasks_task_handed_in_pair", "handed_in_at", "handed_in_by"),
            both_or_neither("tasks_task_closed_pair", "closed_at", "closed_by"),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True) | ~Q(closed_by=F("handed_in_by")),
                name="tasks_task_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state=TaskState.CLOSED) | Q(closed_at__isnull=False),
                name="tasks_task_closed_has_closer",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(due_on__isnull=True) | Q(due_on__gte=F("starts_on")),
                name="tasks_task_due_after_start",
            ),
            models.CheckConstraint(condition=Q(minutes__isnull=True) | Q(minutes__gt=0), name="tasks_task_minutes"),
            models.UniqueConstraint(
                fields=["source", "unit", "post_kind", "due_on"],
                condition=~Q(source="") & ~Q(state=TaskState.CANCELED),
                name="tasks_task_once_per_source",
                nulls_distinct=False,
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["unit", "due_on", "id"],
                condition=Q(state__in=["open", "accepted", "returned"]),
                name="tasks_task_to_do",
            ),
            models.Index(
                fields=["due_on", "id"],
                condition=Q(state__in=["open", "accepted", "handed_in", "returned"]),
                name="tasks_task_undone",
            ),
            models.Index(fields=["unit", "handed_in_at"], condition=Q(state="handed_in"), name="tasks_task_to_review"),
            models.Index(fields=["unit", "obligation", "due_on"], name="tasks_task_matrix"),
            # What rests on a duty, whatever the unit: read without the rows themselves.
            models.Index(
                fields=["obligation", "state", "due_on"],
                include=["unit"],
                condition=~Q(obligation=""),
                name="tasks_task_follows",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class TaskRequester(models.Model):
    """A unit that asked for the task; a merged item of two lines has two."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        ("id task unit").split(),
        "internal",
    )

    task = models.ForeignKey(Task, models.CASCADE, related_name="requesters")
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "unit"], name="tasks_requester_once"),
        ]

    def __str__(self) -> str:
        return str(self.unit)


class FurtherDuty(models.Model):
    """A duty of the rulebook that the task meets beside its first one: one act, entered once, counts for each."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(("id task code").split(), "internal")

    task = models.ForeignKey(Task, models.CASCADE, related_name="further_duties")
    code = models.CharField(max_length=20)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "code"], name="tasks_further_duty_once"),
            models.CheckConstraint(condition=~Q(code=""), name="tasks_further_duty_named"),
        ]
        indexes: ClassVar = [models.Index(fields=["code", "task"], name="tasks_further_duty_by_code")]

    def __str__(self) -> str:
        return f"{self.task_id} → {self.code}"


class TaskHand(models.Model):
    """Somebody who did a part of a task, kept when the part is undone; written once, never changed or deleted."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(("id task person since").split(), "internal")

    task = models.ForeignKey(Task, models.CASCADE, related_name="hands")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "person"], name="tasks_hand_once"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} ← {self.person_id}"
