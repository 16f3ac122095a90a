"""Persons: oneself, and who belongs to (or, having left, last belonged to) a unit on which one holds PERSON_VIEW."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, F, OuterRef, Q
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from heli.kernel.decisions import Decision, allowed, denied
from heli.kernel.periods import holds_on
from heli.rooms.people.access.reach import holdings, scope_paths
from heli.rooms.people.enums import (
    Permission,
    Role,
)
from heli.rooms.people.models import (
    Appointment,
    Membership,
    Person,
    PersonQuerySet,
)


def persons_under(viewer: Person | None, permission: Permission, on: date) -> PersonQuerySet:
    """Return oneself and whoever holds a post in, acts for, or belongs to a unit where one holds ``permission``."""
    if viewer is None:
        return Person.objects.none()
    paths = scope_paths(viewer, permission, on)
    if not paths:
        return Person.objects.filter(pk=viewer.pk)
    here, post, acts = Q(), Q(), Q()
    for path in paths:
        here |= Q(unit__path__startswith=path)
        post |= Q(post__unit__path__startswith=path)
        acts |= Q(post__acts_for__path__startswith=path)
    place = Membership.objects.filter(holds_on(on), here, person=OuterRef("pk"))
    held = Appointment.objects.filter(holds_on(on), post | acts, person=OuterRef("pk"))
    return Person.objects.filter(Q(pk=viewer.pk) | Exists(place) | Exists(held))


def visible_persons(viewer: Person | None, on: date) -> PersonQuerySet:
    """Return the persons ``viewer`` may open on that day: the list side of ``can_view_person``."""
    if viewer is None:
        return Person.objects.none()
    paths = scope_paths(viewer, Permission.PERSON_VIEW, on)
    if not paths:
        return Person.objects.filter(pk=viewer.pk)
    below = Q()
    for path in paths:
        below |= Q(unit__path__startswith=path)
    last = Q(person__left_on__lte=on, valid_to=F("person__left_on"))
    places = Membership.objects.filter(holds_on(on) | last, below, person=OuterRef("pk"))
    found = Exists(places)
    own = [path for role, path in holdings(viewer, on) if role == Role.MEMBER]
    if any(place.startswith(path) for place in own for path in paths):
        return Person.objects.filter(found)  # oneself is among them; without an OR the database may join
    return Person.objects.filter(Q(pk=viewer.pk) | found)


def can_view_person(viewer: Person | None, person: Person, on: date) -> Decision:
    """Return whether ``viewer`` may open the page of ``person`` on that day."""
    if viewer is not None and viewer.pk == person.pk:
        return allowed()
    last = Q(person__left_on__lte=on, valid_to=F("person__left_on"))
    places = Membership.objects.filter(holds_on(on) | last, person=person).values_list("unit__path", flat=True)
    scope = scope_paths(viewer, Permission.PERSON_VIEW, on)
    if any(place.startswith(path) for place in places.order_by("pk") for path in scope):
        return allowed()
    return denied(_("You see yourself and whoever works in the units of your posts."))


def person_for(viewer: Person | None, person_id: int, on: date) -> Person:
    """Return the person, or raise the same 404 for missing and forbidden."""
    return get_object_or_404(visible_persons(viewer, on), pk=person_id)
