"""Tasks as the work of persons and units: what this room tells about who answers for what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.responsibilities.enums import WorkState
from heli.rooms.responsibilities.records import DutyWork, Holding, Proof, WorkQuery
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Citation, Task

if TYPE_CHECKING:
    from heli.rooms.tasks.models import TaskQuerySet

_UNDONE = (TaskState.OPEN, TaskState.ACCEPTED, TaskState.HANDED_IN, TaskState.RETURNED)
_STATES = {TaskState.HANDED_IN: WorkState.WAITING, TaskState.CLOSED: WorkState.DONE}


def duty_work(query: WorkQuery) -> list[DutyWork]:
    """Return the tasks that are a person's work, or a unit's work on the obligations asked for (three queries)."""
    doers = {str(kind) for kind in people.post_kinds_with(Permission.TASK_DO)}
    wanted = Q(pk__in=[])
    for holding in query.holdings:
        wanted |= _of_holding(holding, query, doers)
    if query.units and query.obligations:
        in_year = Q(due_on__gte=query.start, due_on__lt=query.end) | (Q(state__in=_UNDONE) & _by(query.end))
        wanted |= Q(unit_id__in=query.units, obligation__in=query.obligations) & in_year
    tasks = {task.pk: task for task in _loaded(wanted)}
    did = Q(handed_in_by_id=query.person_id, due_on__gte=query.start, due_on__lt=query.end)
    tasks |= {task.pk: task for task in _loaded(did)}
    return [_work(task, query.holdings, doers) for task in tasks.values()]


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


def _loaded(wanted: Q) -> TaskQuerySet:
    proofs = Citation.objects.select_related("evidence").order_by("evidence__happened_on", "pk")
    return (
        Task.objects.filter(wanted)
        .exclude(state=TaskState.CANCELED)
        .select_related("unit", "handed_in_by", "closed_by")
        .prefetch_related(Prefetch("citations", queryset=proofs))
        .order_by("due_on", "pk")
    )


def _work(task: Task, holdings: Iterable[Holding], doers: set[str]) -> DutyWork:
    url = reverse("tasks:task", args=[task.pk])
    evidence = [citation.evidence for citation in task.citations.all()]
    done_on = evidence[0].happened_on if evidence else None
    recorded = evidence[0].recorded_at if evidence else task.handed_in_at
    is_handed_in = task.handed_in_at is not None
    if is_handed_in and done_on is None and task.handed_in_at is not None:
        done_on = timezone.localdate(task.handed_in_at)
    state = _STATES.get(TaskState(task.state), WorkState.TO_DO)
    return DutyWork(
        key=f"tasks.task:{task.pk}",
        title=task.title,
        line=task.line,
        unit_id=task.unit_id,
        unit=task.unit.name,
        state=state,
        url=url,
        due_on=task.due_on,
        done_on=done_on if state != WorkState.TO_DO else None,
        recorded_on=timezone.localdate(recorded) if recorded else None,
        proofs=tuple(Proof(each.title, f"{url}#evidence") for each in evidence),
        obligations=(task.obligation,) if task.obligation else (),
        wanted_proof=task.deliverable,
        doer_id=task.handed_in_by_id,
        doer=task.handed_in_by.name if task.handed_in_by else "",
        checked_by=task.closed_by.name if task.closed_by and state == WorkState.DONE else "",
        is_addressed=any(_addresses(holding, task, doers) for holding in holdings),
    )


def _addresses(holding: Holding, task: Task, doers: set[str]) -> bool:
    kinds = {holding.post_kind, ""} if holding.post_kind in doers else {holding.post_kind}
    return task.unit_id == holding.unit_id and task.post_kind in kinds
