"""The tasks that carry out one item of a plan."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from heli.rooms.people.access import PersonRequest, person_required
from heli.rooms.plans import access
from heli.rooms.plans.presenters import words
from heli.rooms.plans.presenters import work as presenters
from heli.rooms.plans.queries import progress as queries

PAGE_SIZE = 50


@require_safe
@person_required
def item_tasks(request: PersonRequest, pk: int, number: int, item: int) -> HttpResponse:
    """Show the tasks of an item that the reader may see, and how far they are."""
    today = request.now.date()
    version = access.version_for(request.person, pk, number, today)
    row = queries.item_for(request.person, version, item, today)
    sent = request.GET.get("state", "")
    state = sent if sent in presenters.STATES else ""
    page = Paginator(queries.tasks_of_item(request.person, row, today, state), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    progress = queries.progress_of_item(request.person, row, today)
    address = reverse("plans:item_tasks", args=[pk, number, item])
    context = {
        "plan": version.plan,
        "version": version,
        "item": row,
        "when": words.when_text(row.start, row.due, row.period, year=version.plan.year),
        "back": f"{reverse('plans:version', args=[pk, number])}#item-{row.pk}",
        "progress": presenters.progress(progress),
        "tabs": presenters.tabs(progress, address, state),
        "page": page,
        "rows": presenters.rows(page.object_list, row.text, today),
    }
    return render(request, "plans/item_tasks.html", context)
