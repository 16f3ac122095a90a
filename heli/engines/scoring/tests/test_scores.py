"""Scores: every kind of rule, what is not known, and the laws that hold for any standard and any readings."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from heli.engines.scoring.readings import BadReading, Reading, combine
from heli.engines.scoring.scores import Sheet, score
from heli.engines.scoring.standard import ZERO, ScoreRule, Standard, total
from heli.engines.scoring.tests.standards import LAWS, LEVELS, cases, indicator, standard
from heli.engines.scoring.words import line_words

D = Decimal
PER = ScoreRule("per_event", points=D("-0.5"), unit="次", limit=D(3))
RATIO = ScoreRule("ratio", points=D("-0.2"))
MARKED: dict[str, Any] = {"by": "考核组", "reason": "查阅记录"}


def _one(*rules: ScoreRule, points: object = 10, **figures: Any) -> Sheet:
    figures = {name: D(str(value)) if name in _NUMBERS else value for name, value in figures.items()}
    return score(standard(indicator(*rules, points=points)), [Reading("1", **figures)])


_NUMBERS = ("count", "done", "required", "value", "mark")


@pytest.mark.parametrize(
    ("rule", "figures", "points"),
    [
        (PER, {"count": 4}, "8"),
        (PER, {"count": 0}, "10"),
        (PER, {"count": "0.5"}, "9.75"),
        (PER, {"count": 7}, "7"),
        (ScoreRule("per_event", points=D(-6)), {"count": 2}, "0"),
        (ScoreRule("per_event", points=D(2), unit="项", limit=D(10)), {"count": 3}, "6"),
        (ScoreRule("per_event", points=D(2), unit="项"), {"count": 9}, "10"),
        (ScoreRule("once", points=D(-4)), {"happened": True}, "6"),
        (ScoreRule("once", points=D(-4)), {"happened": False}, "10"),
        (ScoreRule("award", points=D(10)), {"happened": True}, "10"),
        (ScoreRule("award", points=D(10)), {"happened": False}, "0"),
        (RATIO, {"required": 125, "done": 120}, "9.2"),
        (RATIO, {"value": "97.6"}, "9.52"),
        (RATIO, {"required": 0, "done": 0}, "10"),
        (replace(RATIO, points=D("-0.4"), target=D(95), step=D(5)), {"required": 10, "done": 9}, "9.6"),
        (replace(RATIO, steps="whole"), {"value": "97.6"}, "9.6"),
        (replace(RATIO, steps="started"), {"value": "97.6"}, "9.4"),
        (replace(RATIO, target=D(2), is_above=True), {"value": 5}, "9.4"),
        (ScoreRule("share", points=D(10)), {"required": 3, "done": 2}, "6.667"),
        (ScoreRule("share", points=D(10)), {"required": 3, "done": 5}, "10"),
        (ScoreRule("levels", levels=LEVELS), {"level": "较好"}, "3.5"),
        (ScoreRule("range", points=D(-2)), {"mark": "1.5", **MARKED}, "8.5"),
        (ScoreRule("judged", points=D(10)), {"mark": "8.5", **MARKED}, "8.5"),
        (ScoreRule("zero"), {"happened": True}, "0"),
        (ScoreRule("zero"), {"happened": False}, "10"),
    ],
)
def test_each_kind_of_rule_moves_exactly_what_it_says(rule: ScoreRule, figures: dict[str, Any], points: str) -> None:
    sheet = _one(rule, **figures)

    assert (sheet.total, sheet.open, sheet.is_final) == (D(points), ZERO, True)


def test_a_missing_reading_is_open_and_never_a_silent_zero() -> None:
    sheet = score(standard(indicator(PER), indicator(ScoreRule("award", points=D(5)), code="2", points=5)), [])

    assert [(item.won, item.lost, item.open) for item in sheet.items] == [(7, 0, 3), (0, 0, 5)]
    assert (sheet.total, sheet.highest, sheet.open, sheet.is_final) == (7, 15, 8, False)


def test_a_veto_dominates_whatever_else_was_won() -> None:
    made = standard(indicator(PER), indicator(ScoreRule("veto"), code="V", points=0, role="veto"), veto_limit=D(6))

    sheet = score(made, [Reading("1", count=D(0)), Reading("V", happened=True)])
    unknown = score(made, [Reading("1", count=D(0))])

    assert (sheet.total, [line.code for line in sheet.vetoes]) == (6, ["V"])
    assert (unknown.total, unknown.is_final, [line.code for line in unknown.undecided]) == (10, False, ["V"])


def test_bonus_and_penalty_stand_beside_the_full_marks_within_their_caps() -> None:
    made = standard(
        indicator(PER),
        indicator(*_awards(3, 2), code="B", points=0, role="bonus", limit=D(4)),
        indicator(ScoreRule("per_event", points=D(-1), unit="起"), code="P", points=0, role="penalty", limit=D(2)),
        bonus_limit=D("3.5"),
    )  # fmt: skip
    facts = [Reading("1", count=D(2)), Reading("B", 1, happened=True), Reading("B", 2, happened=True)]

    assert score(made, [*facts, Reading("P", count=D(5))]).total == D("10.5")
    assert score(made, [*facts, Reading("P", count=D(0))]).total == D("12.5")


def _awards(*points: int) -> list[ScoreRule]:
    return [ScoreRule("award", points=D(each)) for each in points]


def test_points_that_do_not_apply_are_scaled_to_the_total_with_a_line_of_their_own() -> None:
    made = standard(
        indicator(PER, points=60), indicator(PER, code="2", points=40, applies_to=("基层党委",)), total=D(100)
    )

    sheet = score(made, [Reading("1", count=D(6))], "党支部")

    assert (sheet.full, sheet.total) == (60, 95)
    assert [(line.kind, line.points) for line in sheet.adjustments] == [("scaled", 38)]


def test_each_line_shows_its_own_part() -> None:
    made = standard(indicator(PER), indicator(PER, code="2", line="integrity", points=5))

    sheet = score(made, [Reading("1", count=D(2)), Reading("2", count=D(4))])

    assert [(share.line, share.full, share.won) for share in sheet.shares] == [
        ("party", 10, 9), ("integrity", 5, 3), ("both", 0, 0),
    ]  # fmt: skip


def test_every_line_says_rule_facts_and_arithmetic_in_both_languages() -> None:
    facts = Reading("1", count=D(8), note="3月、8月支委会", evidence=("R7", "R3"))
    sheet = score(standard(indicator(replace(PER, when="组织生活应做未做"))), [facts])
    line = next(line for line in sheet.lines if line.kind == "lost")

    assert line.evidence == ("R3", "R7")
    assert line_words(line, "zh") == (
        "组织生活应做未做：每次扣 0.5 分，最多 3 分。8 次；3月、8月支委会。8 × 0.5 = 4，超过上限，按 3 计，扣 3 分"
    )
    assert line_words(line, "en").startswith("组织生活应做未做: 0.5 points off for each 次, 3 at most. 8 次; ")


@pytest.mark.parametrize(
    ("reading", "code"),
    [
        (Reading("9", count=D(1)), "reading_unknown"),
        (Reading("1", 4, count=D(1)), "reading_rule"),
        (Reading("1", happened=True), "reading_figure"),
        (Reading("1"), "reading_figure"),
        (Reading("1", count=D(1), happened=True), "reading_figure"),
        (Reading("1", count=D(-1)), "reading_number"),
        (Reading("1", count=D("NaN")), "reading_number"),
        (Reading("1", count=D("1e30")), "reading_number"),
        (Reading("1", count=D("0.0001")), "reading_number"),
        (Reading("1", 2, done=D(1)), "reading_required"),
        (Reading("1", 2, done=D("0.55"), required=D(1)), "reading_number"),
        (Reading("1", 3, mark=D(1)), "reading_reason"),
        (Reading("1", 3, mark=D(3), **MARKED), "reading_mark"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_remedy(reading: Reading, code: str) -> None:
    made = standard(indicator(PER, RATIO, ScoreRule("range", points=D(-2))))

    with pytest.raises(BadReading) as refused:
        score(made, [reading])

    assert refused.value.problem.code == code
    assert all(refused.value.problem.text(language) for language in ("zh", "en"))


def test_facts_recorded_one_by_one_count_as_those_recorded_together() -> None:
    made = standard(indicator(PER, RATIO))
    facts = [Reading("1", count=D(1), evidence=("a",)), Reading("1", count=D("1.5"), evidence=("b",))]
    parts = [Reading("1", 2, done=D(30), required=D(40)), Reading("1", 2, done=D(10), required=D(10))]

    (count, part) = combine(made, [*facts, *parts]).values()

    assert (count.count, count.evidence, part.done, part.required) == (D("2.5"), ("a", "b"), 40, 50)


def test_two_marks_for_one_rule_are_refused() -> None:
    made = standard(indicator(ScoreRule("judged", points=D(10))))

    with pytest.raises(BadReading):
        score(made, [Reading("1", mark=D(5), **MARKED), Reading("1", mark=D(6), **MARKED)])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"done": D(5), "required": D(10)}, {"value": D(60)}),
        ({"count": D(1)}, {"happened": True}),
        ({"done": D(5), "required": D(10)}, {"count": D(5)}),
    ],
)
def test_readings_of_one_rule_that_give_different_figures_are_refused(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    made = standard(indicator(ScoreRule("ratio", points=D(-1)), points=50))

    for facts in ([one, other], [other, one]):
        with pytest.raises(BadReading):
            score(made, [Reading("1", **figures) for figures in facts])


# Laws


@LAWS
@given(cases())
def test_the_explained_points_add_up_to_the_score(case: tuple[Standard, list[Reading], str]) -> None:
    made, facts, kind = case

    sheet = score(made, facts, kind)

    assert total(line.points for line in sheet.lines) == sheet.total
    for item in sheet.items:
        sign = -1 if item.indicator.role == "penalty" else 1
        expected = item.won if sign > 0 else -(item.lost + item.open)
        assert total(line.points for line in item.lines) == expected


@LAWS
@given(cases())
def test_known_and_open_make_the_whole(case: tuple[Standard, list[Reading], str]) -> None:
    made, facts, kind = case

    sheet = score(made, facts, kind)

    for item in sheet.items:
        if item.indicator.role == "scored":
            assert item.won + item.lost + item.open == item.indicator.points
        assert min(item.won, item.lost, item.open) >= 0
        missing = any(line.missing for line in item.lines)
        assert missing or not item.open
    assert 0 <= sheet.total <= sheet.highest


@LAWS
@given(cases(complete=True))
def test_where_everything_is_known_nothing_is_open(case: tuple[Standard, list[Reading], str]) -> None:
    made, facts, kind = case

    sheet = score(made, facts, kind)

    assert (sheet.open, sheet.is_final) == (0, True)


@LAWS
@given(cases(), st.randoms(use_true_random=False))
def test_order_and_batches_change_nothing(case: tuple[Standard, list[Reading], str], chance: Any) -> None:
    made, facts, kind = case
    split = []
    for each in facts:
        counts = [None] if each.count is None else _parts(each.count, chance.randint(1, 3), chance)
        split += [replace(each, count=count) for count in counts]
    chance.shuffle(split)

    assert score(made, split, kind) == score(made, facts, kind)


def _parts(count: Decimal, parts: int, chance: Any) -> list[Decimal]:
    tenths = int(count * 10)
    cuts = sorted(chance.randint(0, tenths) for _ in range(parts - 1))
    return [D(high - low) / 10 for low, high in zip([0, *cuts], [*cuts, tenths], strict=True)]


@LAWS
@given(cases(), st.integers(0, 40))
def test_more_misses_never_raise_a_score(case: tuple[Standard, list[Reading], str], more: int) -> None:
    made, facts, kind = case
    rules = {(each.code, number): rule for each in made.indicators for number, rule in enumerate(each.rules, 1)}
    at = [at for at, each in enumerate(facts) if each.count is not None and rules[each.indicator, each.rule].takes]
    assume(at)
    before = score(made, facts, kind)

    for place in at:
        worse = [*facts]
        worse[place] = replace(facts[place], count=(facts[place].count or ZERO) + more)
        after = score(made, worse, kind)
        assert after.total <= before.total
        assert after.highest <= before.highest


@LAWS
@given(cases())
def test_one_more_fact_only_narrows_what_is_open(case: tuple[Standard, list[Reading], str]) -> None:
    made, facts, kind = case
    assume(facts)

    after, before = score(made, facts, kind), score(made, facts[:-1], kind)

    if after.vetoes == before.vetoes:
        assert before.total <= after.total <= after.highest <= before.highest


@LAWS
@given(cases())
def test_a_veto_that_holds_bounds_the_total(case: tuple[Standard, list[Reading], str]) -> None:
    made, facts, kind = case

    sheet = score(made, facts, kind)

    for veto in sheet.vetoes:
        assert veto.limit is not None
        assert sheet.total <= sheet.highest <= veto.limit


@LAWS
@given(cases())
def test_caps_are_never_exceeded(case: tuple[Standard, list[Reading], str]) -> None:
    made, facts, kind = case

    sheet = score(made, facts, kind)

    for item in sheet.items:
        for line in item.lines:
            if line.rule and line.rule.limit is not None and line.kind in ("won", "lost"):
                assert abs(line.points) <= line.rule.limit
        if item.indicator.limit is not None:
            assert max(item.won + item.open, item.lost + item.open) <= item.indicator.limit
    bonus = total(line.points for line in sheet.lines if line.kind == "ceiling" and not line.code)
    assert bonus == 0 or made.bonus_limit is not None or made.penalty_limit is not None


@LAWS
@given(cases())
def test_every_line_has_words(case: tuple[Standard, list[Reading], str]) -> None:
    made, facts, kind = case

    sheet = score(made, facts, kind)

    for line in (*sheet.lines, *sheet.undecided):
        for language in ("zh", "en"):
            words = line_words(line, language)
            assert words
            assert "{" not in words


@LAWS
@given(cases())
def test_readings_put_together_twice_stay_as_they_are(case: tuple[Standard, list[Reading], str]) -> None:
    made, facts, _kind = case

    once = combine(made, facts)

    assert combine(made, once.values()) == once
