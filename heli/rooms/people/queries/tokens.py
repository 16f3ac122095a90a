"""Personal access keys: one's own list."""

from __future__ import annotations

from heli.rooms.people.models import ApiToken, Person


def tokens_of(person: Person) -> list[ApiToken]:
    """Return the person's keys that were not revoked, newest first."""
    return list(person.tokens.filter(revoked_at__isnull=True).order_by("-created_at", "pk"))
