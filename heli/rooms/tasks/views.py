from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from heli.kernel import files
from heli.rooms.people import access as people
from heli.rooms.people.access import PersonRequest, needs, person_required, signed_in
from heli.rooms.people.enums import Permission
from heli.rooms.tasks import access, presenters, queries, services
from heli.rooms.tasks.forms import ACCEPTED, EvidenceForm, ListFilter

PAGE_SIZE = 50


@require_safe
@signed_in
def todo(request: PersonRequest) -> HttpResponse:
    """Show what this person has to do; administrators have no business here and go to their own page."""
    if request.person is None:
        return redirect("people:administration")
    today = request.now.date()
    line = ListFilter(request.GET).values()["line"]
    found = queries.todo(request.person, today, line)
    context = {
        "todo": found,
        "groups": presenters.todo_groups(found, today),
        "tabs": presenters.todo_tabs(found, line),
        "summary": presenters.todo_summary(found),
        "weeks": queries.due_calendar(found, today),
        "given": presenters.given_rows(queries.given_away(request.person, today), today),
        "today": today,
    }
    return render(request, "tasks/todo.html", context)


@require_safe
@person_required
def task_list(request: PersonRequest) -> HttpResponse:
    """Show the tasks of a unit of the person's and all units below it."""
    today, values = request.now.date(), ListFilter(request.GET).values()
    units = queries.overseen_units(request.person, today)
    unit = _chosen_unit(request, values["unit"])
    filters = {"state": values["state"], "line": values["line"], "text": values["q"]}
    tasks = queries.tasks_of_unit(request.person, unit, today, **filters)
    page = Paginator(tasks, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "unit": unit,
        "units": units,
        "values": values,
        "page": page,
        "rows": presenters.list_rows(page.object_list, today),
        "states": presenters.state_options(values["state"]),
        "lines": presenters.line_options(values["line"]),
    }
    template = "tasks/list.html#rows" if request.htmx else "tasks/list.html"
    return render(request, template, context)


def _chosen_unit(request: PersonRequest, pk: Any) -> Any:
    if not pk:
        return None
    return people.unit_for(request.person, Permission.TASK_VIEW, pk, request.now.date())


@require_safe
@needs(Permission.TASK_VIEW)
def of_unit(request: PersonRequest, pk: int) -> HttpResponse:
    """The fragment on a unit's page: its undone tasks."""
    today = request.now.date()
    unit = people.unit_for(request.person, Permission.TASK_VIEW, pk, today)
    tasks = queries.tasks_of_unit(request.person, unit, today, state="undone")[:8]
    return render(request, "tasks/of_unit.html", {"unit": unit, "rows": presenters.list_rows(tasks, today)})


@require_safe
@needs(Permission.TASK_VIEW)
def matrix(request: PersonRequest) -> HttpResponse:
    """Show required, planned and done by duty and month for one unit and all below it; a cell opens its units."""
    today, values = request.now.date(), ListFilter(request.GET).values()
    units = queries.overseen_units(request.person, today)
    unit = _chosen_unit(request, values["unit"]) or presenters.first_party_unit(units)
    year = values["year"] or today.year
    groups = presenters.matrix(unit, year, today, values["line"], missing_only=bool(values["missing"]))
    context = {
        "unit": unit,
        "units": units if unit in units else [unit, *units],
        "year": year,
        "years": range(today.year - 2, today.year + 2),
        "values": values,
        "groups": groups,
        "summary": presenters.matrix_summary(groups),
        "months": presenters.MONTHS,
        "this_month": today.month if year == today.year else 0,
        "lines": presenters.line_options(values["line"]),
        "drill": _drill(request, unit, year, groups, values),
    }
    return render(request, "tasks/matrix.html", context)


def _drill(
    request: PersonRequest, unit: Any, year: int, groups: list[presenters.MatrixGroup], values: dict[str, Any]
) -> dict[str, Any] | None:
    rows = [row for group in groups for row in group.rows if row.code == values["duty"]]
    if not rows or not values["month"]:
        return None
    today = request.now.date()
    units = queries.matrix_cell(request.person, unit, values["duty"], year, values["month"], today)
    cell = rows[0].cells[values["month"] - 1]
    return {"row": rows[0], "cell": cell, "month": values["month"], "units": presenters.cell_rows(units, today)}


@require_safe
@person_required
def task_page(request: PersonRequest, pk: int) -> HttpResponse:
    return _task_page(request, pk, EvidenceForm(initial={"happened_on": request.now.date()}))


def _task_page(request: PersonRequest, pk: int, form: EvidenceForm, status: int = 200) -> HttpResponse:
    today = request.now.date()
    task = access.task_for(request.person, pk, today)
    can_do = access.can_do(request.person, task, today)
    context = {
        "task": task,
        "view": presenters.task_view(queries.task_page(task, today)),
        "form": form,
        "accepted_files": ACCEPTED,
        "can_do": can_do,
        "can_review": access.can_review(request.person, task, today),
        **{f"{verb}_url": reverse(f"tasks:{verb}", args=[pk]) for verb in ("accept", "hand_in", "close")},
        "withdraw_url": reverse("tasks:withdraw_hand_in", args=[pk]),
        "citable": queries.citable_evidence(request.person, task, today) if can_do else [],
    }
    return render(request, "tasks/task.html", context, status=status)


def _back(pk: int, request: PersonRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("tasks:task", pk)


def _version(request: PersonRequest) -> int | None:
    sent = request.POST.get("version", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else None


def _common(request: PersonRequest, pk: int) -> dict[str, Any]:
    return {"task_id": pk, "by": request.person, "at": request.now, "version": _version(request)}


@require_POST
@person_required
def accept(request: PersonRequest, pk: int) -> HttpResponse:
    services.accept_task(**_common(request, pk))
    return _back(pk, request, _("You have it now. Record what was done once, then hand it in."))


@require_POST
@person_required
def record_evidence(request: PersonRequest, pk: int) -> HttpResponse:
    access.task_for(request.person, pk, request.now.date())
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        return _task_page(request, pk, form, status=422)
    values = form.cleaned_data
    upload = values.pop("file")
    stored = files.store(upload.chunks(), name=upload.name, content_type=upload.content_type) if upload else None
    new = services.NewEvidence(**values, file=stored)
    services.record_evidence(task_id=pk, new=new, by=request.person, at=request.now)
    return _back(pk, request, _("Recorded. Other tasks can cite it; nobody has to enter it again."))


def _evidence_id(request: PersonRequest) -> int:
    sent = request.POST.get("evidence", "")
    if not sent.isdecimal() or len(sent) > 18:
        raise Http404
    return int(sent)


@require_POST
@person_required
def cite_evidence(request: PersonRequest, pk: int) -> HttpResponse:
    services.cite_evidence(task_id=pk, evidence_id=_evidence_id(request), by=request.person, at=request.now)
    return _back(pk, request, _("Cited."))


@require_POST
@person_required
def withdraw_citation(request: PersonRequest, pk: int) -> HttpResponse:
    services.withdraw_citation(task_id=pk, evidence_id=_evidence_id(request), by=request.person, at=request.now)
    return _back(pk, request, _("Taken off this task. The record itself stays."))


@require_POST
@person_required
def hand_in(request: PersonRequest, pk: int) -> HttpResponse:
    services.hand_in(**_common(request, pk))
    return _back(pk, request, _("Handed in. Another person of the requesting unit reviews it."))


@require_POST
@person_required
def withdraw_hand_in(request: PersonRequest, pk: int) -> HttpResponse:
    services.withdraw_hand_in(**_common(request, pk))
    return _back(pk, request, _("Withdrawn. You can change the evidence again."))


@require_POST
@person_required
def return_task(request: PersonRequest, pk: int) -> HttpResponse:
    services.return_task(**_common(request, pk), reason=request.POST.get("reason", ""))
    return _back(pk, request, _("Returned with your reason."))


@require_POST
@person_required
def close_task(request: PersonRequest, pk: int) -> HttpResponse:
    services.close_task(**_common(request, pk))
    messages.success(request, _("Completed and closed."))
    return redirect(reverse("tasks:todo"))


@require_safe
@person_required
def evidence_file(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Send the file as a download that no browser runs."""
    evidence = access.evidence_for(request.person, pk, request.now.date())
    if not evidence.file_hash:
        raise Http404
    response = FileResponse(
        files.opened(evidence.file_hash),
        as_attachment=True,
        filename=evidence.file_name,
        content_type=evidence.file_type,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
