"""Devices an account signed in from before, and how a new one is made known while strangers have the way in closed.

Being known opens nothing: it only lets a device's wrong tries count by themselves, apart from everybody else's.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from heli.rooms.people import rules
from heli.rooms.people.models import Account

DEVICE_COOKIE = "heli_device"
_DEVICE_SALT = "heli.device"
_DEVICE_AGE = 400 * 24 * 3600
_DEVICES_KEPT = 5  # accounts remembered on one shared device


def account_named(name: str) -> Account | None:
    """Return the account with this staff number, sign-in name or e-mail."""
    name = name.strip()[:150].replace("\x00", "")
    found = Account.objects.filter(Q(sign_in_name=name) | Q(email=name.lower())).exclude(sign_in_name="")
    return found.select_related("person").order_by("pk").first() if name else None


def known_device(request: HttpRequest, account: Account | None) -> str:
    """Return the id of this device if the account signed in from it before, else nothing."""
    return _devices(request).get(str(account.pk), "") if account is not None else ""


def remember_device(request: HttpRequest, response: HttpResponse, account: Account, device: str = "") -> None:
    """Mark the device as one of the account's; nothing of it is kept on the server."""
    devices = _devices(request)
    device = device or devices.get(str(account.pk), "") or secrets.token_urlsafe(12)
    devices.pop(str(account.pk), None)
    kept = dict([*devices.items(), (str(account.pk), device)][-_DEVICES_KEPT:])
    response.set_cookie(
        DEVICE_COOKIE,
        signing.dumps(kept, salt=_DEVICE_SALT),
        max_age=_DEVICE_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def device_pass(account: Account, at: datetime) -> str:
    """Return what makes a new device known for half an hour or longer; it ends with the password of the account."""
    return _pass(account, _slot(at))


def device_let_in(account: Account | None, code: str, at: datetime) -> str:
    """Return the id of the device that shows a pass of the account; nothing for a wrong one.

    Codes of an app are no passes: whoever holds the password could try them here without end. The id follows from the
    pass: whoever else has seen it shares the tries of that device and gets none on top.
    """
    code = code.strip().lower()
    if account is None or not code:
        return ""
    passes = [_pass(account, _slot(at) - late) for late in (0, 1)]
    if any(constant_time_compare(code, one) for one in passes):
        return salted_hmac("heli.device-let-in", f"{account.pk} {code.replace(' ', '')}").hexdigest()[:16]
    return ""


def _pass(account: Account, slot: int) -> str:
    digest = salted_hmac("heli.device-pass", f"{account.pk} {account.password} {slot}", algorithm="sha256").digest()
    return rules.one_time_half(int.from_bytes(digest))


def _slot(at: datetime) -> int:
    return int(at.timestamp() // rules.DEVICE_PASS.total_seconds())


def _devices(request: HttpRequest) -> dict[str, str]:
    try:
        found = signing.loads(request.COOKIES.get(DEVICE_COOKIE, ""), salt=_DEVICE_SALT, max_age=_DEVICE_AGE)
    except signing.BadSignature:
        return {}
    return dict(found) if isinstance(found, dict) else {}
