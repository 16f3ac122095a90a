"""The comparison of many texts: every pair of short lists, the nearest candidates of long ones."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import combinations, product
from typing import TypeAlias

from heli.engines.alignment import shares
from heli.engines.alignment.features import Brief
from heli.engines.alignment.shares import Pairs
from heli.engines.alignment.verdicts import RELATED_FROM, Verdict

EXHAUSTIVE = 40_000
"""Pairs of two lists that are judged one by one, in about two seconds, before candidates are searched."""

WORTH_SHARING = 3_000
"""Texts from which on other processes share the work: reading so many takes longer than starting a process."""

Found: TypeAlias = list[tuple[int, int, Verdict]]


def compare_many(
    texts_a: Sequence[str],
    texts_b: Sequence[str],
    *,
    top: int = 5,
    at_least: float = RELATED_FROM,
    processes: int | None = None,
) -> Found:
    """Return (i, j, verdict) for the pairs of `texts_a[i]` and `texts_b[j]` that score `at_least`, ordered by i and j.

    For each text of `texts_a` the `top` best of `texts_b` are kept. Up to `EXHAUSTIVE` pairs all are judged; of larger
    lists only the `top` nearest candidates of each text: raise `top` to miss less. Long lists are read and judged by
    `processes` processes, as many as there are processors unless told; that changes nothing in the result.
    """
    from heli.engines.alignment import candidates  # numpy and scipy are loaded only where many texts are compared

    is_small = len(texts_a) * len(texts_b) <= EXHAUSTIVE
    split = len(texts_a)

    def choose(briefs: Sequence[Brief]) -> Pairs:
        if is_small:
            return list(product(range(split), range(len(texts_b))))
        return candidates.nearest(briefs[:split], briefs[split:], top=top)

    found = _judged([*texts_a, *texts_b], choose, split, at_least, processes)
    return _best(found, top) if is_small else found


def compare_within(
    texts: Sequence[str], *, top: int = 5, at_least: float = RELATED_FROM, processes: int | None = None
) -> Found:
    """Return (i, j, verdict) with i < j for the pairs inside one list that score `at_least`, ordered by i and j."""
    from heli.engines.alignment import candidates  # as above

    is_small = len(texts) ** 2 <= 2 * EXHAUSTIVE

    def choose(briefs: Sequence[Brief]) -> Pairs:
        if is_small:
            return list(combinations(range(len(texts)), 2))
        found = candidates.nearest(briefs, briefs, top=top + 1)
        return sorted({(min(i, j), max(i, j)) for i, j in found if i != j})

    found = _judged(texts, choose, 0, at_least, processes)
    return _best(found, top, is_group=True) if is_small else found


def _judged(
    texts: Sequence[str],
    choose: Callable[[Sequence[Brief]], Pairs],
    split: int,
    at_least: float,
    processes: int | None,
) -> Found:
    """Read texts and judge the pairs chosen; the second of a pair counts from `split`. Nothing is done twice."""
    numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    places = [numbers[text] for text in texts]

    def work(count: int) -> Found:
        with shares.crew(count) as crew:
            briefs = crew.read(list(numbers))
            pairs = [(i, j, (places[i], places[split + j])) for i, j in choose([briefs[place] for place in places])]
            told = crew.judge(list(dict.fromkeys(pair for _, _, pair in pairs)), at_least)
        return [(i, j, told[pair]) for i, j, pair in pairs if pair in told]

    if processes is None:
        processes = shares.processors() if len(numbers) >= WORTH_SHARING else 1
    with _without_collection():
        try:
            return work(processes)
        except shares.Lost:
            return work(1)


def _best(judged: Found, top: int, *, is_group: bool = False) -> Found:
    """The pairs that are among the `top` best of their first text, or in a group of either text, in order."""
    kept: set[tuple[int, int]] = set()
    counts: Counter[int] = Counter()
    for i, j, _ in sorted(judged, key=lambda found: (-found[2].score, found[0], found[1])):
        if counts[i] < top or (is_group and counts[j] < top):
            kept.add((i, j))
            counts[i] += 1
            if is_group:
                counts[j] += 1
    return [found for found in judged if found[:2] in kept]


@contextmanager
def _without_collection() -> Iterator[None]:
    """Let no garbage collection run meanwhile: millions of small lasting objects would be walked again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
