"""One task: its page and what people do with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from heli.kernel import files
from heli.rooms.people.access import PersonRequest, person_required
from heli.rooms.tasks import access, presenters, queries, services
from heli.rooms.tasks.forms import ACCEPTED, EvidenceForm
from heli.rooms.tasks.views.asking import rail
from heli.ui.sent import id_in, version_in


@require_safe
@person_required
def task_page(request: PersonRequest, pk: int) -> HttpResponse:
    return _task_page(request, pk, EvidenceForm(today=request.now.date()))


def _task_page(request: PersonRequest, pk: int, form: EvidenceForm, status: int = 200) -> HttpResponse:
    today = request.now.date()
    task = access.task_for(request.person, pk, today)
    can_do = access.can_do(request.person, task, today)
    context = {
        **rail(request),
        "task": task,
        "view": presenters.task_view(queries.task_page(task, today, request.person)),
        "form": form,
        "accepted_files": ACCEPTED,
        "can_do": can_do,
        "can_review": access.can_review(request.person, task, today),
        **{f"{verb}_url": reverse(f"tasks:{verb}", args=[pk]) for verb in ("accept", "hand_in", "close")},
        "withdraw_url": reverse("tasks:withdraw_hand_in", args=[pk]),
        "citable": queries.citable_evidence(request.person, task, today) if can_do else [],
    }
    return render(request, "tasks/task.html", context, status=status)


def _back(pk: int, request: PersonRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("tasks:task", pk)


def _common(request: PersonRequest, pk: int) -> dict[str, Any]:
    return {"task_id": pk, "by": request.person, "at": request.now, "version": version_in(request)}


@require_POST
@person_required
def accept(request: PersonRequest, pk: int) -> HttpResponse:
    services.accept_task(**_common(request, pk))
    return _back(pk, request, _("You have it now. Record what was done once, then hand it in."))


@require_POST
@person_required
def record_evidence(request: PersonRequest, pk: int) -> HttpResponse:
    task = access.task_for(request.person, pk, request.now.date())
    access.can_do(request.person, task, request.now.date()).require()  # before a file is kept
    form = EvidenceForm(request.POST, request.FILES, today=request.now.date())
    if not form.is_valid():
        return _task_page(request, pk, form, status=422)
    values = form.cleaned_data
    upload = values.pop("file")
    stored = files.store(upload.chunks(), name=upload.name, content_type=upload.content_type) if upload else None
    new = services.NewEvidence(**values, file=stored)
    services.record_evidence(task_id=pk, new=new, by=request.person, at=request.now)
    return _back(pk, request, _("Recorded. Other tasks can cite it; nobody has to enter it again."))


@require_POST
@person_required
def cite_evidence(request: PersonRequest, pk: int) -> HttpResponse:
    services.cite_evidence(task_id=pk, evidence_id=id_in(request, "evidence"), by=request.person, at=request.now)
    return _back(pk, request, _("Cited."))


@require_POST
@person_required
def withdraw_citation(request: PersonRequest, pk: int) -> HttpResponse:
    services.withdraw_citation(task_id=pk, evidence_id=id_in(request, "evidence"), by=request.person, at=request.now)
    return _back(pk, request, _("Taken off this task. The record itself stays."))


@require_POST
@person_required
def hand_in(request: PersonRequest, pk: int) -> HttpResponse:
    services.hand_in(**_common(request, pk), without_parts=request.POST.get("without_parts", ""))
    return _back(pk, request, _("Handed in. Another person of the requesting unit reviews it."))


@require_POST
@person_required
def withdraw_hand_in(request: PersonRequest, pk: int) -> HttpResponse:
    services.withdraw_hand_in(**_common(request, pk))
    return _back(pk, request, _("Withdrawn. You can change the evidence again."))


@require_POST
@person_required
def return_task(request: PersonRequest, pk: int) -> HttpResponse:
    services.return_task(**_common(request, pk), reason=request.POST.get("reason", ""))
    return _back(pk, request, _("Returned with your reason."))


@require_POST
@person_required
def close_task(request: PersonRequest, pk: int) -> HttpResponse:
    services.close_task(**_common(request, pk), reason=request.POST.get("close_reason", ""))
    messages.success(request, _("Completed and closed."))
    return redirect(reverse("tasks:todo"))


@require_safe
@person_required
def evidence_file(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Send the file as a download that no browser runs."""
    evidence = access.evidence_for(request.person, pk, request.now.date())
    if not evidence.file_hash:
        raise Http404
    response = FileResponse(
        files.opened(evidence.file_hash),
        as_attachment=True,
        filename=evidence.file_name,
        content_type=evidence.file_type,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
