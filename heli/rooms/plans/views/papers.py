"""Handing in papers, and the split review beside the source."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from heli.kernel import files
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.people.access import PersonRequest, person_required
from heli.rooms.plans import access, rules
from heli.rooms.plans.enums import DocumentState, PlanState
from heli.rooms.plans.forms import KindForm, PapersForm, RowForm
from heli.rooms.plans.presenters import plans as presenters
from heli.rooms.plans.queries import plans as queries
from heli.rooms.plans.services import aligning, papers, rows
from heli.rooms.plans.services.readings import NewPaper
from heli.rooms.plans.services.rows import RowEdit
from heli.rooms.plans.views.plans import workshop
from heli.ui import toasts
from heli.ui.sent import version_in, whole_number


@require_POST
@person_required
def add_papers(request: PersonRequest, pk: int) -> HttpResponse:
    """Take any number of files and pasted text of one line: each stands or falls by itself."""
    plan = access.workshop_for(request.person, pk, request.now.date())
    form = PapersForm(request.POST)
    if not form.is_valid():
        return workshop(request, plan, form)
    handed_in, problems = _handed_in(request, form)
    read, refused = 0, len(problems)
    for paper in handed_in:
        try:
            document = papers.add_paper(
                plan_id=pk, line=form.cleaned_data["line"], issuer=form.cleaned_data["issuer"], paper=paper,
                by=request.person, at=request.now,
            )  # fmt: skip
        except Problem as problem:
            problems.append(str(problem))
            continue
        if document.state == DocumentState.READ:
            read += 1
        else:
            refused += 1
    if read:
        toasts.done(request, ngettext("%(n)s paper was read.", "%(n)s papers were read.", read) % {"n": read})
    for sentence in problems:
        toasts.refuse(request, sentence)
    if refused > len(problems):
        toasts.warn(request, _("Some files could not be read; why stands beside each."))
    if not handed_in and not problems:
        toasts.refuse(
            request,
            _("Nothing was read: choose a paper (Word, Excel, CSV, PDF, text or Markdown) or paste the text."),
        )
    return redirect("plans:plan", pk)


def _handed_in(request: PersonRequest, form: PapersForm) -> tuple[list[NewPaper], list[str]]:
    found, problems = [], []
    for upload in request.FILES.getlist("files"):
        name = upload.name or _("File")
        try:
            papers.require_size(name, upload.size or 0)
        except Problem as problem:
            problems.append(str(problem))
        else:
            found.append(NewPaper(name, upload.read()))
    pasted = form.cleaned_data["pasted"]
    if pasted.strip():
        found.append(NewPaper("", pasted.encode("utf-8", "replace")))
    return found, problems


@require_POST
@person_required
def remove_paper(request: PersonRequest, pk: int, document: int) -> HttpResponse:
    access.document_for(request.person, document, request.now.date())
    papers.remove_paper(
        document_id=document, plan_id=pk, version=version_in(request), by=request.person, at=request.now
    )
    toasts.done(request, _("The paper was taken back."))
    return redirect("plans:plan", pk)


@require_GET
@person_required
def original(request: PersonRequest, pk: int, document: int) -> FileResponse:
    """Hand out the paper as it came in."""
    found = access.document_for(request.person, document, request.now.date())
    if found.plan_id != pk or not found.stored_as:
        raise Http404
    name = found.filename or f"{found.title}.txt"
    return FileResponse(files.opened(found.stored_as), as_attachment=True, filename=name)


@require_GET
@person_required
def split(request: PersonRequest, pk: int, document: int) -> HttpResponse:
    """Show every line of a paper beside what it became."""
    found = access.document_for(request.person, document, request.now.date())
    if found.plan_id != pk or found.state != DocumentState.READ:
        raise Http404
    return render(request, "plans/split.html", _split_context(request, found))


def _split_context(request: PersonRequest, document: Any) -> dict[str, Any]:
    kind = request.GET.get("kind", "")
    rows_of, counts = queries.rows_of(document, kind), queries.counts_of(document)
    row = whole_number(request.GET.get("row", ""))
    wanted = queries.page_with(rows_of, row) if row is not None else None
    page = Paginator(rows_of, queries.ROWS_A_PAGE).get_page(request.GET.get("page") or wanted)
    can = access.can_draft(request.person, document.plan, request.now.date())
    return {
        "document": document,
        "plan": document.plan,
        "page": page,
        "rows": presenters.split_rows(page.object_list, document.plan.year),
        "open_times": counts.pop(queries.OPEN, 0),
        "counts": counts,
        "total": sum(counts.values()),
        "kind": kind,
        "is_editable": bool(can) and document.plan.state in (PlanState.DRAFTING, PlanState.DECIDING),
        "original_url": reverse("plans:original", args=[document.plan_id, document.pk]),
    }


@require_http_methods(["GET", "POST"])
@person_required
def row(request: PersonRequest, pk: int, row: int) -> HttpResponse:
    """Edit one row; a conflict shows both sides."""
    plan = access.workshop_for(request.person, pk, request.now.date())
    found = queries.row_of(plan, row)
    if found is None:
        raise Http404
    initial = {name: getattr(found, name) for name in RowForm.base_fields}
    form = RowForm(request.POST or None, initial=initial, year=plan.year)
    if request.method == "POST" and form.is_valid():
        try:
            rows.edit_row(
                plan_id=pk, row_id=row, edit=RowEdit(**form.cleaned_data), version=version_in(request),
                by=request.person, at=request.now,
            )  # fmt: skip
        except VersionConflict:
            raise
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            return _to_row(pk, found)
    context = {
        "plan": plan,
        "row": presenters.split_rows([found], plan.year)[0],
        "form": form,
        "back": _row_url(pk, found),
    }
    return render(request, "plans/row.html", context, status=422 if form.is_bound else 200)


@require_POST
@person_required
def reclass(request: PersonRequest, pk: int, row: int) -> HttpResponse:
    found = _row(request, pk, row)
    form = KindForm(request.POST)
    if not form.is_valid():
        raise Http404
    rows.reclass_row(
        plan_id=pk,
        row_id=row,
        kind=form.cleaned_data["kind"],
        version=version_in(request),
        by=request.person,
        at=request.now,
    )
    return _to_row(pk, found)


@require_POST
@person_required
def split_row(request: PersonRequest, pk: int, row: int) -> HttpResponse:
    found = _row(request, pk, row)
    if request.POST.get("by") == "times":
        made = rows.part_by_times(
            plan_id=pk, row_id=row, version=version_in(request), by=request.person, at=request.now
        )
        said = ngettext("%(n)s item, one for each time.", "%(n)s items, one for each time.", len(made))
        toasts.done(request, said % {"n": len(made)})
        return _to_row(pk, found)
    offset = whole_number(request.POST.get("offset", ""), 7) or 0
    _first, second = rows.split_row(
        plan_id=pk, row_id=row, offset=offset, version=version_in(request), by=request.person, at=request.now
    )
    toasts.done(request, _("Cut in two; the second begins with “%(words)s”.") % {"words": _short(second)})
    return _to_row(pk, found)


@require_POST
@person_required
def merge_row(request: PersonRequest, pk: int, row: int) -> HttpResponse:
    found = _row(request, pk, row)
    joined = rows.merge_row(plan_id=pk, row_id=row, version=version_in(request), by=request.person, at=request.now)
    if rules.Time(joined.start, joined.end, joined.period, joined.when_words).is_open:
        toasts.warn(
            request,
            _("Joined, but the two lines say different times: %(words)s. Fill in the one that holds.")
            % {"words": joined.when_words},
        )
    else:
        toasts.done(request, _("Joined into “%(words)s”. “Cut in two” parts them again.") % {"words": _short(joined)})
    return _to_row(pk, found)


@require_POST
@person_required
def align(request: PersonRequest, pk: int) -> HttpResponse:
    """Align now, or go to the progress of the job."""
    run = aligning.align(plan_id=pk, by=request.person, at=request.now)
    return redirect("plans:board", pk) if run is None else redirect("plans:plan", pk)


@require_GET
@person_required
def progress(request: PersonRequest, pk: int) -> HttpResponse:
    """The fragment of a running alignment; a finished one sends the reader to the board."""
    plan = access.workshop_for(request.person, pk, request.now.date())
    run = queries.running(plan)
    if run is None:
        raise Http404
    view = presenters.run_view(run)
    response = render(request, "plans/progress.html", {"plan": plan, "run": view})
    if view.is_over and view.state == "done" and request.htmx:
        response["HX-Redirect"] = reverse("plans:board", args=[pk])
    return response


def _row(request: PersonRequest, pk: int, row: int) -> Any:
    plan = access.workshop_for(request.person, pk, request.now.date())
    found = queries.row_of(plan, row)
    if found is None:
        raise Http404
    return found


def _short(row: Any) -> str:
    return str(row.text or row.source)[:24]


def _row_url(pk: int, row: Any) -> str:
    return f"{reverse('plans:split', args=[pk, row.document_id])}?row={row.pk}#row-{row.pk}"


def _to_row(pk: int, row: Any) -> HttpResponse:
    return redirect(_row_url(pk, row))
