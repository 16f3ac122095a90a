"""Resets of sign-ins: what waits for somebody, and what waits on an account."""

from __future__ import annotations

from datetime import datetime

from heli.rooms.people import access
from heli.rooms.people.enums import ResetState
from heli.rooms.people.models import Account, SignInReset


def resets_waiting_for(account: Account, at: datetime) -> list[SignInReset]:
    """Return what waits for this account's confirmation, the oldest first."""
    found = access.resets_to_confirm(account, at).select_related("account__person", "requested_by")
    return list(found.order_by("requested_at", "pk"))


def resets_on(account: Account, at: datetime) -> list[SignInReset]:
    """Return what waits to be done to this account, the oldest first."""
    found = SignInReset.objects.filter(account=account, state=ResetState.PENDING, expires_at__gt=at)
    return list(found.select_related("account__person", "requested_by").order_by("requested_at", "pk"))
