"""The calendar of one's tasks, and the address under which a calendar program finds it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from heli.rooms.people import access as people
from heli.rooms.people import queries as keys
from heli.rooms.people import services as key_services
from heli.rooms.people.access import PersonRequest, person_required, public
from heli.rooms.people.enums import Scope
from heli.rooms.tasks import presenters, queries
from heli.rooms.tasks.views.asking import rail

_KEY_DAYS = timedelta(days=400)


@require_safe
@person_required
def calendar_page(request: PersonRequest) -> HttpResponse:
    return render(request, "tasks/calendar.html", _context(request))


@require_POST
@person_required
@never_cache
def make_feed(request: PersonRequest) -> HttpResponse:
    """Make an address for a calendar program; its text is shown on this answer alone."""
    _token, key = key_services.create_token(
        person=request.person,
        name=_("Calendar program"),
        scopes=[Scope.CALENDAR_READ],
        expires_on=request.now.date() + _KEY_DAYS,
        at=request.now,
    )
    address = request.build_absolute_uri(reverse("tasks:feed", args=[key]))
    return render(request, "tasks/calendar.html", {**_context(request), "made": address})


def _context(request: PersonRequest) -> dict[str, Any]:
    today = request.now.date()
    year, month = _month(request.GET.get("month", ""), today)
    mine_only = request.GET.get("whose") == "mine"
    page = queries.month_page(request.person, year, month, today, mine_only=mine_only)
    first = date(year, month, 1)
    whose = "&whose=mine" if mine_only else ""
    return {
        "page": page,
        "boxes": presenters.month_boxes(page, today),
        "weekdays": presenters.weekday_names(),
        "title": presenters.month_title(year, month),
        "tabs": presenters.whose_tabs(f"{first:%Y-%m}", mine_only=mine_only),
        "before": f"?month={first - timedelta(days=1):%Y-%m}{whose}",
        "after": f"?month={first + timedelta(days=32):%Y-%m}{whose}",
        "now": f"?month={today:%Y-%m}{whose}",
        "keys": [each for each in keys.tokens_of(request.person) if Scope.CALENDAR_READ in each.scopes],
        "today": today,
        **rail(request),
    }


def _month(asked: str, today: date) -> tuple[int, int]:
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", asked)
    return (int(found[1]), int(found[2])) if found else (today.year, today.month)


@require_safe
@public
@never_cache
def feed(request: PersonRequest, key: str) -> HttpResponse:
    """Hand a calendar program what the owner of the key may see; the key in the address is the sign-in."""
    today = request.now.date()
    person = people.owner_of_key(key, Scope.CALENDAR_READ, today)
    data = presenters.feed(
        queries.feed_tasks(person, today), host=request.get_host(), absolute=request.build_absolute_uri
    )
    headers = {"Content-Disposition": 'inline; filename="heli.ics"', "Referrer-Policy": "no-referrer"}
    return HttpResponse(data, content_type="text/calendar; charset=utf-8", headers=headers)
