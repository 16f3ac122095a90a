"""Hand-over sheets: read, signed by both, witnessed where the leaver cannot sign."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from heli.rooms.people.access import PersonRequest, person_required
from heli.rooms.responsibilities import access
from heli.rooms.responsibilities.forms import ReasonForm
from heli.rooms.responsibilities.presenters import exports, words
from heli.rooms.responsibilities.queries import hand_overs as queries
from heli.rooms.responsibilities.services import hand_overs as services
from heli.ui import toasts
from heli.ui.sent import version_in

PAGE_SIZE = 30


@require_GET
@person_required
def hand_overs(request: PersonRequest) -> HttpResponse:
    """Show the sheets the reader may open, newest first."""
    found = queries.sheets_for_list(request.person, request.now.date())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "responsibilities/hand_overs.html", {"page": page})


@require_GET
@person_required
def waiting(request: PersonRequest) -> HttpResponse:
    """The fragment on the home page: sheets that wait for the reader's signature; nothing where none does."""
    return render(request, "responsibilities/waiting.html", {"sheets": queries.to_sign(request.person)})


@require_GET
@person_required
def hand_over(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a sheet: what goes over, the open work, and who signs."""
    today = request.now.date()
    sheet = access.hand_over_for(request.person, pk, today)
    items = queries.items_of(sheet)
    is_leaver, is_taker = request.person.pk == sheet.from_person_id, request.person.pk == sheet.to_person_id
    leaver_done = sheet.from_signed_at is not None or sheet.witnessed_at is not None
    context = {
        "sheet": sheet,
        "items": [(item, words.text_of(item)) for item in items],
        "signatures": exports.hand_over_signatures(sheet),
        "can_sign": (is_leaver and not leaver_done) or (is_taker and sheet.to_signed_at is None),
        "can_witness": not leaver_done and bool(access.can_witness(request.person, sheet, today)),
        "is_done": leaver_done and sheet.to_signed_at is not None,
        "leaver_is_gone": queries.has_left(sheet.from_person, today),
        "sign_url": reverse("responsibilities:sign_hand_over", args=[pk]),
    }
    return render(request, "responsibilities/hand_over.html", context)


@require_POST
@person_required
def sign(request: PersonRequest, pk: int) -> HttpResponse:
    services.sign_hand_over(hand_over_id=pk, version=version_in(request), by=request.person, at=request.now)
    toasts.done(request, _("Signed."))
    return redirect("responsibilities:hand_over", pk)


@require_POST
@person_required
def witness(request: PersonRequest, pk: int) -> HttpResponse:
    form = ReasonForm(request.POST)
    reason = str(form.cleaned_data["reason"]) if form.is_valid() else ""
    services.witness_hand_over(
        hand_over_id=pk, version=version_in(request), reason=reason, by=request.person, at=request.now
    )
    toasts.done(request, _("Witnessed."))
    return redirect("responsibilities:hand_over", pk)
