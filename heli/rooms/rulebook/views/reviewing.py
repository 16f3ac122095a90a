"""The half-yearly review: proposals with reasons that a person takes up or declines."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from heli.kernel.problems import Problem
from heli.rooms.people.access import PersonRequest, needs
from heli.rooms.people.enums import Permission
from heli.rooms.rulebook import access, presenters, queries, services
from heli.rooms.rulebook.enums import ProposalState
from heli.rooms.rulebook.forms import NoteForm
from heli.rooms.rulebook.views.duties import shared
from heli.ui import toasts


@require_GET
@needs(Permission.RULEBOOK_VIEW)
def reviews(request: PersonRequest) -> HttpResponse:
    """Show the reviews so far, newest first."""
    today = request.now.date()
    access.can_review(request.person, today).require()
    half = queries.last_half(today)
    found = queries.reviews(request.person, today)
    context = {
        "rows": presenters.review_rows(found),
        "half_name": presenters.half_name(half),
        "drawing_up": queries.drawing_up(request.now),
        **shared(request),
    }
    return render(request, "rulebook/reviews.html#state" if request.htmx else "rulebook/reviews.html", context)


@require_POST
@needs(Permission.RULEBOOK_VIEW)
def prepare(request: PersonRequest) -> HttpResponse:
    """Have the review of the half-year that ended last drawn up, or drawn up anew."""
    services.begin_review(by=request.person, at=request.now)
    toasts.done(request, _("It is being drawn up."))
    return redirect("rulebook:reviews")


@require_GET
@needs(Permission.RULEBOOK_VIEW)
def review(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the proposals of a half-year, by kind."""
    return _page(request, pk)


def _page(request: PersonRequest, pk: int, refusal: Problem | None = None) -> HttpResponse:
    today, asked = request.now.date(), request.GET.get("state", "")
    found = access.review_for(request.person, pk, today)
    state = asked if asked in ProposalState.values else ""
    page = queries.review_page(found, state)
    context = {
        "review": found,
        "name": presenters.half_name(found),
        "tabs": presenters.proposal_tabs(page.counts, state),
        "groups": presenters.proposal_groups(page.proposals),
        "refusal": refusal,
        **shared(request),
    }
    return render(request, "rulebook/review.html", context, status=refusal.status if refusal else 200)


@require_POST
@needs(Permission.RULEBOOK_VIEW)
def answer(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a proposal up, or decline it with the reason."""
    found, form = access.proposal_for(request.person, pk, request.now.date()).review, NoteForm(request.POST)
    try:
        services.answer_proposal(
            proposal_id=pk, is_taken=request.POST.get("step") == "take", answer=form.reason(), by=request.person,
            at=request.now, version=form.version(),
        )  # fmt: skip
    except Problem as problem:
        return _page(request, found.pk, problem)
    toasts.done(request, _("Answered."))
    return redirect("rulebook:review", pk=found.pk)
