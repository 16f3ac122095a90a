"""A whole group scored and rolled up, and one changed fact, beside bare numpy and beside one SQL statement.

The bare ways take every indicator for a count with a cap and every unit for the plain mean of what lies below it. The
engine reads shares, levels and marks too, bounds and vetoes, weighs own work, and names each unit's lowest child.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
from django.db import connection, transaction

from heli.config.benchmarks.measuring import Figure, beside, figure, seconds
from heli.config.supervisor.session import database_up
from heli.engines.scoring.grid import Column, Grid, Ints
from heli.engines.scoring.readings import Reading
from heli.engines.scoring.standard import Indicator, ScoreRule, Standard
from heli.engines.scoring.tree import Group, Tree

UNITS, INDICATORS = 50_000, 40
MORE_UNITS, MORE_INDICATORS = 200_000, 100
TIMES = 7
_SEED = 20271201
_WIDTHS = (1, 40, 1_000, 8_000)
_EACH = Decimal(2)

_TABLES = """
CREATE TEMPORARY TABLE bench_unit (id int PRIMARY KEY, above int[]) ON COMMIT DROP;
CREATE TEMPORARY TABLE bench_rule (id int PRIMARY KEY, points numeric, most numeric) ON COMMIT DROP;
CREATE TEMPORARY TABLE bench_fact (unit int, rule int, figure int) ON COMMIT DROP"""
_STATEMENT = """
WITH own AS (
    SELECT f.unit, sum(r.most - least(f.figure * r.points, r.most)) AS score
    FROM bench_fact f JOIN bench_rule r ON r.id = f.rule GROUP BY f.unit)
SELECT above.id, avg(own.score), min(own.score) FROM own JOIN bench_unit u ON u.id = own.unit
CROSS JOIN LATERAL unnest(u.above) AS above(id) GROUP BY above.id"""


@dataclass(frozen=True)
class _Made:
    """A group made up by chance, the same each time: each unit's parent, and a figure for each indicator."""

    standard: Standard
    parents: Ints
    figures: Sequence[Ints]

    def group(self) -> Group:
        """Score and roll up everything from the figures on."""
        return Group(Grid(self.standard), self.columns(), Tree(self.parents))

    def columns(self) -> dict[tuple[str, int], Column]:
        made = {}
        for each, known in zip(self.standard.indicators, self.figures, strict=True):
            due = np.full(len(known), 40, np.int64) if each.rules[0].kind == "ratio" else None
            made[each.code, 1] = Column(np.minimum(known, 1) if each.rules[0].kind == "once" else known, due)
        return made


@cache
def made(units: int, indicators: int) -> _Made:
    """Return a group of this size; five levels, every reading there."""
    chance = np.random.default_rng(_SEED)
    parents = np.full(units, -1, np.int64)
    ends = [0, *np.cumsum(_WIDTHS).tolist()]
    begins = [min(end, units) for end in ends]
    for at in range(1, len(begins)):
        below = slice(begins[at], units if at == len(begins) - 1 else begins[at + 1])
        parents[below] = chance.integers(begins[at - 1], begins[at], max(below.stop - below.start, 0))
    rules = [_rule(at) for at in range(indicators)]
    known = [chance.poisson(0.4, units) if each.kind != "ratio" else chance.integers(30, 41, units) for each in rules]
    made_of = tuple(
        Indicator(str(at), f"benchmark {at}", _EACH, ("party", "integrity")[at % 2], (rule,))
        for at, rule in enumerate(rules)
    )
    return _Made(Standard(made_of), parents, [each.astype(np.int64) for each in known])


def _rule(at: int) -> ScoreRule:
    if at % 5 == 0:
        return ScoreRule("ratio", points=Decimal("-0.1"))
    if at % 7 == 0:
        return ScoreRule("once", points=Decimal(-1))
    return ScoreRule("per_event", points=Decimal("-0.5"), limit=Decimal("1.5"))


def bare(of: _Made) -> Callable[[], Any]:
    """The floor in numpy: counts times points with a cap, summed, and the mean of each unit and what is below it."""
    counts = np.stack(of.figures, axis=1)
    points = np.full(counts.shape[1], 500, np.int64)
    caps = np.full(counts.shape[1], 1500, np.int64)
    tree = Tree(of.parents)
    levels = [tree.order[each] for each in tree.levels]

    def work() -> Any:
        own = 2000 * counts.shape[1] - np.minimum(counts * points, caps).sum(axis=1)
        total, seen = own.copy(), np.ones(len(own), np.int64)
        for level in reversed(levels[1:]):
            above = of.parents[level]
            total += np.bincount(above, weights=total[level], minlength=len(own)).astype(np.int64)
            seen += np.bincount(above, minlength=len(own))
        return total // np.maximum(seen, 1)

    return work


def whole_group(units: int = UNITS, indicators: int = INDICATORS) -> Figure:
    """Every unit of the group scored and rolled up, against bare numpy over the same figures."""
    return _beside(made(units, indicators))


def larger_group(units: int = MORE_UNITS, indicators: int = MORE_INDICATORS) -> Figure:
    """The same for 200,000 units and 100 indicators."""
    return _beside(made(units, indicators))


def _beside(of: _Made) -> Figure:
    floor = bare(of)
    of.group()
    floor()
    rounds = [(seconds(of.group), seconds(floor)) for _ in range(TIMES)]
    value, reference = (sorted(taken)[TIMES // 2] * 1000 for taken in zip(*rounds, strict=True))
    return figure(value, reference, "ms")


def one_change(units: int = UNITS, indicators: int = INDICATORS) -> Figure:
    """One changed fact taken, with all that stands above its unit, against bare numpy over its row and its parents."""
    of = made(units, indicators)
    group, chance = of.group(), np.random.default_rng(_SEED)
    row = np.stack([each[-1:] for each in of.figures], axis=1)
    path = _path(of.parents, units - 1)
    slices = [group.tree.children_of(at) for at in path]

    def change() -> object:
        return group.change(units - 1, "1", 1, Reading("1", count=Decimal(int(chance.integers(0, 6)))))

    def floor() -> object:
        own = (2000 - np.minimum(row * 500, 1500)).sum()
        return own, [group.own.total[each].mean() for each in slices if len(each)]

    return beside(change, floor)


def _path(parents: Ints, unit: int) -> list[int]:
    path = [unit]
    while parents[path[-1]] >= 0:
        path.append(int(parents[path[-1]]))
    return path


def beside_sql() -> Figure:
    """Every unit of the group scored and rolled up, against one SQL statement over the same figures."""
    with database_up():
        return against_sql(made(UNITS, INDICATORS))


def against_sql(of: _Made) -> Figure:
    """Return the figure; the database must answer. Its tables are gone afterwards."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TABLES)
        above = [_path(of.parents, unit) for unit in range(len(of.parents))]
        _copy(cursor, "bench_unit (id, above)", enumerate(above))
        _copy(cursor, "bench_rule (id, points, most)", ((at, "0.5", "2") for at in range(len(of.figures))))
        facts = ((unit, at, int(known)) for at, each in enumerate(of.figures) for unit, known in enumerate(each))
        _copy(cursor, "bench_fact (unit, rule, figure)", facts)
        cursor.execute("ANALYZE bench_unit; ANALYZE bench_rule; ANALYZE bench_fact")

        def statement() -> object:
            cursor.execute(_STATEMENT)
            return cursor.fetchall()

        statement()
        return figure(seconds(of.group), seconds(statement), "s")


def _copy(cursor: Any, into: str, rows: Any) -> None:
    with cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


MEASURES: dict[str, Callable[[], Figure]] = {
    "rollup.50k_x_40": whole_group,
    "rollup.50k_x_40_sql": beside_sql,
    "rollup.200k_x_100": larger_group,
    "rollup.one_change": one_change,
}
