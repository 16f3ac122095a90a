"""Pages of follow-ups: the ledger, a new one, one of them, and what people do with it."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from heli.kernel import files
from heli.rooms.people.access import PersonRequest, needs, person_required
from heli.rooms.people.enums import Permission
from heli.rooms.tasks import access, queries, services
from heli.rooms.tasks.enums import FollowUpState
from heli.rooms.tasks.forms import ACCEPTED, AnswerForm, ExtensionForm, LedgerFilter, NewFollowUpForm
from heli.rooms.tasks.presenters import follow_ups as presenters
from heli.rooms.tasks.presenters import line_options
from heli.rooms.tasks.rules.follow_ups import Ladder
from heli.rooms.tasks.views import asking
from heli.rooms.tasks.views.downloads import xlsx
from heli.ui.sent import id_in, ids_in, version_in

PAGE_SIZE = 30
EXPORT_ROWS = 5000
_LAST_PART = re.compile(r"^(.*[,;\uff0c\uff1b\u3001]\s*)?(.*)$", re.DOTALL)


@require_safe
@person_required
def follow_up_list(request: PersonRequest) -> HttpResponse:
    """Show the follow-ups that concern the person."""
    today, values = request.now.date(), LedgerFilter(request.GET).values()
    found = _filtered(request, values)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        **asking.rail(request),
        "page": page,
        "rows": presenters.ledger_rows(page.object_list, today),
        "values": values,
        "states": presenters.state_choices(values["state"]),
        "lines": line_options(values["line"]),
        "askers": presenters.asker_options(mine=bool(values["mine"])),
        "can_ask": bool(access.posts_that(request.person, Permission.TASK_ASSIGN, today)),
        "is_filtered": any(values.values()),
        "query": request.GET.urlencode(),
    }
    template = "tasks/follow_ups.html#rows" if request.htmx else "tasks/follow_ups.html"
    return render(request, template, context)


def _filtered(request: PersonRequest, values: dict[str, Any]) -> Any:
    return queries.ledger(
        request.person,
        request.now.date(),
        state=values["state"],
        line=values["line"],
        text=values["q"],
        asked_by_me=bool(values["mine"]),
    )


@require_safe
@person_required
def export_follow_ups(request: PersonRequest) -> HttpResponse:
    """Hand out the filtered ledger as a workbook."""
    today, values = request.now.date(), LedgerFilter(request.GET).values()
    found = _filtered(request, values).select_related("closed_by")[:EXPORT_ROWS]
    data = presenters.workbook(presenters.ledger_rows(found, today), today)
    return xlsx(data, _("Follow-up ledger") + f" {today:%Y-%m-%d}.xlsx")


@require_http_methods(["GET", "POST"])
@needs(Permission.TASK_ASSIGN)
def new_follow_up(request: PersonRequest) -> HttpResponse:
    """Issue a follow-up."""
    today = request.now.date()
    units = [(unit.pk, unit.name) for unit in queries.units_to_ask_for(request.person, today)]
    form = NewFollowUpForm(request.POST or None, units=units, person=request.person, on=today)
    if request.method == "POST" and form.is_valid():
        follow_up = services.issue_follow_up(new=_new(form.cleaned_data), by=request.person, at=request.now)
        messages.success(request, _("Issued. Each unit finds it in its to-do list."))
        return redirect("tasks:follow_up", follow_up.pk)
    context = {**asking.rail(request), "form": form}
    return render(request, "tasks/new_follow_up.html", context, status=422 if form.is_bound else 200)


def _new(values: dict[str, Any]) -> services.NewFollowUp:
    return services.NewFollowUp(
        unit_id=values["unit"],
        subject=values["subject"],
        text=values["text"],
        line=values["line"],
        due_on=values["due_on"],
        lead=values["lead_unit"],
        helpers=values["helper_units"],
        post_kind=values["post_kind"],
        ladder=Ladder(values["remind_days"], values["urge_days"], values["list_days"]),
    )


@require_safe
@needs(Permission.TASK_ASSIGN)
def unit_choices(request: PersonRequest) -> HttpResponse:
    """Suggestions for a field that takes units: the last one typed is completed, those before it stay."""
    typed = str(next((value for value in request.GET.values() if value), ""))[:1000]
    found = _LAST_PART.match(typed)
    before, text = (found[1] or "", found[2].strip()) if found else ("", typed)
    units = queries.assignable_units(request.person, text[:60], request.now.date())
    return render(request, "tasks/unit_choices.html", {"units": units, "before": before})


@require_safe
@person_required
def follow_up_page(request: PersonRequest, pk: int) -> HttpResponse:
    return _page(request, pk)


def _page(
    request: PersonRequest, pk: int, *, forms: dict[tuple[str, int], Any] | None = None, status: int = 200
) -> HttpResponse:
    """Show one follow-up; ``forms`` holds what was typed wrong, by kind and asked unit."""
    today, typed = request.now.date(), forms or {}
    follow_up = access.follow_up_for(request.person, pk, today)
    page = queries.follow_up_page(request.person, follow_up, today)
    can_direct = bool(access.can_direct(request.person, follow_up, today))
    asked = presenters.asked_views(page, request.person, today, can_direct=can_direct)
    context = {
        **asking.rail(request),
        "follow_up": follow_up,
        "number": presenters.number_words(follow_up),
        "page": page,
        "whole": presenters.page_state(page, today),
        "asked": [
            {
                "view": one,
                "answer_form": typed.get(("answer", one.asked.row.pk)) or AnswerForm(auto_id=f"a{one.asked.row.pk}_%s"),
                "extension_form": typed.get(("extension", one.asked.row.pk))
                or ExtensionForm(auto_id=f"e{one.asked.row.pk}_%s"),
                "citable": queries.citable_evidence(request.person, one.asked.row.task, today)
                if one.can_answer
                else [],
            }
            for one in asked
        ],
        "ladder": presenters.ladder_steps(follow_up),
        "steps": presenters.steps(page),
        "accepted_files": ACCEPTED,
        "can_direct": can_direct,
        "can_close": access.can_close_follow_up(request.person, follow_up, today),
        "is_running": follow_up.state == FollowUpState.RUNNING,
        "urls": {
            name: reverse(f"tasks:{name}_follow_up", args=[pk]) for name in ("close", "reopen", "withdraw", "climb")
        },
    }
    return render(request, "tasks/follow_up.html", context, status=status)


def _back(request: PersonRequest, pk: int, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("tasks:follow_up", pk)


@require_POST
@person_required
def answer_follow_up(request: PersonRequest, pk: int) -> HttpResponse:
    """Answer for one unit in words, with what proves it."""
    today, asked_id = request.now.date(), id_in(request, "asked")
    asked = access.asked_for(request.person, pk, asked_id, today)
    form = AnswerForm(request.POST, request.FILES, auto_id=f"a{asked_id}_%s")
    if not form.is_valid():
        return _page(request, pk, forms={("answer", asked_id): form}, status=422)
    upload = form.cleaned_data["file"]
    stored = files.store(upload.chunks(), name=upload.name, content_type=upload.content_type) if upload else None
    title = _("Answer to %(number)s") % {"number": presenters.number_words(asked.follow_up)}
    answer = services.NewEvidence(title=title, happened_on=today, text=form.cleaned_data["text"], file=stored)
    services.answer_follow_up(
        asked_id=asked_id,
        answer=answer,
        cited=ids_in(request, "cite"),
        by=request.person,
        at=request.now,
        version=version_in(request),
    )
    return _back(request, pk, _("Answered. The asking unit reviews it."))


@require_POST
@person_required
def ask_extension(request: PersonRequest, pk: int) -> HttpResponse:
    asked_id = id_in(request, "asked")
    access.asked_for(request.person, pk, asked_id, request.now.date())
    form = ExtensionForm(request.POST, auto_id=f"e{asked_id}_%s")
    if not form.is_valid():
        return _page(request, pk, forms={("extension", asked_id): form}, status=422)
    services.ask_extension(asked_id=asked_id, **form.cleaned_data, by=request.person, at=request.now)
    return _back(request, pk, _("Asked. Until it is decided the present date holds."))


@require_POST
@person_required
def decide_extension(request: PersonRequest, pk: int) -> HttpResponse:
    is_granted = request.POST.get("decision") == "grant"
    services.decide_extension(
        follow_up_id=pk,
        extension_id=id_in(request, "extension"),
        is_granted=is_granted,
        reason=request.POST.get("reason", ""),
        by=request.person,
        at=request.now,
    )
    return _back(request, pk, _("Granted. The new date holds.") if is_granted else _("Refused with your reason."))


@require_POST
@person_required
def climb_follow_up(request: PersonRequest, pk: int) -> HttpResponse:
    asked = access.asked_for(request.person, pk, id_in(request, "asked"), request.now.date())
    services.climb_by_hand(asked_id=asked.pk, by=request.person, at=request.now)
    return _back(request, pk, _("Done. Those concerned were told."))


@require_POST
@person_required
def close_follow_up(request: PersonRequest, pk: int) -> HttpResponse:
    services.close_follow_up(**_common(request, pk), note=request.POST.get("note", ""))
    return _back(request, pk, _("Closed."))


@require_POST
@person_required
def withdraw_follow_up(request: PersonRequest, pk: int) -> HttpResponse:
    services.withdraw_follow_up(**_common(request, pk), reason=request.POST.get("reason", ""))
    return _back(request, pk, _("Withdrawn. Those who were asked read your reason."))


@require_POST
@person_required
def reopen_follow_up(request: PersonRequest, pk: int) -> HttpResponse:
    form = ExtensionForm(request.POST)
    if not form.is_valid():
        return _page(request, pk, forms={("reopen", pk): form}, status=422)
    services.reopen_follow_up(
        **_common(request, pk),
        asked_ids=ids_in(request, "asked"),
        due_on=form.cleaned_data["until"],
        reason=form.cleaned_data["reason"],
    )
    return _back(request, pk, _("Opened again. The units you chose answer anew."))


def _common(request: PersonRequest, pk: int) -> dict[str, Any]:
    return {"follow_up_id": pk, "by": request.person, "at": request.now, "version": version_in(request)}


@require_safe
@person_required
def follow_ups_waiting(request: PersonRequest) -> HttpResponse:
    """The fragment on the home page: follow-ups and problems to close, later dates to decide on."""
    waiting = queries.waiting_for(request.person, request.now.date())
    context = {
        "rows": presenters.ledger_rows(waiting.answered, request.now.date()),
        "extensions": waiting.extensions,
        "problems": queries.problems_to_close(request.person, request.now.date()),
    }
    return render(request, "tasks/follow_ups_waiting.html", context)


@require_safe
@person_required
def source_of_task(request: PersonRequest, pk: int) -> HttpResponse:
    """The fragment on a task's page: the follow-up that it answers, or the problem that it is against."""
    task = access.task_for(request.person, pk, request.now.date())
    follow_up = queries.follow_up_of(task)
    number = presenters.number_words(follow_up) if follow_up else ""
    problem = queries.problem_of(task)
    if problem and not access.can_view_problem(request.person, problem, request.now.date()):
        problem = None
    context = {"follow_up": follow_up, "number": number, "problem": problem}
    return render(request, "tasks/source_of_task.html", context)
