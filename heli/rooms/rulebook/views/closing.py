"""Closing a unit or a post: what follows is shown first, and whoever closes it decides group by group."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heli.kernel.problems import Problem
from heli.rooms.people import access as people
from heli.rooms.people.access import PersonRequest, needs
from heli.rooms.people.enums import Permission
from heli.rooms.rulebook import access, presenters, queries, records, services
from heli.rooms.rulebook.enums import Place
from heli.rooms.rulebook.forms import ClosingForm, DayMovingForm
from heli.rooms.rulebook.models import Adjustment
from heli.rooms.rulebook.views.adjusting import act_on, choices_in, closing_form, page_of, stamp_of
from heli.rooms.rulebook.views.comparing import day_sent
from heli.ui import toasts
from heli.ui.sent import version_in

if TYPE_CHECKING:
    from heli.rooms.people.models import Unit


@needs(Permission.UNIT_EDIT)
def close_unit(request: PersonRequest, pk: int) -> HttpResponse:
    """Close a unit; where something follows, draft the closing so that it can be decided on."""
    today = request.now.date()
    unit = people.unit_for(request.person, Permission.UNIT_EDIT, pk, today)
    drafted = queries.under_way(Place.UNIT, str(pk))
    if drafted is not None:
        return redirect("rulebook:adjustment", drafted.pk)
    heirs = presenters.unit_heirs(queries.heirs_of_unit(request.person, unit, today))
    form = ClosingForm(request.POST or None, heirs=heirs, initial={"on": today, "heir": heirs[0][0]})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        answer = _begin(
            request, form, _("%(unit)s is closed. Its past stays readable.") % {"unit": unit.name}, unit,
            lambda: services.begin_closing_unit(
                unit_id=pk, version=version_in(request), on=values["on"], reason=values["reason"],
                heir_id=form.heir_id(), by=request.person, at=request.now,
            ),
        )  # fmt: skip
        if answer is not None:
            return answer
    change = queries.closing_of_unit(unit, today, None)
    title = _("Close %(unit)s") % {"unit": unit.name}
    return _form_page(request, form, change, {"title": title, "unit": unit, "version": unit.version})


@needs(Permission.UNIT_EDIT)
def close_post(request: PersonRequest, pk: int) -> HttpResponse:
    """Close a post: at once where nothing follows, else draft the closing so that it can be decided on."""
    today = request.now.date()
    post = access.post_to_close(request.person, pk, today)
    drafted = queries.under_way(Place.POST, str(pk))
    if drafted is not None:
        return redirect("rulebook:adjustment", drafted.pk)
    change = queries.closing_of_post(post, today, None)
    form: forms.Form = forms.Form(request.POST or None)
    if services.follows(change, request.person, request.now):
        heirs = presenters.post_heirs(queries.heirs_of_post(request.person, post, today), today)
        form = ClosingForm(request.POST or None, heirs=heirs, is_dated=False)
    if request.method == "POST" and form.is_valid():
        heir = form.heir_id() if isinstance(form, ClosingForm) else None
        answer = _begin(
            request, form, _("The post is closed."), post.unit,
            lambda: services.begin_closing_post(
                post_id=pk, version=version_in(request), reason=form.cleaned_data.get("reason", ""), heir_id=heir,
                by=request.person, at=request.now,
            ),
        )  # fmt: skip
        if answer is not None:
            return answer
    title = _("Close the post “%(post)s”") % {"post": post.title}
    return _form_page(request, form, change, {"title": title, "unit": post.unit, "version": post.version})


@needs(Permission.RULEBOOK_EDIT)
def move_day(request: PersonRequest) -> HttpResponse:
    """Draft that what is due on a day moves to another, so that it can be decided on."""
    today = request.now.date()
    if not access.can_edit(request.person, today):
        raise Http404
    day = day_sent(request, "on", today)
    drafted = queries.under_way(Place.DAY, day.isoformat())
    if drafted is not None:
        return redirect("rulebook:adjustment", drafted.pk)
    form = DayMovingForm(request.POST or None, initial={"moved_to": queries.next_working_day(max(day, today))})
    if request.method == "POST" and form.is_valid():
        try:
            moved = services.begin_moving_day(day=day, by=request.person, at=request.now, **form.cleaned_data)
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            return redirect("rulebook:adjustment", moved.pk)
    words = {
        "title": _("Move what is due on %(day)s") % {"day": date_format(day)},
        "back_url": f"{reverse('rulebook:follows_day')}?on={day.isoformat()}",
        "back_text": _("What follows from it"),
    }
    return _form_page(request, form, queries.change_of_day(day, form.initial["moved_to"]), words)


def _begin(
    request: PersonRequest, form: forms.Form, done: str, unit: Unit, begin: Callable[[], Adjustment | None]
) -> HttpResponse | None:
    """Close at once or open the draft; None where it was refused, the reason then stands in the form."""
    try:
        drafted = begin()
    except Problem as problem:
        form.add_error(None, str(problem))
        return None
    if drafted is not None:
        return redirect("rulebook:adjustment", drafted.pk)
    toasts.done(request, done)
    return redirect("people:unit", unit.pk)


def _form_page(
    request: PersonRequest, form: forms.Form, change: records.Change, context: dict[str, Any]
) -> HttpResponse:
    groups = queries.groups_of(change, records.Reader(request.person, request.now.date()))
    context |= {
        "form": form,
        "rows": presenters.group_rows(groups, (), (), {}),
        "follows": any(group.act for group in groups),
    }
    if "unit" in context:
        unit = context["unit"]
        context |= {"back_url": reverse("people:unit", args=[unit.pk]), "back_text": unit.name}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "rulebook/close.html", context, status=status)


@require_POST
@needs(Permission.UNIT_EDIT)
def revise(request: PersonRequest, pk: int) -> HttpResponse:
    """Give a drafted closing another day, reason or heir."""
    today = request.now.date()
    found = access.adjustment_for(request.person, pk, today)
    form = closing_form(request, found, today, request.POST)
    if not form.is_valid():
        return page_of(request, pk, _incomplete(), form)
    on, reason = form.cleaned_data.get("on") or found.effective_on, form.cleaned_data["reason"]
    return act_on(
        request, pk,
        lambda: services.revise_closing(**stamp_of(request, pk), on=on, reason=reason, heir_id=form.heir_id()),
        _("Saved."),
    )  # fmt: skip


def _incomplete() -> Problem:
    return Problem(
        _("The closing was not saved."), _("The day, the reason or who takes over is missing."), _("Fill all of it in.")
    )


@require_POST
@needs(Permission.RULEBOOK_VIEW)
def close_as_chosen(request: PersonRequest, pk: int) -> HttpResponse:
    """Close the unit or post, or move what is due, and let follow what was chosen."""
    chosen = choices_in(request.POST)
    return act_on(
        request, pk, lambda: services.close_as_chosen(**stamp_of(request, pk), choices=chosen),
        _("Done as chosen. Whoever is touched is told."),
    )  # fmt: skip
