"""What a change would touch, shown before it takes effect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from heli.kernel.periods import holds_on
from heli.rooms.people import rules
from heli.rooms.people.enums import ROLE_OF_POST, ROLE_PERMISSIONS, PostKind
from heli.rooms.people.models import Appointment, Membership, Person, Post, Unit


@dataclass(frozen=True, slots=True)
class MoveImpact:
    """A unit under another parent: what moves along, and whose rights over it begin or end."""

    units: int
    persons: int
    gaining: tuple[Appointment, ...]
    losing: tuple[Appointment, ...]


@dataclass(frozen=True, slots=True)
class TransferImpact:
    """A person to other units: the places they leave and the posts they hold."""

    places: tuple[Membership, ...]
    posts: tuple[Appointment, ...]


@dataclass(frozen=True, slots=True)
class AppointmentImpact:
    """A post for a person: which rights it carries, over how many units, and who holds it now."""

    permissions: tuple[str, ...]
    units: int
    holders: tuple[Person, ...]


def move_impact(unit: Unit, parent: Unit, on: date) -> MoveImpact:
    """Return what moving ``unit`` below ``parent`` would touch (four queries)."""
    before, after = set(rules.ids_in(unit.path)[:-1]), set(rules.ids_in(parent.path))
    return MoveImpact(
        units=Unit.objects.filter(path__startswith=unit.path).current(on).count(),
        persons=Membership.objects.current(on).filter(unit__path__startswith=unit.path).count(),
        gaining=_leaders(after - before, on),
        losing=_leaders(before - after, on),
    )


def _leaders(unit_ids: set[int], on: date) -> tuple[Appointment, ...]:
    """Return who holds a post with rights beyond a member's in these units."""
    kinds = [kind for kind, role in ROLE_OF_POST.items() if kind != PostKind.STAFF and role is not None]
    held = Appointment.objects.current(on).filter(post__unit_id__in=unit_ids, post__kind__in=kinds)
    return tuple(held.select_related("person", "post__unit").order_by("post__unit__path", "pk")[:30])


def transfer_impact(person: Person, on: date) -> TransferImpact:
    """Return what the person would leave (two queries)."""
    places = person.memberships.filter(holds_on(on)).select_related("unit").order_by("tree_number")
    posts = person.appointments.filter(holds_on(on)).select_related("post__unit").order_by("pk")
    return TransferImpact(tuple(places), tuple(posts))


def appointment_impact(post: Post, on: date) -> AppointmentImpact:
    """Return what the post gives to whoever holds it."""
    role = ROLE_OF_POST[PostKind(post.kind)]
    units = {unit for unit in (post.unit, post.unit.serves, post.acts_for) if unit is not None}
    below = Unit.objects.current(on).below(sorted({unit.path for unit in units}))
    held = Person.objects.filter(appointments__in=Appointment.objects.current(on).filter(post=post))
    return AppointmentImpact(
        permissions=tuple(str(permission.label) for permission in sorted(ROLE_PERMISSIONS[role])),
        units=below.count(),
        holders=tuple(held.order_by("staff_no")),
    )
