from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.people.access import PersonRequest, needs
from heli.rooms.people.enums import Permission
from heli.rooms.rulebook import access, presenters, queries, services
from heli.rooms.rulebook.enums import Family, InstrumentKind
from heli.rooms.rulebook.forms import InstrumentForm, KeyLinkForm
from heli.rooms.rulebook.models import Adjustment
from heli.rooms.rulebook.views.duties import shared
from heli.ui import toasts


@require_GET
@needs(Permission.RULEBOOK_VIEW)
def instrument_list(request: PersonRequest) -> HttpResponse:
    """Show the instruments that duties come from, those of most duties first."""
    today = request.now.date()
    counts = queries.duties_by_instrument(today)
    groups = [
        (
            label,
            [(one, counts.get(one.code, 0)) for one in queries.instruments_in_force(today) if one.record.kind == kind],
        )
        for kind, label in InstrumentKind.choices
    ]
    return render(request, "rulebook/instruments.html", {"groups": groups, **shared(request)})


@require_GET
@needs(Permission.RULEBOOK_VIEW)
def instrument_page(request: PersonRequest, code: str) -> HttpResponse:
    """Show one instrument, the duties it asks for, and its history."""
    today = request.now.date()
    access.instrument_for(request.person, code, today)
    found = queries.instrument_on(code, today)
    if found is None:
        raise Http404
    own, shipped = queries.own_and_shipped(Family.INSTRUMENT, code)
    context = {
        "instrument": found,
        "facts": presenters.instrument_facts(found),
        "rows": [
            presenters.duty_row(duty)
            for duty in queries.duties_on(today)
            if any(source.instrument == code for source in duty.record.sources)
        ],
        "own": presenters.own_words(found.edited_fields, shipped, own),
        "history": presenters.history_steps(queries.history_of(Family.INSTRUMENT, code), today),
        **shared(request),
    }
    return render(request, "rulebook/instrument.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.RULEBOOK_EDIT)
def edit_instrument(request: PersonRequest, code: str) -> HttpResponse:
    """Show the form of an instrument, and save it from a day on."""
    today = request.now.date()
    access.can_edit(request.person, today).require()
    entry = access.instrument_for(request.person, code, today)
    own, _shipped = queries.own_and_shipped(Family.INSTRUMENT, code)
    context: dict[str, Any] = {
        "title": presenters.entry_title(own),
        "here": "instruments",
        "back_url": reverse("rulebook:instrument", args=[code]),
        "back_text": _("Instruments"),
    }
    initial = {
        **own, "version": entry.version, "valid_from": queries.first_free_day(Family.INSTRUMENT, code, today),
    }  # fmt: skip
    form = InstrumentForm(request.POST if request.method == "POST" else None, initial=initial)

    def draft() -> Adjustment:
        return services.draft_adjustment(
            family=Family.INSTRUMENT, code=code, cells=form.cells(), by=request.person, at=request.now, **form.dated()
        )

    return _draft(request, form, draft, context, entry.version)


@require_GET
@needs(Permission.RULEBOOK_VIEW)
def key_link_list(request: PersonRequest) -> HttpResponse:
    """Show the key links that a yearly plan is checked for, each with its duties."""
    today = request.now.date()
    duties = {duty.code: duty for duty in queries.duties_on(today)}
    rows = [
        (link, [presenters.duty_row(duties[code]) for code in link.obligations if code in duties])
        for link in queries.key_links(today)
    ]
    return render(request, "rulebook/key_links.html", {"rows": rows, **shared(request)})


@require_http_methods(["GET", "POST"])
@needs(Permission.RULEBOOK_EDIT)
def edit_key_link(request: PersonRequest, code: str) -> HttpResponse:
    """Show the form of a key link, and save it from a day on."""
    today = request.now.date()
    access.can_edit(request.person, today).require()
    entry = access.key_link_for(request.person, code, today)
    own, _shipped = queries.own_and_shipped(Family.KEY_LINK, code)
    context: dict[str, Any] = {
        "title": presenters.entry_title(own),
        "here": "key_links",
        "back_url": reverse("rulebook:key_links"),
        "back_text": _("Key links"),
    }
    initial = {
        **own, "version": entry.version, "valid_from": queries.first_free_day(Family.KEY_LINK, code, today),
        "is_on": str(int(queries.is_switched_on(Family.KEY_LINK, code))),
    }  # fmt: skip
    form = KeyLinkForm(request.POST if request.method == "POST" else None, initial=initial)

    def draft() -> Adjustment:
        return services.draft_adjustment(
            family=Family.KEY_LINK, code=code, cells=form.cells(), switches={"is_on": form.cleaned_data["is_on"]},
            by=request.person, at=request.now, **form.dated(),
        )  # fmt: skip

    return _draft(request, form, draft, context, entry.version)


def _draft(
    request: PersonRequest, form: Any, draft: Callable[[], Adjustment], context: dict[str, Any], version: int
) -> HttpResponse:
    """Show the form, or draft the change; a conflict shows both sides and offers to draft again."""
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        try:
            drafted = draft()
        except VersionConflict as conflict:
            status, context["conflict"] = conflict.status, presenters.conflict_rows(conflict.yours, conflict.theirs)
            form.offer_version(version)
        except Problem as problem:
            status, context["refusal"] = problem.status, problem
        else:
            toasts.done(request, _("Drafted. See what follows from it, and propose it."))
            return redirect("rulebook:adjustment", pk=drafted.pk)
    return render(request, "rulebook/form.html", {**context, "form": form, **shared(request)}, status=status)
