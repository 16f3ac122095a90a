"""What held in the rulebook on any two days."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from heli.rooms.people.access import PersonRequest, needs
from heli.rooms.people.enums import Permission
from heli.rooms.rulebook import presenters, queries
from heli.rooms.rulebook.views.duties import shared


@require_GET
@needs(Permission.RULEBOOK_VIEW)
def compare(request: PersonRequest) -> HttpResponse:
    """Lay two days side by side; a day that is no day is the default."""
    today = request.now.date()
    days = sorted((day_sent(request, "from", today.replace(month=1, day=1)), day_sent(request, "to", today)))
    found = queries.compare_days(days[0], days[1])
    context = {
        "first": days[0],
        "second": days[1],
        "count": len(found),
        "families": presenters.differences_by_family(found),
        **shared(request),
    }
    return render(request, "rulebook/compare.html", context)


def day_sent(request: PersonRequest, name: str, default: date) -> date:
    """Return the day of a query value, or the default where it is none."""
    try:
        day = parse_date(request.GET.get(name, ""))
    except ValueError:
        day = None
    return day or default
