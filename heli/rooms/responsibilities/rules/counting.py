"""Counting: one piece of work done counts for every item whose obligation it carries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol


class Work(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def line(self) -> str: ...
    @property
    def unit_id(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def obligations(self) -> tuple[str, ...]: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def done_on(self) -> date | None: ...
    @property
    def recorded_on(self) -> date | None: ...


class Listed(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def unit_id(self) -> int: ...
    @property
    def line(self) -> str: ...
    @property
    def obligations(self) -> tuple[str, ...]: ...


def counted(items: Iterable[Listed], works: Sequence[Work]) -> dict[int, tuple[str, ...]]:
    """Return item → keys of the work that counts for it: work of the list's unit that shares an obligation."""
    by_code: dict[tuple[int, str], list[str]] = {}
    for work in works:
        for code in work.obligations:
            by_code.setdefault((work.unit_id, code), []).append(work.key)
    return {
        item.id: tuple(dict.fromkeys(key for code in item.obligations for key in by_code.get((item.unit_id, code), ())))
        for item in items
    }


class OfLine(Protocol):
    @property
    def line(self) -> str: ...


def lines_served(work: Work, items: Iterable[OfLine]) -> frozenset[str]:
    """Return the lines for which the work counts: its own, and those of the items it fulfills."""
    lines = {work.line, *(item.line for item in items)}
    return frozenset({"party", "integrity"}) if "both" in lines else frozenset(lines)


@dataclass(frozen=True, slots=True)
class Tally:
    """How far something is: done of due in the year, of it this month, late, and entered later than a week after."""

    due: int
    done: int
    this_month: int
    done_this_month: int
    late: int
    entered_later: int


def tally(works: Iterable[Work], today: date, year: int, required: int = 0) -> Tally:
    """Count the work of ``year``; ``required`` raises what is due where less is planned than the rules ask.

    Undone work of an earlier year is late and due now; a piece without a date is due in the year it is seen.
    """
    due = done = this_month = done_this_month = late = entered_later = 0
    month = (today.year, today.month)
    for work in works:
        is_done = work.state == "done"
        if is_done and (work.due_on or work.done_on or today).year != year:
            continue
        due += 1
        done += is_done
        if work.due_on is not None and (work.due_on.year, work.due_on.month) == month:
            this_month += 1
            done_this_month += is_done
        late += work.state not in ("done", "waiting") and work.due_on is not None and work.due_on < today
        entered_later += is_done and was_entered_later(work)
    return Tally(max(due, required), done, this_month, done_this_month, late, entered_later)


def was_entered_later(work: Work) -> bool:
    """Return whether what happened was recorded more than a week afterwards."""
    if work.done_on is None or work.recorded_on is None:
        return False
    return (work.recorded_on - work.done_on).days > 7


class MonthOfWork(NamedTuple):
    """Pieces of work of one line due in one month: all, done of them, and handed in and waiting for review."""

    due: int = 0
    done: int = 0
    waiting: int = 0

    @property
    def missing(self) -> int:
        """What is with whoever does it; what waits is with the reviewer."""
        return self.due - self.done - self.waiting


def month_grid(works: Iterable[Work], year: int) -> Mapping[tuple[str, int], MonthOfWork]:
    """Return (line, month) → what of the work due in ``year`` is done and waits for review."""
    grid: dict[tuple[str, int], MonthOfWork] = {}
    for work in works:
        day = work.due_on or work.done_on
        if day is None or day.year != year:
            continue
        seen = grid.get((work.line, day.month), MonthOfWork())
        is_done, is_waiting = work.state == "done", work.state == "waiting"
        grid[work.line, day.month] = MonthOfWork(seen.due + 1, seen.done + is_done, seen.waiting + is_waiting)
    return grid
