"""Preferences, the component gallery, and the pages shown when something cannot be done."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.template import loader
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language

from heli.kernel.access_marks import mark
from heli.ui import gallery as samples
from heli.ui import preferences


def _back(request: HttpRequest) -> str:
    """The page one came from, if it is ours."""
    for address in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if address and url_has_allowed_host_and_scheme(
            address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            return address
    return "/"


@mark("public")
@require_POST
def preferences_view(request: HttpRequest) -> HttpResponse:
    """Store theme or type size and return to the page."""
    response = HttpResponseRedirect(_back(request))
    response.status_code = HTTPStatus.SEE_OTHER
    for name in preferences.COOKIES:
        if name in request.POST:
            preferences.write(response, name, request.POST[name], secure=request.is_secure())
    return response


@mark("public")
@require_POST
def language(request: HttpRequest) -> HttpResponseBase:
    """Store the language and return to the page."""
    return set_language(request)


@mark("public")
@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state, for whoever is signed in (or anybody while developing)."""
    user = getattr(request, "user", None)
    if not settings.DEBUG and not getattr(user, "is_authenticated", False):
        return redirect_to_login(request.get_full_path())
    return render(request, "ui/gallery.html", samples.context())


def _refusal(request: HttpRequest, status: int, what: str, why: str, remedy: str, **more: Any) -> HttpResponse:
    context = {"what": what, "why": why, "remedy": remedy, "status": status, **more}
    return render(request, "ui/problem.html", context, status=status)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django passes it
    return _refusal(
        request,
        400,
        _("This request cannot be read."),
        _("The address or the sent data is incomplete or has been changed on the way."),
        _("Go back, reload the page and try once more."),
    )


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    reason = str(exception) if exception is not None and str(exception) else ""
    return _refusal(
        request,
        403,
        _("You cannot do this."),
        reason or _("Your post does not include this right on this date."),
        _("Whoever holds the post can do it, or the administrator of your unit can appoint you."),
    )


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django passes it
    return _refusal(
        request,
        404,
        _("There is no such page for you."),
        _("It may have been moved or withdrawn, or it is meant for other people."),
        _("Search for it, or ask whoever sent you the address to share it with your unit."),
    )


def server_error(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """A page that needs nothing: no database, no session, no context processor."""
    page = loader.get_template("ui/500.html").render({}, None)
    return HttpResponse(page, status=500)


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django passes it
    """The protection against forged requests refused a post."""
    return _refusal(
        request,
        403,
        _("The page was open too long, so nothing was sent."),
        _("Its security mark is no longer valid, or this browser does not keep cookies."),
        _("Go back, reload the page and send again. What you typed is still in the field of most browsers."),
    )
