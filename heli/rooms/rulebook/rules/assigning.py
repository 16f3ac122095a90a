"""Which tasks of a unit meet what a duty asks of it: one rule for every page that counts it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Protocol, TypeVar

# So many tasks of one duty of one unit, all due on that day (or in one stretch of ``stretches``, by its first day).
Planned = tuple[date, int]
Stretch = tuple[date, date]


class Span(Protocol):
    """A unit is asked for something so many times between two days, both included."""

    @property
    def first(self) -> date: ...
    @property
    def last(self) -> date: ...
    @property
    def times(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Placed:
    """So many of the tasks at ``task`` meet the span at ``span``, each once."""

    task: int
    span: int
    number: int


def assign(spans: Sequence[Span], tasks: Sequence[Planned]) -> list[Placed]:
    """Return which tasks meet which spans, all of one duty and of one unit that is asked for all of them.

    Day by day each task goes to the span due first of those it lies in that still lack one; what is beyond that
    meets the next, and what no span lacks meets none. No other way meets more, and none meets an earlier one instead.
    """
    order = sorted(range(len(spans)), key=lambda at: (spans[at].last, spans[at].first))
    lacking = [span.times for span in spans]
    placed = []
    for task, (day, number) in sorted(enumerate(tasks), key=lambda each: each[1][0]):
        left = number
        for at in order:
            taken = min(left, lacking[at]) if spans[at].first <= day <= spans[at].last else 0
            if taken:
                placed.append(Placed(task, at, taken))
                lacking[at] -= taken
                left -= taken
    return placed


def times_met(spans: Sequence[Span], tasks: Sequence[Planned]) -> list[int]:
    """Return for each span how many of its times have a task."""
    found = [0] * len(spans)
    for placed in assign(spans, tasks):
        found[placed.span] += placed.number
    return found


def stretches(spans: Iterable[Span]) -> list[Stretch]:
    """Return the days of the spans cut so that all days of a stretch lie in the same spans, in order."""
    rows = list(spans)
    cuts = sorted({span.first for span in rows} | {span.last + timedelta(days=1) for span in rows})
    found = [(first, after - timedelta(days=1)) for first, after in pairwise(cuts)]
    return [(first, last) for first, last in found if any(span.first <= first <= span.last for span in rows)]


_Some = TypeVar("_Some", bound=Span)


def apart(spans: Sequence[_Some]) -> tuple[list[_Some], list[_Some]]:
    """Return the spans that share no day with another one, and those that do."""
    shared = [
        any(one.first <= other.last and other.first <= one.last for other in spans if other is not one) for one in spans
    ]
    alone = [span for span, shares in zip(spans, shared, strict=True) if not shares]
    return alone, [span for span, shares in zip(spans, shared, strict=True) if shares]
