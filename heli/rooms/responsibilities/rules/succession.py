"""Who answers when a post changes hands: it follows from appointments, from–to, and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Tenure:
    """A person in a post from ``start`` up to, not including, ``end``."""

    person_id: int
    start: date
    end: date | None = None

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


def heir(tenures: Iterable[Tenure], leaver: int, on: date) -> int | None:
    """Return who takes over from ``leaver`` on that day: the one who holds the post then, longest first; else None.

    None is a vacancy: the items wait for the next appointment.
    """
    there = sorted(
        (tenure for tenure in tenures if tenure.person_id != leaver and tenure.covers(on)),
        key=lambda tenure: (tenure.start, tenure.person_id),
    )
    return there[0].person_id if there else None


def successors(tenures: Sequence[Tenure], start: date, end: date) -> list[tuple[date, int | None]]:
    """Return (day, person) for each change of the post in ``[start, end)``, beginning with ``start``.

    Of several who hold it at once the longest there answers. A person of None is a vacancy.
    """
    days = {start}
    for tenure in tenures:
        days |= {day for day in (tenure.start, tenure.end) if day is not None and start <= day < end}
    changes: list[tuple[date, int | None]] = []
    for day in sorted(days):
        person = heir(tenures, -1, day)
        if not changes or changes[-1][1] != person:
            changes.append((day, person))
    return changes
