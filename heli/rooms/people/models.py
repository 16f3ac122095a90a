from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat, Left, Length, LPad, Right
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from heli.kernel.constraints import ends_after_start, no_overlap
from heli.kernel.periods import holds_on
from heli.rooms.people.enums import (
    ENDED_IMPORTS,
    PARTY_KINDS,
    AdministratorKind,
    ImportState,
    PoliticalStatus,
    PostKind,
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


class Post(models.Model):
    """A place in a unit that somebody holds. Access and duties hang on the post, not on the person.

    ``acts_for`` is the unit whose tree the post's permissions cover, when it is not the unit itself: the
    Party-work department of a company acts for the company's Party committee.
    """

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        ("id", "unit", "kind", "title", "acts_for", "is_closed", "version"), "public"
    )

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    kind = models.CharField(max_length=30, choices=PostKind)
    title = models.CharField(max_length=80)
    acts_for = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    is_closed = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=PostKind.values), name="people_post_kind_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "kind"], name="people_post_unit"),
            models.Index(fields=["acts_for", "kind"], name="people_post_acts_for"),
        ]

    def __str__(self) -> str:
        return self.title


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def current(self, on: date) -> AppointmentQuerySet:
        return self.filter(holds_on(on))


class Appointment(models.Model):
    """A person in a post, from–to. Ends, never deleted: who held what on a past day stays answerable."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        ("id", "person", "post", "valid_from", "valid_to", "reason"), "internal"
    )

    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments")
    post = models.ForeignKey(Post, models.PROTECT, related_name="appointments")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            ends_after_start("people_appointment_ends_after_start"),
            no_overlap("people_appointment_no_overlap", "person_id", "post_id"),
        ]
        indexes: ClassVar = [models.Index(fields=["post", "valid_from"], name="people_appointment_post")]

    def __str__(self) -> str:
        return f"{self.person} · {self.post}"


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(sign_in_name=username)


class Account(AbstractBaseUser):
    """A way to sign in. Belongs to a person, or to one of the three administrators and then to nobody's work."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "password": "secret",
        "sign_in_name": "personal",
        "email": "personal",
        "person": "internal",
        "administrator": "internal",
        "is_active": "internal",
        "must_change_password": "internal",
        "must_use_second_factor": "internal",
        "version": "internal",
    }

    # No login statistics per person (DESIGN, invariant 7): the column Django brings is switched off.
    last_login = None
    sign_in_name = models.CharField(_("staff number"), max_length=32, unique=True)
    email = models.EmailField(blank=True)
    person = models.OneToOneField(Person, models.PROTECT, null=True, blank=True, related_name="account")
    administrator = models.CharField(max_length=10, choices=AdministratorKind, blank=True, default="")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    must_use_second_factor = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    objects = AccountManager()

    USERNAME_FIELD = "sign_in_name"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(administrator=""),
                name="people_account_administrator_has_no_person",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(administrator__in=AdministratorKind.values),
                name="people_account_is_somebodys",
            ),
            models.UniqueConstraint(fields=["email"], condition=~Q(email=""), name="people_account_email_unique"),
        ]

    def __str__(self) -> str:
        return self.sign_in_name


class ApiToken(models.Model):
    """A key with which a program acts for a person, within scopes. Only its hash is kept."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "person": "internal",
        "name": "personal",
        "hint": "internal",
        "digest": "secret",
        "scopes": "internal",
        "created_at": "internal",
        "expires_on": "internal",
        "revoked_at": "internal",
    }

    person = models.ForeignKey(Person, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    hint = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "created_at"], name="people_apitoken_person")]

    def __str__(self) -> str:
        return self.name


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


class Throttle(models.Model):
    """What every web process must know for a few minutes: tries per address, codes already used. Django's cache."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(("cache_key", "value", "expires"), "secret")

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key
