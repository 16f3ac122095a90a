"""Pages of rectifications: the ledger, a new one, one of them, its problems, and what people do with those."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from heli.rooms.people.access import PersonRequest, needs, person_required
from heli.rooms.people.enums import Permission
from heli.rooms.tasks import access, queries, services
from heli.rooms.tasks.enums import ProblemSource, ProblemState
from heli.rooms.tasks.forms import (
    CloseProblemForm,
    ExtensionForm,
    LedgerFilter,
    MeasureForm,
    NewRectificationForm,
    ProblemForm,
)
from heli.rooms.tasks.presenters import rectifications as presenters
from heli.rooms.tasks.views import asking
from heli.rooms.tasks.views.downloads import xlsx
from heli.ui.sent import ids_in, version_in, whole_number

PAGE_SIZE = 30
EXPORT_ROWS = 5000


@require_safe
@person_required
def rectification_list(request: PersonRequest) -> HttpResponse:
    """Show the rectifications that concern the person."""
    today, values = request.now.date(), _values(request)
    page = Paginator(_filtered(request, values), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        **asking.rail(request),
        "page": page,
        "rows": presenters.ledger_rows(page.object_list),
        "values": values,
        "states": presenters.state_choices(values["state"]),
        "sources": presenters.source_choices(values["source"]),
        "can_open": bool(access.posts_that(request.person, Permission.TASK_VERIFY, today)),
        "is_filtered": any(values.values()),
        "query": request.GET.urlencode(),
    }
    template = "tasks/rectifications.html#rows" if request.htmx else "tasks/rectifications.html"
    return render(request, template, context)


def _values(request: PersonRequest) -> dict[str, Any]:
    source = request.GET.get("source", "")
    values = LedgerFilter(request.GET).values()
    return {"state": values["state"], "q": values["q"], "source": source if source in ProblemSource.values else ""}


def _filtered(request: PersonRequest, values: dict[str, Any]) -> Any:
    return queries.rectification_ledger(
        request.person, request.now.date(), state=values["state"], source=values["source"], text=values["q"]
    )


@require_safe
@person_required
def export_rectifications(request: PersonRequest) -> HttpResponse:
    """Hand out the filtered ledger as a workbook, a line a measure; ``of`` narrows it to one list."""
    today = request.now.date()
    found = _filtered(request, _values(request))
    chosen = whole_number(request.GET.get("of", ""))
    if chosen is not None:
        found = found.filter(pk=chosen)
    problems = queries.problems_seen(request.person, today, found)[:EXPORT_ROWS]
    return xlsx(presenters.workbook(problems, today), _("Rectification ledger") + f" {today:%Y-%m-%d}.xlsx")


@require_http_methods(["GET", "POST"])
@needs(Permission.TASK_VERIFY)
def new_rectification(request: PersonRequest) -> HttpResponse:
    """Open a list of problems."""
    today = request.now.date()
    units = [(unit.pk, unit.name) for unit in queries.units_to_verify_for(request.person, today)]
    form = NewRectificationForm(request.POST or None, verifiers=units, person=request.person, on=today)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        new = services.NewRectification(
            unit=values["rectifying"], verifier_id=values["verifier"], title=values["title"], source=values["source"],
            found_on=values["found_on"], found_by=values["found_by"],
        )  # fmt: skip
        rectification = services.open_rectification(new=new, by=request.person, at=request.now)
        messages.success(request, _("Opened. Bring the list of problems, or write them one by one."))
        return redirect("tasks:rectification", rectification.pk)
    context = {**asking.rail(request), "form": form}
    return render(request, "tasks/new_rectification.html", context, status=422 if form.is_bound else 200)


@require_safe
@person_required
def rectification_page(request: PersonRequest, pk: int) -> HttpResponse:
    return _rectification_page(request, pk)


def _rectification_page(
    request: PersonRequest, pk: int, form: ProblemForm | None = None, status: int = 200
) -> HttpResponse:
    today = request.now.date()
    rectification = access.rectification_for(request.person, pk, today)
    page = queries.rectification_page(request.person, rectification, today)
    rows = presenters.problem_rows(page.problems, today)
    statutory = presenters.statutory_rows(page, today)
    can_verify = bool(access.can_verify(request.person, rectification, today))
    context = {
        **asking.rail(request),
        "rectification": rectification,
        "number": presenters.number_words(rectification),
        "rows": rows,
        "closed": sum(row.problem.state == ProblemState.CLOSED for row in rows),
        "statutory": statutory,
        "can_open_statutory": can_verify and any(not row["url"] for row in statutory),
        "steps": presenters.steps(page.history),
        "can_plan": bool(access.can_plan(request.person, rectification, today)),
        "form": form or ProblemForm(person=request.person, on=today),
        "statutory_url": reverse("tasks:open_statutory_tasks", args=[pk]),
    }
    return render(request, "tasks/rectification.html", context, status=status)


@require_POST
@person_required
def add_problem(request: PersonRequest, pk: int) -> HttpResponse:
    access.rectification_for(request.person, pk, request.now.date())
    form = ProblemForm(request.POST, person=request.person, on=request.now.date())
    if not form.is_valid():
        return _rectification_page(request, pk, form, status=422)
    values = form.cleaned_data
    new = services.NewProblem(values["problem"], values["line"], [_measure(values)])
    services.add_problems(rectification_id=pk, problems=[new], by=request.person, at=request.now)
    messages.success(request, _("Added. The unit finds the measure in its to-do list."))
    return redirect("tasks:rectification", pk)


def _measure(values: dict[str, Any]) -> services.NewMeasure:
    return services.NewMeasure(
        text=values["measure"], unit_id=values["unit_id"], due_on=values["due_on"],
        deliverable=values["deliverable"], post_kind=values["post_kind"],
    )  # fmt: skip


@require_POST
@person_required
def open_statutory_tasks(request: PersonRequest, pk: int) -> HttpResponse:
    services.open_statutory_tasks(rectification_id=pk, by=request.person, at=request.now)
    messages.success(request, _("Opened. The rectifying unit finds them in its to-do list."))
    return redirect("tasks:rectification", pk)


@require_safe
@person_required
def problem_page(request: PersonRequest, pk: int) -> HttpResponse:
    return _problem_page(request, pk)


def _problem_page(
    request: PersonRequest, pk: int, *, measure_form: MeasureForm | None = None, status: int = 200, **forms: Any
) -> HttpResponse:
    today = request.now.date()
    problem = access.problem_for(request.person, pk, today)
    rectification = problem.rectification
    page = queries.problem_page(request.person, problem, today)
    can_plan = bool(access.can_plan(request.person, rectification, today))
    measures = presenters.measure_views(page, request.person, today, can_plan=can_plan)
    undone = [one.task for one in measures if one.task.state not in {"closed", "canceled"}]
    due = min((task.due_on for task in undone if task.due_on), default=None)
    tone, words = presenters.problem_state(problem, undone, due, today, is_whole=not page.other_count)
    context = {
        **asking.rail(request),
        "problem": problem,
        "rectification": rectification,
        "number": presenters.number_words(rectification),
        "measures": measures,
        "other_count": page.other_count,
        "tone": tone,
        "state": words,
        "is_ready": not undone and not page.other_count and any(one.task.state == "closed" for one in measures),
        "steps": presenters.steps(page.history, {str(one.task.pk): one.task.unit.name for one in measures}),
        "can_plan": can_plan and problem.state == ProblemState.OPEN,
        "can_verify": bool(access.can_verify(request.person, rectification, today)),
        "can_close": access.can_close_problem(request.person, problem, today),
        "measure_form": measure_form or MeasureForm(person=request.person, on=today),
        "close_form": forms.get("close_form") or CloseProblemForm(auto_id="close_%s"),
        "reopen_form": forms.get("reopen_form") or ExtensionForm(auto_id="reopen_%s"),
        "statutory": queries.statutory_dates(rectification),
    }
    return render(request, "tasks/problem.html", context, status=status)


def _back(request: PersonRequest, pk: int, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("tasks:problem", pk)


@require_POST
@person_required
def add_measure(request: PersonRequest, pk: int) -> HttpResponse:
    access.problem_for(request.person, pk, request.now.date())
    form = MeasureForm(request.POST, person=request.person, on=request.now.date())
    if not form.is_valid():
        return _problem_page(request, pk, measure_form=form, status=422)
    services.add_measure(problem_id=pk, new=_measure(form.cleaned_data), by=request.person, at=request.now)
    return _back(request, pk, _("Added. The unit finds the measure in its to-do list."))


@require_POST
@person_required
def withdraw_measure(request: PersonRequest, pk: int) -> HttpResponse:
    """Take back the posted measure of this problem."""
    access.problem_for(request.person, pk, request.now.date())
    seen = access.visible_measures(request.person, request.now.date()).filter(problem=pk)
    measure = seen.filter(pk__in=ids_in(request, "measure")).order_by("pk").first()
    if measure is None:
        raise Http404
    services.withdraw_measure(
        measure_id=measure.pk, reason=request.POST.get("reason", ""), by=request.person, at=request.now
    )
    return _back(request, pk, _("Withdrawn with your reason."))


@require_POST
@person_required
def close_problem(request: PersonRequest, pk: int) -> HttpResponse:
    form = CloseProblemForm(request.POST, auto_id="close_%s")
    if not form.is_valid():
        return _problem_page(request, pk, close_form=form, status=422)
    services.close_problem(
        problem_id=pk, **form.cleaned_data, by=request.person, at=request.now, version=version_in(request)
    )
    return _back(request, pk, _("Crossed off."))


@require_POST
@person_required
def reopen_problem(request: PersonRequest, pk: int) -> HttpResponse:
    form = ExtensionForm(request.POST, auto_id="reopen_%s")
    if not form.is_valid():
        return _problem_page(request, pk, reopen_form=form, status=422)
    services.reopen_problem(
        problem_id=pk,
        measure_ids=ids_in(request, "measure"),
        due_on=form.cleaned_data["until"],
        reason=form.cleaned_data["reason"],
        by=request.person,
        at=request.now,
        version=version_in(request),
    )
    return _back(request, pk, _("Opened again. The measures you chose go back to their units."))
