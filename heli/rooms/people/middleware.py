"""Puts who is asking and what time it is on the request, once; keeps sign-in duties before all else."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from heli.rooms.people.access import has_second_factor, open_duty
from heli.rooms.people.enums import Duty
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
        response = self.get_response(request)
        if account is not None:  # a page of one person: kept by no proxy, and asked for anew whenever it is opened
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


class SignInDutyMiddleware:
    """Lead an account to what it must do first: its own password, a second factor where its role asks for one.

    The second factor itself is asked for at sign-in; this catches accounts that have none yet.
    """

    # What stays open meanwhile: sign-in, what the duty itself needs, language and display, files of the face. The
    # API asks by key, not by session, and looks at the duties of the key's owner itself.
    _OPEN = (
        "/sign-in/", "/sign-out/", "/account/password/", "/account/second-factor/", "/account/again/", "/static/",
        "/language/", "/preferences/", "/api/",
    )  # fmt: skip
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
        if request.session.get(self._VERIFIED) and not account.must_change_password:
            return None
        duty = open_duty(account)
        if duty is None and settings.SECOND_FACTOR and has_second_factor(account):
            request.session[self._VERIFIED] = True  # a reset ends the session and with it this note
        return _PAGES[duty] if duty is not None else None


_PAGES = {Duty.PASSWORD: "people:password", Duty.SECOND_FACTOR: "mfa_index"}
