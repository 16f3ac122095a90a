"""Personal access keys: one's own list, and the owner of a key presented to the API."""

from __future__ import annotations

from datetime import date

from heli.rooms.people.models import ApiToken, Person
from heli.rooms.people.services.tokens import digest_of


def tokens_of(person: Person) -> list[ApiToken]:
    """Return the person's keys that were not revoked, newest first."""
    return list(person.tokens.filter(revoked_at__isnull=True).order_by("-created_at", "pk"))


def token_presented(key: str, on: date) -> ApiToken | None:
    """Return the valid token with this text, with its person, or None (one query)."""
    found = ApiToken.objects.filter(digest=digest_of(key), revoked_at__isnull=True, expires_on__gt=on)
    return (
        found.filter(person__left_on__isnull=True, person__account__is_active=True)
        .select_related("person__account")
        .order_by("pk")
        .first()
    )
