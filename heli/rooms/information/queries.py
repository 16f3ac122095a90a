from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from heli.rooms.information import access
from heli.rooms.information.models import Notification

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


def newest(person: Person | None) -> QuerySet[Notification]:
    """Return the person's notifications, newest first."""
    return access.visible_notifications(person).order_by("-notified_at", "-pk")


def unread_count(person: Person | None, limit: int = 100) -> int:
    """Return how many are unread, counted up to ``limit`` (the bell shows no more)."""
    return access.visible_notifications(person).filter(read_at=None)[:limit].count()
