"""Who answers for a page, and who may open it: rooms above register what they know of their own addresses.

A room says in its ``apps.py``: ``owners.register("/tasks/", page_owner)``. The resolver gets the path, who asks and the
day, and returns a post, or None where it knows nothing or the asker may not see the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


@dataclass(frozen=True, slots=True)
class PageOwner:
    """A post that answers for a page; ``about`` says in a few words what the page is."""

    unit_id: int
    post_kind: str
    about: str = ""


Resolver = Callable[[str, "Person", date], PageOwner | None]
_resolvers: dict[str, Resolver] = {}


def register(prefix: str, resolver: Resolver) -> None:
    """Let ``resolver`` answer for addresses that begin with ``prefix``; registering it again replaces it."""
    _resolvers[prefix] = resolver


def registered_owner(path: str, person: Person, on: date) -> PageOwner | None:
    """Return what the room of the longest fitting prefix says, or None."""
    for prefix in sorted(_resolvers, key=len, reverse=True):
        if path.startswith(prefix):
            found = _resolvers[prefix](path, person, on)
            if found is not None:
                return found
    return None


# Of these ids, which the person may open at that time.
Door = Callable[["Person", datetime, set[int]], set[int]]
_doors: dict[str, Door] = {}
_ID = re.compile(r"(\d{1,18})/")


def register_door(prefix: str, door: Door) -> None:
    """Let ``door`` say what may be opened of the addresses ``prefix<id>/…``; registering it again replaces it."""
    _doors[prefix] = door


def subject_of(path: str) -> tuple[str, int] | None:
    """Return the prefix of a registered door and the id behind it, or None where no room says who may open this."""
    for prefix in sorted(_doors, key=len, reverse=True):
        found = _ID.match(path, len(prefix)) if path.startswith(prefix) else None
        if found is not None:
            return prefix, int(found[1])
    return None


def opened(prefix: str, person: Person, at: datetime, ids: set[int]) -> set[int]:
    """Return which of these ids the person may open (one question to the room)."""
    return _doors[prefix](person, at, ids)
