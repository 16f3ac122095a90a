"""One's own access keys."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from heli.rooms.people import access, queries, services
from heli.rooms.people.access import PersonRequest, person_required
from heli.rooms.people.enums import Scope
from heli.rooms.people.forms import TokenForm
from heli.rooms.people.views.acts import proof_url
from heli.ui import toasts


@person_required
@never_cache
def tokens(request: PersonRequest) -> HttpResponse:
    """List one's keys and make a new one; its text is shown on this answer alone."""
    made = None
    is_proved = access.has_just_proved_itself(request, request.account)
    if request.method == "POST" and not is_proved:
        return redirect(_proof_url(request))
    form = TokenForm(request.POST or None, initial={"expires_on": request.now.date() + timedelta(days=90)})
    if request.method == "POST" and form.is_valid():
        token, key = services.create_token(
            person=request.person,
            name=form.cleaned_data["name"],
            scopes=[Scope(scope) for scope in form.cleaned_data["scopes"]],
            expires_on=form.cleaned_data["expires_on"],
            at=request.now,
        )
        made, form = {"name": token.name, "key": key}, TokenForm(initial=form.cleaned_data)
    context = {
        "tokens": queries.tokens_of(request.person),
        "form": form,
        "made": made,
        "proof_url": "" if is_proved else _proof_url(request),
        "labels": dict(Scope.choices),
        "today": request.now.date(),
    }
    return render(request, "people/tokens.html", context, status=422 if form.is_bound else 200)


def _proof_url(request: PersonRequest) -> str:
    return proof_url(request.account, reverse("people:tokens"))


@person_required
@require_POST
def revoke_token(request: PersonRequest, token_id: int) -> HttpResponse:
    token = services.revoke_token(token_id=token_id, by=request.person, at=request.now)
    toasts.done(request, _("The key “%(name)s” opens nothing any more.") % {"name": token.name})
    return redirect("people:tokens")
