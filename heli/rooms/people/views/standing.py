"""Who stands in for the holder of a post: shown, arranged and ended."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heli.rooms.people import access, presenters, queries, services
from heli.rooms.people.access import PersonRequest, person_required
from heli.rooms.people.forms import StandInForm
from heli.rooms.people.models import StandIn
from heli.rooms.people.views.acts import attempt
from heli.ui import toasts
from heli.ui.sent import version_in


@person_required
def stand_ins(request: PersonRequest, pk: int) -> HttpResponse:
    """Show who stands in now and later, and name somebody."""
    today = request.now.date()
    appointment = access.appointment_for(request.person, pk, today)
    form = StandInForm(request.POST or None, person=request.person, on=today, initial={"from_day": today})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        done = attempt(
            form,
            lambda: services.give_stand_in(
                appointment_id=appointment.pk,
                person_id=values["stand_in_person"].pk,
                from_day=values["from_day"],
                to_day=values["last_day"] + timedelta(days=1),
                reason=values["reason"],
                by=request.person,
                at=request.now,
            ),
        )
        if done is not None:
            toasts.done(request, _("%(person)s stands in.") % {"person": done.person.name})
            return redirect("people:stand_ins", appointment.pk)
    context = {
        "appointment": appointment,
        "crumbs": presenters.person_crumbs(appointment.person, _("Stand-in")),
        "rows": presenters.stand_in_rows(queries.stand_ins_of([appointment.pk], today).get(appointment.pk, []), today),
        "form": form,
    }
    return render(request, "people/stand_ins.html", context, status=422 if form.errors else 200)


@require_POST
@person_required
def end_stand_in(request: PersonRequest, pk: int) -> HttpResponse:
    """End it at once."""
    today = request.now.date()
    own = request.person.stands_in.filter(pk=pk)
    arranged = StandIn.objects.filter(pk=pk, appointment__in=access.arrangeable(request.person, today))
    stand_in = get_object_or_404(own | arranged)
    services.end_stand_in(stand_in_id=stand_in.pk, version=version_in(request), by=request.person, at=request.now)
    toasts.done(request, _("Ended. From now on it carries no right."))
    if stand_in.person_id == request.person.pk:
        return redirect("people:me")
    return redirect("people:stand_ins", stand_in.appointment_id)
