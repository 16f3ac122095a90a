"""Personal access keys for programs: made once, shown once, kept only as a hash."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.rooms.people import access, rules
from heli.rooms.people.enums import AdministratorKind, Scope
from heli.rooms.people.models import Account, ApiToken, Person

_PREFIX = "heli_"
_LONGEST = timedelta(days=400)
_MOST = 20


@transaction.atomic
def create_token(
    *, person: Person, name: str, scopes: list[Scope], expires_on: date, at: datetime
) -> tuple[ApiToken, str]:
    """Make a key for oneself; returns it with the only sight of its text."""
    today = timezone.localdate(at)
    account = Account.objects.select_for_update(no_key=True).get(person=person)
    duty = access.open_duty(account)
    if duty is not None:
        raise Problem(_("No key is made yet."), _("First you have to do this: %(duty)s.") % {"duty": duty.label})
    if not today < expires_on <= today + _LONGEST:
        raise Problem(
            _("The key cannot hold until %(day)s.") % {"day": expires_on},
            _("A key holds at least a day and at most 400 days."),
            _("Choose a day in between."),
        )
    if not scopes:
        raise Problem(_("The key would open nothing."), remedy=_("Choose what it is for."))
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if person.tokens.filter(revoked_at__isnull=True, expires_on__gt=today).count() >= _MOST:
        raise Problem(_("You have %(most)s keys already.") % {"most": _MOST}, remedy=_("Revoke one you no longer use."))
    key = _PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        person=person,
        name=name.strip(),
        hint=key[: len(_PREFIX) + 4],
        digest=rules.digest_of(key),
        scopes=sorted({str(Scope(scope)) for scope in scopes}),
        created_at=at,
        expires_on=expires_on,
    )
    audit.record(
        "token.created", subject=token, by=person, at=at, changes={"scopes": token.scopes, "until": expires_on}
    )
    return token, key


@transaction.atomic
def revoke_token(*, token_id: int, by: Person | Account, at: datetime) -> ApiToken:
    """End one of one's own keys, or as security administrator anybody's; the next call with it is refused."""
    keys = ApiToken.objects.select_for_update(of=("self",)).filter(pk=token_id)
    if isinstance(by, Account):
        access.require_administrator(by, AdministratorKind.SECURITY)
    else:
        keys = keys.filter(person=by)
    token = keys.order_by("pk").first()
    if token is None or token.revoked_at is not None:
        raise Problem(_("This key is already revoked."), remedy=_("Open the list again."))
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    audit.record("token.revoked", subject=token, by=by, at=at)
    return token


def revoke_all(person_id: int | None, at: datetime) -> int:
    """End every key of the person; returns how many. The caller's transaction and audit entry hold it."""
    if person_id is None:
        return 0
    return ApiToken.objects.filter(person_id=person_id, revoked_at__isnull=True).update(revoked_at=at)
