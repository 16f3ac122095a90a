from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from heli.kernel.problems import Problem
from heli.rooms.information import access, presenters, queries, services
from heli.rooms.information.enums import SuggestionState
from heli.rooms.people.access import PersonRequest, person_required
from heli.ui.sent import version_in

PAGE_SIZE = 40


@require_safe
@person_required
def notification_list(request: PersonRequest) -> HttpResponse:
    page = Paginator(queries.newest(request.person), PAGE_SIZE).get_page(request.GET.get("page"))
    page.object_list = queries.with_doors(request.person, page.object_list, request.now)
    unread = queries.unread_count(request.person)
    return render(request, "information/list.html", {"page": page, "unread": unread})


@require_safe
@person_required
def bell(request: PersonRequest) -> HttpResponse:
    """The fragment in the top bar: the bell, and how much is new for this person."""
    return render(request, "information/bell.html", {"unread": queries.unread_count(request.person)})


@require_safe
@person_required
def newest(request: PersonRequest) -> HttpResponse:
    """The fragment on the home page: the newest few."""
    found = queries.with_doors(request.person, queries.newest(request.person)[:5], request.now)
    return render(request, "information/newest.html", {"notifications": found})


@require_POST
@person_required
def open_notification(request: PersonRequest, pk: int) -> HttpResponse:
    """Mark it read and go where it points."""
    notification = services.mark_read(notification_id=pk, by=request.person, at=request.now)
    return redirect(notification.url)


@require_POST
@person_required
def mark_all_read(request: PersonRequest) -> HttpResponse:
    services.mark_all_read(by=request.person, at=request.now)
    return redirect("information:list")


@require_safe
@person_required
def suggestion_list(request: PersonRequest) -> HttpResponse:
    """Show what one suggested and what waits for one's answer."""
    page = Paginator(queries.suggestions_seen(request.person, request.now.date()), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    return render(request, "information/suggestions.html", {"page": page, "rows": presenters.suggestion_rows(page)})


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
def suggest(request: PersonRequest) -> HttpResponse:
    """Say how a page could be less work; it names who will answer."""
    given = request.POST if request.method == "POST" else request.GET
    page, text, refusal = given.get("page") or "/", given.get("text", ""), None
    if request.method == "POST":
        try:
            made = services.suggest(page=page, text=text, by=request.person, at=request.now)
        except Problem as problem:
            refusal = problem
        else:
            messages.success(request, _("Sent. You are told when it is answered."))
            return redirect("information:suggestion", made.pk)
    shown = queries.own_page(page)
    desk = queries.desk_for(request.person, shown.partition("?")[0], request.now.date())
    about = (desk.owner.about if desk else "") or queries.part_of_site(shown)
    context = {"page_url": shown, "about": about, "text": text, "desk": desk, "refusal": refusal}
    return render(request, "information/suggest.html", context, status=refusal.status if refusal else 200)


@require_safe
@person_required
def suggestion_page(request: PersonRequest, pk: int) -> HttpResponse:
    today = request.now.date()
    suggestion = access.suggestion_for(request.person, pk, today)
    context = {
        "suggestion": suggestion,
        "tone": presenters.TONES[SuggestionState(suggestion.state)],
        "about": queries.about_of(suggestion, request.person, request.now),
        "can_answer": access.can_answer(request.person, suggestion, today),
        "names": queries.holders_of_suggestion(suggestion, today),
    }
    return render(request, "information/suggestion.html", context)


@require_POST
@person_required
def answer_suggestion(request: PersonRequest, pk: int) -> HttpResponse:
    services.answer_suggestion(
        suggestion_id=pk,
        taken=request.POST.get("outcome") == "taken",
        answer=request.POST.get("answer", ""),
        by=request.person,
        at=request.now,
        version=version_in(request),
    )
    messages.success(request, _("Answered."))
    return redirect("information:suggestion", pk)
