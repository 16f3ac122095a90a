"""Tasks that belong together: parts of co-operating units, and what comes after what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.rooms.information import services as information
from heli.rooms.information.enums import NotificationKind
from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.tasks import access, rules
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.events import TaskClosed
from heli.rooms.tasks.models import Task, TaskOrder, TaskPart
from heli.rooms.tasks.services.working import NewTask, open_tasks

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Unit

MOST_PARTS = 30
_ORDER_LOCK = 0x4F524452


class OrderRefused(Problem):
    """The order would close a circle or stands already."""

    status = 409


@dataclass(frozen=True, slots=True)
class NewPart:
    """What a co-operating unit contributes."""

    unit: Unit
    what: str
    post_kind: str = ""


@transaction.atomic
def add_parts(*, task_id: int, parts: Sequence[NewPart], by: Person, at: datetime) -> list[Task]:
    """Give parts of a lead's task to co-operating units; each becomes a task of its own, due with the lead's."""
    lead = _directed(task_id, by, at)
    if lead.state not in {TaskState.OPEN, TaskState.ACCEPTED, TaskState.RETURNED}:
        raise OrderRefused(_("No part was added."), _("The task is with its reviewer or at its end."))
    if TaskPart.objects.filter(part=lead).exists():
        raise OrderRefused(_("No part was added."), _("This task is itself a part of another."))
    if TaskPart.objects.filter(lead=lead).count() + len(parts) > MOST_PARTS:
        raise Problem(_("No part was added."), _("A task has at most %(most)s parts.") % {"most": MOST_PARTS})
    for part in parts:
        people.has(by, Permission.TASK_ASSIGN, part.unit, at.date()).require()
        if not part.what.strip():
            raise Problem(_("No part was added."), _("The unit needs to know what its part is."), _("Write it down."))
    askers = list(lead.requesters.order_by("pk").values_list("unit_id", flat=True))
    items = [
        NewTask(
            title=part.what.strip(),
            line=lead.line,
            unit_id=part.unit.pk,
            post_kind=part.post_kind,
            deliverable=_("A part of: %(title)s") % {"title": lead.title[:400]},
            due_on=lead.due_on,
            requesters=[lead.unit_id, *askers],
            source=f"tasks.joint:{lead.pk}",
            obligation="",
        )
        for part in parts
    ]
    _refuse_twice(items)
    opened = open_tasks(items=items, by=by, at=at)
    TaskPart.objects.bulk_create([TaskPart(lead=lead, part=task) for task in opened])
    changes = {"parts": [f"{part.unit.name}: {part.what}" for part in parts]}
    audit.record("task.parts_added", subject=lead, by=by, at=at, changes=changes)
    return opened


def _refuse_twice(items: Sequence[NewTask]) -> None:
    for item in items:
        stands = Task.objects.filter(source=item.source, unit_id=item.unit_id, post_kind=item.post_kind)
        if stands.exclude(state=TaskState.CANCELED).exists():
            raise OrderRefused(
                _("No part was added."),
                _("This unit has a part already."),
                _("Change its task, or choose another unit."),
            )


@transaction.atomic
def put_after(*, task_id: int, after_id: int, by: Person, at: datetime) -> TaskOrder:
    """Let a task come after another; refused where that would make a task wait for itself.

    One order is set at a time in the whole site, so that two at once cannot close a circle together.
    """
    task = _directed(task_id, by, at)
    after = access.task_for(by, after_id, at.date())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ORDER_LOCK])
    if TaskOrder.objects.filter(task=task, after=after).exists():
        raise OrderRefused(_("Nothing was changed."), _("It comes after that task already."))
    if rules.would_wait_for_itself(_pairs_before(after.pk), task.pk, after.pk):
        raise OrderRefused(
            _("The order was not set."),
            _("“%(after)s” itself waits for this task.") % {"after": after.title},
            _("Take the other order away first."),
        )
    order = TaskOrder.objects.create(task=task, after=after, set_at=at, set_by=by)
    audit.record("task.put_after", subject=task, by=by, at=at, changes={"after": after.pk, "title": after.title})
    return order


@transaction.atomic
def drop_order(*, task_id: int, after_id: int, by: Person, at: datetime) -> None:
    """Take an order away; both tasks stay."""
    task = _directed(task_id, by, at)
    removed, _rows = TaskOrder.objects.filter(task=task, after_id=after_id).delete()
    if not removed:
        raise OrderRefused(_("Nothing was changed."), _("It no longer comes after that task."))
    audit.record("task.order_dropped", subject=task, by=by, at=at, changes={"after": after_id})


def on_task_closed(event: TaskClosed) -> None:
    """Tell the holders of what comes after that its turn has come, once nothing else holds it up."""
    closed = Task.objects.get(pk=event.task_id)
    at = closed.closed_at or timezone.localtime()
    waiting = Task.objects.undone().filter(waits_for__after=closed).order_by("pk")
    held_up = TaskOrder.objects.filter(task__in=waiting).exclude(
        after__state__in=[TaskState.CLOSED, TaskState.CANCELED]
    )
    blocked = set(held_up.values_list("task_id", flat=True))
    for task in waiting:
        title = (
            gettext_noop("“%(after)s” is done; “%(title)s” still waits for others")
            if task.pk in blocked
            else gettext_noop("“%(after)s” is done; “%(title)s” can begin")
        )
        held = people.holders_of({(task.unit_id, task.post_kind)}, timezone.localdate(at))
        information.notify(
            persons=held.get((task.unit_id, task.post_kind), ()),
            kind=NotificationKind.TASK,
            title=title,
            reason=gettext_noop("You hold the post it is addressed to."),
            params={"after": closed.title[:120], "title": task.title[:120]},
            url=f"/tasks/{task.pk}/",
            at=at,
            line=task.line,
        )


def _directed(task_id: int, by: Person, at: datetime) -> Task:
    task = access.task_for(by, task_id, at.date())
    people.has(by, Permission.TASK_ASSIGN, task.unit, at.date()).require()
    return Task.objects.select_for_update(no_key=True, of=("self",)).select_related("unit").get(pk=task_id)


def _pairs_before(task_id: int) -> list[tuple[int, int]]:
    """Return (task, what it comes after) of everything the task waits for, directly or not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE way(task_id, after_id) AS ("
            "  SELECT task_id, after_id FROM tasks_taskorder WHERE task_id = %s"
            "  UNION"
            "  SELECT further.task_id, further.after_id FROM tasks_taskorder further"
            "  JOIN way ON further.task_id = way.after_id"
            ") SELECT task_id, after_id FROM way",
            [task_id],
        )
        return [(task, after) for task, after in cursor.fetchall()]
