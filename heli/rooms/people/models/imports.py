"""Rosters on their way in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from heli.rooms.people.enums import (
    ENDED_IMPORTS,
    ImportState,
)
from heli.rooms.people.models.persons import Person


class RosterImport(models.Model):
    """One roster file on its way in: read and checked, shown, confirmed, then written whole or not at all."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "file_name": "internal",
        "file_hash": "internal",
        "content": "personal",
        "state": "internal",
        "uploaded_by": "internal",
        "uploaded_at": "internal",
        "finished_at": "internal",
        "effective_on": "internal",
        "rows": "internal",
        "rows_done": "internal",
        "created": "internal",
        "changed": "internal",
        "unchanged": "internal",
        "faults": "personal",
        "fault_count": "internal",
        "sample": "personal",
        "questions": "personal",
        "left_out": "internal",
        "examples": "internal",
        "failure": "internal",
        "version": "internal",
    }

    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    # The uploaded file, kept until it is written or given up.
    content = models.BinaryField(null=True)
    state = models.CharField(max_length=12, choices=ImportState, default=ImportState.READING)
    uploaded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    effective_on = models.DateField()
    rows = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list)
    fault_count = models.PositiveIntegerField(default=0)
    sample = models.JSONField(default=list)
    # Rows whose number is on file under another name, and what the clerk answered: correct the name, or leave out.
    questions = models.JSONField(default=list)
    left_out = models.PositiveIntegerField(default=0)
    # Rows that were the example of the template.
    examples = models.JSONField(default=list)
    failure = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="people_rosterimport_state_known"),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=False, content__isnull=True, state__in=ENDED_IMPORTS)
                | Q(finished_at__isnull=True) & ~Q(state__in=ENDED_IMPORTS),
                name="people_rosterimport_finished_when_ended",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["uploaded_by", "uploaded_at"], name="people_rosterimport_by"),
        ]

    def __str__(self) -> str:
        return self.file_name
