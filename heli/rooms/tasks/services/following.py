"""What an accepted change of the rulebook does to tasks and templates; finished work is never altered."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from heli.kernel import audit
from heli.rooms.rulebook.records import CANCEL, END, FORWARD, MOVE, Act, Change, number
from heli.rooms.tasks.enums import TaskState, TemplateState
from heli.rooms.tasks.models import Task, TaskTemplate
from heli.rooms.tasks.queries import closing, following
from heli.rooms.tasks.queries.duties import begun, out_of_hand_at
from heli.rooms.tasks.queries.surplus import SURPLUS
from heli.rooms.tasks.services.closing import pass_on
from heli.rooms.tasks.services.revising import withdraw_tasks


def apply(change: Change, act: Act) -> int:
    """Cancel the open tasks, or end the templates, of an accepted group; lines left out stay. Returns how many.

    What a closed unit or post leaves passes on or is withdrawn (``closing.py``). Finished work is in no group that has
    an act. The caller has decided that ``act.by`` may.
    """
    if act.act == FORWARD:
        return pass_on(change, act) if act.group in closing.KEYS else 0
    out = {number(key) for key in act.left_out}
    if (act.group, act.act) == (following.DUE, MOVE):
        return _move_due(change, act, out)
    if act.act == CANCEL and act.group in (following.OPEN, following.BEGUN, SURPLUS):
        return _withdraw(change, act, out)
    if (act.group, act.act) == (following.TEMPLATES, END):
        return _end_templates(change, act, out)
    return 0


@transaction.atomic
def _withdraw(change: Change, act: Act, out: set[int]) -> int:
    """Withdraw the tasks of a group; all undone ones are held first, so that nobody begins one meanwhile.

    Of begun work that only which was begun and in hand when the decision was made: nobody decided on what came after
    it, nor on what awaited review or was closed then and was returned since.
    """
    later = Q(due_on__gte=change.on) | Q(due_on__isnull=True)
    undone = Task.objects.filter(later, obligation__in=change.duties).undone()
    list(undone.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    tasks = following.tasks_of(change, act.group, None).exclude(pk__in=out)
    if act.group == following.BEGUN:
        tasks = tasks.filter(begun(act.decided_at)).exclude(out_of_hand_at(act.decided_at))
    ids = list(tasks.order_by("pk").values_list("pk", flat=True))
    return withdraw_tasks(task_ids=ids, reason=act.reason, by=act.by, at=act.at)


@transaction.atomic
def _end_templates(change: Change, act: Act, out: set[int]) -> int:
    found = following.templates_of(change, None).exclude(pk__in=out).order_by("pk")
    templates = list(
        TaskTemplate.objects.select_for_update(no_key=True).filter(pk__in=found.values("pk")).order_by("pk")
    )
    for template in templates:
        template.state, template.version = TemplateState.ENDED, template.version + 1
        template.ended_at, template.ended_by, template.end_reason = act.at, act.by, act.reason[:300]
    TaskTemplate.objects.bulk_update(templates, ["state", "version", "ended_at", "ended_by", "end_reason"])
    if templates:
        changes = {"templates": [template.pk for template in templates], "reason": act.reason}
        audit.record(
            "template.ended_by_change", subject=("rulebook.change", change.code), by=act.by, at=act.at, changes=changes
        )
    return len(templates)


@transaction.atomic
def _move_due(change: Change, act: Act, out: set[int]) -> int:
    """Give the tasks due on the day the other one; what would then be there twice from one source keeps its day."""
    moved_to = change.moved_to
    found = following.tasks_of(change, following.DUE, None).exclude(pk__in=out).order_by("pk")
    rows = list(found.select_for_update(no_key=True, of=("self",)))
    sources = {task.source for task in rows if task.source}
    there = Task.objects.filter(due_on=moved_to, source__in=sources).exclude(state=TaskState.CANCELED)
    taken = set(there.order_by().values_list("source", "unit_id", "post_kind"))
    tasks = [task for task in rows if (task.source, task.unit_id, task.post_kind) not in taken]
    for task in tasks:
        task.due_on, task.version = moved_to, task.version + 1
        if task.starts_on is not None and moved_to is not None:
            task.starts_on = min(task.starts_on, moved_to)
    Task.objects.bulk_update(tasks, ["due_on", "starts_on", "version"], batch_size=2000)
    if tasks:
        changes = {"tasks": [task.pk for task in tasks], "due_on": [change.on, moved_to], "reason": act.reason}
        subject = ("rulebook.change", change.code)
        audit.record("tasks.due_moved", subject=subject, by=act.by, at=act.at, changes=changes)
    return len(tasks)
