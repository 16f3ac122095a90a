"""What a unit's lists said, and who answered, on any two days."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from heli.rooms.people.access import PersonRequest, person_required
from heli.rooms.responsibilities.presenters.then_and_now import pair_views
from heli.rooms.responsibilities.queries.then_and_now import then_and_now


@require_GET
@person_required
def compare_days(request: PersonRequest, pk: int) -> HttpResponse:
    """Lay two days of a unit's lists side by side; a day that is no day is the default."""
    today = request.now.date()
    first, second = _day(request, "from", today.replace(month=1, day=1)), _day(request, "to", today)
    found = then_and_now(request.person, pk, min(first, second), max(first, second), today)
    rows = pair_views(found.pairs)
    only_changed = request.GET.get("all") != "1"
    context = {
        "found": found,
        "first": min(first, second),
        "second": max(first, second),
        "rows": [row for row in rows if row.is_changed or not only_changed],
        "same": sum(not row.is_changed for row in rows),
        "only_changed": only_changed,
    }
    return render(request, "responsibilities/then_and_now.html", context)


def _day(request: PersonRequest, name: str, default: date) -> date:
    try:
        day = parse_date(request.GET.get(name, ""))
    except ValueError:
        day = None
    return day or default
