"""Roll-up over a tree: a unit's own work and the weighted mean of the units below it, the lowest of them visible.

Everything is whole thousandths; each mean is rounded half up once, at its own unit. With weights of at most 1,000 and
scores below 10**9 thousandths, sums over a million units stay below 2**62.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from heli.engines.scoring.grid import Bools, Columns, Grid, Ints, Totals
from heli.engines.scoring.readings import Reading

NONE = -1


class NoTree(ValueError):
    """The parents do not make a tree; ``unit`` is one that hangs in a circle or on nothing."""

    def __init__(self, unit: int) -> None:
        super().__init__(f"unit {unit} hangs in a circle or on a parent that is not there")
        self.unit = unit


@dataclass(frozen=True, slots=True)
class Rolled:
    """For each unit its total with what lies below it, what that can reach, and its lowest child (``NONE`` for none).

    ``is_known`` is false where neither the unit nor anything below it is assessed.
    """

    total: Ints
    highest: Ints
    lowest_child: Ints
    is_known: Bools


class Tree:
    """The units in the order of their depth, the children of one parent side by side."""

    def __init__(self, parents: Ints, weights: Ints | None = None) -> None:
        self.parents = parents
        self.weights = np.ones(len(parents), np.int64) if weights is None else weights
        levels = _levels(parents)
        self.order: Ints = np.concatenate(levels) if levels else np.empty(0, np.int64)
        self.at = np.empty(len(parents), np.int64)
        self.at[self.order] = np.arange(len(parents))
        self.levels = _slices([len(each) for each in levels])
        parent_at = np.where(parents[self.order] >= 0, self.at[parents[self.order]], NONE)
        counts = np.bincount(parent_at[parent_at >= 0], minlength=len(parents))
        roots = len(levels[0]) if levels else 0
        ends = np.cumsum(counts) + roots
        self.begins, self.ends = ends - counts, ends
        self.parent_at = parent_at

    def children_of(self, unit: int) -> Ints:
        """Return the places, in the order of the tree, of a unit's children."""
        at = self.at[unit]
        return self.order[self.begins[at] : self.ends[at]]


def _slices(sizes: Sequence[int]) -> list[slice]:
    ends = np.cumsum(sizes).tolist()
    return [slice(end - size, end) for size, end in zip(sizes, ends, strict=True)]


def _levels(parents: Ints) -> list[Ints]:
    """Return the units of each depth, in the order of their parents. Raises ``NoTree``."""
    outside = (parents >= len(parents)) | (parents < NONE)
    if outside.any():
        raise NoTree(int(np.flatnonzero(outside)[0]))
    by_parent = np.argsort(parents, kind="stable")
    sorted_parents = parents[by_parent]
    level: Ints = np.flatnonzero(parents == NONE)
    levels, seen = [], 0
    while len(level):
        levels.append(level)
        seen += len(level)
        first = np.searchsorted(sorted_parents, level, "left")
        counts = np.searchsorted(sorted_parents, level, "right") - first
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        level = by_parent[np.repeat(first, counts) + within]
    if seen != len(parents):
        reached = np.zeros(len(parents), np.bool_)
        for each in levels:
            reached[each] = True
        raise NoTree(int(np.flatnonzero(~reached)[0]))
    return levels


@dataclass(frozen=True, slots=True)
class Mixing:
    """How a unit's own work and the mean of those below weigh."""

    own: int = 1
    children: int = 1

    def of(self, own: Ints, mean: Ints, has_own: Bools, has_children: Bools) -> Ints:
        """Return the total of each unit; what is not there has no weight."""
        a = np.where(has_own & ((self.own > 0) | ~has_children), max(self.own, 1), 0)
        b = np.where(has_children & ((self.children > 0) | ~has_own), max(self.children, 1), 0)
        weight = np.maximum(a + b, 1)
        result: Ints = (2 * (a * own + b * mean) + weight) // (2 * weight)
        return result


def roll(tree: Tree, totals: Totals, mixing: Mixing, has_own: Bools | None = None) -> Rolled:
    """Return every unit's total with what lies below it, in one pass from the leaves to the roots."""
    units = len(tree.order)
    own_known = np.ones(units, np.bool_) if has_own is None else has_own[tree.order]
    low, high = totals.total[tree.order], totals.highest[tree.order]
    is_open = totals.highest is not totals.total
    known, weights = own_known.copy(), tree.weights[tree.order]
    lowest = np.full(units, NONE, np.int64)
    for below in reversed(tree.levels[1:]):
        parents = tree.parent_at[below]
        starts = np.flatnonzero(np.diff(parents, prepend=NONE))
        above = parents[starts]
        weight = weights[below] * known[below]
        sums = np.add.reduceat(weight, starts)
        has_children, divisor = sums > 0, np.maximum(sums, 1)
        for values in (low, high) if is_open else (low,):
            mean = (2 * np.add.reduceat(weight * values[below], starts) + divisor) // (2 * divisor)
            values[above] = mixing.of(values[above], mean, own_known[above], has_children)
        known[above] |= has_children
        lowest[above] = _lowest(low[below], weight > 0, starts, below.start, has_children)
    if not is_open:
        high = low
    return _in_order_of_units(tree, low, high, lowest, known)


def _lowest(values: Ints, counts: Bools, starts: Ints, begin: int, has_children: Bools) -> Ints:
    """Return the place of the lowest child under each parent; of equal ones the first."""
    beyond = np.iinfo(np.int64).max
    seen = np.where(counts, values, beyond)
    least = np.minimum.reduceat(seen, starts)
    sizes = np.diff(starts, append=len(values))
    places = np.where(seen == np.repeat(least, sizes), np.arange(begin, begin + len(values)), beyond)
    first: Ints = np.where(has_children, np.minimum.reduceat(places, starts), NONE)
    return first


def _in_order_of_units(tree: Tree, low: Ints, high: Ints, lowest: Ints, known: Bools) -> Rolled:
    total = low[tree.at]
    highest = total if high is low else high[tree.at]
    child = lowest[tree.at]
    units = np.where(child >= 0, tree.order[child], NONE)
    return Rolled(total, highest, units, known[tree.at])


class Change(NamedTuple):
    """A unit whose total with what lies below it moved."""

    unit: int
    before: int
    after: int


class Group:
    """All units of a group with their readings, scored and rolled up; one changed fact is taken in place."""

    def __init__(
        self, grid: Grid, columns: Columns, tree: Tree, *, kind_of: Ints | None = None, has_own: Bools | None = None
    ) -> None:
        standard = grid.standard
        self.grid, self.columns, self.tree, self.kind_of = grid, columns, tree, kind_of
        self.has_own = np.ones(len(tree.order), np.bool_) if has_own is None else has_own
        self.mixing = Mixing(standard.own, standard.children)
        self.own = grid.totals(columns, kind_of, len(tree.order))
        self.rolled = roll(tree, self.own, self.mixing, self.has_own)

    def change(self, unit: int, code: str, number: int, reading: Reading | None) -> list[Change]:
        """Take one reading of one unit and return what moved, the unit itself first and its root last."""
        indicator = next(each for each in self.grid.standard.indicators if each.code == code)
        self.columns[code, number].put(unit, indicator.rules[number - 1], reading)
        rows = slice(unit, unit + 1)
        cells = {key: column.of(rows) for key, column in self.columns.items()}
        new = self.grid.totals(cells, None if self.kind_of is None else self.kind_of[rows], 1)
        self._open(is_open=new.highest is not new.total)
        self.own.total[unit], self.own.highest[unit] = new.total[0], new.highest[0]
        return self._climb(unit)

    def _open(self, *, is_open: bool) -> None:
        """Keep what can be reached apart from what is certain from the first open point on."""
        if is_open and self.own.highest is self.own.total:
            self.own = Totals(self.own.total, self.own.total.copy())
            rolled = self.rolled
            self.rolled = Rolled(rolled.total, rolled.total.copy(), rolled.lowest_child, rolled.is_known)

    def _climb(self, unit: int) -> list[Change]:
        moved = []
        at = unit
        while at != NONE:
            before = int(self.rolled.total[at])
            self._mix(at)
            after = int(self.rolled.total[at])
            if after != before:
                moved.append(Change(at, before, after))
            at = int(self.tree.parents[at])
        return moved

    def _mix(self, unit: int) -> None:
        children = self.tree.children_of(unit)
        weight = self.tree.weights[children] * self.rolled.is_known[children]
        whole = int(weight.sum())
        has_children = np.array([whole > 0])
        for own, rolled in ((self.own.total, self.rolled.total), (self.own.highest, self.rolled.highest)):
            mean = (2 * int((weight * rolled[children]).sum()) + max(whole, 1)) // (2 * max(whole, 1))
            own_known = self.has_own[unit : unit + 1]
            rolled[unit] = self.mixing.of(own[unit : unit + 1], np.array([mean]), own_known, has_children)[0]
        if whole:
            counted = children[weight > 0]
            self.rolled.lowest_child[unit] = counted[np.argmin(self.rolled.total[counted])]
