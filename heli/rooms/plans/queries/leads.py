"""Items whose lead is written but not known here, or not written at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, QuerySet

from heli.rooms.plans.enums import Line, Reach
from heli.rooms.plans.models import PlanItem, PlanItemUnit, PlanVersion
from heli.rooms.plans.queries.directories import directory

if TYPE_CHECKING:
    from heli.rooms.people.models import Unit


@dataclass(frozen=True, slots=True)
class OpenLead:
    """Items of one line that a unit has to lead and of which nobody knows which: the ``words`` that stand there."""

    words: str
    line: Line
    numbers: Sequence[int]
    suggested: Unit | None


def without_lead(version: PlanVersion) -> QuerySet[PlanItem]:
    """Return the items that their lead alone carries out while no unit is known to lead them."""
    named = PlanItemUnit.objects.filter(item=OuterRef("pk"), role=PlanItemUnit.LEAD)
    return version.items.filter(~Exists(named), left_out_reason="", reach=Reach.LEAD)


def open_leads(version: PlanVersion, on: date) -> list[OpenLead]:
    """Return what has to be said before the version can be submitted, one entry for equal words of a line.

    Where no lead is written at all, the department that asked for the item is suggested; a person decides.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    rows = without_lead(version).order_by("number").values_list("lead", "line", "number")
    for words, line, number in rows:
        groups.setdefault((words.strip(), line), []).append(number)
    if not groups:
        return []
    known = directory(version.plan.unit, on)
    return [
        OpenLead(words, Line(line), numbers, next(iter(known.requesters(line)), None) if not words else None)
        for (words, line), numbers in groups.items()
    ]


def possible_leads(version: PlanVersion, on: date) -> list[Unit]:
    """Return the units a person can choose from: the plan's unit, its departments and what lies right below it."""
    return directory(version.plan.unit, on).near()
