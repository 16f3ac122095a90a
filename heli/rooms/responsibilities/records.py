"""What rooms above tell this one: the work of a person or unit, and what plans ask of a unit.

A room registers in its ``apps.py``: ``records.register_work("tasks", duty_work)``. This room never learns which
rooms there are; it counts, shows and prints what they return. The shapes know no database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Holding:
    """A post held: the unit it stands in or acts for, its kind, and the days from ``start`` up to ``end``."""

    unit_id: int
    post_kind: str
    start: date
    end: date | None = None

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class WorkQuery:
    """What is asked for: work due or done in ``[start, end)``, and undone work that is older.

    Wanted is work addressed to one of ``holdings`` (done work while the holding lasted, undone work where the
    holding has no end or covers ``today``), work the person did, and work of ``units`` that carries one of
    ``obligations``.
    """

    person_id: int
    holdings: tuple[Holding, ...]
    units: tuple[int, ...]
    obligations: frozenset[str]
    start: date
    end: date
    today: date


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence as the page shows it; ``url`` may be empty."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class DutyWork:
    """One piece of work, recorded once by the room it belongs to.

    ``key`` names it for ever (``tasks.task:12``). ``state`` is a ``WorkState`` value. ``doer_id`` is who did it,
    None while undone; ``is_addressed`` says that it is in, or was done from, one of the asked holdings;
    ``is_outside`` that nothing that proves it happened in its own time.
    """

    key: str
    title: str
    line: str
    unit_id: int
    unit: str
    state: str
    url: str
    due_on: date | None = None
    done_on: date | None = None
    recorded_on: date | None = None
    proofs: tuple[Proof, ...] = ()
    obligations: tuple[str, ...] = ()
    wanted_proof: str = ""
    doer_id: int | None = None
    doer: str = ""
    checked_by: str = ""
    is_addressed: bool = False
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class Demand:
    """Something a plan asks of a unit: where it stands and which obligations it fulfills."""

    title: str
    line: str
    url: str = ""
    obligations: tuple[str, ...] = field(default=())


WorkProvider = Callable[[WorkQuery], Sequence[DutyWork]]
DemandProvider = Callable[[int, int], Sequence[Demand]]

_work: dict[str, WorkProvider] = {}
_demands: dict[str, DemandProvider] = {}


def register_work(name: str, provider: WorkProvider) -> None:
    """Let a room tell about work; the same name again replaces its provider."""
    _work[name] = provider


def register_demands(name: str, provider: DemandProvider) -> None:
    """Let a room tell what it asks of a unit (id) in a year; the same name again replaces its provider."""
    _demands[name] = provider


def collect_work(query: WorkQuery) -> list[DutyWork]:
    """Return what all registered rooms know, each piece once, by due date, then by day done, then by key."""
    found = {work.key: work for name in sorted(_work) for work in _work[name](query)}
    return sorted(found.values(), key=lambda work: (work.due_on or work.done_on or date.max, work.key))


def collect_demands(unit_id: int, year: int) -> list[Demand]:
    """Return what all registered rooms ask of the unit in that year."""
    return [demand for name in sorted(_demands) for demand in _demands[name](unit_id, year)]
