"""A sign-in set anew: asked for by the security administrator, done by a second person, or on the server."""

from __future__ import annotations

import secrets
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from heli.kernel import audit, events
from heli.kernel.decisions import denied
from heli.kernel.problems import Problem
from heli.kernel.versions import check_version
from heli.rooms.people import access, rules
from heli.rooms.people.enums import AdministratorKind, ResetKind, ResetState
from heli.rooms.people.events import ResetConfirmed, ResetRequested
from heli.rooms.people.models import Account, SignInReset
from heli.rooms.people.services import tokens
from heli.rooms.people.services.accounts import create_account, end_sessions_of, locked


@transaction.atomic
def request_reset(*, account_id: int, kind: ResetKind, reason: str, by: Account, at: datetime) -> SignInReset:
    """Ask for a new password, or for the second factor to be removed; nothing changes before a second person confirms.

    The owner and those who may confirm are told.
    """
    account = locked(account_id)
    access.require_administrator(by, AdministratorKind.SECURITY)
    if by.pk == account.pk:
        denied(_("Nobody asks for a reset of their own sign-in.")).require()
    if not account.is_active:
        raise Problem(_("This account is closed."), remedy=_("Open it again first."))
    _expire(Q(account=account), at)
    if SignInReset.objects.filter(account=account, kind=kind, state=ResetState.PENDING).exists():
        raise Problem(
            _("This waits for a second person already."), remedy=_("Have it confirmed, or withdraw it and ask again.")
        )
    confirmers = list(access.confirmers_of(account, kind, by, at).order_by("pk").values_list("person_id", flat=True))
    if not confirmers:
        raise _nobody_confirms(account)
    reset = SignInReset.objects.create(
        account=account,
        kind=ResetKind(kind),
        reason=reason,
        requested_by=by,
        requested_at=at,
        expires_at=at + rules.RESET_WAITS,
    )
    audit.record(
        "account.reset_requested", subject=account, by=by, at=at, changes={"kind": reset.kind, "reason": reason}
    )
    persons = tuple(person_id for person_id in confirmers if person_id is not None)
    name = account.person.name if account.person is not None else account.sign_in_name
    events.publish(ResetRequested(reset.pk, reset.kind, account.person_id, name, persons, at))
    return reset


@transaction.atomic
def open_account(*, person_id: int, by: Account, at: datetime) -> tuple[Account, SignInReset | None]:
    """Make the account of a person and ask for its first password; None where nobody could confirm it."""
    account = create_account(person_id=person_id, by=by, at=at)
    if not access.confirmers_of(account, ResetKind.PASSWORD, by, at).exists():
        return account, None
    reason = _("First password of a new account")
    return account, request_reset(account_id=account.pk, kind=ResetKind.PASSWORD, reason=reason, by=by, at=at)


@transaction.atomic
def confirm_reset(*, reset_id: int, version: int | None, by: Account, at: datetime) -> tuple[SignInReset, str]:
    """Do what was asked for; returns it with the only sight of the second half of the one-time password, if any.

    The first half is the asker's (``access.first_half_for``), so neither can sign in as the owner. Ends the
    account's sessions and revokes its keys.
    """
    account = locked(SignInReset.objects.values_list("account_id", flat=True).get(pk=reset_id))
    reset = _waiting(reset_id, at)
    access.can_confirm_reset(by, reset, at).require()
    check_version(reset, version, {})
    if not account.is_active:
        raise Problem(_("This account is closed."), remedy=_("The security administrator opens it again first."))
    half = _half() if reset.kind == ResetKind.PASSWORD else ""
    password = f"{access.first_half(reset)}-{half}" if half else ""
    changes = _apply(account, password, at)
    reset.state, reset.confirmed_by, reset.confirmed_at = ResetState.CONFIRMED, by, at
    reset.version += 1
    reset.save(update_fields=["state", "confirmed_by", "confirmed_at", "version"])
    changes = {"kind": reset.kind, "asked_by": reset.requested_by, **changes}
    audit.record("account.reset_confirmed", subject=account, by=by, at=at, changes=changes)
    name = by.person.name if by.person is not None else by.sign_in_name
    events.publish(ResetConfirmed(reset.pk, reset.kind, account.person_id, name, at))
    return reset, half


@transaction.atomic
def withdraw_reset(*, reset_id: int, version: int | None, by: Account, at: datetime) -> SignInReset:
    """Put an end to what waits: by its owner, by a second person, or by a security administrator."""
    account = locked(SignInReset.objects.values_list("account_id", flat=True).get(pk=reset_id))
    reset = _waiting(reset_id, at)
    access.can_withdraw_reset(by, reset, at).require()
    check_version(reset, version, {})
    reset.state, reset.withdrawn_by, reset.withdrawn_at = ResetState.WITHDRAWN, by, at
    reset.version += 1
    reset.save(update_fields=["state", "withdrawn_by", "withdrawn_at", "version"])
    audit.record("account.reset_withdrawn", subject=account, by=by, at=at, changes={"kind": reset.kind})
    return reset


@transaction.atomic
def expire_resets(*, at: datetime) -> int:
    """Let lapse what nobody confirmed in time; returns how many."""
    return _expire(Q(), at)


@transaction.atomic
def reset_on_server(*, sign_in_name: str, kind: ResetKind, by: str, at: datetime) -> str:
    """Set a sign-in anew from the system's shell, where nobody can confirm; returns the one-time password, if any."""
    found = Account.objects.filter(sign_in_name=sign_in_name).order_by("pk").first()
    if found is None:
        raise Problem(
            _("No account signs in as %(name)s.") % {"name": sign_in_name},
            remedy=_("Give the staff number, or an administrator's sign-in name."),
        )
    account = locked(found.pk)
    password = f"{_half()}-{_half()}" if kind == ResetKind.PASSWORD else ""
    changes = _apply(account, password, at)
    audit.record("account.reset_on_server", subject=account, by=by, at=at, changes={"kind": kind, **changes})
    return password


def _waiting(reset_id: int, at: datetime) -> SignInReset:
    """Return the reset, locked, if it still waits."""
    wanted = SignInReset.objects.select_for_update(no_key=True, of=("self",)).select_related("requested_by")
    reset = wanted.get(pk=reset_id)
    if reset.state != ResetState.PENDING or reset.expires_at <= at:
        state = ResetState.EXPIRED if reset.state == ResetState.PENDING else ResetState(reset.state)
        raise Problem(
            _("This no longer waits: %(state)s.") % {"state": state.label},
            remedy=_("The security administrator asks for it again where it is still needed."),
        )
    return reset


def _expire(which: Q, at: datetime) -> int:
    late = SignInReset.objects.select_for_update(no_key=True, of=("self",)).select_related("account")
    found = list(late.filter(which, state=ResetState.PENDING, expires_at__lte=at).order_by("pk"))
    for reset in found:
        reset.state, reset.version = ResetState.EXPIRED, reset.version + 1
        reset.save(update_fields=["state", "version"])
        audit.record("account.reset_expired", subject=reset.account, by="heli", at=at, changes={"kind": reset.kind})
    return len(found)


def _apply(account: Account, password: str, at: datetime) -> dict[str, object]:
    """Give the account the one-time password, or remove its second factor; end its sessions and keys."""
    if password:
        account.set_password(password)
        account.must_change_password, account.one_time_until = True, at + rules.ONE_TIME_OPENS
        account.save(update_fields=["password", "must_change_password", "one_time_until"])
    else:
        Authenticator.objects.filter(user=account).delete()
    return {"sessions": end_sessions_of(account), "keys": tokens.revoke_all(account.person_id, at)}


def _half() -> str:
    return rules.one_time_half(secrets.randbits(256))


def _nobody_confirms(account: Account) -> Problem:
    if account.administrator:
        why = _("An administrator of another kind would have to; none has an open account.")
    else:
        why = _(
            "A colleague would have to who may change the unit that the person belongs to; nobody with that right has"
            " an open account, or the only one confirmed the other half of this sign-in in the last seven days, or the"
            " removal of its second factor with none set up since."
        )
    command = f"heli reset-sign-in {account.sign_in_name}"
    remedy = _("On the server, “%(command)s” does it from the system's shell.") % {"command": command}
    return Problem(_("Nobody could confirm this."), why, remedy)
