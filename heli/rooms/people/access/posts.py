"""Posts as addresses: who holds them on a day, and which a person holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import Q

from heli.kernel.periods import holds_on
from heli.rooms.people.access.reach import post_kinds_with
from heli.rooms.people.enums import (
    Permission,
)
from heli.rooms.people.models import (
    Appointment,
    Person,
)

# Asked several times in every request and every act: to build it anew takes four times as long as to answer it.
_HELD = """
SELECT post.kind, post.unit_id, post.acts_for_id FROM people_appointment held
JOIN people_post post ON post.id = held.post_id
WHERE held.person_id = %s AND held.valid_from <= %s AND (held.valid_to IS NULL OR held.valid_to > %s)"""


def held_posts(person: Person | None, on: date) -> list[tuple[int, str]]:
    """Return (unit id, post kind) for each post held that day, the units a post acts for included (one query)."""
    if person is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [person.pk, on, on])
        pairs = {(unit_id, kind) for kind, *units in cursor.fetchall() for unit_id in units if unit_id}
    return sorted(pairs)


def holders_of(addresses: Iterable[tuple[int, str]], on: date) -> dict[tuple[int, str], list[int]]:
    """Return who holds each (unit id, post kind) that day: the other side of ``held_posts`` (one query).

    An empty post kind stands for every post that may do tasks there. Addresses nobody holds are left out.
    """
    wanted = set(addresses)
    doers = set(post_kinds_with(Permission.TASK_DO))
    units = {unit_id for unit_id, _kind in wanted}
    rows = (
        Appointment.objects.filter(holds_on(on))
        .filter(Q(post__unit_id__in=units) | Q(post__acts_for_id__in=units))
        .order_by("post_id", "person_id")
        .values_list("post__kind", "person_id", "post__unit_id", "post__acts_for_id")
    )
    found: dict[tuple[int, str], list[int]] = {}
    for kind, person_id, *post_units in rows:
        for address in {(unit, match) for unit in post_units for match in ((kind, "") if kind in doers else (kind,))}:
            if address in wanted:
                found.setdefault(address, []).append(person_id)
    return found


def names_of_holders(
    unit_id: int, post_kind: str, on: date, *, but: int | None = None, can_sign_in: bool = False
) -> list[str]:
    """Return the names of who holds the post that day, ``but`` one person; of those who can sign in, if asked so.

    An empty kind stands for whoever may do tasks there.
    """
    ids = [pk for pk in holders_of({(unit_id, post_kind)}, on).get((unit_id, post_kind), []) if pk != but]
    persons = Person.objects.filter(pk__in=ids)
    if can_sign_in:
        persons = persons.filter(account__is_active=True)
    return list(persons.order_by("name", "pk").values_list("name", flat=True))


def names_at(addresses: Iterable[tuple[int, str]], on: date) -> dict[tuple[int, str], list[str]]:
    """Return the names of who holds each (unit id, post kind) that day (two queries); as ``holders_of``."""
    held = holders_of(addresses, on)
    ids = {person_id for persons in held.values() for person_id in persons}
    names = dict(Person.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "name"))
    return {address: sorted(names[pk] for pk in persons) for address, persons in held.items()}
