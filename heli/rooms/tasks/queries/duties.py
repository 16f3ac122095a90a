"""Which duties of the rulebook a task meets: the first stands on the task, further ones in rows of their own."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import CharField, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import In

from heli.kernel.models import AuditEntry
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


# What moves a task between its states, as the log names it; after the first two it was out of the unit's hands.
_OUT_OF_HAND = ("task.handed_in", "task.closed")
_MOVES = (*_OUT_OF_HAND, "task.accepted", "task.returned", "task.hand_in_withdrawn")


def out_of_hand_at(moment: datetime) -> Q:
    """Return the filter for tasks that were handed in or closed at a moment, whatever became of them since.

    The log says so: a row keeps only its last hand-in. For rows already narrowed to few.
    """
    moves = AuditEntry.objects.filter(
        subject_kind="tasks.task", subject_id=Cast(OuterRef("pk"), CharField()), action__in=_MOVES, at__lte=moment
    )
    last = Coalesce(Subquery(moves.order_by("-number").values("action")[:1]), Value(""))
    return Q(In(last, _OUT_OF_HAND))


def further_duties(task_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Return task → the codes of its further duties, in order (one query)."""
    found: dict[int, tuple[str, ...]] = {}
    rows = FurtherDuty.objects.filter(task_id__in=list(task_ids)).order_by("pk")
    for task_id, code in rows.values_list("task_id", "code"):
        found[task_id] = (*found.get(task_id, ()), code)
    return found
