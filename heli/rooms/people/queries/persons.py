"""Persons: who holds which post, who belongs where, on any day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from heli.kernel.periods import holds_on
from heli.rooms.people import access
from heli.rooms.people.enums import PostKind
from heli.rooms.people.models import (
    Appointment,
    AppointmentQuerySet,
    Membership,
    Person,
    PersonQuerySet,
    Unit,
    UnitQuerySet,
)


def holders(unit_id: int, post_kind: PostKind, on: date) -> list[Person]:
    """Return who holds such a post in the unit, or in a department that acts for it, on that day (one query)."""
    held = Appointment.objects.current(on).filter(
        Q(post__unit_id=unit_id) | Q(post__acts_for_id=unit_id), post__kind=post_kind
    )
    return list(Person.objects.filter(pk__in=held.values("person_id")).order_by("staff_no"))


def posts_of(person: Person, on: date) -> list[Appointment]:
    """Return the appointments the person holds on that day, with post and units (one query)."""
    return list(
        person.appointments.filter(holds_on(on))
        .select_related("post__unit", "post__acts_for")
        .order_by("valid_from", "pk")
    )


def who_held(post_id: int, on: date) -> list[Person]:
    """Return who held the post on that day."""
    held = Appointment.objects.current(on).filter(post_id=post_id)
    return list(Person.objects.filter(pk__in=held.values("person_id")).order_by("staff_no"))


def places_of(person: Person, on: date) -> list[Membership]:
    """Return where the person belongs on that day: at most one unit a tree."""
    return list(person.memberships.filter(holds_on(on)).select_related("unit").order_by("tree_number"))


def persons_by_id(ids: Iterable[int], limit: int) -> list[Person]:
    """Return up to ``limit`` of these persons, by staff number."""
    return list(Person.objects.filter(pk__in=list(ids)).order_by("staff_no")[:limit])


def persons_in(unit: Unit, on: date, *, with_units_below: bool = False) -> PersonQuerySet:
    """Return who belongs to the unit on that day, by staff number."""
    places = Membership.objects.current(on)
    places = places.filter(unit__path__startswith=unit.path) if with_units_below else places.filter(unit_id=unit.pk)
    return Person.objects.filter(pk__in=places.values("person_id")).order_by("staff_no")


def history_of(person: Person) -> tuple[list[Membership], list[Appointment]]:
    """Return every membership and every appointment the person ever had, newest first."""
    places = person.memberships.select_related("unit").order_by("-valid_from", "tree_number")
    posts = person.appointments.select_related("post__unit").order_by("-valid_from", "pk")
    return list(places), list(posts)


# Beyond so many persons a total is said as "more than".
COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class WantedPersons:
    """Filters of the list: words, a unit with all below it, a kind of post held that day, and who has left."""

    text: str = ""
    unit: Unit | None = None
    status: str = ""
    post_kind: str = ""
    has_left: bool = False


def persons_wanted(viewer: Person | None, on: date, wanted: WantedPersons) -> PersonQuerySet:
    """Return the persons the viewer may see that fit the filters, in no order."""
    persons = access.visible_persons(viewer, on)
    persons = persons.filter(left_on__lte=on) if wanted.has_left else persons.working(on)
    if wanted.text:
        persons = persons.matching(wanted.text.strip())
    if wanted.status:
        persons = persons.filter(political_status=wanted.status)
    if wanted.unit is not None:
        below = Q(unit__path__startswith=wanted.unit.path)
        last = Q(person__left_on__lte=on, valid_to=F("person__left_on"))
        persons = persons.filter(Exists(Membership.objects.filter(holds_on(on) | last, below, person=OuterRef("pk"))))
    if wanted.post_kind:
        held = Appointment.objects.filter(holds_on(on), post__kind=wanted.post_kind, person=OuterRef("pk"))
        persons = persons.filter(Exists(held))
    return persons


def count_wanted(viewer: Person | None, on: date, wanted: WantedPersons) -> int:
    """Return how many fit the filters, counted up to one more than ``COUNTED``."""
    return persons_wanted(viewer, on, wanted).order_by()[: COUNTED + 1].count()


def persons_for_list(
    viewer: Person | None, on: date, wanted: WantedPersons, *, after: str = "", limit: int = 20
) -> list[Person]:
    """Return one page of the persons the viewer may see, by staff number after ``after`` (keyset)."""
    persons = persons_wanted(viewer, on, wanted)
    if after:
        persons = persons.filter(staff_no__gt=after)
    return list(persons.order_by("staff_no")[:limit])


def posts_held_by(persons: list[Person], on: date) -> dict[int, list[str]]:
    """Return the titles of the posts each of these persons holds that day (one query)."""
    found: dict[int, list[str]] = {person.pk: [] for person in persons}
    held = Appointment.objects.filter(holds_on(on), person__in=persons).order_by("valid_from", "pk")
    for person_id, title in held.values_list("person_id", "post__title"):
        found[person_id].append(title)
    return found


def search_persons(viewer: Person | None, text: str, on: date, limit: int = 10) -> QuerySet[Person]:
    """Return persons the viewer may see whose name, initials or staff number begin with ``text``."""
    return access.visible_persons(viewer, on).working(on).matching(text.strip()).order_by("staff_no")[:limit]


def visible_person(viewer: Person | None, text: str, on: date) -> Person | None:
    """Return the person with this staff number, or this name where only one has it, whom the viewer may see."""
    seen = access.visible_persons(viewer, on).working(on)
    by_number = seen.filter(staff_no=text.strip()).order_by("pk").first()
    if by_number is not None:
        return by_number
    named = list(seen.filter(name=text.strip()).order_by("pk")[:2])
    return named[0] if len(named) == 1 else None


def units_of(persons: list[Person], on: date) -> dict[int, list[Membership]]:
    """Return where each of these persons belongs on that day (one query)."""
    found: dict[int, list[Membership]] = {person.pk: [] for person in persons}
    places = Membership.objects.current(on).filter(person__in=persons).select_related("unit")
    for place in places.order_by("person_id", "tree_number"):
        found[place.person_id].append(place)
    return found


def appointments_within(units: UnitQuerySet) -> AppointmentQuerySet:
    """Return the appointments to posts of these units, with post, unit and person."""
    return Appointment.objects.filter(post__unit__in=units).select_related("post__unit", "person")
