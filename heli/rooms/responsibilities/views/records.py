"""The duty record of a person, put on file, printed and verified."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from heli.rooms.people.access import PersonRequest, person_required
from heli.rooms.responsibilities import access
from heli.rooms.responsibilities.forms import PeriodForm
from heli.rooms.responsibilities.presenters import duties as presenters
from heli.rooms.responsibilities.presenters import exports, words
from heli.rooms.responsibilities.queries import record as queries
from heli.rooms.responsibilities.services import archiving
from heli.rooms.responsibilities.views.exports import DOCX, file_answer
from heli.ui import toasts


@require_GET
@person_required
def record(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what a person did in a period: it wrote itself from finished work."""
    today = request.now.date()
    whose = access.holder_for(request.person, pk, today)
    form, period = _period(request, today)
    found = queries.duty_record(request.person, whose, *period, today) if period else None
    context = {
        "whose": whose,
        "form": form,
        "record": found,
        "entries": presenters.entries(found.rows, today) if found else [],
        "archives": queries.archives_of(request.person, whose, today),
        "is_own": whose.pk == request.person.pk,
    }
    return render(request, "responsibilities/record.html", context, status=200 if period else 422)


def _period(request: PersonRequest, today: date) -> tuple[PeriodForm, tuple[date, date] | None]:
    sent = request.GET if "first_day" in request.GET else None
    initial = {"first_day": date(today.year, 1, 1), "last_day": today}
    form = PeriodForm(sent, initial=initial)
    if sent is None:
        return form, (initial["first_day"], initial["last_day"])
    if not form.is_valid():
        return form, None
    first, last = form.cleaned_data["first_day"], form.cleaned_data["last_day"]
    if last < first or last - first > timedelta(days=6 * 366):
        form.add_error("last_day", _("A period ends after it begins and spans at most six years."))
        return form, None
    return form, (first, last)


@require_POST
@person_required
def archive(request: PersonRequest, pk: int) -> HttpResponse:
    """Put the record on file as it is now."""
    access.holder_for(request.person, pk, request.now.date())
    form = PeriodForm(request.POST)
    if not form.is_valid():
        toasts.refuse(request, _("Give the first and the last day of the period."))
        return redirect("responsibilities:record", pk)
    kept = archiving.archive_record(person_id=pk, by=request.person, at=request.now, **form.cleaned_data)
    toasts.done(request, _("On file. The hash proves that nothing was changed afterwards."))
    return redirect("responsibilities:archived", kept.pk)


@require_GET
@person_required
def archived(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a record on file, ready to print, with its hash checked now."""
    kept = access.archive_for(request.person, pk, request.now.date())
    content = json.loads(kept.content)
    rows = [{**row, "line_word": words.line_word(row["line"])} for row in content["rows"]]
    context = {
        "archive": kept,
        "content": content,
        "rows": rows,
        "is_intact": archiving.is_intact(kept),
        "hash_line": exports.hash_line(kept),
    }
    return render(request, "responsibilities/archived.html", context)


@require_GET
@person_required
def archived_docx(request: PersonRequest, pk: int) -> HttpResponse:
    kept = access.archive_for(request.person, pk, request.now.date())
    return file_answer(
        exports.archive_document(kept), f"{kept.person.name}-{kept.first_day}-{kept.last_day}.docx", DOCX
    )


@require_GET
@person_required
def archived_json(request: PersonRequest, pk: int) -> HttpResponse:
    """Hand out the exact text that was hashed: its SHA-256 is the hash on the record."""
    kept = access.archive_for(request.person, pk, request.now.date())
    return file_answer(kept.content.encode(), f"record-{kept.pk}.json", "application/json")


@require_GET
@person_required
def verify(request: PersonRequest) -> HttpResponse:
    """Say whether a hash belongs to a record on file that the reader may open, and whether that is intact."""
    asked = re.sub(r"[^0-9a-f]", "", request.GET.get("hash", "").lower())[:64]
    found = queries.archive_with_hash(request.person, asked, request.now.date()) if len(asked) == 64 else None
    context = {"asked": asked, "archive": found, "is_intact": archiving.is_intact(found) if found else False}
    return render(request, "responsibilities/verify.html", context)
