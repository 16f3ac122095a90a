"""Personal access keys for programs: made once, shown once, kept only as a hash."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.rooms.people import rules
from heli.rooms.people.enums import Scope
from heli.rooms.people.models import ApiToken, Person

_PREFIX = "heli_"
_LONGEST = timedelta(days=400)
_MOST = 20


@transaction.atomic
def create_token(
    *, person: Person, name: str, scopes: list[Scope], expires_on: date, at: datetime
) -> tuple[ApiToken, str]:
    """Make a key for oneself; returns it with the only sight of its text."""
    today = timezone.localdate(at)
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
def revoke_token(*, token_id: int, by: Person, at: datetime) -> ApiToken:
    """End one of one's own keys; the next call with it is refused."""
    token = ApiToken.objects.select_for_update().filter(pk=token_id, person=by).order_by("pk").first()
    if token is None or token.revoked_at is not None:
        raise Problem(_("This key is already revoked."), remedy=_("Open the list again."))
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    audit.record("token.revoked", subject=token, by=by, at=at)
    return token
