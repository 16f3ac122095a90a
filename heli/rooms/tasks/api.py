"""Tasks and evidence for programs, over the same services as the pages, within what the owner of the key may do."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.core.files.uploadedfile import UploadedFile as DjangoFile
from django.http import FileResponse, Http404, HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja import File, Form, Router, Schema
from ninja.errors import ValidationError
from ninja.files import UploadedFile
from pydantic import Field

from heli.kernel import files
from heli.kernel.api import ERRORS, Id, Limit, LongText, Text
from heli.rooms.people import access as people
from heli.rooms.people.access import TokenAuth, asked_with_key
from heli.rooms.people.enums import Permission, Scope
from heli.rooms.tasks import access, queries, services
from heli.rooms.tasks.enums import EvidenceKind, Line, TaskState
from heli.rooms.tasks.forms import EvidenceForm

router = Router(tags=["tasks"], auth=TokenAuth(Scope.TASKS_READ))
WRITE = TokenAuth(Scope.TASKS_WRITE)

Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 1, 1))]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Wanted = Literal["undone", "late", "open", "accepted", "handed_in", "returned", "closed", "canceled"]
_BINARY = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}


class TaskOut(Schema):
    """``requesters`` are the units that asked for it; ``version`` is sent back with every act.

    ``obligation`` is the first duty of the rulebook that the task meets, ``further_duties`` are the others.
    ``minutes`` is what whoever asks said it takes, null where they did not say.
    """

    id: int
    title: str
    line: Line
    unit_id: int
    post_kind: str
    deliverable: str
    minutes: int | None
    starts_on: date | None
    due_on: date | None
    state: TaskState
    obligation: str
    further_duties: list[str]
    requesters: list[int]
    accepted_at: datetime | None
    handed_in_at: datetime | None
    closed_at: datetime | None
    return_reason: str
    cancel_reason: str
    version: int

    @staticmethod
    def resolve_requesters(task: Any) -> list[int]:
        return sorted(row.unit_id for row in task.requesters.all())

    @staticmethod
    def resolve_further_duties(task: Any) -> list[str]:
        return sorted(row.code for row in task.further_duties.all())


class TaskPage(Schema):
    """``next`` is the value of ``after`` for the following page, null on the last one."""

    items: list[TaskOut]
    next: str | None


class EvidenceOut(Schema):
    """A fact recorded once; the bytes of a file are at ``/evidence/{id}/file``."""

    id: int
    unit_id: int
    kind: EvidenceKind
    title: str
    text: str
    url: str
    file_name: str
    file_size: int
    file_type: str
    happened_on: date
    recorded_at: datetime
    recorded_by: str

    @staticmethod
    def resolve_recorded_by(evidence: Any) -> str:
        return str(evidence.recorded_by)


class VersionIn(Schema):
    """The version of the task that was read; another one is refused with both sides."""

    version: Version


class ReturnIn(VersionIn):
    reason: LongText


class CloseIn(VersionIn):
    """``reason`` is needed where nothing that proves the task happened in its time."""

    reason: LongText = ""


class EvidenceIn(Schema):
    """What was done and when; a text, a link, or both."""

    title: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    happened_on: Day
    text: LongText = ""
    url: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""


@router.get("/tasks", response={200: TaskPage, **ERRORS}, summary="Tasks one may see, soonest due first")
def tasks(
    request: HttpRequest,
    state: Wanted | None = None,
    line: Line | None = None,
    unit: Id | None = None,
    due_from: Day | None = None,
    due_to: Day | None = None,
    q: Text = "",
    after: Text = "",
    limit: Limit = 50,
) -> Any:
    """``unit`` stands for itself and the units below it; both days of ``due_from`` and ``due_to`` are included."""
    asked = asked_with_key(request)
    today = asked.now.date()
    wanted = queries.Wanted(
        unit=people.unit_for(asked.person, Permission.TASK_VIEW, unit, today) if unit else None,
        state=state or "",
        line=line or "",
        text=q,
        due_from=due_from,
        due_to=due_to,
    )
    found = queries.tasks_for_api(asked.person, today, wanted, after=after, limit=limit + 1)
    return {"items": found[:limit], "next": queries.place_in_list(found[limit - 1]) if len(found) > limit else None}


@router.get("/tasks/{task_id}", response={200: TaskOut, **ERRORS}, summary="One task")
def task(request: HttpRequest, task_id: Id) -> Any:
    asked = asked_with_key(request)
    return access.task_for(asked.person, task_id, asked.now.date())


@router.get("/tasks/{task_id}/evidence", response={200: list[EvidenceOut], **ERRORS}, summary="What proves a task")
def task_evidence(request: HttpRequest, task_id: Id) -> Any:
    asked = asked_with_key(request)
    return queries.evidence_of(access.task_for(asked.person, task_id, asked.now.date()))


@router.get(
    "/tasks/{task_id}/citable",
    response={200: list[EvidenceOut], **ERRORS},
    summary="The newest facts of the unit that the task does not cite yet",
)
def citable(request: HttpRequest, task_id: Id) -> Any:
    asked = asked_with_key(request)
    today = asked.now.date()
    return queries.citable_evidence(asked.person, access.task_for(asked.person, task_id, today), today)


@router.get(
    "/evidence/{evidence_id}/file",
    response=ERRORS,
    summary="The bytes of an evidence's file",
    openapi_extra={"responses": {200: {"description": "OK", **_BINARY}}},
)
def evidence_file(request: HttpRequest, evidence_id: Id) -> Any:
    asked = asked_with_key(request)
    evidence = access.evidence_for(asked.person, evidence_id, asked.now.date())
    if not evidence.file_hash:
        raise Http404
    kept = files.opened(evidence.file_hash)
    return FileResponse(kept, as_attachment=True, filename=evidence.file_name, content_type="application/octet-stream")


@router.post("/tasks/{task_id}/accept", response={200: TaskOut, **ERRORS}, auth=WRITE, summary="Take a task in hand")
def accept(request: HttpRequest, task_id: Id, given: VersionIn) -> Any:
    return services.accept_task(**_act(request, task_id), version=given.version)


@router.post("/tasks/{task_id}/hand-in", response={200: TaskOut, **ERRORS}, auth=WRITE, summary="Hand a task to review")
def hand_in(request: HttpRequest, task_id: Id, given: VersionIn) -> Any:
    return services.hand_in(**_act(request, task_id), version=given.version)


@router.post(
    "/tasks/{task_id}/withdraw",
    response={200: TaskOut, **ERRORS},
    auth=WRITE,
    summary="Take a handed-in task back before it is reviewed",
)
def withdraw(request: HttpRequest, task_id: Id, given: VersionIn) -> Any:
    return services.withdraw_hand_in(**_act(request, task_id), version=given.version)


@router.post(
    "/tasks/{task_id}/return", response={200: TaskOut, **ERRORS}, auth=WRITE, summary="Give a task back with a reason"
)
def return_task(request: HttpRequest, task_id: Id, given: ReturnIn) -> Any:
    return services.return_task(**_act(request, task_id), version=given.version, reason=given.reason)


@router.post("/tasks/{task_id}/close", response={200: TaskOut, **ERRORS}, auth=WRITE, summary="Verify and close a task")
def close(request: HttpRequest, task_id: Id, given: CloseIn) -> Any:
    return services.close_task(**_act(request, task_id), version=given.version, reason=given.reason)


@router.post(
    "/tasks/{task_id}/evidence",
    response={200: EvidenceOut, **ERRORS},
    auth=WRITE,
    summary="Record a text or a link once, and cite it for the task",
)
def record_evidence(request: HttpRequest, task_id: Id, given: EvidenceIn) -> Any:
    return _record(request, task_id, given, None)


@router.post(
    "/tasks/{task_id}/evidence/file",
    response={200: EvidenceOut, **ERRORS},
    auth=WRITE,
    summary="Record a file once, and cite it for the task",
)
def record_file(request: HttpRequest, task_id: Id, given: Form[EvidenceIn], file: File[UploadedFile]) -> Any:
    return _record(request, task_id, given, file)


@router.put(
    "/tasks/{task_id}/evidence/{evidence_id}",
    response={200: list[EvidenceOut], **ERRORS},
    auth=WRITE,
    summary="Cite a fact that is already recorded; citing it again changes nothing",
)
def cite(request: HttpRequest, task_id: Id, evidence_id: Id) -> Any:
    citation = services.cite_evidence(**_act(request, task_id), evidence_id=evidence_id)
    return queries.evidence_of(citation.task)


@router.delete(
    "/tasks/{task_id}/evidence/{evidence_id}",
    response={200: list[EvidenceOut], **ERRORS},
    auth=WRITE,
    summary="Take a fact off the task; the fact itself stays",
)
def withdraw_citation(request: HttpRequest, task_id: Id, evidence_id: Id) -> Any:
    act = _act(request, task_id)
    services.withdraw_citation(**act, evidence_id=evidence_id)
    return queries.evidence_of(access.task_for(act["by"], task_id, act["at"].date()))


def _act(request: HttpRequest, task_id: int) -> dict[str, Any]:
    asked = asked_with_key(request)
    return {"task_id": task_id, "by": asked.person, "at": asked.now}


def _record(request: HttpRequest, task_id: int, given: EvidenceIn, upload: DjangoFile[Any] | None) -> Any:
    """Clean what was sent as the page does, so that both refuse the same."""
    act = _act(request, task_id)
    task = access.task_for(act["by"], task_id, act["at"].date())
    access.can_do(act["by"], task, act["at"].date()).require()  # before a file is kept
    sent_files = MultiValueDict({"file": [upload]} if upload else {})
    form = EvidenceForm(given.model_dump(), sent_files, today=act["at"].date())
    if not form.is_valid():
        raise ValidationError(
            [{"loc": ["body", field], "msg": fault} for field, faults in form.errors.items() for fault in faults]
        )
    values = form.cleaned_data
    sent = values.pop("file")
    stored = files.store(sent.chunks(), name=sent.name, content_type=sent.content_type) if sent else None
    return services.record_evidence(**act, new=services.NewEvidence(**values, file=stored))
