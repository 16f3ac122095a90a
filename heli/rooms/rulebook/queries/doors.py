"""What of this room's pages a person may open: for notices, which know addresses alone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from heli.rooms.rulebook import access

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


def open_reviews(person: Person, at: datetime, ids: set[int]) -> set[int]:
    return set(access.visible_reviews(person, at.date()).filter(pk__in=ids).values_list("pk", flat=True))


def open_editions(person: Person, at: datetime, ids: set[int]) -> set[int]:
    return set(access.visible_editions(person, at.date()).filter(pk__in=ids).values_list("pk", flat=True))


def open_adjustments(person: Person, at: datetime, ids: set[int]) -> set[int]:
    return set(access.visible_adjustments(person, at.date()).filter(pk__in=ids).values_list("pk", flat=True))
