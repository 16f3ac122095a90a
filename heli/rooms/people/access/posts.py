"""Posts as addresses: who holds them on a day, and which a person holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
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
    StandIn,
)

# Asked several times in every request and every act: to build it anew takes four times as long as to answer it.
_HELD = """
SELECT post.kind, post.unit_id, post.acts_for_id, NULL::bigint FROM people_appointment held
JOIN people_post post ON post.id = held.post_id
WHERE held.person_id = %(person)s AND held.valid_from <= %(on)s AND (held.valid_to IS NULL OR held.valid_to > %(on)s)
UNION ALL
SELECT post.kind, post.unit_id, post.acts_for_id, held.person_id FROM people_standin stands
JOIN people_appointment held ON held.id = stands.appointment_id JOIN people_post post ON post.id = held.post_id
JOIN people_person person ON person.id = stands.person_id
WHERE stands.person_id = %(person)s AND stands.valid_from <= %(on)s AND stands.valid_to > %(on)s
    AND held.valid_from <= %(on)s AND (held.valid_to IS NULL OR held.valid_to > %(on)s)
    AND (person.left_on IS NULL OR person.left_on > %(on)s)"""


def held_posts(person: Person | None, on: date) -> list[tuple[int, str]]:
    """Return (unit id, post kind) for each post held that day, or stood in for, the units a post acts for included.

    One query.
    """
    return sorted({(unit_id, kind) for unit_id, kind, _holder in _held(person, on)})


def hands_at(person: Person | None, address: tuple[int, str], on: date) -> frozenset[int]:
    """Return whose hand work is that the person does at (unit id, post kind): nobody's where it is not theirs to do.

    It is the person's alone where an own post has that address; else also that of the holder stood in for. One query.
    """
    unit_id, wanted = address
    doers = set(post_kinds_with(Permission.TASK_DO))
    meeting = [
        holder
        for unit, kind, holder in _held(person, on)
        if unit == unit_id and (kind == wanted or (not wanted and kind in doers))
    ]
    if person is None or not meeting:
        return frozenset()
    return frozenset({person.pk, *((holder for holder in meeting if holder) if None not in meeting else ())})


def _held(person: Person | None, on: date) -> list[tuple[int, str, int | None]]:
    """Return (unit id, post kind, whom the person stands in for, None at an own post)."""
    if person is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"person": person.pk, "on": on})
        return [(unit, kind, holder) for kind, *units, holder in cursor.fetchall() for unit in units if unit]


def holders_of(addresses: Iterable[tuple[int, str]], on: date) -> dict[tuple[int, str], list[int]]:
    """Return who holds each (unit id, post kind) that day: the other side of ``held_posts`` (one query).

    Whoever stands in is named with the holder. An empty post kind stands for every post that may do tasks there.
    Addresses nobody holds are left out.
    """
    wanted = set(addresses)
    doers = set(post_kinds_with(Permission.TASK_DO))
    units = {unit_id for unit_id, _kind in wanted}
    held = Appointment.objects.filter(holds_on(on)).filter(Q(post__unit_id__in=units) | Q(post__acts_for_id__in=units))
    stands = StandIn.objects.current(on).filter(
        Q(appointment__post__unit_id__in=units) | Q(appointment__post__acts_for_id__in=units)
    )
    of_post = ("post__kind", "post__unit_id", "post__acts_for_id")
    rows = held.order_by().values_list("post_id", "person_id", *of_post)
    beside = stands.order_by().values_list("appointment__post_id", "person_id", *(f"appointment__{n}" for n in of_post))
    found: dict[tuple[int, str], list[int]] = {}
    for _post, person_id, kind, *post_units in sorted(rows.union(beside), key=lambda row: row[:2]):
        for address in {(unit, match) for unit in post_units for match in ((kind, "") if kind in doers else (kind,))}:
            if address in wanted:
                found.setdefault(address, []).append(person_id)
    return found


def names_of_holders(
    unit_id: int, post_kind: str, on: date, *, but: Collection[int] = (), can_sign_in: bool = False
) -> list[str]:
    """Return the names of who holds the post that day, ``but`` these persons; of those who can sign in, if asked so.

    An empty kind stands for whoever may do tasks there.
    """
    ids = [pk for pk in holders_of({(unit_id, post_kind)}, on).get((unit_id, post_kind), []) if pk not in but]
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
