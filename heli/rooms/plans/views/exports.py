"""Out: the board and the plan as workbooks, the plan as an official document."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from heli.rooms.people.access import PersonRequest, person_required
from heli.rooms.plans import access
from heli.rooms.plans.presenters import exports as presenters
from heli.rooms.plans.queries import board as boards
from heli.rooms.plans.queries import versions as queries

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _file(data: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


@require_GET
@person_required
def board_xlsx(request: PersonRequest, pk: int) -> HttpResponse:
    """Hand out the whole board with what was decided."""
    plan = access.workshop_for(request.person, pk, request.now.date())
    data = presenters.board_workbook(boards.every_finding(plan), boards.every_item(plan))
    return _file(data, f"{plan.title}.xlsx", XLSX)


@require_GET
@person_required
def plan_xlsx(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """Hand out a version, as far as it concerns the reader."""
    version = access.version_for(request.person, pk, number, request.now.date())
    rows = queries.items_of(request.person, version, request.now.date())
    return _file(presenters.plan_workbook(version, rows), f"{version.plan.title}-{number}.xlsx", XLSX)


@require_GET
@person_required
def plan_docx(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """Hand out a version in the official layout, as far as it concerns the reader."""
    version = access.version_for(request.person, pk, number, request.now.date())
    rows = list(queries.items_of(request.person, version, request.now.date()))
    return _file(presenters.plan_document(version, rows), f"{version.plan.title}-{number}.docx", DOCX)
