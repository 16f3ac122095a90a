"""Posts, and who holds them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from heli.kernel.constraints import ends_after_start, no_overlap
from heli.kernel.periods import holds_on
from heli.rooms.people import rules
from heli.rooms.people.enums import (
    PostKind,
)
from heli.rooms.people.models.persons import Person
from heli.rooms.people.models.units import Unit


class Post(models.Model):
    """A place in a unit that somebody holds. Access and duties hang on the post, not on the person.

    ``acts_for`` is the unit whose tree the post's permissions cover, when it is not the unit itself: the
    Party-work department of a company acts for the company's Party committee. An appointment and its end raise
    ``version`` too: whoever fills or vacates a post has seen who holds it.
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

    @property
    def full_title(self) -> str:
        """The title with its unit; queries the unit unless it is fetched."""
        return rules.full_title(self.unit.name, self.title)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def current(self, on: date) -> AppointmentQuerySet:
        return self.filter(holds_on(on))


class Appointment(models.Model):
    """A person in a post, from–to. Ends, never deleted: who held what on a past day stays answerable."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        ("id", "person", "post", "valid_from", "valid_to", "reason", "version"), "internal"
    )

    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments")
    post = models.ForeignKey(Post, models.PROTECT, related_name="appointments")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, db_default=1)  # rosters write rows without naming it

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            ends_after_start("people_appointment_ends_after_start"),
            no_overlap("people_appointment_no_overlap", "person_id", "post_id"),
        ]
        indexes: ClassVar = [models.Index(fields=["post", "valid_from"], name="people_appointment_post")]

    def __str__(self) -> str:
        return f"{self.person} · {self.post}"


class StandInQuerySet(models.QuerySet["StandIn"]):
    def current(self, on: date) -> StandInQuerySet:
        """Those that carry rights on that day: the holder still holds the post, and the stand-in has not left."""
        held = holds_on(on, "appointment__")
        stays = Q(person__left_on__isnull=True) | Q(person__left_on__gt=on)
        return self.filter(holds_on(on), held, stays)


class StandIn(models.Model):
    """Somebody who acts for the holder of a post on some days. The holder goes on answering for it.

    It rests on the appointment: when that ends it carries nothing, and it cannot be passed on. Taken back on its first
    day it held on none.
    """

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        "id appointment person valid_from valid_to reason version".split(), "internal"
    )

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="stand_ins")
    person = models.ForeignKey(Person, models.PROTECT, related_name="stands_in")
    valid_from = models.DateField()
    valid_to = models.DateField()
    reason = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)

    objects = StandInQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="people_stand_in_ends_after_start"),
            no_overlap("people_stand_in_one_at_a_time", "appointment_id"),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "valid_to"], name="people_stand_in_person")]

    def __str__(self) -> str:
        return f"{self.person} → {self.appointment}"

    @property
    def last_day(self) -> date:
        return self.valid_to - timedelta(days=1)
