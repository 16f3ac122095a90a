"""Pages of editions: what a newer one changes, what was chosen of it, and the changes that came of it."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from heli.kernel.problems import Problem
from heli.rooms.people.access import PersonRequest, needs
from heli.rooms.people.enums import Permission
from heli.rooms.rulebook import access, presenters, queries, services
from heli.rooms.rulebook.enums import AdjustmentState
from heli.rooms.rulebook.forms import NoteForm, UpdateForm
from heli.rooms.rulebook.views.duties import shared
from heli.ui import toasts
from heli.ui.sent import ids_in, version_in


@require_http_methods(["GET", "POST"])
@needs(Permission.RULEBOOK_EDIT)
def update_page(request: PersonRequest) -> HttpResponse:
    """Show what a newer edition changes, field by field, and draft the changes that are taken."""
    access.can_edit(request.person, request.now.date()).require()
    update = queries.pending_update()
    if update is None:
        context = {"update": None, "editions": queries.editions_taken(), **shared(request)}
        return render(request, "rulebook/update.html", context)
    if request.method == "GET":
        tomorrow = request.now.date() + timedelta(days=1)
        form = UpdateForm(initial={"valid_from": tomorrow, "expected": update.shipped.version})
        return _update(request, update, form)
    form, refusal = UpdateForm(request.POST), None
    if form.is_valid():
        accepted = {key: value == "take" for key, value in form.choices().items()}
        try:
            taken = services.draft_edition(
                accepted=accepted, reasons=form.reasons(), by=request.person, at=request.now, **form.cleaned_data
            )
        except Problem as problem:
            refusal = problem
        else:
            toasts.done(request, _("Drafted. See what follows from each, and propose them."))
            return redirect("rulebook:edition", pk=taken.pk)
    return _update(request, update, form, refusal=refusal, status=422)


def _update(
    request: PersonRequest,
    update: queries.Update,
    form: UpdateForm,
    *,
    refusal: Problem | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "update": update,
        "note": presenters.edition_note(update),
        "entries": presenters.update_entries(update, form.choices(), form.reasons()),
        "conflicts": sum(len(entry.keys_to_decide) for entry in update.entries),
        "editions": queries.editions_taken(),
        "form": form,
        "refusal": refusal,
        **shared(request),
    }
    return render(request, "rulebook/update.html", context, status=status)


@require_GET
@needs(Permission.RULEBOOK_VIEW)
def edition(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what was chosen of an edition, and where the changes that came of it stand."""
    return _edition(request, pk)


@require_POST
@needs(Permission.RULEBOOK_EDIT)
def propose(request: PersonRequest, pk: int) -> HttpResponse:
    """Propose every change of an edition that is still a draft."""
    try:
        number = services.propose_edition(edition_id=pk, by=request.person, at=request.now, version=version_in(request))
    except Problem as problem:
        return _edition(request, pk, problem)
    words = ngettext("%(count)s change awaits a decision.", "%(count)s changes await a decision.", number)
    toasts.done(request, words % {"count": number})
    return redirect("rulebook:edition", pk=pk)


@require_POST
@needs(Permission.RULEBOOK_APPROVE)
def decide(request: PersonRequest, pk: int) -> HttpResponse:
    """Accept or decline the marked changes of an edition with one reason."""
    note, is_accepted = NoteForm(request.POST).reason(), request.POST.get("step") == "accept"
    try:
        number = services.decide_edition(
            edition_id=pk, chosen=ids_in(request, "change"), is_accepted=is_accepted, reason=note, by=request.person,
            at=request.now, version=version_in(request),
        )  # fmt: skip
    except Problem as problem:
        return _edition(request, pk, problem)
    words = ngettext("%(count)s change was decided.", "%(count)s changes were decided.", number)
    toasts.done(request, words % {"count": number})
    return redirect("rulebook:edition", pk=pk)


def _edition(request: PersonRequest, pk: int, refusal: Problem | None = None) -> HttpResponse:
    today = request.now.date()
    found = access.edition_for(request.person, pk, today)
    choices = queries.choices_of(found)
    open_to = set(access.adjustments_to_decide(request.person, today).filter(edition_choice__edition=found))
    marked = set(ids_in(request, "change")) if refusal else {one.pk for one in open_to}
    rows = presenters.choice_rows(choices, {one.pk for one in open_to}, marked)
    common = shared(request)
    drafts = sum(row.state == AdjustmentState.DRAFT for row in rows)
    context = {
        "edition": found, "rows": rows, "drafts": drafts if common["may_edit"] else 0, "refusal": refusal,
        "version": queries.version_of(choices), "to_decide": len(open_to), "note": NoteForm(request.POST).reason(),
        **common,
    }  # fmt: skip
    return render(request, "rulebook/edition.html", context, status=refusal.status if refusal else 200)
