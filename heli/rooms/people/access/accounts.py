"""Accounts: the three administrators, and what a sign-in must have done before anything opens."""

from __future__ import annotations

import time
from datetime import date

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from heli.kernel.decisions import denied
from heli.rooms.people.access.reach import Actor, roles_of
from heli.rooms.people.enums import (
    SECOND_FACTOR_ROLES,
    AdministratorKind,
    Duty,
)
from heli.rooms.people.models import (
    Account,
)

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
_PROOF_SECONDS = 300


def require_administrator(by: Actor, kind: AdministratorKind) -> None:
    """Raise ``AccessDenied`` unless the actor is the named administrator (or the system itself)."""
    if isinstance(by, str) or (isinstance(by, Account) and by.administrator == kind and by.is_active):
        return
    denied(_("This is the work of the %(administrator)s.") % {"administrator": kind.label}).require()


def second_factor_required(account: Account, on: date | None = None) -> bool:
    """Return whether this account works only with a second factor: by role, as administrator, or by order.

    A site may switch it off (``HELI_SECOND_FACTOR=off``); its sign-in page then says so.
    """
    if not settings.SECOND_FACTOR:
        return False
    if account.administrator or account.must_use_second_factor:
        return True
    return bool(roles_of(account.person, on or timezone.localdate()) & SECOND_FACTOR_ROLES)


def has_second_factor(account: Account) -> bool:
    """Return whether the account has set up an app or a security key (one query)."""
    return bool(Authenticator.objects.filter(user=account, type__in=SECOND_FACTORS).exists())


def open_duty(account: Account) -> Duty | None:
    """Return what the account must do before anything else opens to it, by page or by key."""
    if account.must_change_password:
        return Duty.PASSWORD
    if second_factor_required(account) and not has_second_factor(account):
        return Duty.SECOND_FACTOR
    return None


def has_just_proved_itself(request: HttpRequest, account: Account) -> bool:
    """Return whether the account showed within five minutes that it is here, by its second factor where it has one."""
    wanted = "mfa" if has_second_factor(account) else "password"
    records = get_authentication_records(request, account)
    return any(one["method"] == wanted and time.time() - one["at"] < _PROOF_SECONDS for one in records)
