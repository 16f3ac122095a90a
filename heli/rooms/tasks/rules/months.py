"""The month matrix: what the rule asks stands in the month in which it is planned."""

from __future__ import annotations

from collections.abc import Mapping


def where_planned(
    required: Mapping[int, int], met: Mapping[int, Mapping[tuple[int, int], int]], year: int
) -> dict[int, int]:
    """Return month → times asked, with what is met in another month moved there.

    ``required`` is month → times by the rule; ``met`` is month of the rule → (year, month) of the task → how often.
    What is met in another year leaves the year; nothing falls below none; what is not met stays in the rule's month.
    """
    found = dict(required)
    for month, elsewhere in met.items():
        for (in_year, in_month), number in elsewhere.items():
            moved = min(number, found.get(month, 0))
            found[month] = found.get(month, 0) - moved
            if in_year == year:
                found[in_month] = found.get(in_month, 0) + moved
    return found
