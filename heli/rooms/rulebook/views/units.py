from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from heli.kernel.problems import Problem
from heli.rooms.people import access as people
from heli.rooms.people.access import PersonRequest, needs
from heli.rooms.people.enums import Permission
from heli.rooms.rulebook import access, presenters, queries, services
from heli.rooms.rulebook.forms import CircumstanceForm, EndForm
from heli.rooms.rulebook.views.duties import shared
from heli.ui import toasts

_CLOSINGS_SHOWN = 5


@require_GET
@needs(Permission.UNIT_VIEW)
def unit_page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what is asked of a unit this year, what is not and why, and the facts this rests on."""
    return render(request, "rulebook/unit.html", _context(request, pk))


def _context(request: PersonRequest, pk: int) -> dict[str, Any]:
    today = request.now.date()
    unit = people.unit_for(request.person, Permission.UNIT_VIEW, pk, today)
    expected = [one for year in (today.year, today.year + 1) for one in queries.expected_occurrences(unit, year)]
    return {
        "unit": unit,
        "year": today.year,
        "today": today,
        "duties": presenters.unit_page(queries.unit_duties(unit, today), expected, today),
        "next_up": [one for one in expected if one.occurrence.due_on >= today][:6],
        "conditions": queries.unit_conditions(unit, today),
        "may_declare": access.can_declare(request.person, unit, today),
        **shared(request),
    }


@require_GET
@needs(Permission.UNIT_VIEW)
def of_unit(request: PersonRequest, pk: int) -> HttpResponse:
    """The fragment on a unit's page: what falls due for it next, and how it or a post of it was closed."""
    closings = queries.closings_of(request.person, pk, request.now.date())[:_CLOSINGS_SHOWN]
    context = _context(request, pk) | {"closings": presenters.adjustment_rows(closings)}
    return render(request, "rulebook/of_unit.html", context)


@require_POST
@needs(Permission.UNIT_VIEW)
def declare(request: PersonRequest, pk: int) -> HttpResponse:
    """Say that something holds for the unit from a day on."""
    form = CircumstanceForm(request.POST)
    if form.is_valid():
        try:
            services.declare_circumstance(unit_id=pk, by=request.person, at=request.now, **form.cleaned_data)
        except Problem as problem:
            return _refused(request, pk, problem)
        toasts.done(request, _("Entered. The duties below follow it."))
        return redirect("rulebook:unit", pk=pk)
    return _refused(request, pk, _day_missing())


@require_POST
@needs(Permission.UNIT_VIEW)
def end_circumstance(request: PersonRequest, pk: int) -> HttpResponse:
    """Say that something no longer holds for its unit."""
    unit_id = access.circumstance_for(request.person, pk, request.now.date()).unit_id
    form = EndForm(request.POST)
    if form.is_valid():
        try:
            services.end_circumstance(pk=pk, by=request.person, at=request.now, **form.cleaned_data)
        except Problem as problem:
            return _refused(request, unit_id, problem)
        toasts.done(request, _("Ended. The duties below follow it."))
        return redirect("rulebook:unit", pk=unit_id)
    return _refused(request, unit_id, _day_missing())


def _day_missing() -> Problem:
    return Problem(_("This was not saved."), _("The day is missing or is no day."), _("Choose a day and save again."))


def _refused(request: PersonRequest, pk: int, problem: Problem) -> HttpResponse:
    return render(request, "rulebook/unit.html", {**_context(request, pk), "refusal": problem}, status=problem.status)
