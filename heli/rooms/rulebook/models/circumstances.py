"""What a unit says about itself, from–to; never two entries of one fact for one day."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Q

from heli.kernel.constraints import DateRange, OneNumber, OneText, ends_after_start
from heli.kernel.periods import holds_on


class CircumstanceQuerySet(models.QuerySet["Circumstance"]):
    def current(self, on: date) -> CircumstanceQuerySet:
        return self.filter(holds_on(on))


class Circumstance(models.Model):
    """A fact about a unit that duties depend on and that no other record knows, from–to.

    Who declared and who ended it is kept; rows from before that was asked do not know it.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        **dict.fromkeys("id unit condition valid_from valid_to version".split(), "public"),
        **dict.fromkeys("reason declared_at declared_by ended_at ended_by".split(), "internal"),
    }

    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    condition = models.CharField(max_length=40)
    reason = models.CharField(max_length=300, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    declared_at = models.DateTimeField(null=True, blank=True)
    declared_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = CircumstanceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            ends_after_start("rulebook_circumstance_ends_after_start"),
            ExclusionConstraint(
                name="rulebook_circumstance_one_at_a_time",
                expressions=[
                    (OneNumber("unit_id"), RangeOperators.OVERLAPS),
                    (OneText("condition"), RangeOperators.OVERLAPS),
                    (DateRange("valid_from", "valid_to", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(declared_at__isnull=True, declared_by__isnull=True)
                | Q(declared_at__isnull=False, declared_by__isnull=False),
                name="rulebook_circumstance_declared_pair",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False, valid_to__isnull=False),
                name="rulebook_circumstance_ended_pair",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["condition", "unit"], name="rulebook_circumstance_unit")]

    def __str__(self) -> str:
        return f"{self.unit} · {self.condition}"
