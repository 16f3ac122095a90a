"""Fragments of plans on pages of other rooms: what waits on the home page, where a task comes from."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from heli.rooms.people.access import PersonRequest, person_required
from heli.rooms.plans.presenters import versions as presenters
from heli.rooms.plans.queries import home as queries
from heli.rooms.plans.queries import versions
from heli.rooms.tasks import access as tasks


@require_safe
@person_required
def home(request: PersonRequest) -> HttpResponse:
    """Versions to approve, boards to decide, versions to acknowledge; nothing where nothing waits."""
    waiting = queries.waiting_for(request.person, request.now.date())
    return render(request, "plans/home.html", {"waiting": waiting})


@require_safe
@person_required
def of_task(request: PersonRequest, pk: int) -> HttpResponse:
    """From which plan and item a task comes; nothing where the reader may not see that item."""
    today = request.now.date()
    task = tasks.task_for(request.person, pk, today)
    item = versions.item_of_task(request.person, task, today)
    return render(request, "plans/of_task.html", {"origin": presenters.origin(item) if item else None})
