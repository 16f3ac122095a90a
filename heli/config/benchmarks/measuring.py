"""How a figure is taken: times of repeated work, the 95th percentile, and the plain floor beside it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any

Figure = dict[str, Any]
TIMES, WARM = 60, 5


def seconds(work: Callable[[], object]) -> float:
    """Return how long ``work`` takes once."""
    gc.collect()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def beside(work: Callable[[], object], floor: Callable[[], object]) -> Figure:
    """Return the 95th percentiles of ``TIMES`` runs of both in milliseconds, after ``WARM`` runs that do not count.

    The two take turns, so that whatever else the machine does meanwhile weighs on both.
    """
    both = (work, floor)
    for one in both:
        for _ in range(WARM):
            one()
    gc.collect()
    gc.freeze()  # what stood before is not walked through again before every turn
    try:
        rounds = [[seconds(one) for one in both] for _ in range(TIMES)]
    finally:
        gc.unfreeze()
    value, reference = (sorted(taken)[int(TIMES * 0.95) - 1] * 1000 for taken in zip(*rounds, strict=True))
    return figure(value, reference, "ms")


def figure(value: float, reference: float, unit: str) -> Figure:
    """Return a figure as ``heli bench --json`` prints it (DESIGN, section 7)."""
    return {
        "value": round(value, 3),
        "unit": unit,
        "reference": round(reference, 3),
        "ratio": round(value / reference, 2) if reference else None,
    }
