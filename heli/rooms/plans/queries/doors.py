"""What of this room's pages a person may open: for notices, which know addresses alone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from heli.rooms.plans import access

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


def open_plans(person: Person, at: datetime, ids: set[int]) -> set[int]:
    return set(access.visible_plans(person, at.date()).filter(pk__in=ids).values_list("pk", flat=True))
