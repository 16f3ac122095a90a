"""Units, and what they were called and where they stood."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat, Left, Length, LPad, Right
from django.db.models.lookups import Exact

from heli.kernel.constraints import ends_after_start, no_overlap
from heli.kernel.periods import holds_on
from heli.rooms.people.enums import (
    PARTY_KINDS,
    Tree,
    UnitKind,
)


def _segment(column: str) -> Concat:
    """The part of a path that stands for a unit: its id in twelve digits and a dot."""
    digits = LPad(Cast(column, models.CharField()), 12, Value("0"))
    return Concat(digits, Value("."), output_field=models.CharField())


_KIND_IN_TREE = Q(tree=Tree.PARTY, kind__in=PARTY_KINDS) | Q(
    tree=Tree.ADMINISTRATIVE, kind__in=[kind for kind in UnitKind if kind not in PARTY_KINDS]
)
_OWN_SEGMENT = Q(Exact(Right("path", 13), _segment("id"))) & Q(Exact(Length("path"), (F("depth") + 1) * 13))
_PARENT_SEGMENT = Q(parent__isnull=True, depth=0) | Q(Exact(Left(Right("path", 26), 13), _segment("parent")))


class UnitQuerySet(models.QuerySet["Unit"]):
    def current(self, on: date) -> UnitQuerySet:
        return self.filter(holds_on(on))

    def in_tree(self, tree: str) -> UnitQuerySet:
        return self.filter(tree=tree)

    def below(self, paths: list[str]) -> UnitQuerySet:
        """Units whose path starts with one of ``paths`` (the units themselves included)."""
        if not paths:
            return self.none()
        condition = Q()
        for path in paths:
            condition |= Q(path__startswith=path)
        return self.filter(condition)


class Unit(models.Model):
    """A Party organization or an administrative unit, as it is now.

    ``path`` is the chain of ids from the root, twelve digits each and a dot; what a unit was called and where
    it stood on a past day is kept in ``UnitVersion``.
    """

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id", "tree", "kind", "name", "pinyin", "code", "path", "depth", "parent", "serves", "has_committee",
            "valid_from", "valid_to", "version",
        ),
        "public",
    )  # fmt: skip

    tree = models.CharField(max_length=10, choices=Tree)
    kind = models.CharField(max_length=30, choices=UnitKind)
    name = models.CharField(max_length=120)
    pinyin = models.CharField(max_length=120, blank=True, default="", db_collation="C")
    code = models.CharField(max_length=40, unique=True)
    path = models.CharField(max_length=400, db_collation="C")
    depth = models.PositiveSmallIntegerField(default=0)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    serves = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    has_committee = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = UnitQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            ends_after_start("people_unit_ends_after_start"),
            models.UniqueConstraint(fields=["path"], name="people_unit_path_unique"),
            models.CheckConstraint(condition=Q(tree__in=Tree.values), name="people_unit_tree_known"),
            models.CheckConstraint(condition=_KIND_IN_TREE, name="people_unit_kind_in_tree"),
            models.CheckConstraint(condition=_OWN_SEGMENT, name="people_unit_path_ends_with_itself"),
            models.CheckConstraint(condition=_PARENT_SEGMENT, name="people_unit_path_shows_parent"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["parent", "code"], name="people_unit_parent"),
            models.Index(fields=["tree", "kind"], name="people_unit_kind"),
        ]

    def __str__(self) -> str:
        return self.name


class UnitVersion(models.Model):
    """What a unit was called, and where it stood, from–to: the past stays readable."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        ("id", "unit", "name", "kind", "parent", "path", "reason", "valid_from", "valid_to"), "public"
    )

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="versions")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=30, choices=UnitKind)
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    path = models.CharField(max_length=400, db_collation="C")
    reason = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            ends_after_start("people_unitversion_ends_after_start"),
            no_overlap("people_unitversion_no_overlap", "unit_id"),
        ]
        indexes: ClassVar = [models.Index(fields=["path"], name="people_unitversion_path")]

    def __str__(self) -> str:
        return f"{self.name} ({self.valid_from})"
