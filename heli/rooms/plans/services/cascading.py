"""A published version becomes tasks: item by item, unit by unit, due date by due date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from heli.rooms.plans import rules
from heli.rooms.plans.models import PlanItemUnit, PlanVersion
from heli.rooms.plans.queries.work import ItemWork, Work, begins, carriers_of, source_of, work_of
from heli.rooms.plans.services.locking import day_of
from heli.rooms.tasks import services as tasks

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


def cascade(
    version: PlanVersion,
    before: PlanVersion | None,
    changes: Sequence[rules.ItemChange],
    *,
    by: Person,
    at: datetime,
) -> list[int]:
    """Open, amend and withdraw tasks as the changes ask; return the ids of the units they touch.

    Runs in the caller's transaction, after ``hold_tasks``. What did not change is left alone; what runs goes on.
    """
    work = work_of(version, changes, day_of(at))
    every = carriers_of(version, work.known)
    PlanItemUnit.objects.bulk_create(
        [
            PlanItemUnit(item_id=item_id, unit=unit, role=PlanItemUnit.CARRIER)
            for item_id, units in every.items()
            for unit in units
        ],
        batch_size=5000,
    )
    _end(work, version, by, at)
    _amend(work, version, by, at)
    _open(work, by, at)
    felt = [each for each in work.items if each.change.is_felt]
    return _touched(felt, work, before)


def hold_tasks(changes: Sequence[rules.ItemChange]) -> None:
    """Lock every running task of the changed items, before the first audit entry is written.

    Whoever works on one of them holds its row and then waits for the log; taking rows after the log would make both
    wait for each other.
    """
    tasks.hold_tasks(sources=[source_of(change.facts.lineage) for change in changes])


def _end(work: Work, version: PlanVersion, by: Person, at: datetime) -> None:
    params = {"number": version.number, "reason": version.reason}
    for each in work.items:
        if each.withdrawn:
            text = (
                _("Version %(number)s of the plan no longer holds this item: %(reason)s")
                if each.item is None
                else _("Version %(number)s of the plan no longer asks this: %(reason)s")
            )
            ids = [task.pk for task in each.withdrawn]
            tasks.withdraw_tasks(task_ids=ids, reason=text % params, by=by, at=at)
        if each.replaced:
            text = _("Replaced: version %(number)s of the plan gives this to %(units)s: %(reason)s")
            tasks.withdraw_tasks(
                task_ids=[task.pk for task in each.replaced],
                reason=text % {**params, "units": _takers(each)},
                by=by,
                at=at,
                is_replaced=True,
            )


def _takers(each: ItemWork) -> str:
    names = list(dict.fromkeys(unit.name for unit, _post, _stretch in each.opened))
    return "、".join(names[:3]) + (" …" if len(names) > 3 else "")


def _amend(work: Work, version: PlanVersion, by: Person, at: datetime) -> None:
    items = [
        tasks.Amendment(
            task_id=task.pk,
            title=each.item.text,
            line=each.item.line,
            starts_on=begins(stretch),
            due_on=stretch.due,
            deliverable=each.item.deliverable,
            minutes=each.item.minutes,
            requesters=work.known.requesters(each.item.line),
        )
        for each in work.items
        if each.item is not None
        for task, stretch in each.amended
    ]
    tasks.amend_tasks(items=items, reason=version.reason, by=by, at=at)


def _open(work: Work, by: Person, at: datetime) -> None:
    new = [
        tasks.NewTask(
            title=each.item.text,
            line=each.item.line,
            unit_id=unit.pk,
            post_kind=post_kind,
            deliverable=each.item.deliverable,
            minutes=each.item.minutes,
            starts_on=begins(stretch),
            due_on=stretch.due,
            requesters=[asker.pk for asker in work.known.requesters(each.item.line)],
            source=source_of(each.item.lineage),
            obligation=each.item.obligations[0] if each.item.obligations else "",
            further_duties=each.item.obligations[1:],
        )
        for each in work.items
        if each.item is not None
        for unit, post_kind, stretch in each.opened
    ]
    tasks.open_tasks(items=new, by=by, at=at)


def _touched(felt: Sequence[ItemWork], work: Work, before: PlanVersion | None) -> list[int]:
    """Whoever carries, leads or helps with a changed item, and whoever did before the change."""
    items = [each.item for each in felt if each.item is not None]
    ids = {unit.pk for item in items for unit in work.carriers[item.pk]}
    named = PlanItemUnit.objects.filter(item__in=items, role__in=[PlanItemUnit.LEAD, PlanItemUnit.HELPER])
    ids.update(named.values_list("unit_id", flat=True))
    if before is not None:
        old = [each.change.before.lineage for each in felt if each.change.before is not None]
        rows = PlanItemUnit.objects.filter(item__version=before, item__lineage__in=old)
        ids.update(rows.exclude(role=PlanItemUnit.REQUESTER).values_list("unit_id", flat=True))
    return sorted(ids)
