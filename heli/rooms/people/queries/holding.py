"""Posts and who holds them over time: what rooms need that hang duties on posts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q

from heli.kernel.periods import holds_on
from heli.rooms.people.enums import Tree, UnitKind
from heli.rooms.people.models import Appointment, Membership, Person, Post, Unit

if TYPE_CHECKING:
    from heli.rooms.people.models import UnitQuerySet


def posts_serving(unit: Unit) -> list[Post]:
    """Return the open posts that can answer for a unit, nearest first, each with its own unit (one query).

    These are its own posts, those that act for it, and, where it serves an administrative unit, the heads of that
    unit and of the units directly below. A commission also has the posts that act for the body above it.
    """
    near = {unit.pk} | ({unit.parent_id} if unit.kind == UnitKind.DISCIPLINE_COMMISSION else set())
    places = Q(unit=unit) | Q(acts_for_id__in=near)
    if unit.serves_id is not None:
        places |= Q(unit_id=unit.serves_id) | Q(unit__parent_id=unit.serves_id, acts_for__isnull=True)
    posts = list(Post.objects.filter(places, is_closed=False).select_related("unit").order_by("unit__path", "pk"))
    return sorted(posts, key=lambda post: (post.unit_id != unit.pk, post.acts_for_id not in near))


def posts_by_id(post_ids: Iterable[int]) -> dict[int, Post]:
    """Return these posts with their units and the units they act for, closed ones included (one query)."""
    posts = Post.objects.filter(pk__in=set(post_ids)).select_related("unit__serves", "acts_for__serves")
    return {post.pk: post for post in posts.order_by("pk")}


def open_posts_at(unit_ids: Iterable[int]) -> list[Post]:
    """Return the open posts in these units and those that act for them, each with its units (one query)."""
    ids = set(unit_ids)
    posts = Post.objects.filter(Q(unit_id__in=ids) | Q(acts_for_id__in=ids), is_closed=False)
    return list(posts.select_related("unit", "acts_for").order_by("unit__path", "pk"))


def post_ids_below(path: str) -> set[int]:
    """Return the ids of all posts in a unit and below it, closed ones included (one query)."""
    return set(Post.objects.filter(unit__path__startswith=path).order_by().values_list("pk", flat=True))


def holders_by_post(post_ids: Iterable[int], on: date) -> dict[int, list[Person]]:
    """Return who holds each post on that day, longest there first; vacant posts are left out (one query)."""
    held = Appointment.objects.current(on).filter(post_id__in=set(post_ids)).select_related("person")
    found: dict[int, list[Person]] = {}
    for appointment in held.order_by("post_id", "valid_from", "person_id"):
        found.setdefault(appointment.post_id, []).append(appointment.person)
    return found


def appointments_to(post_ids: Iterable[int]) -> list[Appointment]:
    """Return every appointment to these posts, past and future, in the order of their first days (one query)."""
    held = Appointment.objects.filter(post_id__in=set(post_ids)).select_related("person")
    return list(held.order_by("post_id", "valid_from", "person_id"))


def appointments_of(person_id: int, start: date, end: date) -> list[Appointment]:
    """Return the appointments of a person that hold on a day of ``[start, end)``, with post and units (one query)."""
    reaches = Q(valid_to__isnull=True) | Q(valid_to__gt=start)
    held = Appointment.objects.filter(reaches, person_id=person_id, valid_from__lt=end)
    return list(held.select_related("post__unit__serves", "post__acts_for__serves").order_by("valid_from", "pk"))


def person_by_id(person_id: int) -> Person:
    """Return the person; the caller has asked its own access rule."""
    return Person.objects.get(pk=person_id)


def party_and_office(person_id: int, on: date) -> tuple[Unit | None, Unit | None]:
    """Return the Party organization and the administrative unit the person belongs to on that day (one query)."""
    places = Membership.objects.filter(holds_on(on), person_id=person_id).select_related("unit").order_by("tree_number")
    units = {place.tree: place.unit for place in places}
    return units.get(Tree.PARTY.value), units.get(Tree.ADMINISTRATIVE.value)


def topmost_units(tree: Tree, on: date) -> list[Unit]:
    """Return the units of a tree that have none above them, by code (one query); the caller has its own access rule."""
    return list(Unit.objects.current(on).filter(tree=tree, parent__isnull=True).order_by("code", "pk"))


def every_unit() -> UnitQuerySet:
    """Return all units, for acts of the system that concern the whole enterprise; never for a page."""
    return Unit.objects.all()


def names_by_path(paths: Iterable[str]) -> dict[str, str]:
    """Return path → name of these units as they are called now (one query)."""
    return dict(Unit.objects.filter(path__in=set(paths)).order_by("path").values_list("path", "name"))


def count_holders(units: UnitQuerySet, kinds: Iterable[str], on: date) -> int:
    """Return how many persons hold a post of these kinds in, or acting for, one of ``units`` that day (one query)."""
    ids = units.order_by().values("pk")
    held = Appointment.objects.current(on).filter(post__kind__in=list(kinds))
    inside = held.filter(post__unit__in=ids).values("person_id")
    acting = held.filter(post__acts_for__in=ids).values("person_id")
    return inside.union(acting).count()
