"""Checks of the audit log's chain."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from heli.rooms.people.models.accounts import Account


class LogCheck(models.Model):
    """One walk over the chain of the audit log: how far it is, and what it found."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id", "requested_by", "requested_at", "total", "checked", "moved_at", "finished_at", "last_hash",
            "bad_number", "reason",
        ),
        "internal",
    )  # fmt: skip

    requested_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    total = models.PositiveBigIntegerField(default=0)
    checked = models.PositiveBigIntegerField(default=0)
    # When it last got further; a check whose worker is gone is told by it.
    moved_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    last_hash = models.CharField(max_length=64, blank=True)
    bad_number = models.PositiveBigIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=False) | Q(last_hash="", bad_number__isnull=True),
                name="people_logcheck_result_when_finished",
            ),
            models.CheckConstraint(
                condition=Q(bad_number__isnull=True, reason="") | Q(bad_number__isnull=False) & ~Q(reason=""),
                name="people_logcheck_bad_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requested_at:%Y-%m-%d %H:%M}"
