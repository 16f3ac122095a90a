"""When one wants no reminders."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heli.rooms.people.access import PersonRequest, person_required
from heli.rooms.tasks import queries, services
from heli.rooms.tasks.forms import QuietHoursForm
from heli.rooms.tasks.views.asking import rail
from heli.ui.sent import version_in


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
def reminders(request: PersonRequest) -> HttpResponse:
    """Choose one's quiet hours."""
    hours = queries.quiet_hours(request.person)
    form = QuietHoursForm(request.POST or None, initial={"starts": hours.starts, "ends": hours.ends})
    if request.method == "POST" and form.is_valid():
        services.keep_quiet(**form.cleaned_data, by=request.person, at=request.now, version=version_in(request))
        messages.success(request, _("Kept. You hear at most once a day, outside these hours."))
        return redirect("tasks:reminders")
    context = {"form": form, "hours": hours, **rail(request)}
    return render(request, "tasks/reminders.html", context, status=422 if form.errors else 200)
