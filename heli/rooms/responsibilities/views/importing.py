"""A list from a file: shown as it was understood, row by row; written only when a person confirms."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from heli.engines.officedocs import reading
from heli.kernel import files
from heli.kernel.problems import Problem
from heli.rooms.people.access import PersonRequest, person_required
from heli.rooms.responsibilities import access
from heli.rooms.responsibilities.forms import ACCEPTED, MAX_MB, FileForm
from heli.rooms.responsibilities.presenters import lists as presenters
from heli.rooms.responsibilities.presenters import words
from heli.rooms.responsibilities.queries import importing as queries
from heli.rooms.responsibilities.services import lists as services
from heli.rooms.responsibilities.services.lists import ItemEdit
from heli.ui import toasts
from heli.ui.sent import ids_in

if TYPE_CHECKING:
    from heli.rooms.responsibilities import rules
    from heli.rooms.responsibilities.models import ResponsibilityList

_SALT, _VALID_SECONDS = "responsibilities.import", 24 * 3600


@require_http_methods(["GET", "POST"])
@person_required
def import_list(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a file and show what was understood; no row is written."""
    found = _to_draft(request, pk)
    form = FileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"list": found, "form": form, "accepted": ACCEPTED, "max_mb": MAX_MB}
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        if sent.size > MAX_MB * 1024 * 1024:
            form.add_error("file", _("The file is larger than %(mb)s MB.") % {"mb": MAX_MB})
        else:
            kept = files.store(sent.chunks(), name=sent.name, content_type="application/octet-stream")
            try:
                context |= _preview(request, found, kept.sha256, kept.name)
            except reading.Unreadable as problem:
                form.add_error("file", problem.text(words.language()))
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "responsibilities/import.html", context, status=status)


def _preview(request: PersonRequest, found: ResponsibilityList, sha256: str, name: str) -> dict[str, Any]:
    rows, notes = _read(found, sha256, name, request)
    ticket = signing.dumps([found.pk, request.person.pk, sha256, name], salt=_SALT)
    views = presenters.read_views(rows, queries.post_titles(found.unit))
    count = queries.items_in(rows)
    return {
        "rows": list(enumerate(views)), "notes": notes, "ticket": ticket, "name": name, "count": count,
        "doubtful": sum(view.tone == "soon" for view in views),
    }  # fmt: skip


def _read(
    found: ResponsibilityList, sha256: str, name: str, request: PersonRequest
) -> tuple[list[rules.ReadRow], list[str]]:
    with files.opened(sha256) as file:
        return queries.understand(file.read(), name, found.unit, words.language(), request.now.date())


@require_POST
@person_required
def confirm_import(request: PersonRequest, pk: int) -> HttpResponse:
    """Write the rows the person ticked, all or none. The ticket says which file was looked at, and by whom."""
    found = _to_draft(request, pk)
    try:
        list_id, person_id, sha256, name = signing.loads(
            request.POST.get("ticket", ""), salt=_SALT, max_age=_VALID_SECONDS
        )
    except signing.BadSignature as error:
        raise _stale() from error
    if (list_id, person_id) != (found.pk, request.person.pk):
        raise _stale()
    rows, _notes = _read(found, sha256, name, request)
    ticked = set(ids_in(request, "row"))
    edits = [_edit(row) for index, row in enumerate(rows) if row.is_item and index in ticked]
    if not edits:
        toasts.refuse(request, _("Tick at least one row."))
        return redirect("responsibilities:import", pk)
    services.add_items(list_id=pk, edits=edits, source=PurePath(name).name, by=request.person, at=request.now)
    done = ngettext("%(n)s item was taken over.", "%(n)s items were taken over.", len(edits)) % {"n": len(edits)}
    toasts.done(request, done)
    return redirect("responsibilities:list", pk)


def _edit(row: rules.ReadRow) -> ItemEdit:
    return ItemEdit(
        text_zh=row.text, text_en=row.text_en, kind=row.kind, line=row.line, accountable=row.accountable,
        supporting=row.supporting, evidence_zh=row.evidence, obligations=row.obligations, source_zh=row.source,
        article=row.article,
    )  # fmt: skip


def _stale() -> Problem:
    return Problem(
        _("Nothing was taken over."),
        _("What you looked at is more than a day old, or belongs to another list or person."),
        _("Choose the file again."),
    )


def _to_draft(request: PersonRequest, pk: int) -> ResponsibilityList:
    found = access.list_for(request.person, pk, request.now.date())
    access.can_draft(request.person, found.unit, request.now.date()).require()
    return found
