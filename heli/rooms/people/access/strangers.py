"""Sign-ins from unknown devices of an address where very many are tried: who of them is let to try (ADR 13).

The address is flooded, so what tells colleagues from whoever floods it is the name. One that nobody tried wrongly there
is checked as ever; one that was waits until it is calm; one that no account has is answered like a wrong password. Once
20,000 names are noted there, such a name costs neither a hash nor a row, and whoever tried so many can tell it apart.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest

from heli.rooms.people.access.devices import account_named

DEVICE_AGENT = "device "
"""How the tries of a known device are marked, which count by themselves."""

_MOST_NAMES = 20_000
_lasted: deque[float] = deque([0.05], maxlen=16)


def client_address(request: HttpRequest) -> str:
    """Return the address the request came from, behind as many proxies as the installation says."""
    return get_client_ip(request) or "0.0.0.0"  # noqa: S104 - an unknown address, not one to listen on


def lockout_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Return one name for an account, whichever name was typed, so that each does not get tries of its own."""
    typed = str((credentials or {}).get("username") or request.POST.get("login", "")).strip()[:150].replace("\x00", "")
    account = account_named(typed)
    return account.sign_in_name if account is not None else typed.lower()


def flood(request: HttpRequest) -> None:
    """Mark a sign-in as one of too many of its address."""
    request.is_flooded = True  # type: ignore[attr-defined]  # read below alone


def is_flooded(request: HttpRequest | None) -> bool:
    return getattr(request, "is_flooded", False)


def was_tried(request: HttpRequest, at: datetime) -> bool:
    """Return whether an unknown device tried the name wrongly at this address within the time of a lock-out."""
    tries = _tries(request, at).filter(username=lockout_name(request, None))
    return tries.exclude(user_agent__startswith=DEVICE_AGENT).exists()


def is_full(request: HttpRequest, at: datetime) -> bool:
    """Return whether so many names were tried at this address that what nobody is called is no longer noted."""
    return _tries(request, at).order_by()[:_MOST_NAMES].count() == _MOST_NAMES


def _tries(request: HttpRequest, at: datetime) -> QuerySet[Any]:
    since = at - settings.AXES_COOLOFF_TIME
    tries: QuerySet[Any] = AccessAttempt.objects.filter(ip_address=client_address(request), attempt_time__gte=since)
    return tries


@contextmanager
def timed() -> Iterator[None]:
    """Remember how long checking a password takes."""
    began = time.perf_counter()
    yield
    _lasted.append(time.perf_counter() - began)


def idle() -> None:
    """Wait as long as one of the last passwords took, without its work: the time does not tell a name nobody has."""
    time.sleep(random.choice(_lasted))  # noqa: S311 - no secret
