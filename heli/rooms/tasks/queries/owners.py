"""Who answers for the pages of tasks: the owner of a template, else a unit that asked."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from heli.rooms.information.owners import PageOwner
from heli.rooms.people import access as people
from heli.rooms.people.enums import PostKind
from heli.rooms.tasks import access
from heli.rooms.tasks.models import Task, TaskTemplate, TemplateIssue

if TYPE_CHECKING:
    from heli.rooms.people.models import Person

_TEMPLATE = re.compile(r"/tasks/templates/(\d{1,18})/")
_TASK = re.compile(r"/tasks/(\d{1,18})/")
# Of a unit that asked: whoever works on tasks there, the clerks before the heads.
_DESKS = (PostKind.PARTY_CLERK, PostKind.DISCIPLINE_CLERK, PostKind.PARTY_HEAD, PostKind.DISCIPLINE_HEAD)


def page_owner(path: str, person: Person, on: date) -> PageOwner | None:
    """Return who answers for a template or a task that the person may see, or None."""
    if found := _TEMPLATE.match(path):
        template = access.visible_templates(person, on).filter(pk=int(found[1])).select_related("owner").first()
        return _of_template(template, on) if template else None
    if found := _TASK.match(path):
        task = access.visible_tasks(person, on).filter(pk=int(found[1])).first()
        return _of_task(task, on) if task else None
    return None


def _of_template(template: TaskTemplate, on: date) -> PageOwner | None:
    held = people.held_posts(template.owner, on)
    kinds = [kind for unit_id, kind in held if unit_id == template.unit_id]
    if kinds:
        return PageOwner(template.unit_id, kinds[0], template.title)
    return _desk_of([template.unit_id], template.title, on)


def _of_task(task: Task, on: date) -> PageOwner | None:
    number = task.source.removeprefix("tasks.issue:")
    if number != task.source:
        issue = TemplateIssue.objects.select_related("template__owner").filter(pk=int(number)).first()
        if issue is not None:
            return _of_template(issue.template, on)
    asked = task.requesters.order_by("pk").values_list("unit_id", flat=True)
    return _desk_of(list(asked), task.title, on)


def _desk_of(unit_ids: list[int], about: str, on: date) -> PageOwner | None:
    held = people.holders_of({(unit_id, kind) for unit_id in unit_ids for kind in _DESKS}, on)
    for unit_id in unit_ids:
        for kind in _DESKS:
            if (unit_id, kind) in held:
                return PageOwner(unit_id, kind, about)
    return None
