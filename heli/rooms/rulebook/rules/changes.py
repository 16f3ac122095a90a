"""What differs between wordings, and the life of a change that first shows what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from heli.rooms.rulebook.records import Rate
from heli.rooms.rulebook.rules.duties import MONTHS_OF_PERIOD, Duty, addressed


@dataclass(frozen=True, slots=True)
class Difference:
    """A column in which a new edition says something else than the base the enterprise took over.

    ``is_conflict`` where the enterprise had worded the column itself: then a person has to choose.
    """

    column: str
    base: str
    own: str
    shipped: str

    @property
    def is_conflict(self) -> bool:
        return self.own != self.base


def differences(base: Mapping[str, str], own: Mapping[str, str], shipped: Mapping[str, str]) -> list[Difference]:
    """Return what a new edition changes, leaving out where the enterprise already says the same."""
    return [
        Difference(column, base.get(column, ""), own[column], shipped[column])
        for column in own
        if shipped[column] != base.get(column, "") and shipped[column] != own[column]
    ]


def edited(base: Mapping[str, str], own: Mapping[str, str]) -> list[str]:
    """Return the columns in which the enterprise's wording differs from its base."""
    return [column for column in own if own[column] != base.get(column, "")]


ADJUSTMENT_TRANSITIONS: dict[str, frozenset[str]] = {
    "draft": frozenset({"proposed", "withdrawn"}),
    "proposed": frozenset({"draft", "decided", "declined", "withdrawn"}),
    "decided": frozenset({"in_force", "withdrawn"}),
    "in_force": frozenset(),
    "declined": frozenset(),
    "withdrawn": frozenset(),
}


def undecided(asked: Iterable[str], chosen: Mapping[str, tuple[bool, str]]) -> list[str]:
    """Return the groups for which nobody chose, and those declined without a reason: key → (accepted, reason)."""
    return [key for key in asked if key not in chosen or not (chosen[key][0] or chosen[key][1].strip())]


def difference_of_days(
    before: Mapping[str, str] | None, after: Mapping[str, str]
) -> tuple[str, tuple[tuple[str, str, str], ...]]:
    """Return how an entry differs between two days, and the columns that differ with both values.

    ``added`` where there was none, ``on`` or ``off`` where it was switched, ``changed`` else; empty where all is equal.
    """
    if before is None:
        return "added", ()
    fields = tuple((name, before[name], after[name]) for name in after if before[name] != after[name])
    if not fields:
        return "", ()
    switched = {name: value for name, _old, value in fields if name == "is_on"}
    kind = {"1": "on", "0": "off"}.get(switched.get("is_on", ""), "changed")
    return kind, fields


def rate(duty: Duty) -> Rate | None:
    """Return how often a duty is asked by the calendar; None for duties of an event or of a term."""
    months = MONTHS_OF_PERIOD.get(duty.period)
    if months is None or duty.trigger == "event":
        return None
    times = 1 if duty.count_unit == "hours" else duty.count
    return Rate(times, months, frozenset(window.end for window in duty.windows) or _spread(times, months))


def _spread(times: int, months: int) -> frozenset[int]:
    """Return the months of the year that end equal parts of each period, as far as months can be equal parts."""
    ends = [month for month in range(1, months + 1) if month * times // months > (month - 1) * times // months]
    return frozenset(start + month for start in range(0, 12, months) for month in ends)


def narrows(before: Iterable[Duty], after: Iterable[Duty]) -> bool:
    """Return whether somebody asked before may be asked no longer."""
    wide = addressed(after)
    return any(not any(kind == k and own <= c for k, own in wide) for kind, c in addressed(before))
