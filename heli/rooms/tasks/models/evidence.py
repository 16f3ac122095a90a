"""Facts recorded once, and the tasks that cite them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from heli.rooms.tasks.enums import EvidenceKind
from heli.rooms.tasks.models.work import Task


class Evidence(models.Model):
    """A fact recorded once by a unit; any number of tasks may cite it. Never changed, never deleted."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id unit kind title text url file_name file_hash file_size file_type happened_on recorded_at recorded_by"
        ).split(),
        "internal",
    )

    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=EvidenceKind)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True, default="")
    url = models.CharField(max_length=500, blank=True, default="")
    file_name = models.CharField(max_length=200, blank=True, default="")
    file_hash = models.CharField(max_length=64, blank=True, default="")
    file_size = models.PositiveBigIntegerField(default=0)
    file_type = models.CharField(max_length=100, blank=True, default="")
    happened_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="text") & ~Q(text="")
                | Q(kind="link") & ~Q(url="")
                | Q(kind="file") & ~Q(file_hash=""),
                name="tasks_evidence_has_content",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "-happened_on", "-id"], name="tasks_evidence_unit")]

    def __str__(self) -> str:
        return self.title


class Citation(models.Model):
    """A task that an evidence proves."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        ("id task evidence cited_at cited_by").split(),
        "internal",
    )

    task = models.ForeignKey(Task, models.CASCADE, related_name="citations")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="citations")
    cited_at = models.DateTimeField()
    cited_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "evidence"], name="tasks_citation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} ← {self.evidence_id}"
