"""What of this room's pages a person may open: for notices, which know addresses alone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from heli.rooms.tasks import access

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


def open_tasks(person: Person, at: datetime, ids: set[int]) -> set[int]:
    return set(access.visible_tasks(person, at.date()).filter(pk__in=ids).values_list("pk", flat=True))


def open_follow_ups(person: Person, at: datetime, ids: set[int]) -> set[int]:
    return set(access.visible_follow_ups(person, at.date()).filter(pk__in=ids).values_list("pk", flat=True))


def open_templates(person: Person, at: datetime, ids: set[int]) -> set[int]:
    return set(access.visible_templates(person, at.date()).filter(pk__in=ids).values_list("pk", flat=True))
