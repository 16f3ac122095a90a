"""How far the items of a plan in force are, by the tasks that carry them out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from heli.rooms.plans import access
from heli.rooms.plans.enums import VersionState
from heli.rooms.plans.queries.work import source_of
from heli.rooms.tasks import queries as tasks

if TYPE_CHECKING:
    from heli.rooms.people.models import Person
    from heli.rooms.plans.models import PlanItem, PlanVersion
    from heli.rooms.tasks.models import TaskQuerySet


@dataclass(frozen=True, slots=True)
class PlanProgress:
    """The tasks of a version's items that one person may see: of each item by its lineage, and in all."""

    by_lineage: dict[str, tasks.Progress]

    @property
    def total(self) -> tasks.Progress:
        return sum(self.by_lineage.values(), tasks.Progress())

    def of(self, item: PlanItem) -> tasks.Progress | None:
        """Return how far an item is; None where it has no task that the person may see."""
        return self.by_lineage.get(str(item.lineage))


def progress_of(person: Person | None, version: PlanVersion, on: date) -> PlanProgress:
    """Return how far the items the person sees are (two queries, whatever the number of items and tasks).

    Only the version in force has tasks of its own; every other one answers with nothing.
    """
    if version.state != VersionState.PUBLISHED:
        return PlanProgress({})
    items = access.visible_items(person, version, on).filter(left_out_reason="").order_by()
    lineages = {source_of(lineage): str(lineage) for lineage in items.values_list("lineage", flat=True)}
    found = tasks.progress_of(person, list(lineages), on)
    return PlanProgress({lineages[source]: progress for source, progress in found.items()})


def item_for(person: Person | None, version: PlanVersion, item_id: int, on: date) -> PlanItem:
    """Return an item in force, or raise the same 404 for missing, forbidden, left out and not in force."""
    items = access.visible_items(person, version, on).filter(left_out_reason="")
    return get_object_or_404(items if version.state == VersionState.PUBLISHED else items.none(), pk=item_id)


def tasks_of_item(person: Person | None, item: PlanItem, on: date, state: str) -> TaskQuerySet:
    """Return the item's tasks that the person may see, each with its unit."""
    return tasks.tasks_seen_of(person, source_of(item.lineage), on, state)


def progress_of_item(person: Person | None, item: PlanItem, on: date) -> tasks.Progress:
    source = source_of(item.lineage)
    return tasks.progress_of(person, [source], on).get(source, tasks.Progress())
