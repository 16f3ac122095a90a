"""What held in the rulebook on any two days."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heli.rooms.people import queries as people
from heli.rooms.people.access import PersonRequest, needs
from heli.rooms.people.enums import Permission
from heli.rooms.rulebook import presenters, queries
from heli.rooms.rulebook.views.duties import shared

# Longer lists are narrowed by the days.
MOST_SHOWN = 200


@require_GET
@needs(Permission.RULEBOOK_VIEW)
def compare(request: PersonRequest) -> HttpResponse:
    """Lay two days side by side; a day that is no day is the default."""
    today = request.now.date()
    first, second = sorted((day_sent(request, "from", today.replace(month=1, day=1)), day_sent(request, "to", today)))
    found = queries.compare_days(first, second)
    units = people.units_changed(request.person, first, second, limit=MOST_SHOWN)
    holders = people.holders_changed(request.person, first, second, limit=MOST_SHOWN)
    places = [
        (_("Units"), presenters.unit_differences(units), len(units) == MOST_SHOWN),
        (_("Posts and who holds them"), presenters.holder_differences(holders), len(holders) == MOST_SHOWN),
    ]
    context = {
        "first": first,
        "second": second,
        "families": [
            *((label, rows, False) for label, rows in presenters.differences_by_family(found)),
            *(place for place in places if place[1]),
        ],
        "most": MOST_SHOWN,
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
