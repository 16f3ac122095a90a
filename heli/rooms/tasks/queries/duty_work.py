"""Tasks as the work of persons and units: what this room tells about who answers for what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.responsibilities.enums import WorkState
from heli.rooms.responsibilities.records import DutyWork, Holding, Proof, WorkQuery
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Citation, Task
from heli.rooms.tasks.queries.duties import further_duties, serves
from heli.rooms.tasks.queries.spans import spans
from heli.rooms.tasks.rules import Span, needs_reason

_UNDONE = (TaskState.OPEN, TaskState.ACCEPTED, TaskState.HANDED_IN, TaskState.RETURNED)
_STATES = {TaskState.HANDED_IN: WorkState.WAITING, TaskState.CLOSED: WorkState.DONE}


# Plain rows: a leader's year is some hundred tasks, and their page is opened all day.
_COLUMNS = (
    "pk", "title", "line", "unit_id", "unit__name", "post_kind", "state", "starts_on", "due_on", "obligation",
    "source", "deliverable", "handed_in_at", "handed_in_by_id", "handed_in_by__name",
    "closed_by__name",
)  # fmt: skip


def duty_work(query: WorkQuery) -> list[DutyWork]:
    """Return the tasks that are a person's work, or a unit's work on the obligations asked for (three queries)."""
    doers = {str(kind) for kind in people.post_kinds_with(Permission.TASK_DO)}
    wanted = Q(handed_in_by_id=query.person_id, due_on__gte=query.start, due_on__lt=query.end)
    for holding in query.holdings:
        wanted |= _of_holding(holding, query, doers)
    if query.units and query.obligations:
        in_year = Q(due_on__gte=query.start, due_on__lt=query.end) | (Q(state__in=_UNDONE) & _by(query.end))
        wanted |= Q(unit_id__in=query.units) & serves(query.obligations) & in_year
    rows = list(
        Task.objects.filter(wanted).exclude(state=TaskState.CANCELED).order_by("due_on", "pk").values(*_COLUMNS)
    )
    ids = [row["pk"] for row in rows]
    proofs, further = _proofs(ids), further_duties(ids)
    for row in rows:
        row["duties"] = (*([row["obligation"]] if row["obligation"] else []), *further.get(row["pk"], ()))
    stretches = spans(rows)
    return [
        _work(row, proofs.get(row["pk"], []), query.holdings, doers, span)
        for row, span in zip(rows, stretches, strict=True)
    ]


def _by(end: date) -> Q:
    return Q(due_on__lt=end) | Q(due_on__isnull=True)


def _of_holding(holding: Holding, query: WorkQuery, doers: set[str]) -> Q:
    """Closed tasks that fell due while the post was held, and undone ones if it is held today."""
    first = max(holding.start, query.start)
    last = query.end if holding.end is None else min(holding.end, query.end)
    found = Q(state=TaskState.CLOSED, due_on__gte=first, due_on__lt=last)
    if holding.covers(query.today):
        found |= Q(state__in=_UNDONE) & _by(query.end)
    kinds = [holding.post_kind, ""] if holding.post_kind in doers else [holding.post_kind]
    return Q(unit_id=holding.unit_id, post_kind__in=kinds) & found


_Evidence = tuple[str, date, datetime]


def _proofs(task_ids: list[int]) -> dict[int, list[_Evidence]]:
    """Return task → (title, happened on, recorded at) of its evidence, earliest first."""
    found: dict[int, list[_Evidence]] = {}
    cited = Citation.objects.filter(task_id__in=task_ids).order_by("evidence__happened_on", "pk")
    names = ("task_id", "evidence__title", "evidence__happened_on", "evidence__recorded_at")
    for task_id, title, happened_on, recorded_at in cited.values_list(*names):
        found.setdefault(task_id, []).append((title, happened_on, recorded_at))
    return found


def _work(
    row: dict[str, Any], proofs: list[_Evidence], holdings: Iterable[Holding], doers: set[str], span: Span
) -> DutyWork:
    url = reverse("tasks:task", args=[row["pk"]])
    state = _STATES.get(TaskState(row["state"]), WorkState.TO_DO)
    handed_in = timezone.localdate(row["handed_in_at"]) if row["handed_in_at"] else None
    done_on = proofs[0][1] if proofs else handed_in
    recorded_on = timezone.localdate(proofs[0][2]) if proofs else handed_in
    return DutyWork(
        key=f"tasks.task:{row['pk']}",
        title=row["title"],
        line=row["line"],
        unit_id=row["unit_id"],
        unit=row["unit__name"],
        state=state,
        url=url,
        due_on=row["due_on"],
        done_on=done_on if state != WorkState.TO_DO else None,
        recorded_on=recorded_on,
        proofs=tuple(Proof(title, f"{url}#evidence") for title, _happened, _recorded in proofs),
        obligations=row["duties"],
        wanted_proof=row["deliverable"],
        doer_id=row["handed_in_by_id"],
        doer=row["handed_in_by__name"] or "",
        checked_by=(row["closed_by__name"] or "") if state == WorkState.DONE else "",
        is_outside=needs_reason(span, [happened for _title, happened, _recorded in proofs]),
        is_addressed=any(_addresses(holding, row, doers) for holding in holdings),
    )


def _addresses(holding: Holding, row: dict[str, Any], doers: set[str]) -> bool:
    kinds = {holding.post_kind, ""} if holding.post_kind in doers else {holding.post_kind}
    return row["unit_id"] == holding.unit_id and row["post_kind"] in kinds
