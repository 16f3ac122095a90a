"""How far a person's posts reach over what follows from a change, and who could decide where they do not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from heli.rooms.people import access as people
from heli.rooms.people import queries as people_queries
from heli.rooms.people.enums import Permission
from heli.rooms.rulebook import access, records
from heli.rooms.rulebook.queries.adjusting import change_of

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, UnitQuerySet
    from heli.rooms.rulebook.models import Adjustment

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Beyond:
    """That something of what follows lies in units beyond a person's reach.

    ``units`` is how many, where the person may open each of them; None where not: what cannot be opened is not
    counted. ``names`` are a few of them, and ``deciders`` who can decide the change, by name.
    """

    units: int | None
    names: tuple[str, ...]
    deciders: tuple[str, ...]


def beyond_reach(person: Person, adjustment: Adjustment, on: date) -> Beyond | None:
    """Return what lies beyond the units that ``person`` decides changes for, or drafts them for; None where nothing.

    One query where the person's posts reach the whole enterprise.
    """
    outside = _outside(_reach(person, on), adjustment)
    if not outside:
        return None
    open_to = people.units_with(person, Permission.UNIT_VIEW, on)
    seen = list(open_to.filter(pk__in=outside).order_by("path", "pk").values_list("name", flat=True))
    is_open = len(seen) == len(outside)
    names = tuple(seen[:MOST_NAMED]) if is_open else ()
    return Beyond(len(seen) if is_open else None, names, _who_could(person, adjustment, on))


def _reach(person: Person, on: date) -> UnitQuerySet:
    """Return the units a person decides for; of whoever only drafts, those drafted for."""
    decides = people.scope_paths(person, Permission.RULEBOOK_APPROVE, on)
    right = Permission.RULEBOOK_APPROVE if decides else Permission.RULEBOOK_EDIT
    return people.units_with(person, right, on)


def _outside(reach: UnitQuerySet, adjustment: Adjustment) -> frozenset[int]:
    """Return the units beyond ``reach`` in which a room names something that the change alters or tells of."""
    if not people_queries.every_unit().exclude(pk__in=reach.values("pk")).exists():
        return frozenset()
    change = change_of(adjustment)
    return frozenset(pk for follower in records.followers() for pk in follower.outside(change, reach))


def _who_could(person: Person, adjustment: Adjustment, on: date) -> tuple[str, ...]:
    """Return by name who decides for all of it and had no hand in it."""
    others = people.without(access.deciders(on), {person.pk, *adjustment.hands}, on)
    found = people_queries.persons_by_id(others, len(others))
    able = (one.name for one in found if not _outside(_reach(one, on), adjustment))
    return tuple(islice(able, MOST_NAMED))
