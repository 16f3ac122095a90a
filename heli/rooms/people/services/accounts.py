"""Accounts and administrators: made, closed, unlocked, their sessions ended."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from heli.kernel import audit
from heli.kernel.decisions import denied
from heli.kernel.problems import Problem
from heli.kernel.versions import check_version
from heli.rooms.people import access
from heli.rooms.people.access import Actor
from heli.rooms.people.enums import AdministratorKind
from heli.rooms.people.models import Account, Person
from heli.rooms.people.services import tokens

SECURITY = AdministratorKind.SECURITY


@transaction.atomic
def create_account(*, person_id: int, by: Actor, at: datetime, password: str = "") -> Account:
    """Make the account of a person. Only the system itself gives it a password here; an administrator asks for one.

    The first sign-in asks for a password of their own.
    """
    access.require_administrator(by, SECURITY)
    if password and not isinstance(by, str):
        denied(_("The first password comes from whoever confirms it.")).require()
    person = Person.objects.select_for_update(no_key=True).get(pk=person_id)
    if Account.objects.filter(Q(person=person) | Q(sign_in_name=person.staff_no)).exists():
        raise Problem(
            _("%(person)s already has an account.") % {"person": person.name}, remedy=_("Open it in the list.")
        )
    account = Account(person=person, sign_in_name=person.staff_no, email=person.email, must_change_password=True)
    if password:
        set_checked_password(account, password)
    else:
        account.set_unusable_password()
    account.save()
    audit.record("account.created", subject=account, by=by, at=at, changes={"person": person})
    return account


@transaction.atomic
def create_administrator(
    *, kind: AdministratorKind, sign_in_name: str, password: str, by: Actor, at: datetime, email: str = ""
) -> Account:
    """Make one of the three administrators; never a person's account, never two kinds in one."""
    if not isinstance(by, str):
        denied(_("Administrators are made on the server alone.")).require()
    if Account.objects.filter(sign_in_name=sign_in_name).exists():
        raise Problem(
            _("The name %(name)s is taken.") % {"name": sign_in_name}, remedy=_("Choose another sign-in name.")
        )
    account = Account(
        sign_in_name=sign_in_name, administrator=AdministratorKind(kind), email=email, must_change_password=True
    )
    set_checked_password(account, password)
    account.save()
    audit.record("administrator.created", subject=account, by=by, at=at, changes={"kind": kind})
    return account


@transaction.atomic
def set_password(*, account_id: int, password: str, by: Account, at: datetime, session_key: str = "") -> Account:
    """Set one's own password; somebody else's is set through ``services.resets`` alone.

    Ends the account's sessions (but the one with ``session_key``) and revokes its keys.
    """
    account = locked(account_id)
    if by.pk != account.pk:
        denied(_("Everybody chooses their own password; a lost one is set anew by two persons.")).require()
    if account.must_change_password and account.check_password(password):
        raise Problem(
            _("This is the password you were given."),
            _("Whoever handed it over knows it too."),
            _("Choose one that nobody else has seen."),
        )
    set_checked_password(account, password)
    account.must_change_password, account.one_time_until = False, None
    account.save(update_fields=["password", "must_change_password", "one_time_until"])
    changes = {"sessions": end_sessions_of(account, session_key), "keys": tokens.revoke_all(account.person_id, at)}
    audit.record("account.password_set", subject=account, by=by, at=at, changes=changes)
    return account


@transaction.atomic
def deactivate_account(*, account_id: int, reason: str, by: Actor, at: datetime, version: int | None = None) -> Account:
    """Close the account and end its sessions; effective with the next request."""
    account = _for_security(account_id, by)
    if isinstance(by, Account) and by.pk == account.pk:
        denied(_("Nobody closes their own account.")).require()
    _check(account, version, by, {"is_active": False})
    if not account.is_active:
        raise Problem(_("This account is already closed."), remedy=_("Open it again if it should work."))
    _refuse_last_of_kind(account)
    account.is_active = False
    account.version += 1
    account.save(update_fields=["is_active", "version"])
    changes = {"reason": reason, "sessions": end_sessions_of(account), "keys": tokens.revoke_all(account.person_id, at)}
    audit.record("account.closed", subject=account, by=by, at=at, changes=changes)
    return account


@transaction.atomic
def reactivate_account(*, account_id: int, by: Actor, at: datetime, version: int | None = None) -> Account:
    """Open a closed account again; not for somebody who has left."""
    account = _for_security(account_id, by)
    _check(account, version, by, {"is_active": True})
    if account.is_active:
        raise Problem(_("This account is already open."), remedy=_("Open it again to see how it stands."))
    if account.person is not None and account.person.left_on is not None:
        raise Problem(
            _("%(person)s has left.") % {"person": account.person.name},
            remedy=_("The personnel department enters the person again first."),
        )
    account.is_active = True
    account.version += 1
    account.save(update_fields=["is_active", "version"])
    audit.record("account.opened", subject=account, by=by, at=at)
    return account


@transaction.atomic
def unlock_account(*, account_id: int, by: Actor, at: datetime) -> int:
    """Forget the failed sign-ins of the account; returns how many addresses were locked out or on the way to it."""
    account = _for_security(account_id, by)
    names = Q(username=account.sign_in_name)
    if account.email:
        names |= Q(username__iexact=account.email)
    count: int = AccessAttempt.objects.filter(names).delete()[0]
    audit.record("account.unlocked", subject=account, by=by, at=at, changes={"addresses": count})
    return count


@transaction.atomic
def give_device_pass(*, account_id: int, by: Actor, at: datetime) -> str:
    """Return the pass that makes a new device known to the account; it opens nothing by itself."""
    account = _for_security(account_id, by)
    audit.record("account.device_pass", subject=account, by=by, at=at)
    return access.device_pass(account, at)


@transaction.atomic
def force_second_factor(
    *, account_id: int, is_forced: bool, by: Actor, at: datetime, version: int | None = None
) -> Account:
    """Ask this account for a second factor whatever its role, or leave it to the role again."""
    account = _for_security(account_id, by)
    _check(account, version, by, {"must_use_second_factor": is_forced})
    if account.must_use_second_factor == is_forced:
        raise Problem(_("Nothing was changed."), remedy=_("Open the account again to see how it stands."))
    account.must_use_second_factor = is_forced
    account.version += 1
    account.save(update_fields=["must_use_second_factor", "version"])
    audit.record("account.second_factor_forced", subject=account, by=by, at=at, changes={"forced": is_forced})
    return account


@transaction.atomic
def revoke_sessions(*, account_id: int, by: Actor, at: datetime, except_key: str = "") -> int:
    """End the sessions and keys of an account (one's own, or as security administrator); returns how many sessions."""
    account = locked(account_id)
    if not (isinstance(by, Account) and by.pk == account.pk):
        access.require_administrator(by, SECURITY)
    ended, keys = end_sessions_of(account, except_key), tokens.revoke_all(account.person_id, at)
    audit.record("account.sessions_ended", subject=account, by=by, at=at, changes={"sessions": ended, "keys": keys})
    return ended


@transaction.atomic
def revoke_session(*, session_id: int, by: Account, at: datetime) -> None:
    """End one of one's own sessions; the device is signed out with its next request."""
    session = UserSession.objects.select_for_update().filter(pk=session_id, user=by).order_by("pk").first()
    if session is None:
        raise Problem(_("This session has already ended."), remedy=_("Open the list again."))
    Session.objects.filter(session_key=session.session_key).delete()
    session.delete()
    audit.record("account.sessions_ended", subject=by, by=by, at=at, changes={"sessions": 1})


def locked(account_id: int) -> Account:
    return Account.objects.select_for_update(no_key=True, of=("self",)).select_related("person").get(pk=account_id)


def _for_security(account_id: int, by: Actor) -> Account:
    access.require_administrator(by, SECURITY)
    return locked(account_id)


def _check(account: Account, version: int | None, by: Actor, yours: dict[str, object]) -> None:
    """Refuse on a stale view of the account; the system itself has none."""
    if not (version is None and isinstance(by, str)):
        check_version(account, version, yours)


def _refuse_last_of_kind(account: Account) -> None:
    kind = account.administrator
    others = Account.objects.select_for_update(no_key=True).filter(administrator=kind, is_active=True)
    if kind and not others.exclude(pk=account.pk).exists():
        raise Problem(
            _("This is the last %(administrator)s.") % {"administrator": AdministratorKind(kind).label},
            _("Without one, nobody could do that work."),
            _("On the server, “heli create-administrator” makes a second one first."),
        )


def set_checked_password(account: Account, password: str) -> None:
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise Problem(_("This password is too easy to guess."), " ".join(error.messages)) from error
    account.set_password(password)


def end_sessions_of(account: Account, except_key: str = "") -> int:
    live = UserSession.objects.filter(user=account).exclude(session_key=except_key)
    keys = list(live.order_by("pk").values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    live.delete()
    return len(keys)


def forget_sign_ins(*, at: datetime) -> None:
    """Delete sessions that ended and wrong tries older than the lock-out: no history of sign-ins is kept."""
    Session.objects.filter(expire_date__lt=at).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    AccessAttempt.objects.filter(attempt_time__lt=at - settings.AXES_COOLOFF_TIME).delete()
    AccessLog.objects.all().delete()
    AccessFailureLog.objects.all().delete()
    Authenticator.objects.filter(last_used_at__isnull=False).update(last_used_at=None)
