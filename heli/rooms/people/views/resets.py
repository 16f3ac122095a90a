"""Sign-ins to be set anew: what waits for oneself, one of them, and the two ways it ends."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from heli.rooms.people import access, presenters, queries, services
from heli.rooms.people.access import PersonRequest, signed_in
from heli.rooms.people.models import SignInReset
from heli.rooms.people.views.acts import proof_url
from heli.ui import toasts
from heli.ui.sent import version_in


@require_safe
@signed_in
@never_cache
def resets(request: PersonRequest) -> HttpResponse:
    """What waits for one's confirmation, and what is asked about one's own sign-in."""
    context = {
        "mine": presenters.reset_links(queries.resets_waiting_for(request.account, request.now)),
        "about_me": presenters.reset_links(queries.resets_on(request.account, request.now)),
    }
    return render(request, "people/resets.html", context)


@require_safe
@signed_in
@never_cache
def reset(request: PersonRequest, pk: int) -> HttpResponse:
    return _shown(request, access.reset_for(request.account, pk, request.now))


def _shown(request: PersonRequest, found: SignInReset, half: str = "") -> HttpResponse:
    view = presenters.reset_view(found, request.account, request.now)
    context = {"view": view, "reset": found, "half": half}
    if view.may_confirm and not access.has_just_proved_itself(request, request.account):
        context["proof_url"] = proof_url(request.account, reverse("people:reset", args=[found.pk]))
    return render(request, "people/reset.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@never_cache
def confirm(request: PersonRequest, pk: int) -> HttpResponse:
    """Do it; the second half of a one-time password is shown on this answer alone."""
    found = access.reset_for(request.account, pk, request.now)
    if request.method != "POST":  # the address of the answer was opened again: the half was shown once
        return redirect("people:reset", found.pk)
    if not access.has_just_proved_itself(request, request.account):
        return redirect(proof_url(request.account, reverse("people:reset", args=[found.pk])))
    done, half = services.confirm_reset(
        reset_id=found.pk, version=version_in(request), by=request.account, at=request.now
    )
    if not half:
        toasts.done(request, _("The second factor is removed and every device signed out."))
        return redirect("people:reset", done.pk)
    return _shown(request, access.reset_for(request.account, done.pk, request.now), half)


@require_POST
@signed_in
def withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    found = access.reset_for(request.account, pk, request.now)
    services.withdraw_reset(reset_id=found.pk, version=version_in(request), by=request.account, at=request.now)
    toasts.done(request, _("It is refused; nothing was changed."))
    return redirect("people:reset", found.pk)
