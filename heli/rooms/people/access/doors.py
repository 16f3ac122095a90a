"""Doors of views. Each marks the view with its rule; a test walks the URL map and asks for the mark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.middleware import HtmxDetails

from heli.kernel.access_marks import mark
from heli.rooms.people.access.reach import has_somewhere
from heli.rooms.people.enums import (
    AdministratorKind,
    Permission,
)
from heli.rooms.people.models import (
    Account,
    Person,
)


class PersonRequest(HttpRequest):
    """A request as ``PersonMiddleware`` hands it on. ``person`` is None for administrators and strangers;
    behind ``person_required`` and ``needs`` it is always somebody."""

    person: Person
    account: Account
    now: datetime
    htmx: HtmxDetails


ViewFunction = Callable[..., HttpResponseBase]


def public(view: ViewFunction) -> ViewFunction:
    """Mark a view that anybody may open without signing in."""
    return mark("public")(view)


def signed_in(view: ViewFunction) -> ViewFunction:
    """Let in whoever is signed in; send others to the sign-in page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return mark("signed_in")(guarded)


def person_required(view: ViewFunction) -> ViewFunction:
    """Let in persons; administrators get the 404 of business pages, because business is not theirs."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.person is None:  # type: ignore[attr-defined]  # set by PersonMiddleware
            raise Http404
        return view(request, *args, **kwargs)

    return mark("person")(signed_in(guarded))


def needs(permission: Permission) -> Callable[[ViewFunction], ViewFunction]:
    """Return a door for persons who hold ``permission`` somewhere; the object's own door decides where."""

    def decorate(view: ViewFunction) -> ViewFunction:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            has_somewhere(request.person, permission, request.now.date()).require()  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return mark(str(permission))(person_required(guarded))

    return decorate


def administrators(*kinds: AdministratorKind) -> Callable[[ViewFunction], ViewFunction]:
    """Return a door for the named administrators alone."""

    def decorate(view: ViewFunction) -> ViewFunction:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            account: Account = request.user  # type: ignore[assignment]  # signed_in ran before
            if account.administrator not in kinds:
                raise Http404
            return view(request, *args, **kwargs)

        return mark("administrator:" + ",".join(kinds))(signed_in(guarded))

    return decorate
