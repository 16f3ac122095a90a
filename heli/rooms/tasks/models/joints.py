"""Tasks that belong together: one lead with the parts of others, and what comes after what."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from heli.rooms.tasks.models.work import Task


class TaskPart(models.Model):
    """The part of a co-operating unit in a lead's task; the part is a task of its own."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys("id lead part".split(), "internal")

    lead = models.ForeignKey(Task, models.CASCADE, related_name="parts")
    part = models.OneToOneField(Task, models.CASCADE, related_name="part_of")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(lead=F("part")), name="tasks_part_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} ← {self.part_id}"


class TaskOrder(models.Model):
    """``task`` comes after ``after``: its holders are told when that one is closed."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys("id task after set_at set_by".split(), "internal")

    task = models.ForeignKey(Task, models.CASCADE, related_name="waits_for")
    after = models.ForeignKey(Task, models.CASCADE, related_name="before")
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "after"], name="tasks_order_once"),
            models.CheckConstraint(condition=~Q(task=F("after")), name="tasks_order_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.after_id} → {self.task_id}"
