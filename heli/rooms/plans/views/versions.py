"""The one plan: version under way, approval, in force, revision, comparison, acknowledgement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from heli.kernel.problems import Problem
from heli.kernel.retrying import once_more
from heli.kernel.versions import VersionConflict
from heli.rooms.people.access import PersonRequest, person_required
from heli.rooms.plans import access, rules
from heli.rooms.plans.enums import PlanState, VersionState
from heli.rooms.plans.forms import MAX_MINUTES, ItemForm, MinutesForm, NewItemForm, ReasonForm
from heli.rooms.plans.models import PlanVersion
from heli.rooms.plans.presenters import versions as presenters
from heli.rooms.plans.presenters import work
from heli.rooms.plans.queries import leads as leading
from heli.rooms.plans.queries import progress as progressing
from heli.rooms.plans.queries import versions as queries
from heli.rooms.plans.queries.directories import takes_effect_on
from heli.rooms.plans.queries.minutes import without_minutes as silent_items
from heli.rooms.plans.queries.plans import twins_of
from heli.rooms.plans.queries.shortfalls import shortfalls
from heli.rooms.plans.services import approving, composing, stating
from heli.rooms.plans.services.composing import ItemEdit
from heli.rooms.plans.services.leading import LeadChoice, name_leads
from heli.ui import toasts
from heli.ui.sent import version_in, whole_number


@require_GET
@person_required
def version(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """Show a version: what it asks, who may act on it, what it changes and whom it touches."""
    return _page(request, pk, number)


def _page(
    request: PersonRequest, pk: int, number: int, problem: Problem | None = None, leaving: int | None = None
) -> HttpResponse:
    """The page of a version; with a ``problem`` as it is now, what was typed kept. ``leaving``: the item left out."""
    today = request.now.date()
    found = access.version_for(request.person, pk, number, today)
    items = queries.items_of(request.person, found, today)
    page = Paginator(items, queries.PAGE).get_page(request.GET.get("page"))
    drafts = access.can_draft(request.person, found.plan, today)
    progress = progressing.progress_of(request.person, found, today)
    context = {
        "version": found,
        "plan": found.plan,
        "page": page,
        "items": presenters.items(page.object_list, found, progress),
        "progress": work.progress(progress.total),
        "tone": presenters.state_tone(found),
        "hint": presenters.submit_hint(found),
        "sees_whole": access.sees_whole(request.person, found.plan, today),
        "in_workshop": access.workshop_plans(request.person, today).filter(pk=pk).exists(),
        "can_change": bool(drafts) and presenters.can_change(found),
        "can_revise": bool(drafts)
        and found.state == VersionState.PUBLISHED
        and found.plan.state == PlanState.PUBLISHED,
        "approval": access.can_approve(request.person, found, today) if found.state == VersionState.SUBMITTED else None,
        "effect": takes_effect_on(found.plan, today),
        "hands": queries.contributors(found) if found.state == VersionState.SUBMITTED else [],
        "approvers": queries.approvers(found, today) if found.state == VersionState.SUBMITTED else [],
        "can_withdraw": found.state == VersionState.SUBMITTED
        and bool(access.can_withdraw(request.person, found, today)),
        "shortfalls": _shortfalls(found, today) if drafts or found.state == VersionState.SUBMITTED else [],
        "silent": silent_items(found) if drafts and presenters.can_change(found) else 0,
        "max_minutes": MAX_MINUTES,
        **_leads(request, found, is_wanted=bool(drafts) and presenters.can_change(found)),
        "versions": queries.versions_of(request.person, found.plan, today),
        "to_acknowledge": queries.to_acknowledge(request.person, found, today),
        "urls": _urls(pk, number),
        "problem": problem,
        "typed": request.POST.get("reason", "") if problem else "",
        "typed_minutes": request.POST.get("minutes", "") if problem else "",
        "leaving": leaving,
        "twins": twins_of(found.plan) if _is_first_under_way(found) else [],
        **_changes(found, today, is_wanted=bool(drafts) or found.state == VersionState.SUBMITTED),
    }
    if context["in_workshop"] and found.state == VersionState.PUBLISHED:
        context["acknowledged"] = queries.acknowledgements(found)
    return render(request, "plans/version.html", context, status=problem.status if problem else 200)


def _shortfalls(found: PlanVersion, on: date) -> list[tuple[str, str]]:
    """Where a version that is not yet decided falls short of a rule: the duty, and how."""
    if found.state not in (VersionState.DRAFT, VersionState.SUBMITTED):
        return []
    return [(each.duty.title, presenters.shortfall_words(each)) for each in shortfalls(found, on)]


def _is_first_under_way(found: Any) -> bool:
    return found.number == 1 and found.state in (VersionState.DRAFT, VersionState.SUBMITTED)


def _leads(request: PersonRequest, found: Any, *, is_wanted: bool) -> dict[str, Any]:
    today = request.now.date()
    waiting = leading.open_leads(found, today) if is_wanted else []
    if not waiting:
        return {}
    needed = any(each.is_needed for each in waiting)
    chosen = {(words, line, need): unit for words, line, unit, need in _sent_leads(request)}
    return {
        "leads": presenters.lead_rows(waiting, chosen),
        "leads_needed": needed,
        "units": leading.possible_leads(found, today),
    }


def _sent_leads(request: PersonRequest) -> Iterator[tuple[str, ...]]:
    return zip(*(request.POST.getlist(name) for name in ("words", "line", "unit", "need")), strict=False)


def _urls(pk: int, number: int) -> dict[str, str]:
    names = ("submit", "withdraw", "leads", "minutes", "revise", "drop_revision", "reopen", "board")
    numbered = ("approve", "return", "new_item", "plan_xlsx", "plan_docx", "compare")
    found = {name: reverse(f"plans:{name}", args=[pk]) for name in names}
    return found | {name: reverse(f"plans:{name}", args=[pk, number]) for name in numbered}


def _changes(found: Any, today: Any, *, is_wanted: bool) -> dict[str, Any]:
    if found.number == 1 or found.state not in (VersionState.DRAFT, VersionState.SUBMITTED) or not is_wanted:
        return {}
    changes = queries.changes_of(found)
    impact = queries.impact_of(found, changes, today) if changes else None
    return {
        "changes": presenters.changes(changes, impact),
        "changes_summary": presenters.changes_summary(changes),
        "impact": presenters.impact(impact) if impact else None,
    }


@require_http_methods(["GET", "POST"])
@person_required
def item(request: PersonRequest, pk: int, number: int, item: int) -> HttpResponse:
    """Edit an item of the version under way."""
    found, row = _item(request, pk, number, item)
    initial = {name: getattr(row, name) for name in ItemForm.base_fields} | {"helpers": "、".join(row.helpers)}
    year = found.plan.year
    form = ItemForm(request.POST or None, initial=initial, year=year, lead_choices=_choices_url(pk))
    if request.method == "POST" and form.is_valid():
        try:
            composing.edit_item(
                plan_id=pk, item_id=item, edit=ItemEdit(**form.cleaned_data), version=version_in(request),
                by=request.person, at=request.now,
            )  # fmt: skip
        except VersionConflict:
            raise
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            return _to_item(pk, number, item)
    context = {"version": found, "plan": found.plan, "form": form, "item": row, "back": _item_url(pk, number, item)}
    return render(request, "plans/item.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@person_required
def new_item(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """Add an item that stands in no paper, with its reason."""
    found = access.version_for(request.person, pk, number, request.now.date())
    access.can_draft(request.person, found.plan, request.now.date()).require()
    year, begun = found.plan.year, {"line": "both"}
    form = NewItemForm(request.POST or None, initial=begun, year=year, lead_choices=_choices_url(pk))
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        reason = values.pop("reason")
        try:
            added = composing.add_item(
                plan_id=pk, edit=ItemEdit(**values), reason=reason, by=request.person, at=request.now
            )
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            return _to_item(pk, number, added.pk)
    context = {"version": found, "plan": found.plan, "form": form, "item": None, "back": _version_url(pk, number)}
    return render(request, "plans/item.html", context, status=422 if form.is_bound else 200)


@require_POST
@person_required
def leave_out(request: PersonRequest, pk: int, number: int, item: int) -> HttpResponse:
    _item(request, pk, number, item)
    try:
        composing.leave_out_item(
            plan_id=pk, item_id=item, reason=_reason(request), version=version_in(request),
            by=request.person, at=request.now,
        )  # fmt: skip
    except VersionConflict:
        raise
    except Problem as problem:
        return _page(request, pk, number, problem, item)
    return _to_item(pk, number, item)


@require_POST
@person_required
def submit(request: PersonRequest, pk: int) -> HttpResponse:
    access.workshop_for(request.person, pk, request.now.date())
    try:
        done = approving.submit(plan_id=pk, version=version_in(request), by=request.person, at=request.now)
    except Problem as problem:
        return _refused(request, pk, problem)
    toasts.done(request, _("Submitted. Those who may approve it have been told."))
    return redirect("plans:version", pk, done.number)


@require_POST
@person_required
def withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    """Take the submitted version back to change it."""
    access.workshop_for(request.person, pk, request.now.date())
    try:
        draft = approving.withdraw_submission(
            plan_id=pk, version=version_in(request), by=request.person, at=request.now
        )
    except Problem as problem:
        return _refused(request, pk, problem)
    return redirect("plans:version", pk, draft.number)


@require_GET
@person_required
def lead_choices(request: PersonRequest, pk: int) -> HttpResponse:
    """Suggestions for a field that takes the lead of an item."""
    today = request.now.date()
    plan = access.workshop_for(request.person, pk, today)
    text = str(next((value for value in request.GET.values() if value), ""))[:60].replace("\x00", "")
    units = presenters.lead_choices(leading.leads_like(plan, text, today))
    return render(request, "plans/lead_choices.html", {"units": units})


@require_POST
@person_required
def leads(request: PersonRequest, pk: int) -> HttpResponse:
    """Say which units lead the items whose lead is not known."""
    access.workshop_for(request.person, pk, request.now.date())
    choices = [
        LeadChoice(words, line, unit, is_needed=need != "may", is_nobodys=need == "rule")
        for words, line, sent, need in _sent_leads(request)
        if (unit := whole_number(sent)) is not None
    ]
    try:
        draft = name_leads(plan_id=pk, choices=choices, version=version_in(request), by=request.person, at=request.now)
    except Problem as problem:
        return _refused(request, pk, problem)
    return redirect("plans:version", pk, draft.number)


@require_POST
@person_required
def minutes(request: PersonRequest, pk: int) -> HttpResponse:
    """State the same minutes for every item that states none."""
    access.workshop_for(request.person, pk, request.now.date())
    form = MinutesForm(request.POST)
    try:
        if not form.is_valid():
            raise Problem(
                _("No minutes were set."),
                _("Minutes are a whole number from 1 to %(most)s.") % {"most": MAX_MINUTES},
                _("Write such a number."),
            )
        said = form.cleaned_data["minutes"]
        draft = stating.state_minutes(
            plan_id=pk, minutes=said, version=version_in(request), by=request.person, at=request.now
        )
    except Problem as problem:
        return _refused(request, pk, problem)
    toasts.done(request, _("Every item that stated no minutes says %(minutes)s now.") % {"minutes": said})
    return redirect("plans:version", pk, draft.number)


@require_POST
@person_required
def approve(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    access.version_for(request.person, pk, number, request.now.date())
    seen = version_in(request)
    try:
        note = _reason(request)
        once_more(
            lambda: approving.approve(
                plan_id=pk, number=number, version=seen, note=note, by=request.person, at=request.now
            )
        )
    except Problem as problem:
        return _page(request, pk, number, problem)
    toasts.done(request, _("The plan is published. Its items are tasks of the units that carry them out."))
    return redirect("plans:version", pk, number)


@require_POST
@person_required
def return_version(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    access.version_for(request.person, pk, number, request.now.date())
    try:
        approving.return_version(
            plan_id=pk,
            number=number,
            version=version_in(request),
            reason=_reason(request),
            by=request.person,
            at=request.now,
        )
    except Problem as problem:
        return _page(request, pk, number, problem)
    toasts.done(request, _("Returned. Whoever submitted it has been told why."))
    return redirect("plans:version", pk, number)


@require_POST
@person_required
def revise(request: PersonRequest, pk: int) -> HttpResponse:
    access.workshop_for(request.person, pk, request.now.date())
    try:
        begun = approving.begin_revision(
            plan_id=pk, version=version_in(request), reason=_reason(request), by=request.person, at=request.now
        )
    except Problem as problem:
        return _refused(request, pk, problem)
    return redirect("plans:version", pk, begun.number)


@require_POST
@person_required
def drop_revision(request: PersonRequest, pk: int) -> HttpResponse:
    access.workshop_for(request.person, pk, request.now.date())
    try:
        approving.drop_revision(plan_id=pk, version=version_in(request), by=request.person, at=request.now)
    except Problem as problem:
        return _refused(request, pk, problem)
    return redirect("plans:plan", pk)


@require_GET
@person_required
def compare(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """Compare any two versions the reader may open, as far as they concern the reader; ``of`` leads to another one."""
    today, of = request.now.date(), whole_number(request.GET.get("of", ""), 5)
    if of not in (None, number):
        query = urlencode({"with": request.GET.get("with", "")})
        return redirect(f"{reverse('plans:compare', args=[pk, of])}?{query}")
    after = access.version_for(request.person, pk, number, today)
    other = whole_number(request.GET.get("with", ""), 5)
    other = max(number - 1, 1) if other is None else other
    before = access.version_for(request.person, pk, other, today)
    changes = rules.compare(
        queries.visible_facts(request.person, before, today), queries.visible_facts(request.person, after, today)
    )
    context = {
        "plan": after.plan,
        "before": before,
        "after": after,
        "versions": queries.versions_of(request.person, after.plan, today),
        "changes": presenters.changes(changes),
        "summary": presenters.changes_summary(changes),
    }
    return render(request, "plans/compare.html", context)


@require_POST
@person_required
def acknowledge(request: PersonRequest, pk: int) -> HttpResponse:
    done = approving.acknowledge(acknowledgement_id=pk, by=request.person, at=request.now)
    toasts.done(request, _("Acknowledged for %(unit)s.") % {"unit": done.unit.name})
    return redirect("plans:version", done.version.plan_id, done.version.number)


def _refused(request: PersonRequest, pk: int, problem: Problem) -> HttpResponse:
    """Show the newest version as it is now with what stands in the way; without any version, only that."""
    plan = access.workshop_for(request.person, pk, request.now.date())
    newest = queries.versions_of(request.person, plan, request.now.date())[:1]
    if not newest:
        raise problem
    return _page(request, pk, newest[0].number, problem)


def _item(request: PersonRequest, pk: int, number: int, item: int) -> tuple[Any, Any]:
    found = access.version_for(request.person, pk, number, request.now.date())
    access.can_draft(request.person, found.plan, request.now.date()).require()
    row = queries.item_of(found, item)
    if row is None:
        raise Http404
    return found, row


def _reason(request: PersonRequest) -> str:
    """Return the reason that was sent. Raises ``Problem`` where it is too long to keep."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Problem(_("The reason was not taken over."), str(form.errors["reason"][0]), _("Shorten it."))
    return str(form.cleaned_data["reason"])


def _choices_url(pk: int) -> str:
    return reverse("plans:lead_choices", args=[pk])


def _version_url(pk: int, number: int) -> str:
    return reverse("plans:version", args=[pk, number])


def _item_url(pk: int, number: int, item: int) -> str:
    return f"{_version_url(pk, number)}#item-{item}"


def _to_item(pk: int, number: int, item: int) -> HttpResponse:
    return redirect(_item_url(pk, number, item))
