"""What an accepted change of the rulebook does to tasks and templates; finished work is never altered."""

from __future__ import annotations

from django.db import transaction

from heli.kernel import audit
from heli.rooms.rulebook.records import CANCEL, END, Act, Change, number
from heli.rooms.tasks.enums import TaskState, TemplateState
from heli.rooms.tasks.models import Task, TaskTemplate
from heli.rooms.tasks.queries import following
from heli.rooms.tasks.queries.surplus import SURPLUS
from heli.rooms.tasks.services.revising import withdraw_tasks


def apply(change: Change, act: Act) -> int:
    """Cancel the open tasks, or end the templates, of an accepted group; lines left out stay. Returns how many.

    Finished work is in no group that has an act. The caller has decided that ``act.by`` may.
    """
    out = {number(key) for key in act.left_out}
    if (act.group, act.act) == (following.OPEN, CANCEL):
        tasks = following.tasks_of(change, following.OPEN, None).exclude(pk__in=out)
        ids = list(tasks.order_by("pk").values_list("pk", flat=True))
        return withdraw_tasks(task_ids=ids, reason=act.reason, by=act.by, at=act.at)
    if (act.group, act.act) == (SURPLUS, CANCEL):
        return _withdraw_surplus(change, act, out)
    if (act.group, act.act) == (following.TEMPLATES, END):
        return _end_templates(change, act, out)
    return 0


@transaction.atomic
def _withdraw_surplus(change: Change, act: Act, out: set[int]) -> int:
    """Withdraw what nobody has accepted; the rows are held first, so that nobody accepts one meanwhile."""
    open_tasks = Task.objects.filter(obligation__in=change.duties, due_on__gte=change.on, state=TaskState.OPEN)
    list(open_tasks.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    beyond = following.tasks_of(change, SURPLUS, None).exclude(pk__in=out)
    ids = list(beyond.order_by("pk").values_list("pk", flat=True))
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
