"""A version of a list: read, submitted, approved, issued, signed, compared."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from heli.kernel.problems import Problem
from heli.rooms.people.access import PersonRequest, person_required
from heli.rooms.responsibilities import access
from heli.rooms.responsibilities.enums import ListState, Reach
from heli.rooms.responsibilities.forms import ReasonForm, VersionForm
from heli.rooms.responsibilities.presenters import exports, words
from heli.rooms.responsibilities.presenters import lists as presenters
from heli.rooms.responsibilities.queries import checks
from heli.rooms.responsibilities.queries import lists as queries
from heli.rooms.responsibilities.services import approving, signing
from heli.rooms.responsibilities.views.duties import day_asked
from heli.ui import toasts
from heli.ui.sent import version_in, whole_number

if TYPE_CHECKING:
    from heli.rooms.responsibilities.models import ListVersion
    from heli.rooms.responsibilities.queries.lists import Group

_EDITABLE = (ListState.DRAFT, ListState.RETURNED)


@require_GET
@person_required
def version(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """Show a version by posts: who answers for what on the day asked, who signed, and what the checks find."""
    today = request.now.date()
    found = access.version_for(request.person, pk, number, today)
    day = day_asked(request, today)
    items = queries.items_of(found)
    groups = queries.groups_of(found, items, day)
    drafts = access.can_draft(request.person, found.list.unit, today)
    in_workshop = access.is_in_workshop(request.person, found.list.unit, today)
    can_change = bool(drafts) and found.state in _EDITABLE
    context = {
        "version": found,
        "list": found.list,
        "groups": presenters.group_views(groups, found, _open_to(request, groups)),
        "item_count": len(items),
        **dict(zip(("tone", "state_text"), words.state_of(found.state, found.valid_from, today), strict=True)),
        "hint": presenters.hint(found),
        "can_change": can_change,
        "stamp": queries.stamp_of(found) if can_change else None,
        "can_issue": found.state == ListState.APPROVED and bool(access.can_issue(request.person, found, today)),
        "can_renew": bool(drafts) and found.state == ListState.IN_FORCE,
        "approval": access.can_approve(request.person, found, today)
        if found.state in (ListState.SUBMITTED, ListState.APPROVED)
        else None,
        "hands": queries.contributors(found) if found.state == ListState.SUBMITTED else [],
        "versions": queries.versions_of(request.person, found.list, today),
        "signed": queries.signed_count(groups),
        "to_sign": queries.still_to_sign(groups),
        "day": day,
        "today": today,
        "in_workshop": in_workshop,
        "faults": _faults(found, items, day, can_change=can_change) if in_workshop else [],
        "version_form": VersionForm(initial={"valid_from": today}),
        "own_posts": set(access.own_posts(request.person, today)),
        "urls": _urls(pk, number),
    }
    return render(request, "responsibilities/version.html", context)


def _open_to(request: PersonRequest, groups: list[Group]) -> set[int]:
    """Return which of the holders' duties the reader may open (one query)."""
    named = {person.pk for group in groups for person in group.holders}
    seen = access.visible_holders(request.person, request.now.date()).filter(pk__in=named)
    return set(seen.values_list("pk", flat=True))


def _faults(found: ListVersion, items: list[Any], day: date, *, can_change: bool) -> list[presenters.FaultView]:
    if found.state == ListState.REPLACED:
        return []
    return presenters.fault_views(checks.checks_of(found, items, day), found, can_change=can_change)


def _urls(pk: int, number: int) -> dict[str, str]:
    names = ("submit", "approve", "return", "issue", "begin_version", "drop_version", "import", "draft_from_catalogue")
    numbered = ("new_item", "list_xlsx", "compare", "sign")
    found = {name: reverse(f"responsibilities:{name}", args=[pk]) for name in names}
    return found | {name: reverse(f"responsibilities:{name}", args=[pk, number]) for name in numbered}


@require_GET
@person_required
def holders(request: PersonRequest, pk: int, number: int, item: int) -> HttpResponse:
    """Say who answered for an item through the days of its version, vacancies included."""
    found = access.version_for(request.person, pk, number, request.now.date())
    row = queries.item_of(found, item)
    if row is None:
        raise Http404
    end = found.valid_to or date(found.list.year + 1, 1, 1)
    stretches = queries.tenancies(row, found.valid_from, end)
    context = {
        "version": found,
        "list": found.list,
        "item": row,
        "text": words.text_of(row),
        "everybody": row.reach != Reach.POST,
        "stretches": [presenters.tenancy_words(one.start, one.end, one.person) for one in stretches],
    }
    return render(request, "responsibilities/holders.html", context)


@require_GET
@person_required
def compare(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """Compare two versions the reader may open."""
    today = request.now.date()
    after = access.version_for(request.person, pk, number, today)
    other = whole_number(request.GET.get("with", ""), 5)
    other = max(number - 1, 1) if other is None else other
    before = access.version_for(request.person, pk, other, today)
    context = {
        "list": after.list,
        "before": before,
        "after": after,
        "versions": queries.versions_of(request.person, after.list, today),
        "differences": presenters.difference_views(queries.differences(before, after)),
    }
    return render(request, "responsibilities/compare.html", context)


@require_POST
@person_required
def submit(request: PersonRequest, pk: int) -> HttpResponse:
    access.list_for(request.person, pk, request.now.date())
    done = approving.submit(list_id=pk, version=version_in(request), by=request.person, at=request.now)
    toasts.done(request, _("Submitted. Those who may approve it have been told."))
    return redirect("responsibilities:version", pk, done.number)


@require_POST
@person_required
def approve(request: PersonRequest, pk: int) -> HttpResponse:
    access.list_for(request.person, pk, request.now.date())
    done = approving.approve(
        list_id=pk, version=version_in(request), note=_reason(request), by=request.person, at=request.now
    )
    toasts.done(request, _("Approved. It holds once it is issued."))
    return redirect("responsibilities:version", pk, done.number)


@require_POST
@person_required
def return_version(request: PersonRequest, pk: int) -> HttpResponse:
    access.list_for(request.person, pk, request.now.date())
    done = approving.return_version(
        list_id=pk, version=version_in(request), reason=_reason(request), by=request.person, at=request.now
    )
    toasts.done(request, _("Returned. Whoever submitted it has been told."))
    return redirect("responsibilities:version", pk, done.number)


@require_POST
@person_required
def issue(request: PersonRequest, pk: int) -> HttpResponse:
    access.list_for(request.person, pk, request.now.date())
    done = approving.issue(list_id=pk, version=version_in(request), by=request.person, at=request.now)
    toasts.done(request, _("In force. Every holder has been asked to read and sign."))
    return redirect("responsibilities:version", pk, done.number)


@require_POST
@person_required
def begin_version(request: PersonRequest, pk: int) -> HttpResponse:
    access.list_for(request.person, pk, request.now.date())
    form = VersionForm(request.POST)
    if not form.is_valid():
        raise Problem(_("No new version was begun."), _("A reason or the first day is missing."), _("Fill in both."))
    begun = approving.begin_version(list_id=pk, by=request.person, at=request.now, **form.cleaned_data)
    return redirect("responsibilities:version", pk, begun.number)


@require_POST
@person_required
def drop_version(request: PersonRequest, pk: int) -> HttpResponse:
    access.list_for(request.person, pk, request.now.date())
    left = approving.drop_version(list_id=pk, version=version_in(request), by=request.person, at=request.now)
    toasts.done(request, _("The draft was dropped."))
    return redirect("responsibilities:list", pk) if left else redirect("responsibilities:lists")


@require_http_methods(["POST"])
@person_required
def sign(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """Sign the items of a post, or those of everybody."""
    post_id = whole_number(request.POST.get("post", ""))
    signing.sign(list_id=pk, number=number, post_id=post_id, by=request.person, at=request.now)
    toasts.done(request, _("Signed. The time and the hash of the text are kept."))
    return redirect("responsibilities:mine")


@require_GET
@person_required
def commitment(request: PersonRequest, pk: int, number: int, post: int) -> HttpResponse:
    """Show the commitment of a post, ready to print and, for its holder, to sign."""
    today = request.now.date()
    found = access.version_for(request.person, pk, number, today)
    group = queries.group_of_post(found, post, today)
    if group is None or group.post is None:
        raise Http404
    holder, signature = queries.signer_of(group)
    opening, closing = exports.commitment_sentences(found, group.post, holder)
    can_sign = found.state == ListState.IN_FORCE and bool(access.can_sign(request.person, post, today))
    context = {
        "version": found,
        "list": found.list,
        "post": group.post,
        "group": presenters.group_views([group], found, ())[0],
        "opening": opening,
        "closing": closing,
        "holder": holder,
        "signature": signature,
        "can_sign": can_sign and request.person.pk in {person.pk for person in group.unsigned},
        "sign_url": reverse("responsibilities:sign", args=[pk, number]),
        "docx_url": reverse("responsibilities:commitment_docx", args=[pk, number, post]),
    }
    return render(request, "responsibilities/commitment.html", context)


def _reason(request: PersonRequest) -> str:
    form = ReasonForm(request.POST)
    return str(form.cleaned_data["reason"]) if form.is_valid() else ""
