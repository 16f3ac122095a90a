"""Pages of changes: what changes, what follows from it, who decides, who took note."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from heli.kernel.problems import Problem
from heli.rooms.people.access import PersonRequest, needs
from heli.rooms.people.enums import Permission
from heli.rooms.rulebook import access, presenters, queries, records, services
from heli.rooms.rulebook.enums import AdjustmentState, Place
from heli.rooms.rulebook.forms import ClosingForm, MoveForm, NoteForm
from heli.rooms.rulebook.models import Adjustment
from heli.rooms.rulebook.views.duties import shared
from heli.rooms.rulebook.views.following import known_group
from heli.ui import toasts
from heli.ui.shapes import Fact

PAGE_SIZE = 20


@require_GET
@needs(Permission.RULEBOOK_VIEW)
def adjustments(request: PersonRequest) -> HttpResponse:
    """Show the changes one may open, newest first."""
    today, asked = request.now.date(), request.GET.get("state", "")
    state = asked if asked in AdjustmentState.values else ""
    found = queries.adjustments_for_list(request.person, today, state)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "tabs": presenters.adjustment_tabs(queries.states_of_list(request.person, today), state),
        "page": page,
        "rows": presenters.adjustment_rows(page.object_list),
        **shared(request),
    }
    return render(request, "rulebook/adjustments.html", context)


@require_GET
@needs(Permission.RULEBOOK_VIEW)
def adjustment(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one change and everything that follows from it."""
    return page_of(request, pk)


def page_of(
    request: PersonRequest, pk: int, refusal: Problem | None = None, form: ClosingForm | None = None
) -> HttpResponse:
    """Show the change, after a refusal with what was typed."""
    today = request.now.date()
    found = access.adjustment_for(request.person, pk, today)
    is_closing = found.is_one_act
    page = queries.adjustment_page(request.person, found, today)
    change = queries.change_of(found)
    may_edit = bool(access.can_draft(request.person, found, today))
    may_decide = access.can_decide(request.person, found, today)
    awaits = found.state == (AdjustmentState.DRAFT if is_closing else AdjustmentState.PROPOSED)
    is_to_decide = awaits and bool(may_decide)
    groups = queries.groups_of(
        change, records.Reader(request.person, today), is_whole=is_to_decide and found.effective_on > today
    )
    # Of what is empty only that is asked about which would be altered; whoever comes up is told without a question.
    groups = [group for group in groups if group.count or (group.act != records.TELL and not group.is_begun)]
    sees_whole = access.sees_whole(request.person, found, today)
    beyond = queries.beyond_reach(request.person, found, today) if sees_whole and found.unit_id is None else None
    sees_whole = sees_whole and beyond is None
    url, kind = presenters.adjustment_source(found)
    context = {
        "adjustment": found,
        "title": presenters.adjustment_title(found),
        "tone": presenters.ADJUSTMENT_TONES[AdjustmentState(found.state)],
        "source_url": url,
        "kind": kind,
        "changes": presenters.adjustment_changes(found),
        "rate": presenters.rate_words(change),
        "groups": presenters.group_rows(
            groups, page.exceptions, page.effects, request.POST if refusal else {}, sees_whole=sees_whole
        ),
        "effects": presenters.effect_rows(page.effects, page.exceptions, sees_whole=sees_whole),
        "sees_whole": sees_whole,
        "beyond": presenters.beyond_words(beyond) if beyond is not None else None,
        "edition": queries.edition_of(found),
        "noted": page.noted,
        "in_hand": page.in_hand,
        "code": presenters.adjustment_code(found),
        "is_closing": is_closing,
        "act_words": presenters.act_words(found),
        "is_over": found.state in (AdjustmentState.DECIDED, AdjustmentState.IN_FORCE),
        "may_draft": may_edit and found.state == AdjustmentState.DRAFT,
        "may_withdraw": may_edit and found.state in (AdjustmentState.DRAFT, AdjustmentState.PROPOSED),
        "may_take_back": found.state == AdjustmentState.DECIDED
        and bool(access.can_take_back(request.person, found, today)),
        "deciding": may_decide if awaits and (may_edit or not is_closing) else None,
        "may_choose": (found.state == AdjustmentState.DRAFT and may_edit) or is_to_decide,
        "move_form": form or (_move_form(request, found, today) if found.family != Place.DAY else None),
        "refusal": refusal,
        **shared(request),
    }
    return render(request, "rulebook/adjustment.html", context, status=refusal.status if refusal else 200)


def _move_form(request: PersonRequest, found: Adjustment, today: date) -> MoveForm | ClosingForm:
    if found.unit_id is None:
        return MoveForm(initial={"valid_from": found.effective_on, "reason": found.reason})
    return closing_form(request, found, today)


def closing_form(
    request: PersonRequest, found: Adjustment, today: date, posted: Mapping[str, str] | None = None
) -> ClosingForm:
    """Return the form that gives a drafted closing another day, reason or heir."""
    initial = {"on": found.effective_on, "reason": found.reason, "heir": next(iter(found.cells.values()), "")}
    is_unit = found.family == Place.UNIT
    return ClosingForm(posted, heirs=_heirs(request, found, today), is_dated=is_unit, initial=initial)


def _heirs(request: PersonRequest, found: Adjustment, today: date) -> list[tuple[str, str]]:
    if found.unit is None or not access.can_draft(request.person, found, today):
        return []
    if found.family == Place.UNIT:
        return presenters.unit_heirs(queries.heirs_of_unit(request.person, found.unit, today))
    post = queries.post_of(found)
    return presenters.post_heirs(queries.heirs_of_post(request.person, post, today), today)


@require_GET
@needs(Permission.RULEBOOK_VIEW)
def in_short(request: PersonRequest, pk: int) -> HttpResponse:
    """The fragment that counts what follows from a change, for a list of several; without scripts its page."""
    if not request.htmx:
        return redirect("rulebook:adjustment", pk=pk)
    today = request.now.date()
    found = access.adjustment_for(request.person, pk, today)
    groups = queries.groups_of(queries.change_of(found), records.Reader(request.person, today))
    facts = [Fact(row.title, row.group.count) for row in presenters.group_rows(groups, (), (), {})]
    return render(request, "rulebook/follows_short.html", {"facts": facts})


@require_GET
@needs(Permission.RULEBOOK_VIEW)
def following(request: PersonRequest, pk: int) -> HttpResponse:
    """Show lines of one group, as many as a page holds, from a key on."""
    today = request.now.date()
    found = access.adjustment_for(request.person, pk, today)
    group = known_group(request.GET.get("group", ""))
    page = records.Page(group, after=request.GET.get("after", ""), limit=PAGE_SIZE)
    lines = queries.lines_of(queries.change_of(found), records.Reader(request.person, today), page)
    taken_out = set(found.exceptions.filter(group=group).values_list("line", flat=True))
    may_choose = (found.state == AdjustmentState.DRAFT and access.can_draft(request.person, found, today)) or (
        found.state == AdjustmentState.PROPOSED and access.can_decide(request.person, found, today)
    )
    context = {
        "adjustment": found,
        "code": presenters.adjustment_code(found),
        "group": group,
        "group_title": presenters.group_title(group),
        "lines": [line for line in lines if line.key not in taken_out],
        "after": lines[-1].key if len(lines) == PAGE_SIZE else "",
        "may_choose": bool(may_choose) and request.GET.get("act") == "1",
        "act": request.GET.get("act", ""),
    }
    template = "rulebook/following.html#lines" if request.htmx else "rulebook/following.html"
    return render(request, template, {**context, **({} if request.htmx else shared(request))})


def act_on(request: PersonRequest, pk: int, act: Callable[[], object], words: str) -> HttpResponse:
    """Do one act; a refusal stands on the page of the change, with what was typed."""
    try:
        act()
    except Problem as problem:
        return page_of(request, pk, problem)
    toasts.done(request, words)
    return redirect("rulebook:adjustment", pk=pk)


def stamp_of(request: PersonRequest, pk: int) -> dict[str, Any]:
    return {
        "adjustment_id": pk, "version": NoteForm(request.POST).version(), "by": request.person, "at": request.now,
    }  # fmt: skip


@require_POST
@needs(Permission.RULEBOOK_EDIT)
def move(request: PersonRequest, pk: int) -> HttpResponse:
    """Give a draft another day or reason."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        return page_of(request, pk, _day_or_reason_missing())
    return act_on(
        request, pk, lambda: services.move_adjustment(**stamp_of(request, pk), **form.cleaned_data), _("Saved.")
    )


def _day_or_reason_missing() -> Problem:
    return Problem(
        _("The change was not saved."), _("The day or the reason is missing."), _("Choose a day and write why.")
    )


@require_POST
@needs(Permission.RULEBOOK_EDIT)
def propose(request: PersonRequest, pk: int) -> HttpResponse:
    """Hand the draft to whoever decides."""
    return act_on(request, pk, lambda: services.propose_adjustment(**stamp_of(request, pk)), _("It awaits a decision."))


@require_POST
@needs(Permission.RULEBOOK_EDIT)
def withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a change back that is not decided."""
    reason = NoteForm(request.POST).reason()
    return act_on(
        request, pk, lambda: services.withdraw_adjustment(**stamp_of(request, pk), reason=reason), _("Withdrawn.")
    )


@require_POST
@needs(Permission.RULEBOOK_APPROVE)
def take_back_decision(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a decided change back before its day."""
    reason = NoteForm(request.POST).reason()
    return act_on(
        request, pk, lambda: services.take_back_decision(**stamp_of(request, pk), reason=reason),
        _("Withdrawn. Everyone told before is told."),
    )  # fmt: skip


@require_POST
@needs(Permission.RULEBOOK_APPROVE)
def decide(request: PersonRequest, pk: int) -> HttpResponse:
    """Accept what was chosen, return the change, or decline it as a whole."""
    note, step = NoteForm(request.POST).reason(), request.POST.get("step", "")
    if step == "return":
        return act_on(
            request, pk, lambda: services.return_adjustment(**stamp_of(request, pk), reason=note), _("Returned.")
        )
    if step == "decline":
        return act_on(
            request, pk, lambda: services.decline_adjustment(**stamp_of(request, pk), reason=note), _("Declined.")
        )
    chosen = choices_in(request.POST)
    return act_on(
        request, pk, lambda: services.decide_adjustment(**stamp_of(request, pk), choices=chosen, note=note),
        _("Decided. Whoever is touched is told."),
    )  # fmt: skip


def choices_in(posted: Mapping[str, str]) -> dict[str, services.Choice]:
    """Return group → what was chosen; an answer that is neither is no choice."""
    prefix = "choice:"
    return {
        name.removeprefix(prefix): services.Choice(
            is_accepted=value == "accept", reason=posted.get(f"reason:{name.removeprefix(prefix)}", "")
        )
        for name, value in posted.items()
        if name.startswith(prefix) and value in ("accept", "decline")
    }


@require_POST
@needs(Permission.RULEBOOK_VIEW)
def leave_out(request: PersonRequest, pk: int) -> HttpResponse:
    """Leave one line out of what follows."""
    group, line = request.POST.get("group", "")[:40], request.POST.get("line", "")[:40]
    reason = NoteForm(request.POST).reason()
    return act_on(
        request,
        pk,
        lambda: services.leave_out(**stamp_of(request, pk), group=group, line=line, reason=reason),
        _("Left out."),
    )


@require_POST
@needs(Permission.RULEBOOK_VIEW)
def take_back_in(request: PersonRequest, pk: int, exception: int) -> HttpResponse:
    """Let a line that was left out follow after all."""
    return act_on(
        request, pk, lambda: services.take_back_in(**stamp_of(request, pk), exception_id=exception), _("Taken back in.")
    )


@require_POST
@needs(Permission.RULEBOOK_VIEW)
def acknowledge(request: PersonRequest, pk: int, notice: int) -> HttpResponse:
    """Acknowledge a change for a unit."""
    found = access.adjustment_for(request.person, pk, request.now.date())
    access.notice_for(request.person, found, notice, request.now.date())
    return act_on(
        request, pk, lambda: services.acknowledge(notice_id=notice, by=request.person, at=request.now),
        _("Acknowledged."),
    )  # fmt: skip


@require_GET
@needs(Permission.RULEBOOK_VIEW)
def waiting(request: PersonRequest) -> HttpResponse:
    """The fragment on the home page: changes to decide on, and to take note of; nothing where nothing waits."""
    found = queries.waiting_for(request.person, request.now.date())
    return render(request, "rulebook/waiting.html", {"rows": presenters.waiting_rows(found), "total": found.total})
