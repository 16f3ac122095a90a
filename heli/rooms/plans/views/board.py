"""The board: two drafts, the findings between them, decisions by people."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from heli.kernel.problems import Problem
from heli.rooms.people.access import PersonRequest, person_required
from heli.rooms.plans import access
from heli.rooms.plans.enums import FindingKind, Line, Period, PlanState
from heli.rooms.plans.forms import DecisionForm
from heli.rooms.plans.presenters import board as presenters
from heli.rooms.plans.presenters import words
from heli.rooms.plans.queries import board as queries
from heli.rooms.plans.queries.plans import twins_of
from heli.rooms.plans.services import composing, deciding, opinions
from heli.ui import toasts
from heli.ui.sent import version_in, whole_number
from heli.ui.shapes import Face


@require_GET
@person_required
def board(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the board; a script only asks for its inside again."""
    plan = access.workshop_for(request.person, pk, request.now.date())
    if plan.aligned_at is None:
        return redirect("plans:plan", pk)
    return _render(request, plan, whole_number(request.GET.get("finding", "")))


def _render(
    request: PersonRequest,
    plan: Any,
    chosen: int | None,
    problem: Problem | None = None,
    status: int = 200,
    form: DecisionForm | None = None,
) -> HttpResponse:
    """The board as it is now; a refused decision keeps what was typed, each error of its ``form`` beside its field."""
    source = request.GET if request.method == "GET" else request.POST
    kind = source.get("kind", "")
    kind = kind if kind in FindingKind.values else ""
    is_done = source.get("done", "") == "1"
    decides = plan.state == PlanState.DECIDING and bool(access.can_draft(request.person, plan, request.now.date()))
    starts = {
        line.value: number
        for line in (Line.PARTY, Line.INTEGRITY)
        if (number := whole_number(source.get(line.value, "")))
    }
    pair = whole_number(source.get("pair", "")) if request.method == "GET" or problem else None
    page = queries.board(
        plan, request.person, request.now, kind=kind, chosen=chosen, pair=pair, is_done=is_done, starts=starts
    )
    query = urlencode({name: value for name, value in (("kind", kind), ("done", "1" if is_done else "")) if value})
    context = {
        "plan": plan,
        "view": presenters.board_view(
            page, query, request.now.date(), typed=source.dict() if problem else {}, errors=_errors(form)
        ),
        "seen": {"stamp": plan.stamp},
        "bulk_reason": source.get("reason", "") if problem and chosen is None else "",
        "kind": kind,
        "is_done": is_done,
        "nothing_left": presenters.nothing_left(decides=decides, plan=plan),
        "decides": decides,
        "asks_model": decides and opinions.is_configured(),
        "tone": words.STATE_TONES[PlanState(plan.state)],
        "problem": problem,
        "refused": page.active.pk if problem and page.active and page.active.pk == chosen else None,
        "periods": Period.choices,
        "query": query,
        "twins": twins_of(plan) if decides else [],
        "presence_url": f"{reverse('plans:presence', args=[plan.pk])}?"
        + urlencode({"finding": page.active.pk if page.active else "", "stamp": plan.stamp}),
        "bulk": kind if kind in (FindingKind.RELATED, FindingKind.GAP) and not is_done and decides else "",
        "urls": {
            name: reverse(f"plans:{name}", args=[plan.pk])
            for name in ("conclude", "board_xlsx", "align", "decide_rest", "lead_choices")
        },
    }
    return render(request, "plans/board.html#board" if request.htmx else "plans/board.html", context, status=status)


def _errors(form: DecisionForm | None) -> dict[str, str]:
    return {name: str(each[0]) for name, each in form.errors.items()} if form is not None else {}


@require_POST
@person_required
def decide(request: PersonRequest, pk: int, finding: int) -> HttpResponse:
    """Take one decision; whoever comes second sees both sides."""
    plan = access.workshop_for(request.person, pk, request.now.date())
    form = DecisionForm(request.POST)
    if not form.is_valid():
        problem = Problem(_("The decision was not taken."), "", _("Look at the marked fields."))
        return _render(request, plan, finding, problem, 422, form)
    pair = whole_number(request.POST.get("pair", ""))
    try:
        deciding.decide(
            plan_id=pk, finding_id=finding, choice=form.cleaned_data["choice"], reason=form.cleaned_data["reason"],
            values=form.values(), pair=pair, by=request.person, at=request.now,
        )  # fmt: skip
    except Problem as problem:
        return _render(request, plan, finding, problem, problem.status)
    return _next(request, pk, finding if pair is not None else None)  # the others of the group are next


@require_POST
@person_required
def ask_opinion(request: PersonRequest, pk: int, finding: int) -> HttpResponse:
    """Ask the configured model about one pair, and show the same card again."""
    plan = access.workshop_for(request.person, pk, request.now.date())
    try:
        opinions.ask_second_opinion(plan_id=pk, finding_id=finding, by=request.person, at=request.now)
    except Problem as problem:
        return _render(request, plan, finding, problem, problem.status)
    return _next(request, pk, finding)


@require_POST
@person_required
def decide_rest(request: PersonRequest, pk: int) -> HttpResponse:
    """Take one decision for all open cards of a kind that takes a bare reason."""
    plan = access.workshop_for(request.person, pk, request.now.date())
    form = DecisionForm(request.POST)
    kind = request.POST.get("kind", "")
    if not form.is_valid() or kind not in (FindingKind.RELATED, FindingKind.GAP):
        return _render(request, plan, None, Problem(_("The decision was not taken.")), 422)
    try:
        number = deciding.decide_rest(
            plan_id=pk, kind=kind, choice=form.cleaned_data["choice"], reason=form.cleaned_data["reason"],
            by=request.person, at=request.now,
        )  # fmt: skip
    except Problem as problem:
        return _render(request, plan, None, problem, problem.status)
    toasts.done(request, ngettext("%(n)s card was decided.", "%(n)s cards were decided.", number) % {"n": number})
    return redirect("plans:board", pk)


@require_POST
@person_required
def undo(request: PersonRequest, pk: int, decision: int) -> HttpResponse:
    access.workshop_for(request.person, pk, request.now.date())
    taken_back = deciding.undo_decision(plan_id=pk, decision_id=decision, by=request.person, at=request.now)
    return _next(request, pk, taken_back.finding_id)


def _next(request: PersonRequest, pk: int, chosen: int | None = None) -> HttpResponse:
    """Go on with the next open card, or with the one that was opened again."""
    if request.htmx:
        plan = access.workshop_for(request.person, pk, request.now.date())
        return _render(request, plan, chosen)
    kept = {name: request.POST.get(name, "") for name in ("kind", "done") if request.POST.get(name)}
    if chosen:
        kept = {"finding": str(chosen)}
    address = reverse("plans:board", args=[pk])
    return redirect(f"{address}?{urlencode(kept)}" if kept else address)


@require_POST
@person_required
def presence(request: PersonRequest, pk: int) -> HttpResponse:
    """Note that somebody is here; say who else is, and whether the board moved on since it was shown."""
    plan = access.workshop_for(request.person, pk, request.now.date())
    decides = plan.state == PlanState.DECIDING and bool(access.can_draft(request.person, plan, request.now.date()))
    deciding.be_present(
        plan_id=pk,
        finding_id=whole_number(request.GET.get("finding", "")),
        decides=decides,
        by=request.person,
        at=request.now,
    )
    others = queries.others(plan, request.person, request.now)
    seen = whole_number(request.GET.get("stamp", "")) or 0
    context = {
        "faces": [Face(str(each.person)) for each in others],
        "presence": [presenters.present(each) for each in others[:3]],
        "moved": plan.stamp - seen if plan.stamp > seen else 0,
        "board_url": reverse("plans:board", args=[pk]),
        "presence_url": request.get_full_path(),
    }
    return render(request, "plans/presence.html", context)


@require_POST
@person_required
def conclude(request: PersonRequest, pk: int) -> HttpResponse:
    """Make version 1 out of the board."""
    try:
        version = composing.conclude(
            plan_id=pk, stamp=whole_number(request.POST.get("stamp", "")), by=request.person, at=request.now
        )
    except Problem as problem:
        plan = access.workshop_for(request.person, pk, request.now.date())
        return _render(request, plan, None, problem, problem.status)
    toasts.done(request, _("The one plan is drafted. Check it, then submit it for approval."))
    return redirect("plans:version", pk, version.number)


@require_POST
@person_required
def reopen(request: PersonRequest, pk: int) -> HttpResponse:
    composing.reopen_board(plan_id=pk, version=version_in(request), by=request.person, at=request.now)
    return redirect("plans:board", pk)
