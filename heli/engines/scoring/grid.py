"""The same scores for very many units at once, in whole thousandths of a point.

Every figure is an int64 and stays below 2**63: points are at most 10**6 thousandths, counts at most 10**9, and
percentages times what was due at most 10**12,
so the largest product, ``2 * points * shortfall``, is below 2.1 * 10**18.
Rounding is half up, as in ``scores``; tests compare both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from heli.engines.scoring.readings import Known, Reading
from heli.engines.scoring.standard import SCALE, Indicator, ScoreRule, Standard

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
_BLOCK = 16_384
"""Units that are scored together: their columns stay in the processor's cache."""
_PERCENT = 100 * SCALE
_TENTHS = 10
_BEYOND = 10**12
"""More than any bound: a rule without one moves no more, so that sums of rules stay small."""


def thousandths(value: Decimal) -> int:
    """Return an exact figure in thousandths."""
    return int(value.scaleb(3))


@dataclass(slots=True)
class Column:
    """What is known of one rule in every unit. ``known`` is None where every unit has its reading.

    ``figure`` holds counts (``scale`` to one event), 0 or 1 for what happened, thousandths for marks and levels, and
    what was done of ``due`` in any one measure; a percentage is so many thousandths of 100,000.
    """

    figure: Ints
    due: Ints | None = None
    known: Bools | None = None
    scale: int = 1

    def of(self, rows: slice) -> Column:
        """Return the same for some units, without a copy."""
        due, known = self.due, self.known
        return Column(
            self.figure[rows], None if due is None else due[rows], None if known is None else known[rows], self.scale
        )

    @classmethod
    def empty(cls, units: int, rule: ScoreRule) -> Column:
        """Return a column of which nothing is known."""
        due = np.ones(units, np.int64) if rule.kind in ("ratio", "share") else None
        scale = SCALE if rule.kind == "per_event" else 1
        return cls(np.zeros(units, np.int64), due, np.zeros(units, np.bool_), scale)

    def put(self, unit: int, rule: ScoreRule, reading: Reading | None) -> None:
        """Take a unit's reading, or that there is none any more."""
        if self.known is None:
            self.known = np.ones(len(self.figure), np.bool_)
        self.known[unit] = reading is not None
        if reading is None:
            return
        if rule.kind == "per_event" and self.scale == 1 and (reading.count or 0) % 1:
            self.figure, self.scale = self.figure * SCALE, SCALE
        self.figure[unit], due = figures_of(rule, reading, self.scale)
        if self.due is not None:
            self.due[unit] = due


def figures_of(rule: ScoreRule, reading: Reading, scale: int) -> tuple[int, int]:
    """Return the figure of a reading and what was due."""
    if rule.kind == "per_event":
        count = reading.count or Decimal(0)
        return (thousandths(count) if scale == SCALE else int(count)), 1
    if rule.kind == "levels":
        return thousandths(dict(rule.levels)[reading.level]), 1
    if reading.mark is not None:
        return thousandths(reading.mark), 1
    if reading.value is not None:
        return thousandths(reading.value), _PERCENT
    if reading.done is not None:
        if not reading.required:
            return 1, 1
        return int(reading.done * _TENTHS), int(reading.required * _TENTHS)
    return int(bool(reading.happened)), 1


Columns = Mapping[tuple[str, int], Column]


def columns_of(standard: Standard, known: Sequence[Known]) -> dict[tuple[str, int], Column]:
    """Return the columns of units whose readings were put together by ``readings.combine``."""
    made = {}
    for indicator in standard.indicators:
        for number, rule in enumerate(indicator.rules, 1):
            column = made[indicator.code, number] = Column.empty(len(known), rule)
            for unit, readings in enumerate(known):
                reading = readings.get((indicator.code, number))
                if reading is not None:
                    column.put(unit, rule, reading)
    return made


@dataclass(frozen=True, slots=True)
class Totals:
    """What is certain for each unit and what it can reach, in thousandths; the same array where all is known."""

    total: Ints
    highest: Ints


class Grid:
    """A standard made ready for arrays."""

    def __init__(self, standard: Standard, kinds: Sequence[str] = ("",)) -> None:
        self.standard = standard
        self.kinds = tuple(kinds)
        full = [standard.sum(kind) for kind in self.kinds]
        self.full = np.array([thousandths(each) for each in full], np.int64)
        self.of_all = thousandths(standard.full)
        self.parts = [_Part(each, standard, self.kinds) for each in standard.indicators]
        self.is_scaled = bool(np.any((self.full != self.of_all) & (self.full > 0)))

    def totals(self, columns: Columns, kind_of: Ints | None = None, units: int | None = None) -> Totals:
        """Return the totals of all units; ``kind_of`` is each unit's place in ``kinds``, None where there is one."""
        count = units if units is not None else len(next(iter(columns.values())).figure)
        total, highest = np.empty(count, np.int64), np.empty(count, np.int64)
        is_open = False
        for begin in range(0, count, _BLOCK):
            rows = slice(begin, min(begin + _BLOCK, count))
            low, high = self._block(columns, None if kind_of is None else kind_of[rows], rows)
            total[rows], highest[rows] = low, high
            is_open = is_open or high is not low
        return Totals(total, highest if is_open else total)

    def _block(self, columns: Columns, kinds: Ints | None, rows: slice) -> tuple[Ints, Ints]:
        sums = _Both(rows.stop - rows.start)
        bonus, penalty = sums.like(), sums.like()
        vetoes: list[tuple[Any, int]] = []
        for part in self.parts:
            applies = part.mask(kinds)
            if applies is False:
                continue
            cells = {number: columns[part.code, number].of(rows) for number in part.numbers}
            vetoes += ((part.vetoed(cells[number], applies), limit) for number, limit in part.vetoes)
            if part.role != "veto":
                into = {"scored": sums, "bonus": bonus, "penalty": penalty}[part.role]
                into.add(*part.ends(cells), applies)
        low, high = self._ends(sums, bonus, penalty, kinds)
        for holds, limit in vetoes:
            capped = np.where(holds, np.minimum(low, limit), low)
            high = capped if high is low else np.where(holds, np.minimum(high, limit), high)
            low = capped
        return low, high

    def _ends(self, sums: _Both, bonus: _Both, penalty: _Both, kinds: Ints | None) -> tuple[Ints, Ints]:
        low = self._end(sums.low, bonus.low, penalty.high, kinds)
        if sums.high is sums.low and bonus.high is bonus.low and penalty.high is penalty.low:
            return low, low
        return low, self._end(sums.high, bonus.high, penalty.low, kinds)

    def _end(self, won: Ints, bonus: Ints, penalty: Ints, kinds: Ints | None) -> Ints:
        if self.is_scaled:
            full = self.full[kinds] if kinds is not None else np.broadcast_to(self.full[0], won.shape)
            won = np.where(full > 0, _half_up(won * self.of_all, np.maximum(full, 1)), won)
        value = won + _within(bonus, self.standard.bonus_limit) - _within(penalty, self.standard.penalty_limit)
        result: Ints = np.maximum(value, 0)
        return result


class _Both:
    """Sums of what is certain and of what can be reached; one array as long as they are the same."""

    def __init__(self, units: int) -> None:
        self.low: Ints = np.zeros(units, np.int64)
        self.high = self.low

    def like(self) -> _Both:
        return _Both(len(self.low))

    def add(self, low: Any, high: Any, applies: Any) -> None:
        if high is not low and self.high is self.low:
            self.high = self.low.copy()
        if applies is not True:
            low, high = low * applies, (low if high is low else high) * applies
        if self.high is not self.low:
            self.high += high
        self.low += low


class _Part:
    """One indicator made ready for arrays."""

    def __init__(self, indicator: Indicator, standard: Standard, kinds: Sequence[str]) -> None:
        self.code, self.role = indicator.code, indicator.role
        self.points = thousandths(indicator.points)
        self.is_earned = indicator.is_earned
        self.bound = self._bound(indicator, standard)
        self.applies = np.array([indicator.applies(kind) for kind in kinds], np.bool_)
        self.numbers = range(1, len(indicator.rules) + 1)
        self.rules = [(at, _Mover(rule)) for at, rule in enumerate(indicator.rules, 1) if rule.moves]
        self.zeros = [at for at, rule in enumerate(indicator.rules, 1) if rule.kind == "zero"]
        self.vetoes = [
            (at, thousandths(standard.veto_limit if rule.limit is None else rule.limit))
            for at, rule in enumerate(indicator.rules, 1)
            if rule.kind == "veto"
        ]

    def _bound(self, indicator: Indicator, standard: Standard) -> int:
        if indicator.role == "scored":
            return self.points
        of_all = standard.bonus_limit if indicator.role == "bonus" else standard.penalty_limit
        bounds = [thousandths(each) for each in (indicator.limit, of_all) if each is not None]
        most = sum(thousandths(rule.most or Decimal(0)) for rule in indicator.rules if rule.moves)
        return min(bounds) if bounds else most

    def mask(self, kinds: Ints | None) -> Any:
        """Return to which units it applies: True, False, or an array."""
        if self.applies.all():
            return True
        if kinds is None:
            return bool(self.applies[0])
        return self.applies[kinds]

    def vetoed(self, cell: Column, applies: Any) -> Any:
        holds = cell.figure > 0
        if cell.known is not None:
            holds &= cell.known
        return holds if applies is True else holds & applies

    def ends(self, cells: Mapping[int, Column]) -> tuple[Any, Any]:
        """Return what is certain and what can be reached; for a penalty what is taken, and at most."""
        given, taken, may_give, may_take = self._moves(cells)
        if self.role != "scored":
            known, may = (given, may_give) if self.role == "bonus" else (taken, may_take)
            low = np.minimum(known, self.bound)
            return low, low if may is None else np.minimum(known + may, self.bound)
        base = np.minimum(given, self.points) if self.is_earned else self.points
        low = base if taken is None else np.maximum(base - taken, 0)
        high = low
        if may_give is not None or may_take is not None:
            best = base if may_give is None else np.minimum(given + may_give, self.points)
            high = np.maximum(best - (0 if taken is None else taken), 0)
            low = np.maximum(low - (0 if may_take is None else may_take), 0)
        return self._zeroed(cells, low, high)

    def _zeroed(self, cells: Mapping[int, Column], low: Any, high: Any) -> tuple[Any, Any]:
        for number in self.zeros:
            cell = cells[number]
            if cell.known is None:
                kept = cell.figure == 0
                low, high = (low * kept, low * kept) if high is low else (low * kept, high * kept)
            else:
                high = high * ~(cell.known & (cell.figure > 0))
                low = low * (cell.known & (cell.figure == 0))
        return low, high

    def _moves(self, cells: Mapping[int, Column]) -> tuple[Any, Any, Any, Any]:
        """Return what rules give and take by what is known, and at most by what is not; None where nothing does."""
        sums: dict[str, Any] = {"given": None, "taken": None, "may_give": None, "may_take": None}
        together: dict[int, _Bounded] = {}
        for number, mover in self.rules:
            cell = cells[number]
            moved, may = mover.moved(cell), None
            if cell.known is not None:
                moved = moved * cell.known
                most = self.bound if mover.most is None else min(mover.most, self.bound)
                may = ~cell.known * np.int64(most)
            if mover.together:
                together.setdefault(mover.together, _Bounded(mover)).add(moved, may)
            else:
                _gather(sums, mover, moved, may)
        for group in together.values():
            _gather(sums, group.mover, *group.ends())
        if sums["given"] is None and (self.is_earned or self.role == "bonus"):
            sums["given"] = 0
        return sums["given"], sums["taken"], sums["may_give"], sums["may_take"]


def _gather(sums: dict[str, Any], mover: _Mover, moved: Ints, may: Ints | None) -> None:
    for name, more in (("taken" if mover.takes else "given", moved), ("may_take" if mover.takes else "may_give", may)):
        if more is not None:
            sums[name] = more if sums[name] is None else sums[name] + more


class _Bounded:
    """What rules with one bound move together."""

    def __init__(self, mover: _Mover) -> None:
        self.mover = mover
        self.moved: Any = 0
        self.may: Any = None

    def add(self, moved: Ints, may: Ints | None) -> None:
        self.moved = self.moved + moved
        if may is not None:
            self.may = may if self.may is None else self.may + may

    def ends(self) -> tuple[Any, Any]:
        """Return what is certain, and how much more it can be."""
        limit = self.mover.limit
        if limit is None:
            return self.moved, self.may
        low = np.minimum(self.moved, limit)
        return low, None if self.may is None else np.minimum(self.moved + self.may, limit) - low


class _Mover:
    """One rule that moves points."""

    def __init__(self, rule: ScoreRule) -> None:
        self.rule = rule
        self.takes, self.together = rule.takes, rule.together
        self.points = thousandths(abs(rule.points or Decimal(0)))
        self.limit = None if rule.limit is None else thousandths(rule.limit)
        self.most = None if rule.most is None else thousandths(rule.most)
        self.target, self.step = thousandths(rule.target), thousandths(rule.step)

    def moved(self, cell: Column) -> Ints:
        """Return how many thousandths the rule moves in each unit, without a sign."""
        kind = self.rule.kind
        if kind in ("levels", "range", "judged"):
            raw = cell.figure
        elif cell.due is not None:
            raw = self._part(cell.figure, cell.due) if kind == "share" else self._steps(cell.figure, cell.due)
        elif cell.scale == 1:
            raw = cell.figure * self.points
        else:
            raw = _half_up(cell.figure * self.points, cell.scale)
        result: Ints = np.minimum(raw, _BEYOND if self.limit is None else self.limit)
        return result

    def _part(self, done: Ints, due: Ints) -> Ints:
        return _half_up(np.minimum(done, due) * self.points, due)

    def _steps(self, done: Ints, due: Ints) -> Ints:
        missing = self.target * due - _PERCENT * done
        if self.rule.is_above:
            missing = -missing
        missing = np.maximum(missing, 0)
        one = self.step * due
        if self.rule.steps == "proportional":
            return _half_up(missing * self.points, one)
        count: Ints = missing // one if self.rule.steps == "whole" else -(-missing // one)
        result: Ints = count * self.points
        return result


def _half_up(number: Ints, by: Any) -> Ints:
    result: Ints = (2 * number + by) // (2 * by)
    return result


def _within(value: Ints, limit: Decimal | None) -> Ints:
    return value if limit is None else np.minimum(value, thousandths(limit))


def kinds_of(units: Iterable[str]) -> tuple[tuple[str, ...], Ints]:
    """Return the kinds that occur and each unit's place among them."""
    places: dict[str, int] = {}
    of = [places.setdefault(kind, len(places)) for kind in units]
    return tuple(places) or ("",), np.array(of, np.int64)
