"""Changes of the rulebook as pages show them: what they are, what follows from them, who took note."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count

from heli.rooms.rulebook import access, records, rules
from heli.rooms.rulebook.enums import AdjustmentState, Family
from heli.rooms.rulebook.models import (
    Adjustment,
    AdjustmentEffect,
    AdjustmentException,
    AdjustmentNotice,
    AdjustmentQuerySet,
)
from heli.rooms.rulebook.queries.entries import duties_on, own_and_shipped
from heli.rooms.rulebook.queries.following import afterwards, before
from heli.rooms.rulebook.queries.places import change_of_place

if TYPE_CHECKING:
    from heli.rooms.people.models import Person
    from heli.rooms.rulebook.enums import Place


def change_of(adjustment: Adjustment) -> records.Change:
    """Return the change as rooms are asked about it, with the duties it bears on.

    Only a duty can end: those of a key link that is switched off are asked for as before.
    """
    if adjustment.is_one_act:
        return change_of_place(adjustment)
    change = records.Change(
        kind=adjustment.family,
        code=adjustment.code,
        on=adjustment.effective_on,
        duties=_duties_of(adjustment),
        cells=adjustment.cells,
        ends=adjustment.family == Family.OBLIGATION and adjustment.switches.get("is_on") is False,
    )
    return _compared(change) if _ASKING.intersection(adjustment.cells) else change


# The columns that say how often a duty is asked, and of whom.
_ASKING = frozenset({"count", "count_unit", "period", "windows", "trigger", "subjects", "conditions"})


def _compared(change: records.Change) -> records.Change:
    """Return the change with how much more or less it asks than before."""
    owed, owing = before(change), afterwards(change)
    rates = [rules.rate(duty) for duty in (*owed, *owing)]
    known = (rates[0], rates[1]) if len(owed) == len(owing) == 1 else (None, None)
    return replace(
        change,
        rates=(known[0], known[1]) if known[0] is not None and known[1] is not None and known[0] != known[1] else None,
        narrows=bool(owing) and rules.narrows(owed, owing),
    )


def _duties_of(adjustment: Adjustment) -> frozenset[str]:
    if adjustment.family == Family.OBLIGATION:
        return frozenset({adjustment.code})
    in_force = duties_on(adjustment.effective_on)
    if adjustment.family == Family.INSTRUMENT:
        named = (duty for duty in in_force if any(one.instrument == adjustment.code for one in duty.record.sources))
        return frozenset(duty.code for duty in named)
    own, _shipped = own_and_shipped(Family.KEY_LINK, adjustment.code)
    linked = {
        code for cells in (own, adjustment.before, adjustment.cells) for code in cells.get("obligations", "").split(";")
    }
    return frozenset(duty.code for duty in in_force if duty.code in linked)


def groups_of(change: records.Change, reader: records.Reader, *, is_whole: bool = False) -> list[records.Group]:
    """Return what follows from a change and the reader may see: what asks for an act first, finished work last.

    Empty groups are left out; ``is_whole`` keeps those with an act, in which something can come up until the day.
    """
    every = (group for follower in records.followers() for group in follower.groups(change, reader))
    found = [group for group in every if group.count or (is_whole and group.act)]
    return sorted(found, key=lambda group: (group.is_done, not group.act, not group.count))


def lines_of(change: records.Change, reader: records.Reader, page: records.Page) -> list[records.Line]:
    """Return lines of one group; nothing for a group that no room knows."""
    follower = records.follower_of(page.group)
    return list(follower.lines(change, reader, page)) if follower is not None else []


def adjustments_for_list(person: Person | None, on: date, state: str = "") -> AdjustmentQuerySet:
    """Return the changes the person may open, newest first."""
    rows = access.visible_adjustments(person, on).select_related("drafted_by", "decided_by")
    return (rows.filter(state=state) if state else rows).newest_first()


def closings_of(person: Person | None, unit_id: int, on: date) -> AdjustmentQuerySet:
    """Return the closings of a unit and its posts that are drafted or made and the person may open, newest first."""
    rows = access.visible_adjustments(person, on).filter(unit=unit_id).exclude(state=AdjustmentState.WITHDRAWN)
    return rows.select_related("drafted_by").newest_first()


def states_of_list(person: Person | None, on: date) -> dict[str, int]:
    """Return state → how many changes the person may open (one query)."""
    rows = access.visible_adjustments(person, on).order_by().values("state").annotate(n=Count("pk"))
    return {row["state"]: row["n"] for row in rows}


@dataclass(frozen=True, slots=True)
class Noted:
    """How many units were asked to take note of a change, how many did, and which not yet (at most thirty)."""

    asked: int
    done: int
    waiting: Sequence[str]


@dataclass(frozen=True, slots=True)
class AdjustmentPage:
    """One change with what was decided of it, what is left out, who took note, and what the reader acknowledges."""

    adjustment: Adjustment
    effects: Sequence[AdjustmentEffect]
    exceptions: Sequence[AdjustmentException]
    noted: Noted | None
    in_hand: Sequence[AdjustmentNotice]


def adjustment_page(person: Person, adjustment: Adjustment, on: date) -> AdjustmentPage:
    """Return the page of a change; whoever does not coordinate sees only what lies in the own reach."""
    exceptions = list(adjustment.exceptions.select_related("left_out_by").order_by("pk"))
    if not access.sees_whole(person, adjustment, on):
        exceptions = _seen(exceptions, change_of(adjustment), records.Reader(person, on))
    in_hand = access.notices_in_hand(person, on).filter(adjustment=adjustment).select_related("unit")
    return AdjustmentPage(
        adjustment=adjustment,
        effects=list(adjustment.effects.order_by("pk")),
        exceptions=exceptions,
        noted=_noted(person, adjustment, on) if adjustment.told_at else None,
        in_hand=list(in_hand[:20]),
    )


def _seen(
    exceptions: Sequence[AdjustmentException], change: records.Change, reader: records.Reader
) -> list[AdjustmentException]:
    """Return the exceptions whose thing the reader may open; each room is asked once a group for all of them."""
    keys: dict[str, set[str]] = defaultdict(set)
    for one in exceptions:
        keys[one.group].add(one.line)
    open_to = {
        (group, line.key)
        for group, only in keys.items()
        for line in lines_of(change, reader, records.Page(group, limit=len(only), only=tuple(only)))
    }
    return [one for one in exceptions if (one.group, one.line) in open_to]


def _noted(person: Person, adjustment: Adjustment, on: date) -> Noted:
    rows = access.visible_notices(person, on).filter(adjustment=adjustment)
    counts = rows.aggregate(asked=Count("pk"), done=Count("acknowledged_at"))
    waiting = rows.filter(acknowledged_at__isnull=True).order_by("unit__path").values_list("unit__name", flat=True)
    return Noted(counts["asked"], counts["done"], list(waiting[:30]))


def under_way(family: Family | Place, code: str) -> Adjustment | None:
    """Return the change of an entry that is drafted or proposed, if there is one."""
    states = (AdjustmentState.DRAFT, AdjustmentState.PROPOSED)
    return Adjustment.objects.filter(family=family, code=code, state__in=states).order_by("pk").first()


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person: changes to decide on, and to take note of for a unit, the oldest of ``total``."""

    to_decide: Sequence[Adjustment]
    to_note: Sequence[AdjustmentNotice]
    total: int = 0

    def __bool__(self) -> bool:
        return bool(self.to_decide or self.to_note)


def waiting_for(person: Person | None, on: date, limit: int = 8) -> Waiting:
    """Return what waits for the person, oldest first (a fixed number of queries)."""
    to_decide = access.adjustments_to_decide(person, on).order_by("proposed_at", "pk")
    to_note = access.notices_in_hand(person, on).select_related("unit", "adjustment")
    shown = list(to_decide[:limit]), list(to_note[:limit])
    is_cut = limit in {len(rows) for rows in shown}
    return Waiting(*shown, to_decide.count() + to_note.count() if is_cut else sum(len(rows) for rows in shown))
