"""What a version does to tasks: the same answer before it takes effect and when it does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from heli.rooms.plans import rules
from heli.rooms.plans.models import PlanItem, PlanItemAbove, PlanItemUnit, PlanVersion
from heli.rooms.plans.queries.directories import Directory, directory
from heli.rooms.tasks import queries as tasks
from heli.rooms.tasks.enums import TaskState

if TYPE_CHECKING:
    from heli.rooms.people.models import Unit
    from heli.rooms.tasks.models import Task


@dataclass(frozen=True, slots=True)
class ItemWork:
    """One added, changed or removed item: tasks that go on amended, that end, that begin, and that are done."""

    change: rules.ItemChange
    item: PlanItem | None
    amended: Sequence[tuple[Task, rules.Stretch]]
    withdrawn: Sequence[Task]
    replaced: Sequence[Task]
    opened: Sequence[tuple[Unit, str, rules.Stretch]]
    done: Sequence[Task]


@dataclass(frozen=True, slots=True)
class Work:
    """The whole version: ``carriers`` of each changed item by its id, and the work of what changes."""

    known: Directory
    carriers: Mapping[int, Sequence[Unit]]
    items: Sequence[ItemWork]


def source_of(lineage: object) -> str:
    """Return how tasks name the item they come from; the same in every version."""
    return f"plans.item:{lineage}"


def work_of(version: PlanVersion, changes: Sequence[rules.ItemChange], on: date) -> Work:
    """Return what tasks the changes of a version amend, withdraw, replace and open (a fixed number of queries)."""
    known = directory(version.plan, on)
    lineages = [change.facts.lineage for change in changes if change.kind != "removed"]
    items = list(version.items.filter(left_out_reason="", lineage__in=lineages).order_by("number"))
    carriers = _carriers(items, known)
    served = _served_from_above(items)
    by_lineage = {str(item.lineage): item for item in items}
    running = _running([change.facts.lineage for change in changes])
    found = []
    for change in changes:
        item = by_lineage.get(change.facts.lineage) if change.kind != "removed" else None
        units = carriers[item.pk] if item is not None else ()
        found.append(_item_work(change, item, units, running[change.facts.lineage], version, known, on, served))
    return Work(known, carriers, found)


def carriers_of(version: PlanVersion, known: Directory) -> dict[int, Sequence[Unit]]:
    """Return who carries out each item of the version, by the item's id."""
    return _carriers(list(version.items.filter(left_out_reason="").order_by("number")), known)


def _carriers(items: Sequence[PlanItem], known: Directory) -> dict[int, Sequence[Unit]]:
    leads = _leads(items)
    return {item.pk: known.carriers(item.reach, leads.get(item.pk), item.line, item.obligations) for item in items}


def _served_from_above(items: Sequence[PlanItem]) -> dict[int, set[rules.Address]]:
    """Return where a task of the unit above, with which the item is one, runs already (two queries)."""
    links = list(PlanItemAbove.objects.filter(item__in=items).select_related("upper_item").order_by("pk"))
    at: dict[str, set[rules.Address]] = defaultdict(set)
    sources = {source_of(link.upper_item.lineage) for link in links}
    for task in tasks.tasks_of_sources(list(sources)).exclude(state=TaskState.CANCELED):
        at[task.source].add((task.unit_id, task.post_kind))
    found: dict[int, set[rules.Address]] = defaultdict(set)
    for link in links:
        found[link.item_id] |= at[source_of(link.upper_item.lineage)]
    return found


def _leads(items: Sequence[PlanItem]) -> dict[int, Unit]:
    rows = PlanItemUnit.objects.filter(item__in=items, role=PlanItemUnit.LEAD).select_related("unit")
    return {row.item_id: row.unit for row in rows.order_by("pk")}


def _running(lineages: Sequence[str]) -> dict[str, list[Task]]:
    by_source = {source_of(lineage): lineage for lineage in lineages}
    found: dict[str, list[Task]] = defaultdict(list)
    for task in tasks.tasks_of_sources(list(by_source)).exclude(state=TaskState.CANCELED):
        found[by_source[task.source]].append(task)
    return found


def _item_work(
    change: rules.ItemChange,
    item: PlanItem | None,
    units: Sequence[Unit],
    running: Sequence[Task],
    version: PlanVersion,
    known: Directory,
    on: date,
    served: Mapping[int, set[rules.Address]],
) -> ItemWork:
    done = [task for task in running if task.state == TaskState.CLOSED]
    undone = {task.pk: task for task in running if task.state != TaskState.CLOSED}
    if item is None:
        return ItemWork(change, None, (), list(undone.values()), (), (), done)
    by_address = {(unit.pk, known.post_kind(unit)): unit for unit in units}
    by_address = {address: unit for address, unit in by_address.items() if address not in served.get(item.pk, ())}
    asked = rules.stretches(start=item.start, due=item.due, period=item.period, year=version.plan.year, after=date.min)
    result = rules.reconcile(
        addresses=list(by_address),
        stretches=asked,
        running=[
            rules.Running(
                task.pk, (task.unit_id, task.post_kind), task.starts_on, task.due_on, task.state == TaskState.CLOSED
            )
            for task in running
        ],
        on=on,
    )
    ended = [undone[pk] for pk in result.withdrawn]
    elsewhere = [task for task in ended if (task.unit_id, task.post_kind) not in by_address] if result.opened else []
    return ItemWork(
        change=change,
        item=item,
        amended=[(undone[pk], stretch) for pk, stretch in result.kept if differs(undone[pk], item, stretch)],
        withdrawn=[task for task in ended if task not in elsewhere],
        replaced=elsewhere,
        opened=[(by_address[address], address[1], stretch) for address, stretch in result.opened],
        done=done,
    )


def differs(task: Task, item: PlanItem, stretch: rules.Stretch) -> bool:
    """Whether a running task has to be amended to ask what its item asks now."""
    before = (task.title, task.line, task.starts_on, task.due_on, task.deliverable, task.minutes)
    return before != (
        item.text[:500], item.line, begins(stretch), stretch.due, item.deliverable[:500], item.minutes,
    )  # fmt: skip


def begins(stretch: rules.Stretch) -> date | None:
    """Return the day from which a task runs; none where the item's own start lies after its end."""
    return stretch.start if stretch.start and stretch.start <= stretch.due else None
