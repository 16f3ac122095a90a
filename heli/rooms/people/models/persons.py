"""Persons, and where they belong."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q

from heli.kernel.constraints import ends_after_start, no_overlap
from heli.kernel.periods import holds_on
from heli.rooms.people.enums import (
    PoliticalStatus,
    Tree,
)
from heli.rooms.people.models.units import Unit


class PersonQuerySet(models.QuerySet["Person"]):
    def working(self, on: date) -> PersonQuerySet:
        return self.filter(Q(left_on__isnull=True) | Q(left_on__gt=on))

    def matching(self, text: str) -> PersonQuerySet:
        """Persons whose name, Pinyin initials or staff number begin with ``text``."""
        return self.filter(Q(name__startswith=text) | Q(pinyin__startswith=text.lower()) | Q(staff_no__startswith=text))


class Person(models.Model):
    """Somebody who works in the enterprise, Party member or not."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "staff_no": "personal",
        "name": "personal",
        "pinyin": "personal",
        "email": "personal",
        "phone": "personal",
        "political_status": "personal",
        "joined_party_on": "personal",
        "left_on": "personal",
        "version": "internal",
    }

    # What the person may do, remembered for one request; the middleware sets it (see ``access.scope_paths``).
    scopes: dict[date, list[tuple[str, str]]] | None = None

    staff_no = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=120, blank=True, db_collation="C")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=32, blank=True)
    political_status = models.CharField(max_length=16, choices=PoliticalStatus, default=PoliticalStatus.NON_MEMBER)
    joined_party_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = PersonQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["email"], condition=~Q(email=""), name="people_person_email_unique"),
            models.CheckConstraint(
                condition=Q(political_status__in=PoliticalStatus.values), name="people_person_status_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["name", "staff_no"], name="people_person_name"),
            models.Index(fields=["pinyin", "staff_no"], name="people_person_pinyin"),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, on: date) -> MembershipQuerySet:
        return self.filter(holds_on(on))


class Membership(models.Model):
    """Where a person belongs, from–to: one unit per tree at a time."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        ("id", "person", "unit", "tree", "tree_number", "valid_from", "valid_to"), "personal"
    )

    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships")
    tree = models.CharField(max_length=10, choices=Tree)
    # The tree as a number (0 party, 1 administrative), for the exclusion constraint.
    tree_number = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            ends_after_start("people_membership_ends_after_start"),
            no_overlap("people_membership_one_per_tree", "person_id", "tree_number"),
            models.CheckConstraint(
                condition=Q(tree="party", tree_number=0) | Q(tree="admin", tree_number=1),
                name="people_membership_tree_number",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "person"], name="people_membership_unit")]

    def __str__(self) -> str:
        return f"{self.person} · {self.unit}"
