"""Items whose lead is written but not known here, or not written at all, whoever carries them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from heli.rooms.plans.enums import Line, Reach
from heli.rooms.plans.models import PlanItem, PlanItemUnit, PlanVersion
from heli.rooms.plans.queries.directories import directory, names_a_reach

if TYPE_CHECKING:
    from heli.rooms.people.models import Unit


@dataclass(frozen=True, slots=True)
class OpenLead:
    """Items of one line of which nobody knows who leads them: the ``words`` that stand there.

    An answer is needed where words name a lead that is not known, or where the lead alone carries the item out; what
    names no lead and is carried out by units below may stay without.
    """

    words: str
    line: Line
    numbers: Sequence[int]
    suggested: Unit | None
    is_needed: bool


def without_lead(version: PlanVersion) -> list[PlanItem]:
    """Return the items that no known unit leads, those left out where the words mean whoever carries them out."""
    named = PlanItemUnit.objects.filter(item=OuterRef("pk"), role=PlanItemUnit.LEAD)
    rows = version.items.filter(~Exists(named), left_out_reason="").order_by("number")
    return [item for item in rows if item.reach == Reach.LEAD or not names_a_reach(item.lead)]


def needs_lead(item: PlanItem) -> bool:
    """Return whether an item without a known lead has to get one before the plan can be submitted."""
    return item.reach == Reach.LEAD or bool(item.lead.strip())


def open_leads(version: PlanVersion, on: date) -> list[OpenLead]:
    """Return what is to be said about leads, one entry for equal words of a line; first what has to be said.

    Where an item needs a lead and none is written, the department that asked for it is suggested; a person decides.
    """
    groups: dict[tuple[bool, str, str], list[int]] = {}
    for item in sorted(without_lead(version), key=lambda each: not needs_lead(each)):
        groups.setdefault((needs_lead(item), item.lead.strip(), item.line), []).append(item.number)
    if not groups:
        return []
    known = directory(version.plan, on)
    return [
        OpenLead(
            words=words,
            line=Line(line),
            numbers=numbers,
            suggested=next(iter(known.requesters(line)), None) if is_needed and not words else None,
            is_needed=is_needed,
        )
        for (is_needed, words, line), numbers in groups.items()
    ]


def possible_leads(version: PlanVersion, on: date) -> list[Unit]:
    """Return the units a person can choose from: the plan's unit, its departments and what lies right below it."""
    return directory(version.plan, on).near()
