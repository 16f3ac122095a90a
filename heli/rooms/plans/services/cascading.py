"""A published version becomes tasks: item by item, unit by unit, due date by due date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from heli.rooms.plans import rules
from heli.rooms.plans.models import PlanItem, PlanItemUnit, PlanVersion
from heli.rooms.plans.queries.directories import Directory, directory
from heli.rooms.plans.queries.versions import source_of
from heli.rooms.plans.services.locking import day_of
from heli.rooms.tasks import queries as task_queries
from heli.rooms.tasks import services as tasks

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Unit


def cascade(
    version: PlanVersion,
    before: PlanVersion | None,
    changes: Sequence[rules.ItemChange],
    *,
    by: Person,
    at: datetime,
) -> list[int]:
    """Open, cancel and re-open tasks as the changes ask; return the ids of the units they touch.

    Runs in the caller's transaction, under the plan's lock. What did not change is left alone.
    """
    known = directory(version.plan.unit, day_of(at))
    items = list(version.items.filter(left_out_reason="").order_by("number"))
    leads = _leads(items)
    carriers = {item.pk: known.carriers(item.reach, leads.get(item.pk), item.line) for item in items}
    PlanItemUnit.objects.bulk_create(
        [PlanItemUnit(item=item, unit=unit, role=PlanItemUnit.CARRIER) for item in items for unit in carriers[item.pk]],
        batch_size=5000,
    )
    by_lineage = {str(item.lineage): item for item in items}
    moved = [by_lineage[change.facts.lineage] for change in changes if change.kind != "removed" and change.moves_work]
    dropped = [change.facts.lineage for change in changes if change.kind != "added" and change.moves_work]
    for lineage in dropped:
        tasks.cancel_tasks(
            source=source_of(lineage),
            reason=_("Version %(number)s of the plan changed this item: %(reason)s")
            % {"number": version.number, "reason": version.reason},
            by=by,
            at=at,
        )
    _open(version, moved, carriers, known, by, at)
    changed = [by_lineage[change.facts.lineage] for change in changes if change.kind != "removed"]
    return _touched(changed, carriers, before, changes)


def _open(
    version: PlanVersion,
    items: Iterable[PlanItem],
    carriers: dict[int, list[Unit]],
    known: Directory,
    by: Person,
    at: datetime,
) -> None:
    new = []
    for item in items:
        there = _there_already(item) if version.number > 1 else set()
        requesters = [unit.pk for unit in known.requesters(item.line)]
        for stretch in rules.stretches(
            start=item.start, due=item.due, period=item.period, year=version.plan.year, after=day_of(at)
        ):
            for unit in carriers[item.pk]:
                post_kind = known.post_kind(unit)
                if (unit.pk, post_kind, stretch.due) in there:
                    continue
                new.append(
                    tasks.NewTask(
                        title=item.text,
                        line=item.line,
                        unit_id=unit.pk,
                        post_kind=post_kind,
                        deliverable=item.deliverable,
                        starts_on=stretch.start if stretch.start and stretch.start <= stretch.due else None,
                        due_on=stretch.due,
                        requesters=requesters,
                        source=source_of(item.lineage),
                        obligation=item.obligations[0] if item.obligations else "",
                    )
                )
    tasks.open_tasks(items=new, by=by, at=at)


def _there_already(item: PlanItem) -> set[tuple[int, str, object]]:
    """What of a changed item was done already and therefore is not asked again."""
    rows = task_queries.tasks_of_source(source_of(item.lineage)).exclude(state="canceled")
    return {(task.unit_id, task.post_kind, task.due_on) for task in rows}


def _leads(items: Sequence[PlanItem]) -> dict[int, Unit]:
    rows = PlanItemUnit.objects.filter(item__in=items, role=PlanItemUnit.LEAD).select_related("unit")
    return {row.item_id: row.unit for row in rows.order_by("pk")}


def _touched(
    items: Sequence[PlanItem],
    carriers: dict[int, list[Unit]],
    before: PlanVersion | None,
    changes: Sequence[rules.ItemChange],
) -> list[int]:
    """Whoever carries, leads or helps with a changed item, and whoever did before the change."""
    ids = {unit.pk for item in items for unit in carriers[item.pk]}
    named = PlanItemUnit.objects.filter(item__in=items, role__in=[PlanItemUnit.LEAD, PlanItemUnit.HELPER])
    ids.update(named.values_list("unit_id", flat=True))
    if before is not None:
        old = [change.before.lineage for change in changes if change.before is not None]
        rows = PlanItemUnit.objects.filter(item__version=before, item__lineage__in=old)
        ids.update(rows.exclude(role=PlanItemUnit.REQUESTER).values_list("unit_id", flat=True))
    return sorted(ids)
