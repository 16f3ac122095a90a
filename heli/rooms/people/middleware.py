"""Puts who is asking and what time it is on the request, once; keeps sign-in duties before all else."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from heli.rooms.people.access import second_factor_required
from heli.rooms.people.models import Account, Person


class PersonMiddleware:
    """Set ``request.person`` (or None), ``request.account`` and ``request.now`` (aware, local)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        account = request.user if request.user.is_authenticated else None
        request.account = account  # type: ignore[attr-defined]
        person_id = getattr(account, "person_id", None)
        request.person = Person.objects.get(pk=person_id) if person_id else None  # type: ignore[attr-defined]
        if request.person is not None:  # type: ignore[attr-defined]
            request.person.scopes = {}  # type: ignore[attr-defined]  # asked once per request, not once per question
            account.person = request.person  # type: ignore[union-attr,attr-defined]
        request.now = timezone.localtime()  # type: ignore[attr-defined]
        return self.get_response(request)


class SignInDutyMiddleware:
    """Lead an account to what it must do first: its own password, a second factor where its role asks for one.

    The second factor itself is asked for at sign-in; this catches accounts that have none yet.
    """

    # What stays open meanwhile: sign-in, the account's own pages, language and display, files of the face.
    _OPEN = ("/sign-in/", "/sign-out/", "/account/", "/static/", "/language/", "/preferences/", "/api/")
    _VERIFIED = "second_factor_set_up"

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        account: Account | None = request.account  # type: ignore[attr-defined]
        if account is None or request.path.startswith(self._OPEN):
            return self.get_response(request)
        target = self._duty(request, account)
        if target is None:
            return self.get_response(request)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": reverse(target)})
        return HttpResponseRedirect(reverse(target))

    def _duty(self, request: HttpRequest, account: Account) -> str | None:
        if account.must_change_password:
            return "people:password"
        if request.session.get(self._VERIFIED) or not second_factor_required(account):
            return None
        kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
        if Authenticator.objects.filter(user=account, type__in=kinds).exists():
            request.session[self._VERIFIED] = True  # a reset ends the session and with it this note
            return None
        return "mfa_index"
