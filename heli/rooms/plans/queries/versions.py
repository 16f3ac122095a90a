"""Versions of a plan: their items, what changed, whom it touches, who acknowledged it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Prefetch, Q, QuerySet

from heli.rooms.people import access as people
from heli.rooms.people import queries as persons
from heli.rooms.people.enums import Permission
from heli.rooms.plans import access, rules
from heli.rooms.plans.enums import VersionState
from heli.rooms.plans.models import (
    Acknowledgement,
    Plan,
    PlanItem,
    PlanItemAbove,
    PlanItemSource,
    PlanItemUnit,
    PlanVersion,
)
from heli.rooms.plans.queries.work import ItemWork, source_of, work_of

if TYPE_CHECKING:
    from heli.rooms.people.models import Person
    from heli.rooms.tasks.models import Task

PAGE = 200
# Persons whom an impact list names; of more it says how many.
NAMED = 200


def items_of(person: Person | None, version: PlanVersion, on: date) -> QuerySet[PlanItem]:
    """Return the items of a version that concern the person, each with ``named`` units and ``origins``."""
    named = PlanItemUnit.objects.exclude(role=PlanItemUnit.CARRIER).select_related("unit").order_by("pk")
    origins = PlanItemSource.objects.select_related("draft_item", "decision__by", "decision__finding").order_by("pk")
    above = PlanItemAbove.objects.select_related("upper_item__version__plan__unit").order_by("pk")
    return (
        access.visible_items(person, version, on)
        .prefetch_related(
            Prefetch("units", queryset=named, to_attr="named"),
            Prefetch("sources", queryset=origins, to_attr="origins"),
            Prefetch("above", queryset=above, to_attr="with_above"),
        )
        .annotate(carriers=Count("units", filter=Q(units__role=PlanItemUnit.CARRIER)))
    )


def item_of(version: PlanVersion, item_id: int) -> PlanItem | None:
    return PlanItem.objects.filter(version=version, pk=item_id).select_related("version").order_by("pk").first()


def item_of_task(person: Person | None, task: Task, on: date) -> PlanItem | None:
    """Return the item in force that a task comes from, if the person may see it."""
    prefix = source_of("")
    if not task.source.startswith(prefix):
        return None
    rows = PlanItem.objects.filter(lineage=task.source[len(prefix) :], version__state=VersionState.PUBLISHED)
    item = rows.select_related("version__plan__unit").order_by("pk").first()
    if item is None or not access.visible_items(person, item.version, on).filter(pk=item.pk).exists():
        return None
    return item


def contributors(version: PlanVersion) -> list[str]:
    """Return the names of who had a hand in a version, and so cannot approve it."""
    return list(version.contributors.order_by("person__name").values_list("person__name", flat=True))


def approvers(version: PlanVersion, on: date) -> list[Person]:
    """Return who can approve the version, by name: those of its unit, else those of the nearest unit above.

    They hold the right and had no hand in it.
    """
    hands = set(version.contributors.values_list("person_id", flat=True)) | {version.submitted_by_id or 0}
    kinds = people.post_kinds_with(Permission.PLAN_APPROVE)
    unit = version.plan.unit
    for place in [unit, *reversed(persons.ancestors(unit))]:
        held = people.holders_of({(place.pk, kind) for kind in kinds}, on)
        free = people.without({person_id for ids in held.values() for person_id in ids}, hands, on)
        if free:
            return sorted(persons.persons_by_id(free, len(free)), key=lambda person: (person.name, person.pk))
    return []


def changes_of(version: PlanVersion) -> tuple[rules.ItemChange, ...]:
    """Return what a version changes against the one before it; everything is new in version 1."""
    before = version_before(version)
    return rules.compare(facts_of(before) if before else (), facts_of(version))


def version_before(version: PlanVersion) -> PlanVersion | None:
    rows = PlanVersion.objects.filter(plan=version.plan_id, number=version.number - 1)
    return rows.order_by("pk").first()


def facts_of(version: PlanVersion) -> tuple[rules.ItemFacts, ...]:
    """Return a version's items, without those left out, as they are compared."""
    items = version.items.filter(left_out_reason="").order_by("number")
    return tuple(_facts(item) for item in items)


def _facts(item: PlanItem) -> rules.ItemFacts:
    return rules.ItemFacts(
        lineage=str(item.lineage),
        number=item.number,
        text=item.text,
        line=item.line,
        lead=item.lead,
        helpers="、".join(item.helpers),
        reach=item.reach,
        start=_iso(item.start),
        due=_iso(item.due),
        period=item.period,
        quantity=item.quantity,
        deliverable=item.deliverable,
        minutes=str(item.minutes or ""),
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def visible_facts(person: Person | None, version: PlanVersion, on: date) -> tuple[rules.ItemFacts, ...]:
    """Return the same for the items that concern the person."""
    return tuple(_facts(item) for item in access.visible_items(person, version, on).filter(left_out_reason=""))


@dataclass(frozen=True, slots=True)
class Impact:
    """Whom a change touches before it takes effect: units by name, persons, the days, the work by item.

    ``named`` are the persons by name, the first of many; ``days`` how much falls due on each day that is touched.
    """

    units: Sequence[str]
    persons: int
    named: Sequence[str]
    days: Sequence[tuple[date, int]]
    first_day: date | None
    last_day: date | None
    work: Sequence[ItemWork]

    def total(self, part: str) -> int:
        """Return how many tasks are ``amended``, ``withdrawn``, ``replaced``, ``opened`` or ``done``."""
        return sum(len(getattr(each, part)) for each in self.work)


def impact_of(version: PlanVersion, changes: Sequence[rules.ItemChange], on: date) -> Impact:
    """Return what the changes of a version under way will do, as ``cascade`` does it (a fixed number of queries)."""
    work = work_of(version, changes, on)
    units = {unit.pk: unit for each in work.items if each.item for unit in work.carriers[each.item.pk]}
    for row in _carried_before(version, {change.facts.lineage for change in changes}).select_related("unit"):
        units.setdefault(row.unit_id, row.unit)
    held = people.holders_of({(pk, "") for pk in units}, on)
    touched = {person_id for each in held.values() for person_id in each}
    days = _days(work.items)
    return Impact(
        units=[unit.name for unit in sorted(units.values(), key=lambda unit: unit.path)],
        persons=len(touched),
        named=[str(person) for person in persons.persons_by_id(touched, NAMED)],
        days=days,
        first_day=days[0][0] if days else None,
        last_day=days[-1][0] if days else None,
        work=work.items,
    )


def _days(items: Sequence[ItemWork]) -> list[tuple[date, int]]:
    """Return the days on which something falls due that is opened, amended or withdrawn, and how much on each."""
    days = [stretch.due for each in items for _unit, _post, stretch in each.opened]
    for each in items:
        days += [stretch.due for _task, stretch in each.amended]
        days += [task.due_on for task in [*each.withdrawn, *each.replaced] if task.due_on]
    return sorted(Counter(days).items())


def _carried_before(version: PlanVersion, lineages: set[str]) -> QuerySet[PlanItemUnit]:
    return PlanItemUnit.objects.filter(
        item__version__plan=version.plan_id,
        item__version__state=VersionState.PUBLISHED,
        item__lineage__in=lineages,
        role=PlanItemUnit.CARRIER,
    )


@dataclass(frozen=True, slots=True)
class Acknowledgements:
    """How many units a version asked to acknowledge it, how many did, and who has not yet (by unit name)."""

    asked: int
    done: int
    waiting: Sequence[str]


def acknowledgements(version: PlanVersion) -> Acknowledgements:
    rows = Acknowledgement.objects.filter(version=version)
    counts = rows.aggregate(asked=Count("pk"), done=Count("acknowledged_at"))
    waiting = rows.filter(acknowledged_at__isnull=True).order_by("unit__path").values_list("unit__name", flat=True)
    return Acknowledgements(counts["asked"], counts["done"], list(waiting[:30]))


def to_acknowledge(person: Person | None, version: PlanVersion, on: date) -> list[Acknowledgement]:
    """Return what the person can acknowledge of this version."""
    return list(access.acknowledgements_in_hand(person, on).filter(version=version).select_related("unit")[:20])


def versions_of(person: Person | None, plan: Plan, on: date) -> list[PlanVersion]:
    """Return the versions of a plan that the person may open, newest first."""
    rows = PlanVersion.objects.filter(plan=plan).order_by("-number")
    if not access.workshop_plans(person, on).filter(pk=plan.pk).exists():
        rows = rows.filter(state__in=[VersionState.PUBLISHED, VersionState.SUPERSEDED])
    return list(rows)
