from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.people import queries as people
from heli.rooms.people.access import PersonRequest, needs
from heli.rooms.people.enums import Permission
from heli.rooms.rulebook import access, presenters, queries, services
from heli.rooms.rulebook.enums import Confidence, Family, Period
from heli.rooms.rulebook.forms import DutyForm, ListFilter, SwitchForm
from heli.ui import toasts

PAGE_SIZE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@needs(Permission.RULEBOOK_VIEW)
def duty_list(request: PersonRequest) -> HttpResponse:
    """Show the duties in force today, filtered."""
    today, values = request.now.date(), ListFilter(request.GET).values()
    line = values["line"]
    found = queries.find_duties(
        today, unit_kind=values["kind"], period=values["period"], confidence=values["confidence"],
        state=values["state"], text=values["q"],
    )  # fmt: skip
    rest = urlencode({name: value for name, value in values.items() if value and name != "line"})
    page = Paginator([duty for duty in found if not line or duty.line == line], PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = {
        "values": values,
        "tabs": presenters.list_tabs(found, line, rest),
        "query": urlencode({name: value for name, value in values.items() if value}),
        "page": page,
        "rows": [presenters.duty_row(duty) for duty in page.object_list],
        "kinds": [("", _("All kinds of units")), *presenters.unit_kind_options()],
        "periods": [("", _("Any frequency")), *Period.choices],
        "confidences": [("", _("However sure")), *Confidence.choices],
        "states": [
            ("", _("On and off")), ("on", _("Switched on")), ("off", _("Switched off")), ("edited", _("Changed by us")),
            ("block", _("Blocks")),
        ],
        **shared(request),
    }  # fmt: skip
    template = "rulebook/list.html#rows" if request.htmx else "rulebook/list.html"
    return render(request, template, context)


@require_GET
@needs(Permission.RULEBOOK_VIEW)
def export(request: PersonRequest) -> HttpResponse:
    """Hand out the filtered duties as a workbook."""
    today, values = request.now.date(), ListFilter(request.GET).values()
    found = queries.find_duties(
        today, line=values["line"], unit_kind=values["kind"], period=values["period"], confidence=values["confidence"],
        state=values["state"], text=values["q"],
    )  # fmt: skip
    data = presenters.duty_workbook([presenters.duty_row(duty) for duty in found])
    headers = {"Content-Disposition": content_disposition_header(True, f"{_('Duties')}.xlsx") or "attachment"}  # noqa: FBT003 - Django's own order
    return HttpResponse(data, content_type=XLSX, headers=headers)


def shared(request: PersonRequest) -> dict[str, Any]:
    """Return what every page of the room needs: one's own units, whether one may edit, whether an edition waits."""
    today = request.now.date()
    may_edit = access.can_edit(request.person, today)
    is_installed = queries.is_installed()
    return {
        "my_units": presenters.units_of_posts(people.posts_of(request.person, today)),
        "may_edit": may_edit,
        "may_review": access.can_review(request.person, today),
        "is_installed": is_installed,
        "pending": queries.pending_update() if may_edit and is_installed else None,
    }


def _duty(request: PersonRequest, code: str) -> queries.Duty:
    access.obligation_for(request.person, code, request.now.date())
    return queries.duty_on(code, request.now.date()) or queries.latest_duty(code)


@require_GET
@needs(Permission.RULEBOOK_VIEW)
def duty_page(request: PersonRequest, code: str) -> HttpResponse:
    """Show one duty: what, who, when, where written, how sure, and its history."""
    return render(request, "rulebook/duty.html", _duty_context(request, code))


def _duty_context(request: PersonRequest, code: str) -> dict[str, Any]:
    today, duty = request.now.date(), _duty(request, code)
    common = shared(request)
    history = queries.history_of(Family.OBLIGATION, code)
    own, shipped = queries.own_and_shipped(Family.OBLIGATION, code)
    switch = {
        "is_on": str(int(duty.is_on)),
        "enforcement": duty.enforcement,
        "version": duty.version,
        "valid_from": queries.first_free_day(Family.OBLIGATION, code, today),
    }
    return {
        "duty": duty,
        "row": presenters.duty_row(duty),
        "meaning": presenters.confidence_meaning(duty),
        "sources": presenters.sources(duty),
        "who": presenters.who(duty),
        "strip": presenters.year_strip(duty, today),
        "year": today.year,
        "history": presenters.history_steps(history, today),
        "under_way": queries.under_way(Family.OBLIGATION, code) if common["may_edit"] else None,
        "planned": [change.wording for change in history if change.wording.valid_from > today],
        "own": presenters.own_words(duty.edited_fields, shipped, own),
        "links": [link for link in queries.key_links(today) if code in link.obligations],
        "switch_form": SwitchForm(initial=switch),
        **common,
        "touched": queries.units_asked(request.person, code, today) if common["may_edit"] else 0,
    }


@require_POST
@needs(Permission.RULEBOOK_EDIT)
def install(request: PersonRequest) -> HttpResponse:
    """Take over the shipped catalogue where there is none yet."""
    taken = services.install_catalogue(by=request.person, at=request.now)
    toasts.done(request, _("Edition %(version)s is in use.") % {"version": taken.catalogue_version})
    return redirect("rulebook:list")


@require_POST
@needs(Permission.RULEBOOK_EDIT)
def switch_duty(request: PersonRequest, code: str) -> HttpResponse:
    """Switch a duty on or off, and let its gate block or warn."""
    context = _duty_context(request, code)
    form = SwitchForm(request.POST)
    refusal: Problem | None = None
    if form.is_valid():
        try:
            drafted = services.draft_adjustment(
                family=Family.OBLIGATION,
                code=code,
                cells={},
                switches={name: form.cleaned_data[name] for name in ("is_on", "enforcement")},
                by=request.person,
                at=request.now,
                **form.dated(),
            )
        except Problem as problem:
            refusal = problem
        else:
            toasts.done(request, _("Drafted. See what follows from it, and propose it."))
            return redirect("rulebook:adjustment", pk=drafted.pk)
    status = refusal.status if refusal else 422
    return render(request, "rulebook/duty.html", {**context, "switch_form": form, "refusal": refusal}, status=status)


@require_http_methods(["GET", "POST"])
@needs(Permission.RULEBOOK_EDIT)
def edit_duty(request: PersonRequest, code: str) -> HttpResponse:
    """Show the form of a duty, and save a new wording from a day on."""
    access.can_edit(request.person, request.now.date()).require()
    access.obligation_for(request.person, code, request.now.date())
    duty = queries.latest_duty(code)
    own, _shipped = queries.own_and_shipped(Family.OBLIGATION, code)
    day = queries.first_free_day(Family.OBLIGATION, code, request.now.date() + timedelta(days=1))
    context: dict[str, Any] = {"duty": duty, **shared(request)}
    if request.method == "GET":
        form = DutyForm(duty=duty, initial=DutyForm.initial_of(duty, own, day))
        return render(request, "rulebook/edit.html", {**context, "form": form, "articles": form.articles()})
    form = DutyForm(request.POST, duty=duty)
    status = 422
    if form.is_valid():
        try:
            if request.POST.get("step") == "check":
                status, context["impact"] = 200, _impact(request, code, own, form)
            else:
                drafted = services.draft_adjustment(
                    family=Family.OBLIGATION, code=code, cells=form.cells(), by=request.person, at=request.now,
                    **form.dated(),
                )  # fmt: skip
                toasts.done(request, _("Drafted. See what follows from it, and propose it."))
                return redirect("rulebook:adjustment", pk=drafted.pk)
        except VersionConflict as conflict:
            status, context["conflict"] = conflict.status, presenters.conflict_rows(conflict.yours, conflict.theirs)
            form.offer_version(duty.version)
        except Problem as problem:
            status, context["refusal"] = problem.status, problem
    context |= {"form": form, "articles": form.articles()}
    return render(request, "rulebook/edit.html", context, status=status)


def _impact(request: PersonRequest, code: str, own: dict[str, str], form: DutyForm) -> dict[str, Any]:
    """Return whom the wording in the form touches, and what it changes, in words."""
    day, cells = form.cleaned_data["valid_from"], {**own, **form.cells()}
    services.check_wording(code=code, cells=cells, on=day)
    found = queries.impact_of(request.person, code, cells, day)
    return {
        "found": found,
        "kinds": presenters.impact_kinds(found),
        "changes": presenters.own_words([name for name in cells if cells[name] != own[name]], own, cells),
        "day": day,
    }
