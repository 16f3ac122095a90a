"""Rosters in and out: upload, check, confirm, progress; export and template."""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from heli.kernel.problems import Problem
from heli.rooms.people import presenters, queries, services
from heli.rooms.people.access import PersonRequest, needs
from heli.rooms.people.enums import Permission
from heli.rooms.people.forms.roster import ExportForm, RosterForm
from heli.rooms.people.models import RosterImport
from heli.rooms.people.presenters import workbooks
from heli.rooms.people.views.acts import attempt
from heli.ui import toasts
from heli.ui.sent import ids_in, version_in

_UNFIT = re.compile(r"[^\w.\- ]+")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs(Permission.ROSTER_IMPORT)
def roster(request: PersonRequest) -> HttpResponse:
    """Upload a roster, or look at earlier ones."""
    form = RosterForm(request.POST or None, request.FILES or None, initial={"effective_on": request.now.date()})
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        made = attempt(
            form,
            lambda: services.upload_roster(
                file_name=file.name,
                data=file.read(),
                effective_on=form.cleaned_data["effective_on"],
                language=presenters.language(),
                by=request.person,
                at=request.now,
            ),
        )
        if made is not None:
            return redirect("people:roster_import", made.pk)
    context = {
        "crumbs": presenters.person_crumbs(None, _("Roster")),
        "form": form,
        "export_form": ExportForm(person=request.person, on=request.now.date()),
        "imports": presenters.import_rows(list(queries.imports_of(request.person)[:20])),
    }
    return render(request, "people/roster.html", context, status=422 if form.is_bound else 200)


def _own(request: PersonRequest, pk: int) -> RosterImport:
    return get_object_or_404(queries.imports_of(request.person), pk=pk)


@require_safe
@needs(Permission.ROSTER_IMPORT)
@never_cache
def roster_import(request: PersonRequest, pk: int) -> HttpResponse:
    """Show where one import stands; while it runs, htmx asks for the fragment again."""
    shown = _own(request, pk)
    context = {
        "crumbs": presenters.roster_crumbs(shown.file_name),
        "roster": shown,
        "view": presenters.import_view(shown),
    }
    template = "people/roster_import.html#state" if request.htmx else "people/roster_import.html"
    return render(request, template, context)


@require_POST
@needs(Permission.ROSTER_IMPORT)
def answer(request: PersonRequest, pk: int) -> HttpResponse:
    """Take the answers about rows that name somebody else than the file does."""
    services.answer_roster(
        import_id=_own(request, pk).pk,
        version=version_in(request),
        answers={row: request.POST.get(f"answer:{row}", "") for row in ids_in(request, "row")},
        language=presenters.language(),
        by=request.person,
        at=request.now,
    )
    return redirect("people:roster_import", pk)


@require_POST
@needs(Permission.ROSTER_IMPORT)
def confirm(request: PersonRequest, pk: int) -> HttpResponse:
    services.confirm_roster(
        import_id=_own(request, pk).pk,
        version=version_in(request),
        language=presenters.language(),
        by=request.person,
        at=request.now,
    )
    return redirect("people:roster_import", pk)


@require_POST
@needs(Permission.ROSTER_IMPORT)
def recheck(request: PersonRequest, pk: int) -> HttpResponse:
    services.recheck_roster(
        import_id=_own(request, pk).pk,
        version=version_in(request),
        language=presenters.language(),
        by=request.person,
        at=request.now,
    )
    return redirect("people:roster_import", pk)


@require_POST
@needs(Permission.ROSTER_IMPORT)
def withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    services.withdraw_roster(
        import_id=_own(request, pk).pk, version=version_in(request), by=request.person, at=request.now
    )
    toasts.done(request, _("The roster is withdrawn; nothing was written."))
    return redirect("people:roster")


@require_safe
@needs(Permission.ROSTER_IMPORT)
def template(request: PersonRequest) -> HttpResponse:
    """The empty roster with its columns explained and the codes that one may use."""
    units = queries.units_to_import_into(request.person, request.now.date())
    return _download(workbooks.template(presenters.language(), units), _("roster-template"))


@require_safe
@needs(Permission.ROSTER_IMPORT)
def faults(request: PersonRequest, pk: int) -> HttpResponse:
    """Everything that is wrong with a refused roster, as a list to work through."""
    shown = _own(request, pk)
    return _download(workbooks.faults(presenters.fault_rows(shown)), _("roster-what-to-mend"))


@require_safe
@needs(Permission.ROSTER_IMPORT)
def export(request: PersonRequest) -> HttpResponse:
    """The roster of a unit with everything below, in the form in which it can be imported again."""
    on = request.now.date()
    form = ExportForm(request.GET, person=request.person, on=on)
    unit = form.unit_in("unit") if form.is_valid() else None
    if unit is None:
        errors = [str(error) for field in form.errors.values() for error in field]
        raise Problem(_("The roster was not exported."), " ".join(errors), _("Type the code of one of your units."))
    lines = services.export_roster(unit_id=unit.pk, by=request.person, at=request.now)
    return _download(workbooks.export(lines, presenters.language()), f"{unit.code}-{on:%Y%m%d}")


def _download(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=_XLSX)
    header = content_disposition_header(as_attachment=True, filename=f"{_UNFIT.sub('_', name)}.xlsx")
    response.headers["Content-Disposition"] = str(header)
    return response
