"""My double duties, and those of whom one may see."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from heli.rooms.people.access import PersonRequest, person_required
from heli.rooms.responsibilities import access
from heli.rooms.responsibilities.forms import DayForm
from heli.rooms.responsibilities.presenters import duties as presenters
from heli.rooms.responsibilities.queries import duties as queries
from heli.rooms.responsibilities.queries import hand_overs, record

if TYPE_CHECKING:
    from heli.rooms.people.models import Person

_NEWEST = 5


@require_GET
@person_required
def mine(request: PersonRequest) -> HttpResponse:
    """Show what I answer for."""
    return _page(request, request.person)


@require_GET
@person_required
def person(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what a person answers for, as far as the reader may see it."""
    return _page(request, access.holder_for(request.person, pk, request.now.date()))


def _page(request: PersonRequest, whose: Person) -> HttpResponse:
    today = request.now.date()
    day = day_asked(request, today)
    page = queries.duty_page(request.person, whose, day, today)
    newest = record.rows_of(page)
    unit = page.appointments[0].post.unit if page.appointments else page.party
    is_own = whose.pk == request.person.pk
    context = {
        "page": page,
        "whose": whose,
        "is_own": is_own,
        "day": day,
        "is_past": day != today,
        "posts": presenters.posts_of(page),
        "kinds": presenters.kinds_of(page),
        "tally": presenters.tally_of(page, today),
        "figures": presenters.due_parts(page, today).words(),
        "sections": presenters.sections(page, today),
        "others": presenters.other_work(page, today),
        "year_rows": presenters.year_rows(page, today),
        "months": presenters.month_names(),
        "this_month": today.month if today.year == day.year else 0,
        "entries": presenters.entries(newest[:_NEWEST], today),
        "entry_count": len(newest),
        "colleagues": queries.colleagues(request.person, unit, today) if unit else [],
        "unit": unit,
        "to_sign": page.to_sign if is_own else [],
        "hand_overs": hand_overs.to_sign(request.person) if is_own else [],
        "urls": _urls(whose.pk),
    }
    return render(request, "responsibilities/duties.html", context)


def _urls(pk: int) -> dict[str, str]:
    return {"record": reverse("responsibilities:record", args=[pk]), "lists": reverse("responsibilities:lists")}


def day_asked(request: PersonRequest, today: date) -> date:
    """Return the day the reader asks about, today without one."""
    form = DayForm(request.GET)
    asked = form.cleaned_data["on"] if form.is_valid() else None
    return asked if asked is not None and 2000 <= asked.year <= 2200 else today


@require_GET
@person_required
def of_person(request: PersonRequest, pk: int) -> HttpResponse:
    """Fill the place on a person's page: posts and how many items they answer for."""
    today = request.now.date()
    found: Any = access.visible_holders(request.person, today).filter(pk=pk).order_by("pk").first()
    context: dict[str, Any] = {"whose": found}
    if found is not None:
        page = queries.duty_page(request.person, found, today, today)
        context |= {"kinds": presenters.kinds_of(page), "count": len(page.items)}
    return render(request, "responsibilities/of_person.html", context)
