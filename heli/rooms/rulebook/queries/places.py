"""Changes of a unit, a post or a day as rooms are asked about them, and who can take over from what is closed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from heli.rooms.people import access as people
from heli.rooms.people import queries as people_queries
from heli.rooms.people.enums import Permission
from heli.rooms.rulebook import records
from heli.rooms.rulebook.enums import Place

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Post, Unit
    from heli.rooms.rulebook.models import Adjustment

HEIR_UNIT, HEIR_POST, MOVED_TO = "heir_unit", "heir_post", "moved_to"
_MOST_HEIRS = 60


def change_of_unit(unit: Unit, on: date) -> records.Change:
    """Return a unit's change (it moves, is renamed or closed) as rooms are asked about it."""
    return records.Change("unit", str(unit.pk), on, unit_path=unit.path)


def change_of_post(post: Post, on: date) -> records.Change:
    """Return a post's change (it is closed, or changes hands) as rooms are asked about it."""
    units = {post.unit_id, *([post.acts_for_id] if post.acts_for_id else [])}
    addresses = frozenset((unit_id, post.kind) for unit_id in units)
    return records.Change("post", str(post.pk), on, post_id=post.pk, addresses=addresses)


def change_of_day(day: date, moved_to: date | None = None) -> records.Change:
    """Return a day's change (it becomes a day off, or a working day) as rooms are asked about it.

    ``moved_to`` is the day to which what is due moves.
    """
    return records.Change("day", day.isoformat(), day, is_day=True, moved_to=moved_to)


def closing_of_unit(unit: Unit, on: date, heir_id: int | None) -> records.Change:
    """Return the closing of a unit; ``heir_id`` is the unit that takes over, None while nobody does."""
    heir = records.Heir(heir_id) if heir_id is not None else None
    return records.Change("unit", str(unit.pk), on, unit_path=unit.path, is_closing=True, heir=heir)


def closing_of_post(post: Post, on: date, heir: Post | None) -> records.Change:
    """Return the closing of a post: without an heir its work goes to whoever may do tasks in the unit.

    Work that another open post of the same kind receives stays with that one.
    """
    addresses = change_of_post(post, on).addresses
    others = people_queries.open_posts_at({unit_id for unit_id, _kind in addresses})
    kept = {
        (unit_id, other.kind)
        for other in others
        if other.pk != post.pk
        for unit_id in (other.unit_id, other.acts_for_id)
    }
    passed = records.Heir(post.acts_for_id or post.unit_id)
    if heir is not None:
        passed = records.Heir(heir.acts_for_id or heir.unit_id, heir.kind, heir.pk)
    return records.Change(
        "post", str(post.pk), on, post_id=post.pk, addresses=frozenset(addresses - kept), is_closing=True, heir=passed
    )


def change_of_place(adjustment: Adjustment) -> records.Change:
    """Return a drafted or decided closing, or a day from which work moves, as rooms are asked about it."""
    if adjustment.family == Place.DAY:
        return change_of_day(date.fromisoformat(adjustment.code), date.fromisoformat(adjustment.cells[MOVED_TO]))
    heir = {name: records.number(value) for name, value in adjustment.cells.items()}
    if adjustment.family == Place.UNIT and adjustment.unit is not None:
        return closing_of_unit(adjustment.unit, adjustment.effective_on, heir.get(HEIR_UNIT) or None)
    post_id, heir_id = records.number(adjustment.code), heir.get(HEIR_POST, 0)
    posts = people_queries.posts_by_id([post_id, heir_id])
    return closing_of_post(posts[post_id], adjustment.effective_on, posts.get(heir_id))


def post_of(adjustment: Adjustment) -> Post:
    """Return the post whose closing this is, closed or not (one query)."""
    number = records.number(adjustment.code)
    return people_queries.posts_by_id([number])[number]


def heirs_of_unit(person: Person | None, unit: Unit, on: date) -> list[Unit]:
    """Return the units that can take over: those above, nearest first, and those beside that the person may change.

    Only a unit in which somebody does tasks can: what passes to it has to reach a person.
    """
    above = [one for one in reversed(people_queries.ancestors(unit, person, on)) if one.valid_to is None]
    beside = people.units_with(person, Permission.UNIT_EDIT, on).current(on)
    beside = beside.filter(parent=unit.parent_id, tree=unit.tree).exclude(pk=unit.pk).order_by("path")
    every = [*above, *beside[:_MOST_HEIRS]]
    held = people.holders_of({(one.pk, "") for one in every}, on)
    return [one for one in dict.fromkeys(every) if (one.pk, "") in held]


def heirs_of_post(person: Person | None, post: Post, on: date) -> list[Post]:
    """Return the open posts that can take over: of the unit itself and of the unit above, as far as the person sees."""
    places = {post.unit_id, *([post.acts_for_id] if post.acts_for_id else [])}
    above = people_queries.ancestors(post.acts_for or post.unit)[-1:]
    places.update(one.pk for one in above if people.sees(person, one, on))
    return [one for one in people_queries.open_posts_at(places) if one.pk != post.pk]
