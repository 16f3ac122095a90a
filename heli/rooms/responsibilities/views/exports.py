"""Out: workbooks and official documents."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from heli.rooms.people.access import PersonRequest, person_required
from heli.rooms.responsibilities import access
from heli.rooms.responsibilities.presenters import exports as presenters
from heli.rooms.responsibilities.queries import hand_overs, lists

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def file_answer(data: bytes, name: str, content_type: str) -> HttpResponse:
    """Return a download."""
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


@require_GET
@person_required
def list_xlsx(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """Hand out a version as a workbook."""
    today = request.now.date()
    version = access.version_for(request.person, pk, number, today)
    groups = lists.groups_of(version, lists.items_of(version), today)
    return file_answer(presenters.list_workbook(version, groups), f"{version.list.title}-{number}.xlsx", XLSX)


@require_GET
@person_required
def commitment_docx(request: PersonRequest, pk: int, number: int, post: int) -> HttpResponse:
    """Hand out the commitment of a post."""
    version = access.version_for(request.person, pk, number, request.now.date())
    group = lists.group_of_post(version, post, request.now.date())
    if group is None or group.post is None:
        raise Http404
    holder, signature = lists.signer_of(group)
    data = presenters.commitment_document(version, group.post, group.items, holder, signature)
    return file_answer(data, f"{version.list.title}-{group.post.title}.docx", DOCX)


@require_GET
@person_required
def hand_over_docx(request: PersonRequest, pk: int) -> HttpResponse:
    """Hand out a hand-over sheet."""
    sheet = access.hand_over_for(request.person, pk, request.now.date())
    data = presenters.hand_over_document(sheet, hand_overs.items_of(sheet))
    return file_answer(data, f"{sheet.post.title}-{sheet.on}.docx", DOCX)
