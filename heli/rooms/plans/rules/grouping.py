"""Many pairs that share an item become one group each: as many groups as there are items at most, not as pairs."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Sequence

Group = tuple[str, ...]


def groups(
    pairs: Iterable[tuple[str, str]],
    *,
    hubs: Collection[str] = (),
    before: Iterable[str] = (),
    settled: Iterable[Sequence[str]] = (),
) -> list[Group]:
    """Return groups of a shared item and its counterparts, so that each pair is in exactly one of them.

    ``settled`` are groups a person decided on: they stay as they are where all their pairs are still there. Of a pair
    with one of ``hubs`` that one is the shared item. Then those that were shared ``before`` are again, then the item
    with most counterparts, of equals the one named first. No item is the shared one of two groups that are not settled.
    """
    near: dict[str, dict[str, None]] = {}
    for a, b in pairs:
        near.setdefault(a, {})[b] = None
        near.setdefault(b, {})[a] = None
    found = [group for group in map(tuple, settled) if _take(near, group)]
    for hub in [*(pk for pk in near if pk in hubs), *before]:
        if len(near.get(hub, ())) > (hub not in hubs):
            found.append((hub, *near[hub]))
            _take(near, found[-1])
    return found + _largest_first(near)


def _take(near: dict[str, dict[str, None]], group: Group) -> bool:
    """Take the pairs of a group away, unless one of them is not there."""
    hub, others = group[0], group[1:]
    if not others or any(other not in near.get(hub, ()) for other in others):
        return False
    for other in others:
        del near[hub][other], near[other][hub]
    return True


def _largest_first(near: dict[str, dict[str, None]]) -> list[Group]:
    place = {pk: number for number, pk in enumerate(near)}
    waiting = [(-len(others), place[pk], pk) for pk, others in near.items()]
    heapq.heapify(waiting)
    found: list[Group] = []
    while waiting:
        size, number, pk = heapq.heappop(waiting)
        if not near[pk]:
            continue
        if len(near[pk]) != -size:  # others took some of its pairs since it was put here
            heapq.heappush(waiting, (-len(near[pk]), number, pk))
            continue
        found.append((pk, *near[pk]))
        _take(near, found[-1])
    return found
