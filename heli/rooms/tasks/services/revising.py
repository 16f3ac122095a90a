"""What a revised source does to running tasks: amended in place, withdrawn, never begun anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from heli.kernel import audit
from heli.rooms.information import services as information
from heli.rooms.information.enums import NotificationKind
from heli.rooms.people import access as people
from heli.rooms.tasks.enums import Line, TaskState
from heli.rooms.tasks.models import Task, TaskRequester

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Unit

AMENDED = ("title", "line", "starts_on", "due_on", "deliverable", "minutes")
_QUIET = frozenset({"minutes"})  # kept in the log; nobody does anything else for it, so nobody is told
Change = tuple[tuple[str, str, str], ...]
# What is told: of one task by its title, of several by their number.
_CHANGED = (
    gettext_noop("“%(title)s” was changed: %(changes)s"),
    gettext_noop("%(count)s of your tasks were changed: %(changes)s"),
)
_GONE = (gettext_noop("“%(title)s” is withdrawn"), gettext_noop("%(count)s of your tasks are withdrawn"))
_MOVED = (
    gettext_noop("“%(title)s” went to another unit"),
    gettext_noop("%(count)s of your tasks went to another unit"),
)


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a running task asks from now on, and the units that ask for it."""

    task_id: int
    title: str
    line: str
    starts_on: date | None
    due_on: date | None
    deliverable: str
    minutes: int | None
    requesters: Sequence[Unit]


def hold_tasks(*, sources: Sequence[str]) -> None:
    """Lock all undone tasks of these sources in one order, until the caller's transaction ends.

    For acts that amend or withdraw in several steps: each step writes to the log, and no row may be locked after that.
    """
    rows = Task.objects.select_for_update(no_key=True).filter(source__in=sources).undone()
    list(rows.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def amend_tasks(*, items: Sequence[Amendment], reason: str, by: Person, at: datetime) -> int:
    """Change what running tasks ask and tell their holders what changed; return how many were changed.

    State, acceptance, evidence and hand-in stay; of other minutes alone nobody is told. Closed and canceled tasks are
    left as they are, and so is a task that already reads like its amendment, so repeating the act changes nothing.
    The caller has decided that ``by`` may.
    """
    wanted = {item.task_id: item for item in items}
    rows = Task.objects.select_for_update(no_key=True).filter(pk__in=wanted).undone().order_by("pk")
    changed: dict[tuple[str, Change], list[Task]] = defaultdict(list)
    asked: dict[int, list[Unit]] = defaultdict(list)
    anew: dict[int, list[Unit]] = {}
    for row in TaskRequester.objects.filter(task__in=wanted).select_related("unit").order_by("pk"):
        asked[row.task_id].append(row.unit)
    for task in rows:
        item = wanted[task.pk]
        change = _apply(task, item)
        if set(asked[task.pk]) != set(item.requesters):
            change += (("requesters", _joined(asked[task.pk]), _joined(item.requesters)),)
            anew[task.pk] = list(dict.fromkeys(item.requesters))
        if change:
            task.version += 1
            changed[(task.source, change)].append(task)
    _ask_anew(anew)
    every = [task for tasks in changed.values() for task in tasks]
    Task.objects.bulk_update(every, [*AMENDED, "version"], batch_size=2000)
    for (source, change), tasks in changed.items():
        audit.record(
            "tasks.amended",
            subject=("tasks.source", source),
            by=by,
            at=at,
            changes={
                "tasks": [task.pk for task in tasks],
                "reason": reason,
                **{name: [old, new] for name, old, new in change},
            },
        )
        if told := tuple(each for each in change if each[0] not in _QUIET):
            _tell(tasks, _CHANGED, reason, at, _in_words(told))
    return len(every)


@transaction.atomic
def withdraw_tasks(*, task_ids: Sequence[int], reason: str, by: Person, at: datetime, is_replaced: bool = False) -> int:
    """Cancel running tasks with the reason and tell their holders; return how many.

    ``is_replaced`` says that the work went to another unit. Evidence stays with the unit that recorded it.
    """
    rows = Task.objects.select_for_update(no_key=True).filter(pk__in=task_ids).undone().order_by("pk")
    by_source: dict[str, list[Task]] = defaultdict(list)
    for task in rows:
        task.state, task.cancel_reason, task.version = TaskState.CANCELED, reason[:500], task.version + 1
        by_source[task.source].append(task)
    every = [task for tasks in by_source.values() for task in tasks]
    Task.objects.bulk_update(every, ["state", "cancel_reason", "version"], batch_size=2000)
    for source, tasks in by_source.items():
        audit.record(
            "tasks.replaced" if is_replaced else "tasks.canceled",
            subject=("tasks.source", source),
            by=by,
            at=at,
            changes={"tasks": [task.pk for task in tasks], "count": len(tasks), "reason": reason},
        )
        _tell(tasks, _MOVED if is_replaced else _GONE, reason, at)
    return len(every)


def _apply(task: Task, item: Amendment) -> Change:
    """Write the amendment onto the row and return (field, old, new) of what differs."""
    change = []
    for name in AMENDED:
        old, new = getattr(task, name), getattr(item, name)
        if name in ("title", "deliverable"):
            new = new[:500]
        if old != new:
            setattr(task, name, new)
            change.append((name, _text(old), _text(new)))
    return tuple(change)


def _ask_anew(wanted: Mapping[int, Sequence[Unit]]) -> None:
    """Replace who asks for these tasks (two queries)."""
    TaskRequester.objects.filter(task__in=list(wanted)).delete()
    rows = [TaskRequester(task_id=pk, unit=unit) for pk, units in wanted.items() for unit in units]
    TaskRequester.objects.bulk_create(rows, batch_size=2000)


def _joined(wanted: Iterable[Unit]) -> str:
    return "、".join(unit.name for unit in dict.fromkeys(wanted))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _in_words(change: Change) -> str:
    """Return old → new of each change; needs no language, as each reader gets it in the own one."""
    shown = [each for each in change if each[0] != "line"] or list(change)
    return " · ".join(f"{old or '–'} → {new or '–'}" for _name, old, new in shown)


def _tell(tasks: Sequence[Task], titles: tuple[str, str], reason: str, at: datetime, changes: str = "") -> None:
    """One message a person: it names the task and leads to it where there is just one, else it counts their own."""
    held = people.holders_of({(task.unit_id, task.post_kind) for task in tasks}, timezone.localdate(at))
    mine: dict[int, list[Task]] = defaultdict(list)
    for task in tasks:
        for person_id in held.get((task.unit_id, task.post_kind), ()):
            mine[person_id].append(task)
    told: dict[tuple[str, str, str, int], list[int]] = defaultdict(list)
    for person_id, theirs in mine.items():
        first, lines = theirs[0], {task.line for task in theirs}
        url, named = (f"/tasks/{first.pk}/", first.title[:120]) if len(theirs) == 1 else ("/", "")
        told[(url, named, first.line if len(lines) == 1 else Line.BOTH, len(theirs))].append(person_id)
    for (url, named, line, count), persons in told.items():
        information.notify(
            persons=persons,
            kind=NotificationKind.TASK,
            title=titles[0] if count == 1 else titles[1],
            reason=gettext_noop("You hold the post it is addressed to. %(why)s"),
            params={"title": named, "count": count, "changes": changes[:400], "why": reason[:300]},
            url=url,
            at=at,
            line=line,
        )
