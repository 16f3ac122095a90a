"""Personal keys: the door of the API."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import HttpError
from ninja.security import HttpBearer

from heli.rooms.people import rules
from heli.rooms.people.access.accounts import open_duty
from heli.rooms.people.access.doors import PersonRequest
from heli.rooms.people.enums import (
    Scope,
)
from heli.rooms.people.models import (
    ApiToken,
    Person,
)


def _valid_key(key: str, on: date) -> ApiToken | None:
    found = ApiToken.objects.filter(
        digest=rules.digest_of(key),
        revoked_at__isnull=True,
        expires_on__gt=on,
        person__left_on__isnull=True,
        person__account__is_active=True,
    )
    return found.select_related("person__account").order_by("pk").first()


def owner_of_key(key: str, scope: Scope, on: date) -> Person:
    """Return whose key this is; the same 404 for a key that is unknown, ended, revoked or for something else.

    For addresses that carry the key themselves, where a program can send no header. A duty of sign-in that the
    owner has not done closes it as it closes the pages.
    """
    found = _valid_key(key, on)
    if found is None or scope not in found.scopes or open_duty(found.person.account) is not None:
        raise Http404
    found.person.scopes = {}
    return found.person


class TokenAuth(HttpBearer):
    """The door of the API: a personal key with the scope an operation asks for.

    It puts the key's owner on the request, so that operations ask the same questions as pages.
    """

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:
        asked: PersonRequest = request  # type: ignore[assignment]  # PersonMiddleware ran before
        found = _valid_key(token, asked.now.date())
        if found is None:
            return None
        if self.scope not in found.scopes:
            raise HttpError(403, _("This key does not hold the scope %(scope)s.") % {"scope": self.scope})
        asked.person, asked.account = found.person, found.person.account
        asked.person.scopes = {}
        duty = open_duty(asked.account)
        if duty is not None:
            raise HttpError(
                403, _("This key opens nothing until its owner has done this: %(duty)s.") % {"duty": duty.label}
            )
        return found.person


def asked_with_key(request: HttpRequest) -> PersonRequest:
    """Return the request as ``TokenAuth`` leaves it: with the owner of the key."""
    asked: PersonRequest = request  # type: ignore[assignment]  # what TokenAuth has just done
    return asked
