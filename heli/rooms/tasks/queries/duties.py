"""Which duties of the rulebook a task meets: the first stands on the task, further ones in rows of their own."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Citation, FurtherDuty, Task


def serves(codes: Collection[str]) -> Q:
    """Return the filter for tasks that meet one of the duties; for rows already narrowed to few units or ids."""
    further = FurtherDuty.objects.filter(task=OuterRef("pk"), code__in=codes)
    return Q(obligation__in=codes) | Q(Exists(further))


def serving(codes: Collection[str], **within: object) -> Q:
    """Return the same filter for tasks ``within`` any number of units: each kind is found by its own index first."""
    first = Task.objects.filter(obligation__in=codes, **within)
    further = FurtherDuty.objects.filter(code__in=codes, **{f"task__{name}": value for name, value in within.items()})
    return Q(pk__in=first.values("pk").union(further.values("task")))


def serves_besides(codes: Collection[str]) -> Q:
    """Return the filter for tasks that meet a further duty which is none of ``codes``: they go on when those end."""
    return Q(Exists(FurtherDuty.objects.filter(task=OuterRef("pk")).exclude(code__in=codes)))


def begun(until: datetime | None = None) -> Q:
    """Return the filter for tasks that somebody accepted, or recorded something for, be it up to a moment."""
    proved = Citation.objects.filter(task=OuterRef("pk"))
    if until is None:
        return ~Q(state__in=(TaskState.OPEN, TaskState.CANCELED)) | Q(Exists(proved))
    return Q(accepted_at__lte=until) | Q(Exists(proved.filter(cited_at__lte=until)))


def further_duties(task_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Return task → the codes of its further duties, in order (one query)."""
    found: dict[int, tuple[str, ...]] = {}
    rows = FurtherDuty.objects.filter(task_id__in=list(task_ids)).order_by("pk")
    for task_id, code in rows.values_list("task_id", "code"):
        found[task_id] = (*found.get(task_id, ()), code)
    return found
