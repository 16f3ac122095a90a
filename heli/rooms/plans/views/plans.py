"""The list of plans, a new plan, and a plan's workshop page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from heli.kernel.problems import Problem
from heli.rooms.people.access import PersonRequest, needs, person_required
from heli.rooms.people.enums import Permission
from heli.rooms.plans import access
from heli.rooms.plans.enums import PlanState
from heli.rooms.plans.forms import ACCEPTED, PapersForm, PlanForm
from heli.rooms.plans.presenters import plans as presenters
from heli.rooms.plans.presenters import words
from heli.rooms.plans.queries import plans as queries
from heli.rooms.plans.services import papers as services
from heli.ui import toasts
from heli.ui.sent import version_in

if TYPE_CHECKING:
    from heli.rooms.plans.models import Plan

PAGE_SIZE = 30


@require_GET
@person_required
def plan_list(request: PersonRequest) -> HttpResponse:
    """Show the plans the person may open, newest first."""
    today = request.now.date()
    year = request.GET.get("year", "")
    chosen_year = int(year) if year.isdecimal() and len(year) == 4 else None
    state, text = request.GET.get("state", ""), request.GET.get("q", "").replace("\x00", "").strip()[:100]
    state = state if state in PlanState.values else ""
    plans = queries.plans_for_list(request.person, today, year=chosen_year, state=state, text=text)
    page = Paginator(plans, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": presenters.list_rows(page.object_list),
        "states": presenters.state_options(queries.states(), state),
        "years": presenters.year_options(queries.years(request.person, today), chosen_year),
        "text": text,
        "can_begin": access.units_to_draft_for(request.person, today).exists(),
        "is_filtered": bool(chosen_year or state or text),
    }
    return render(request, "plans/list.html#rows" if request.htmx else "plans/list.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.PLAN_DRAFT)
def new_plan(request: PersonRequest) -> HttpResponse:
    """Begin a plan: for which unit, which year, held against whose duties."""
    units = queries.units_for_plans(request.person, request.now.date())
    choices = [(unit.pk, f"{'　' * (unit.depth - units[0].depth)}{unit.name}") for unit in units]
    initial = {"year": request.now.year + (1 if request.now.month >= 10 else 0)}
    form = PlanForm(request.POST or None, units=choices, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            plan = services.begin_plan(
                unit_id=values["unit"], year=values["year"], title=values["title"],
                by=request.person, at=request.now,
            )  # fmt: skip
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            return redirect("plans:plan", plan.pk)
    return render(request, "plans/new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
@person_required
def plan_page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a plan: its workshop for those who work on it, else the version in force."""
    today = request.now.date()
    plan = access.plan_for(request.person, pk, today)
    if not access.workshop_plans(request.person, today).filter(pk=pk).exists():
        return redirect("plans:version", pk, plan.published_number)
    return workshop(request, plan)


def workshop(request: PersonRequest, plan: Plan, refused: PapersForm | None = None) -> HttpResponse:
    """Show the workshop of a plan; with the ``refused`` form of papers, what was typed and what is wrong with it."""
    today, pk = request.now.date(), plan.pk
    page = queries.plan_page(plan)
    editable = plan.state in (PlanState.DRAFTING, PlanState.DECIDING) and bool(
        access.can_draft(request.person, plan, today)
    )
    context = {
        "plan": plan,
        "page": page,
        "lines": presenters.lines(page, refused.data if refused is not None else {}, _errors(refused)),
        "steps": presenters.steps(page),
        "deciding": presenters.deciding(page, today) if plan.state == PlanState.DECIDING else None,
        "missing": presenters.missing_for_alignment(page),
        "foreign_years": presenters.foreign_years(page),
        "is_editable": editable,
        "accepted": ACCEPTED,
        "max_mb": services.MAX_MB,
        "tone": words.STATE_TONES[PlanState(plan.state)],
        "refused": refused.errors.get("line") if refused is not None else None,
        "run": page.run if page.run and page.run.ended_at is None else None,
        "urls": {
            name: reverse(f"plans:{name}", args=[pk]) for name in ("add_papers", "align", "board", "progress", "delete")
        },
        "latest": page.versions[0] if page.versions else None,
    }
    return render(request, "plans/plan.html", context, status=422 if refused is not None else 200)


def _errors(form: PapersForm | None) -> dict[str, str]:
    return {name: str(each[0]) for name, each in form.errors.items()} if form is not None else {}


@require_POST
@person_required
def delete_plan(request: PersonRequest, pk: int) -> HttpResponse:
    services.delete_plan(plan_id=pk, version=version_in(request), by=request.person, at=request.now)
    toasts.done(request, _("The plan was deleted."))
    return redirect("plans:list")
