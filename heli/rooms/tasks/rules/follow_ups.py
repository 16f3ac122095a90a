"""Follow-up as arithmetic: its life as a table, its ladder by days, who has the ball, four eyes."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from heli.rooms.tasks.rules.working import CANCELED, CLOSED, HANDED_IN

RUNNING, ENDED, WITHDRAWN = "running", "closed", "withdrawn"
FOLLOW_UP_TRANSITIONS: dict[str, frozenset[str]] = {
    RUNNING: frozenset({ENDED, WITHDRAWN}),
    ENDED: frozenset({RUNNING}),
    WITHDRAWN: frozenset(),
}

# The rungs in order; 0 is the ground.
NONE, REMIND, URGE, LIST = range(4)
_NAMES = {"remind": REMIND, "urge": URGE, "list": LIST}
_LADDER_FILE = Path(__file__).resolve().parents[1] / "data" / "ladder.toml"


@dataclass(frozen=True, slots=True)
class Ladder:
    """On which day, counted from the due date, each rung is reached."""

    remind: int
    urge: int
    list: int

    def __post_init__(self) -> None:
        if not self.remind < self.urge < self.list:
            raise ValueError(f"the rungs of a ladder rise: {self.remind}, {self.urge}, {self.list}")

    def day_of(self, rung: int, due_on: date) -> date:
        """Return the day on which ``rung`` is reached."""
        return due_on + timedelta(days={REMIND: self.remind, URGE: self.urge, LIST: self.list}[rung])


@cache
def _steps() -> dict[int, dict[str, object]]:
    with _LADDER_FILE.open("rb") as file:
        return {_NAMES[step["rung"]]: step for step in tomllib.load(file)["steps"]}


@cache
def default_ladder() -> Ladder:
    """Return the enterprise's days."""
    days = {rung: int(str(step["days"])) for rung, step in _steps().items()}
    return Ladder(days[REMIND], days[URGE], days[LIST])


def tells(rung: int) -> frozenset[str]:
    """Return who is told at a rung: holders, leaders, above."""
    told = _steps()[rung]["tells"]
    assert isinstance(told, list)  # noqa: S101 - our own data file, read in a test
    return frozenset(told)


def rung_due(ladder: Ladder, due_on: date | None, today: date) -> int:
    """Return the highest rung whose day has come; the ground without a due date."""
    if due_on is None:
        return NONE
    return max((rung for rung in (REMIND, URGE, LIST) if ladder.day_of(rung, due_on) <= today), default=NONE)


def next_rung(ladder: Ladder, due_on: date | None, today: date, rung: int, climbed_on: date | None) -> int | None:
    """Return the rung to climb to today, or None.

    One rung a day and never past one: whoever is listed was reminded and urged on days before, also after the
    nightly work stood still for a month. Asking twice on a day changes nothing.
    """
    if climbed_on is not None and climbed_on >= today:
        return None
    return rung + 1 if rung_due(ladder, due_on, today) > rung else None


def is_answered(states: Collection[str]) -> bool:
    """Return whether every unit handed in, those left out whose task is withdrawn: then the ball is with the asker."""
    standing = [state for state in states if state != CANCELED]
    return bool(standing) and all(state in {HANDED_IN, CLOSED} for state in standing)


def is_own_work(person_id: int, hands: Iterable[int]) -> bool:
    """Return whether the person had a hand in what is to be closed (DESIGN, invariant 4)."""
    return person_id in set(hands)
