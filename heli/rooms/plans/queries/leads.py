"""Items whose lead is written but not known here, or not written at all, whoever carries them out.

Among them those that a rule asks of units of which there is none here: whose work they are is asked as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from heli.kernel.periods import holds_on
from heli.rooms.people import queries as people
from heli.rooms.plans.enums import Line, Reach
from heli.rooms.plans.models import PlanItem, PlanItemUnit, PlanVersion
from heli.rooms.plans.queries.directories import Directory, directory, names_a_reach

if TYPE_CHECKING:
    from heli.rooms.people.models import Unit
    from heli.rooms.plans.models import Plan

# So many units are suggested at once.
SUGGESTED = 12


@dataclass(frozen=True, slots=True)
class OpenLead:
    """Items of one line of which nobody knows who leads them: the ``words`` that stand there.

    An answer is needed where words name a lead that is not known, or where the lead alone carries the item out; what
    names no lead and is carried out by units below may stay without. ``is_nobodys``: the rule asks it of no unit here.
    """

    words: str
    line: Line
    numbers: Sequence[int]
    suggested: Unit | None
    is_needed: bool
    is_nobodys: bool = False
    # Several units bear the name that stands there; with their parents, to choose from.
    alike: Sequence[Unit] = ()


def without_lead(version: PlanVersion) -> list[PlanItem]:
    """Return the items that no known unit leads, those left out where the words mean whoever carries them out."""
    named = PlanItemUnit.objects.filter(item=OuterRef("pk"), role=PlanItemUnit.LEAD)
    rows = version.items.filter(~Exists(named), left_out_reason="").order_by("number")
    return [item for item in rows if item.reach == Reach.LEAD or not names_a_reach(item.lead)]


def nobodys(items: Sequence[PlanItem], known: Directory) -> set[int]:
    """Return which of the items are for the units of which the rule asks them while there is none (two queries)."""
    by_rule = [item for item in items if item.reach == Reach.RULE]
    asked = known.asked({code for item in by_rule for code in item.obligations})
    return {item.pk for item in by_rule if asked.isdisjoint(item.obligations)}


def needs_lead(item: PlanItem) -> bool:
    """Return whether an item without a known lead has to get one before the plan can be submitted."""
    return item.reach == Reach.LEAD or bool(item.lead.strip())


def open_leads(version: PlanVersion, on: date) -> list[OpenLead]:
    """Return what is to be said about leads, one entry for equal words of a line; first what has to be said.

    Where an item needs a lead and none is written, the department that asked for it is suggested; a person decides.
    """
    waiting = without_lead(version)
    if not waiting:
        return []
    known = directory(version.plan, on, [item.lead for item in waiting])
    alone = nobodys(waiting, known)
    groups: dict[tuple[bool, bool, str, str], list[int]] = {}
    for item in waiting:
        is_needed = item.pk in alone or needs_lead(item)
        groups.setdefault((is_needed, item.pk in alone, item.lead.strip(), item.line), []).append(item.number)
    found = [
        OpenLead(
            words=words,
            line=Line(line),
            numbers=numbers,
            suggested=None if words or is_nobodys or not is_needed else next(iter(known.requesters(line)), None),
            is_needed=is_needed,
            is_nobodys=is_nobodys,
            alike=known.alike(words),
        )
        for (is_needed, is_nobodys, words, line), numbers in groups.items()
    ]
    return sorted(found, key=lambda each: not each.is_needed)


def leads_like(plan: Plan, text: str, on: date) -> list[Unit]:
    """Return units that could lead an item of the plan and whose name, code or initials hold the text; near ones first.

    Near are the plan's unit, its departments and what lies right below it; an empty text returns the first of these.
    """
    plain = text.strip().lower()
    near = [unit for unit in directory(plan, on).near() if _holds(unit, plain)]
    if not plain:
        return near[:SUGGESTED]
    wanted = Q(name__icontains=plain) | Q(pinyin__contains=plain) | Q(code__iexact=plain)
    below = people.subtree(plan.unit).filter(wanted, holds_on(on)).select_related("parent").order_by("depth", "path")
    return list({unit.pk: unit for unit in [*near, *below[:SUGGESTED]]}.values())[:SUGGESTED]


def _holds(unit: Unit, plain: str) -> bool:
    return any(plain in words.lower() for words in (unit.name, unit.pinyin, unit.code))


def possible_leads(version: PlanVersion, on: date) -> list[Unit]:
    """Return the units a person can choose from: the plan's unit, its departments and what lies right below it."""
    return directory(version.plan, on).near()
