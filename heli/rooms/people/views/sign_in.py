"""Signing in and out, one's own password and sessions."""

from __future__ import annotations

from typing import Any

from allauth.account.views import login as allauth_login
from allauth.core import ratelimit
from allauth.usersessions.models import UserSession
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from heli.rooms.people import access, queries, services
from heli.rooms.people.access import PersonRequest, public, signed_in
from heli.rooms.people.forms import LetInForm, PasswordForm
from heli.ui import toasts

_SHOWN_ONCE = "device-shown-once"


def locked_out(
    request: HttpRequest, _original: HttpResponseBase | None, _credentials: dict[str, Any] | None
) -> HttpResponse:
    """Say how long the way in is closed for this name on this device, and what still works."""
    return _closed(request)


def _closed(request: HttpRequest, *, is_flooded: bool = False) -> HttpResponse:
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    form = LetInForm(initial={"login": request.POST.get("login", "")[:150]})
    context = {"minutes": minutes, "form": form, "is_flooded": is_flooded}
    return render(request, "people/locked_out.html", context, status=429)


@public
@never_cache
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """allauth's page. Tries of unknown devices are counted by address, those at a closed name excepted.

    Beyond the limit the address stays open for every name that nobody tried wrongly there: else whoever floods it would
    close it for every new device of colleagues.
    """
    name = request.POST.get("login", "")
    counts = request.method == "POST" and not access.known_device(request, access.account_named(name))
    counts = counts and AxesProxyHandler.is_allowed(request, {"username": name})  # asked of strangers alone: it is kept
    if counts and not ratelimit.consume(request, action="strangers"):
        access.flood(request)
        if access.was_tried(request, timezone.now()):
            return _closed(request, is_flooded=True)
    answer: HttpResponseBase = allauth_login(request)
    return answer


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def let_in(request: HttpRequest) -> HttpResponse:
    """Make this device known to the account whose pass or code it shows; signing in still takes everything else."""
    form = LetInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = access.account_named(form.cleaned_data["login"])
        device = access.device_let_in(account, form.cleaned_data["code"], timezone.now())
        if account is not None and device:
            toasts.done(request, _("This device is known now. Sign in."))
            answer = redirect("account_login")
            access.remember_device(request, answer, account, device)
            return answer
        form.add_error("code", _("This opens nothing. A pass holds for half an hour."))
    return render(request, "people/locked_out.html", {"form": form}, status=422 if form.is_bound else 200)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session, on the server too; a browser that is asked over TLS forgets the pages it has shown."""
    UserSession.objects.filter(session_key=request.session.session_key or "").delete()
    logout(request)
    return HttpResponseRedirect(reverse("account_login"), headers={"Clear-Site-Data": '"cache"'})


@signed_in
@never_cache
@sensitive_post_parameters()
def password(request: PersonRequest) -> HttpResponse:
    """Change one's own password; every other session ends."""
    form = PasswordForm(request.POST or None, account=request.account)
    if request.method == "POST" and form.is_valid():
        account = services.set_password(
            account_id=request.account.pk,
            password=form.cleaned_data["new"],
            by=request.account,
            at=request.now,
            session_key=request.session.session_key or "",
        )
        update_session_auth_hash(request, account)
        toasts.done(
            request, _("Your password is changed. All other devices are signed out and your access keys revoked.")
        )
        return redirect("people:sessions")
    status = 422 if form.is_bound else 200
    context = {"form": form, "is_due": request.account.must_change_password}
    return render(request, "people/password.html", context, status=status)


@signed_in
@never_cache
def sessions(request: PersonRequest) -> HttpResponse:
    """Show where one is signed in."""
    return _sessions(request)


@signed_in
@never_cache
@require_POST
def own_pass(request: PersonRequest) -> HttpResponse:
    """Give out the pass for a new device of one's own; the page it leads to shows it once."""
    request.session[_SHOWN_ONCE] = request.account.pk
    return redirect("people:sessions")


def _sessions(request: PersonRequest) -> HttpResponse:
    is_asked = request.session.pop(_SHOWN_ONCE, None) == request.account.pk
    device_pass = access.device_pass(request.account, request.now) if is_asked else ""
    context = {
        "sessions": queries.live_sessions(request.account),
        "current": request.session.session_key,
        "device_pass": device_pass,
    }
    return render(request, "people/sessions.html", context)


@signed_in
@require_POST
def end_session(request: PersonRequest, session_id: int) -> HttpResponse:
    services.revoke_session(session_id=session_id, by=request.account, at=request.now)
    toasts.done(request, _("That device is signed out."))
    return redirect("people:sessions")


@signed_in
@require_POST
def end_other_sessions(request: PersonRequest) -> HttpResponse:
    key = request.session.session_key or ""
    services.revoke_sessions(account_id=request.account.pk, by=request.account, at=request.now, except_key=key)
    toasts.done(request, _("All other devices are signed out and your access keys revoked."))
    return redirect("people:sessions")
