from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from heli.rooms.information import queries, services
from heli.rooms.people.access import PersonRequest, person_required

PAGE_SIZE = 40


@require_safe
@person_required
def notification_list(request: PersonRequest) -> HttpResponse:
    page = Paginator(queries.newest(request.person), PAGE_SIZE).get_page(request.GET.get("page"))
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
    return render(request, "information/newest.html", {"notifications": queries.newest(request.person)[:5]})


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
