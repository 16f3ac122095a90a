"""Very many units at once give what each gives by itself; the tree gives what plain exact arithmetic gives."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heli.engines.scoring.grid import Grid, columns_of, kinds_of, thousandths
from heli.engines.scoring.readings import Reading, combine
from heli.engines.scoring.scores import score
from heli.engines.scoring.standard import ScoreRule, Standard
from heli.engines.scoring.tests.standards import KINDS, LAWS, indicator, readings, standard, standards
from heli.engines.scoring.tree import NONE, Group, NoTree, Tree

D = Decimal


@st.composite
def groups(draw: st.DrawFn) -> tuple[Standard, list, list[str], list[int], list[int], list[bool]]:
    """A standard and units with readings, kinds, parents, weights, and whether they are assessed themselves."""
    made = draw(standards())
    count = draw(st.integers(1, 6))
    facts = [draw(readings(made, complete=draw(st.booleans()))) for _ in range(count)]
    kinds = [draw(st.sampled_from(("", *KINDS))) for _ in range(count)]
    parents = [draw(st.integers(NONE, at - 1)) for at in range(count)]
    swap = draw(st.permutations(range(count)))
    place = {old: new for new, old in enumerate(swap)}
    parents = [parents[old] if parents[old] == NONE else place[parents[old]] for old in swap]
    weights = [draw(st.integers(0, 3)) for _ in range(count)]
    return made, facts, kinds, parents, weights, [draw(st.booleans()) for _ in range(count)]


def _group(made: Standard, facts: list, kinds: list[str], parents: list[int], weights: list, own: list) -> Group:
    names, kind_of = kinds_of(kinds)
    tree = Tree(np.array(parents), np.array(weights))
    columns = columns_of(made, [combine(made, each) for each in facts])
    return Group(Grid(made, names), columns, tree, kind_of=kind_of, has_own=np.array(own))


@LAWS
@given(groups())
def test_all_units_at_once_give_what_each_gives_by_itself(group: tuple) -> None:
    made, facts, kinds, *_rest = group

    own = _group(*group).own

    sheets = [score(made, each, kind) for each, kind in zip(facts, kinds, strict=True)]
    assert own.total.tolist() == [thousandths(sheet.total) for sheet in sheets]
    assert own.highest.tolist() == [thousandths(sheet.highest) for sheet in sheets]


@LAWS
@given(groups())
def test_the_tree_gives_what_plain_exact_arithmetic_gives(group: tuple) -> None:
    made, _facts, _kinds, parents, weights, has_own = group
    built = _group(*group)

    for own, rolled in ((built.own.total, built.rolled.total), (built.own.highest, built.rolled.highest)):
        for unit in range(len(parents)):
            expected = _plain_total(unit, made, own.tolist(), parents, weights, has_own)
            assert bool(built.rolled.is_known[unit]) == (expected is not None)
            assert expected is None or expected == rolled[unit]
    for unit, worst in enumerate(built.rolled.lowest_child.tolist()):
        known = built.rolled.is_known
        below = [at for at, over in enumerate(parents) if over == unit and known[at] and weights[at]]
        assert worst == min(below, key=lambda at: built.rolled.total[at], default=NONE)


def _plain_total(unit: int, made: Standard, own: list, parents: list, weights: list, has_own: list) -> int | None:
    below = [
        (weights[at], value)
        for at, over in enumerate(parents)
        if over == unit
        and (value := _plain_total(at, made, own, parents, weights, has_own)) is not None
        and weights[at]
    ]
    mean = None
    if below:
        mean = _half_up(Fraction(sum(weight * value for weight, value in below), sum(weight for weight, _v in below)))
    if not has_own[unit] or (made.own == 0 and mean is not None):
        return mean
    if mean is None or made.children == 0:
        return own[unit]
    return _half_up(Fraction(made.own * own[unit] + made.children * mean, made.own + made.children))


def _half_up(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


@LAWS
@given(groups(), st.data())
def test_one_changed_fact_gives_what_everything_anew_gives(group: tuple, data: st.DataObject) -> None:
    made, facts, kinds, parents, weights, own = group
    built = _group(*group)
    unit = data.draw(st.integers(0, len(facts) - 1))
    anew = data.draw(readings(made))
    before = built.rolled.total.copy()

    moved = {}
    known = {(each.indicator, each.rule): each for each in anew}
    for each in made.indicators:
        for number in range(1, len(each.rules) + 1):
            changes = built.change(unit, each.code, number, known.get((each.code, number)))
            moved.update({change.unit: change.after for change in changes})

    whole = _group(made, [*facts[:unit], anew, *facts[unit + 1 :]], kinds, parents, weights, own)
    known_units = whole.rolled.is_known
    for name in ("total", "highest", "lowest_child"):
        assert getattr(built.rolled, name)[known_units].tolist() == getattr(whole.rolled, name)[known_units].tolist()
    assert all(moved[at] == built.rolled.total[at] for at in moved)
    assert {at for at in range(len(facts)) if before[at] != built.rolled.total[at]} <= set(moved)


def test_units_in_batches_give_the_same_as_all_at_once() -> None:
    made = standard(indicator(ScoreRule("per_event", points=D("-0.35"), limit=D(6))))
    grid, rng = Grid(made), np.random.default_rng(7)
    column = columns_of(made, [{}])["1", 1]
    column.figure, column.known = rng.integers(0, 50_000, 40_000), rng.random(40_000) < 0.9

    whole = grid.totals({("1", 1): column})
    parts = [grid.totals({("1", 1): column.of(slice(at, at + 7))}) for at in range(0, 40_000, 7)]

    assert np.array_equal(whole.total, np.concatenate([part.total for part in parts]))
    assert np.array_equal(whole.highest, np.concatenate([part.highest for part in parts]))


@pytest.mark.parametrize(("parents", "unit"), [([1, 0], 0), ([NONE, 5], 1), ([NONE, 1], 1), ([NONE, -2], 1)])
def test_what_is_no_tree_is_refused_by_the_unit_that_hangs_wrong(parents: list[int], unit: int) -> None:
    with pytest.raises(NoTree) as refused:
        Tree(np.array(parents))

    assert refused.value.unit == unit


def test_the_largest_figures_stay_exact() -> None:
    """Points, counts and percentages at their bounds: nothing wraps round."""
    rules = (
        ScoreRule("per_event", points=D(-1000)),
        ScoreRule("ratio", points=D(-1000), step=D("0.001")),
        ScoreRule("ratio", points=D(-1000), step=D("0.001"), target=D(0), is_above=True, steps="whole"),
    )
    made = standard(*(indicator(rule, code=str(at), points=1000) for at, rule in enumerate(rules)), total=D(100_000))
    worst = combine(made, [_worst(str(at), rule) for at, rule in enumerate(rules)])

    totals = Grid(made).totals(columns_of(made, [worst]))

    assert totals.total.tolist() == [0]
    assert score(made, worst.values()).total == 0


def _worst(code: str, rule: ScoreRule) -> Reading:
    if rule.kind == "per_event":
        return Reading(code, count=D(1_000_000))
    if rule.is_above:
        return Reading(code, done=D(1_000_000), required=D("0.1"))
    return Reading(code, done=D(0), required=D(1_000_000))
