"""The working calendar of a year, and the enterprise's own days in it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from heli.kernel.problems import Problem
from heli.rooms.people.access import PersonRequest, signed_in
from heli.rooms.rulebook import access, presenters, queries, services
from heli.rooms.rulebook.forms import DaysForm
from heli.rooms.rulebook.views.duties import shared
from heli.ui import toasts


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def calendar_page(request: PersonRequest) -> HttpResponse:
    """Show a year's days off and working days with their source; who may, enters own days."""
    today = request.now.date()
    may_enter = access.can_edit_calendar(request.person or request.account, today)
    if not (may_enter or access.can_read(request.person, today)):
        raise Http404
    if request.method != "POST":
        return render(request, "rulebook/calendar.html", _context(request, DaysForm()))
    form, refusal = DaysForm(request.POST), None
    if form.is_valid():
        try:
            count = services.enter_days(by=request.person or request.account, at=request.now, **form.cleaned_data)
        except Problem as problem:
            refusal = problem
        else:
            year = form.cleaned_data["first"].year
            toasts.done(request, ngettext("%(n)s day entered.", "%(n)s days entered.", count) % {"n": count})
            return redirect(f"{reverse('rulebook:calendar')}?year={year}")
    context = {**_context(request, form), "refusal": refusal}
    return render(request, "rulebook/calendar.html", context, status=422)


def _context(request: PersonRequest, form: DaysForm) -> dict[str, Any]:
    today = request.now.date()
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 and 2000 <= int(asked) <= 2100 else today.year
    found = queries.year_calendar(year)
    page: dict[str, Any] = shared(request) if request.person else {}
    return {
        **page,
        "form": form,
        "may_enter": access.can_edit_calendar(request.person or request.account, today),
        "calendar": found,
        "months": presenters.calendar_months(found, today),
        "weekdays": presenters.weekday_names(),
        "source": presenters.calendar_source(found),
        "years": [(each, str(each)) for each in range(min(2024, year), max(today.year + 2, year + 1) + 1)],
        "title": _("Working calendar %(year)s") % {"year": year},
    }
