"""What whoever assigns tasks does with single ones, or with many at once: each is answered for itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from heli.kernel import audit
from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.rooms.information import services as information
from heli.rooms.information.enums import NotificationKind
from heli.rooms.people import access as people
from heli.rooms.tasks import access, rules
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Task
from heli.rooms.tasks.services.working import TransitionRefused, accept_task

if TYPE_CHECKING:
    from heli.rooms.people.models import Person

ACCEPT, REMIND, DUE, CANCEL = "accept", "remind", "due", "cancel"
MOST_AT_ONCE = 200


@transaction.atomic
def remind_holders(*, task_id: int, by: Person, at: datetime) -> int:
    """Tell the holders of an undone task that it is waited for, once a day; return how many were told."""
    task = _directed(task_id, by, at)
    if task.state not in rules.UNDONE or task.state == TaskState.HANDED_IN:
        raise _not_with_the_unit(task)
    today = AuditEntry.objects.filter(
        subject_kind="tasks.task", subject_id=str(task.pk), action="task.reminded", at__gte=at - timedelta(hours=20)
    )
    if today.exists():
        raise Problem(_("Nobody was reminded."), _("They were reminded today."), _("Once a day is enough."))
    held = _holders(task, at)
    if not held:
        raise Problem(_("Nobody was reminded."), _("Nobody holds the post."), _("Have somebody appointed."))
    _tell(task, held, gettext_noop("“%(title)s” is waited for"), at, str(by))
    audit.record("task.reminded", subject=task, by=by, at=at, changes={"persons": len(held)})
    return len(held)


@transaction.atomic
def set_due(*, task_id: int, due_on: date, by: Person, at: datetime) -> Task:
    """Give an undone task another due date and tell its holders."""
    task = _directed(task_id, by, at)
    if task.state not in rules.UNDONE:
        raise _not_with_the_unit(task)
    if due_on < at.date():
        raise Problem(_("The date was not set."), _("It has passed."), _("Choose today or a later day."))
    before = task.due_on
    task.due_on, task.version = due_on, task.version + 1
    if task.starts_on and task.starts_on > due_on:
        task.starts_on = due_on
    task.save(update_fields=["due_on", "starts_on", "version"])
    _tell(task, _holders(task, at), gettext_noop("“%(title)s” has another due date"), at, str(by))
    audit.record("task.due_set", subject=task, by=by, at=at, changes={"due_on": [before, due_on]})
    return task


@transaction.atomic
def cancel_task(*, task_id: int, reason: str, by: Person, at: datetime) -> Task:
    """Cancel one undone task with a reason and tell its holders. Its evidence stays with the unit."""
    task = _directed(task_id, by, at)
    if not reason.strip():
        raise Problem(_("The task was not canceled."), _("The unit needs to know why."), _("Write the reason."))
    if not rules.can_move(task.state, TaskState.CANCELED):
        raise _not_with_the_unit(task)
    task.state, task.cancel_reason, task.version = TaskState.CANCELED, reason.strip()[:500], task.version + 1
    task.save(update_fields=["state", "cancel_reason", "version"])
    _tell(task, _holders(task, at), gettext_noop("“%(title)s” is canceled"), at, reason.strip())
    audit.record(
        "task.canceled", subject=task, by=by, at=at, changes={"state": task.state, "reason": task.cancel_reason}
    )
    return task


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """What became of one task of many; ``words`` say why not."""

    task_id: int
    title: str
    is_done: bool
    words: str = ""


def act_on_tasks(
    *, act: str, task_ids: Sequence[int], by: Person, at: datetime, due_on: date | None = None, reason: str = ""
) -> list[RowAnswer]:
    """Do the same with many tasks, each in a transaction and with an audit entry of its own, in the order given.

    What cannot be done with one does not keep the others from it.
    """
    verbs: dict[str, Callable[[int], object]] = {
        ACCEPT: lambda pk: accept_task(task_id=pk, by=by, at=at, version=-1),
        REMIND: lambda pk: remind_holders(task_id=pk, by=by, at=at),
        CANCEL: lambda pk: cancel_task(task_id=pk, reason=reason, by=by, at=at),
    }
    if due_on is not None:
        verbs[DUE] = lambda pk: set_due(task_id=pk, due_on=due_on, by=by, at=at)
    wanted = list(dict.fromkeys(task_ids))[:MOST_AT_ONCE]
    if act not in verbs or not wanted:
        raise Problem(
            _("Nothing was done."),
            _("No task is marked, or what to do with them is incomplete."),
            _("Mark tasks, choose an act, and give the date or reason it asks for."),
        )
    titles = dict(access.visible_tasks(by, at.date()).filter(pk__in=wanted).values_list("pk", "title"))
    return [_answer(pk, titles, verbs[act]) for pk in wanted if pk in titles]


def _answer(pk: int, titles: dict[int, str], verb: Callable[[int], object]) -> RowAnswer:
    try:
        with transaction.atomic():
            verb(pk)
    except AccessDenied as denied:
        return RowAnswer(pk, titles[pk], is_done=False, words=str(denied.reason))
    except Problem as problem:
        return RowAnswer(pk, titles[pk], is_done=False, words=str(problem))
    except Http404:
        return RowAnswer(pk, titles[pk], is_done=False, words=_("You no longer see this task."))
    return RowAnswer(pk, titles[pk], is_done=True)


def _directed(task_id: int, by: Person, at: datetime) -> Task:
    task = access.task_for(by, task_id, at.date())
    access.can_cancel(by, task, at.date()).require()
    return Task.objects.select_for_update(no_key=True, of=("self",)).select_related("unit").get(pk=task_id)


def _holders(task: Task, at: datetime) -> list[int]:
    address = (task.unit_id, task.post_kind)
    return people.holders_of({address}, at.date()).get(address, [])


def _tell(task: Task, persons: Sequence[int], title: str, at: datetime, why: str) -> None:
    information.notify(
        persons=persons,
        kind=NotificationKind.TASK,
        title=title,
        reason=gettext_noop("You hold the post it is addressed to. %(why)s"),
        params={"title": task.title[:120], "why": why[:300]},
        url=f"/tasks/{task.pk}/",
        at=at,
        line=task.line,
    )


def _not_with_the_unit(task: Task) -> TransitionRefused:
    return TransitionRefused(
        _("This step is not possible now."),
        _("The task is “%(state)s”.") % {"state": TaskState(task.state).label},
        _("Open the task again to see who has it."),
    )
