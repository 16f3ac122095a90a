"""What of this room's pages a person may open: for notices, which know addresses alone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from heli.rooms.responsibilities import access

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


def open_lists(person: Person, at: datetime, ids: set[int]) -> set[int]:
    return set(access.visible_lists(person, at.date()).filter(pk__in=ids).values_list("pk", flat=True))


def open_hand_overs(person: Person, at: datetime, ids: set[int]) -> set[int]:
    return set(access.visible_hand_overs(person, at.date()).filter(pk__in=ids).values_list("pk", flat=True))
