"""Persons: the list, one's own page, a colleague's page, and changes."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from heli.kernel.decisions import Decision
from heli.rooms.people import access, presenters, queries, services
from heli.rooms.people.access import PersonRequest, needs, person_required, signed_in
from heli.rooms.people.enums import Permission, PoliticalStatus
from heli.rooms.people.forms import AppointForm, EndForm, NewPersonForm, PersonFilter, PersonForm, TransferForm
from heli.rooms.people.models import Person
from heli.rooms.people.services.persons import PersonDetails
from heli.rooms.people.views.acts import FormPage, attempt, is_confirmed, show_form
from heli.rooms.people.views.units import parse_date_or, post_for
from heli.ui import toasts
from heli.ui.sent import version_in

PAGE_SIZE = 50


@require_safe
@signed_in
def me(request: PersonRequest) -> HttpResponse:
    """Lead to one's own page; an administrator's is the administration."""
    if request.person is None:
        return redirect("people:administration")
    return redirect("people:person", request.person.pk)


@require_safe
@needs(Permission.PERSON_VIEW)
def persons(request: PersonRequest) -> HttpResponse:
    """List whom one may see, by staff number; ``after`` is the last number of the page before."""
    on, after = request.now.date(), request.GET.get("after", "")[:32]
    form = PersonFilter(request.GET)
    wanted = form.wanted(request.person, on)
    found = queries.persons_for_list(request.person, on, wanted, after=after, limit=PAGE_SIZE + 1)
    rows = found[:PAGE_SIZE]
    context = {
        "rows": presenters.person_rows(rows, queries.units_of(rows, on), queries.posts_held_by(rows, on)),
        "total": presenters.total_words(queries.count_wanted(request.person, on, wanted)),
        "wanted": wanted,
        "filters": presenters.person_filters(wanted),
        "query": form.query(),
        "after": after,
        "next_after": rows[-1].staff_no if len(found) > PAGE_SIZE else "",
        "may_import": bool(access.has_somewhere(request.person, Permission.ROSTER_IMPORT, on)),
        "may_add": bool(access.has_somewhere(request.person, Permission.UNIT_EDIT, on)),
    }
    template = "people/persons.html#rows" if request.htmx else "people/persons.html"
    return render(request, template, context)


@require_safe
@person_required
def choices(request: PersonRequest) -> HttpResponse:
    """Suggestions for a field that takes a staff number."""
    text = str(next((value for value in request.GET.values() if value), ""))[:60]
    found = queries.search_persons(request.person, text, request.now.date()) if text else []
    return render(request, "people/person_choices.html", {"persons": found})


@require_safe
@person_required
def person(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a person today, or with ``?on=`` which posts and places they had on a past day."""
    today = request.now.date()
    shown = access.person_for(request.person, pk, today)
    on = min(parse_date_or(request.GET.get("on", ""), today), today)
    places, posts = queries.history_of(shown)
    sees = partial(access.sees, request.person, on=today)
    posts_then = queries.posts_of(shown, on)
    held_ids = [held.pk for held in posts_then]
    arrangeable = access.arrangeable(request.person, today).filter(pk__in=held_ids)
    may_arrange = set(arrangeable.values_list("pk", flat=True))
    context = {
        "person": shown,
        "is_me": shown.pk == request.person.pk,
        "on": on,
        "today": today,
        "facts": presenters.person_facts(shown, queries.places_of(shown, on), sees),
        "posts": presenters.held_rows(shown, posts_then, queries.stand_ins_of(held_ids, on), may_arrange, sees, on),
        "stood_in_for": queries.stood_in_for(shown, on),
        "steps": presenters.person_steps(places, posts, on),
        "may_edit": _may_change(request, shown),
    }
    return render(request, "people/person.html", context)


def _may_change(request: PersonRequest, person: Person) -> bool:
    on = request.now.date()
    if person.pk == request.person.pk or person.left_on is not None:
        return False
    places = queries.places_of(person, on)
    return any(access.has(request.person, Permission.UNIT_EDIT, place.unit, on) for place in places)


def _changeable(request: PersonRequest, pk: int) -> Person:
    shown = access.person_for(request.person, pk, request.now.date())
    Decision(_may_change(request, shown), _("You may not change this person's data.")).require()
    return shown


def _details(values: dict[str, object]) -> PersonDetails:
    names = ("staff_no", "name", "email", "phone", "joined_party_on")
    status = PoliticalStatus(str(values["political_status"]))
    return PersonDetails(political_status=status, **{name: values[name] for name in names})  # type: ignore[arg-type]


@needs(Permission.UNIT_EDIT)
def new_person(request: PersonRequest) -> HttpResponse:
    on = request.now.date()
    form = NewPersonForm(request.POST or None, person=request.person, on=on, initial={"from_day": on})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        made = attempt(
            form,
            lambda: services.add_person(
                details=_details(values),
                unit_ids=[unit.pk for unit in values["units"]],
                from_day=values["from_day"],
                by=request.person,
                at=request.now,
            ),
        )
        if made is not None:
            toasts.done(request, _("%(person)s is added.") % {"person": made.name})
            return redirect("people:person", made.pk)
    page = FormPage(
        title=_("Add a person"),
        verb=_("Add"),
        crumbs=presenters.person_crumbs(None, _("Add a person")),
        back_url=reverse("people:persons"),
    )
    return show_form(request, page, form, takes_units=True)


@needs(Permission.UNIT_EDIT)
def edit_person(request: PersonRequest, pk: int) -> HttpResponse:
    shown = _changeable(request, pk)
    form = PersonForm(request.POST or None, initial=presenters.initial_of(shown))
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: services.revise_person(
                person_id=shown.pk,
                details=_details(form.cleaned_data),
                version=version_in(request),
                by=request.person,
                at=request.now,
            ),
        )
        if done is not None:
            toasts.done(request, _("The data of %(person)s are saved.") % {"person": done.name})
            return redirect("people:person", shown.pk)
    return show_form(request, _page(shown, _("Change"), _("Save")), form, version=shown.version)


@needs(Permission.UNIT_EDIT)
def transfer(request: PersonRequest, pk: int) -> HttpResponse:
    """Transfer somebody: the first press shows what they leave, the second does it."""
    shown = _changeable(request, pk)
    on = request.now.date()
    form = TransferForm(request.POST or None, person=request.person, on=on, initial={"from_day": on})
    impact = None
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        if is_confirmed(request):
            done = attempt(
                form,
                lambda: services.transfer_person(
                    person_id=shown.pk,
                    unit_ids=[unit.pk for unit in values["units"]],
                    ends_posts=values["ends_posts"],
                    from_day=values["from_day"],
                    version=version_in(request),
                    reason=values["reason"],
                    by=request.person,
                    at=request.now,
                ),
            )
            if done is not None:
                toasts.done(request, _("%(person)s is transferred.") % {"person": shown.name})
                return redirect("people:person", shown.pk)
        else:
            impact = queries.transfer_impact(shown, on)
    page = _page(shown, _("Transfer"), _("Transfer"), impact="people/impact_transfer.html")
    return show_form(request, page, form, version=shown.version, impact=impact, takes_units=True)


@needs(Permission.UNIT_EDIT)
def retire(request: PersonRequest, pk: int) -> HttpResponse:
    """Let somebody leave: the first press shows what ends, the second does it."""
    shown = _changeable(request, pk)
    on = request.now.date()
    form = EndForm(request.POST or None, initial={"on": on})
    impact = None
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        if is_confirmed(request):
            done = attempt(
                form,
                lambda: services.retire_person(
                    person_id=shown.pk,
                    on=values["on"],
                    version=version_in(request),
                    reason=values["reason"],
                    by=request.person,
                    at=request.now,
                ),
            )
            if done is not None:
                toasts.done(request, _("%(person)s has left; the account is closed.") % {"person": shown.name})
                return redirect("people:person", shown.pk)
        else:
            impact = queries.transfer_impact(shown, on)
    page = _page(shown, _("Leaves the enterprise"), _("Confirm leaving"), impact="people/impact_transfer.html")
    return show_form(request, page, form, version=shown.version, impact=impact)


@needs(Permission.UNIT_EDIT)
def appoint(request: PersonRequest, pk: int) -> HttpResponse:
    """Appoint somebody to a post: the first press shows which rights it carries, the second does it."""
    post = post_for(request, pk)
    on = request.now.date()
    form = AppointForm(request.POST or None, person=request.person, on=on, initial={"from_day": on})
    impact = None
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        if is_confirmed(request):
            done = attempt(
                form,
                lambda: services.appoint(
                    person_id=values["holder_person"].pk,
                    post_id=post.pk,
                    from_day=values["from_day"],
                    to_day=values["to_day"],
                    reason=values["reason"],
                    version=version_in(request),
                    by=request.person,
                    at=request.now,
                ),
            )
            if done is not None:
                words = _("%(person)s is appointed.") % {"person": values["holder_person"].name}
                toasts.done(request, words)
                return redirect("people:unit", post.unit_id)
        else:
            impact = queries.appointment_impact(post, on)
    title = _("Appoint to “%(post)s”") % {"post": post.full_title}
    page = FormPage(
        title=title,
        verb=_("Appoint"),
        crumbs=presenters.unit_crumbs(post.unit, [], last=_("Appoint")),
        back_url=reverse("people:unit", args=[post.unit_id]),
        impact="people/impact_appoint.html",
        post_id=post.pk,
    )
    return show_form(request, page, form, version=post.version, impact=impact, takes_persons=True)


@needs(Permission.UNIT_EDIT)
def end_appointment(request: PersonRequest, pk: int) -> HttpResponse:
    units = access.units_with(request.person, Permission.UNIT_EDIT, request.now.date())
    appointment = get_object_or_404(queries.appointments_within(units), pk=pk)
    form = EndForm(request.POST or None, initial={"on": request.now.date()})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        done = attempt(
            form,
            lambda: services.end_appointment(
                appointment_id=appointment.pk,
                on=values["on"],
                reason=values["reason"],
                version=version_in(request),
                by=request.person,
                at=request.now,
            ),
        )
        if done is not None:
            toasts.done(request, _("The appointment ends; it stays in the history."))
            return redirect("people:unit", appointment.post.unit_id)
    names = {"person": appointment.person.name, "post": appointment.post.title}
    page = FormPage(
        title=_("End: %(person)s as %(post)s") % names,
        verb=_("End the appointment"),
        crumbs=presenters.unit_crumbs(appointment.post.unit, [], last=_("End")),
        back_url=reverse("people:unit", args=[appointment.post.unit_id]),
        is_danger=True,
        post_id=appointment.post_id,
    )
    return show_form(request, page, form, version=appointment.version)


def _page(person: Person, title: str, verb: str, impact: str = "") -> FormPage:
    return FormPage(
        title=f"{person.name} · {title}",
        verb=verb,
        crumbs=presenters.person_crumbs(person, title),
        back_url=reverse("people:person", args=[person.pk]),
        impact=impact,
    )
