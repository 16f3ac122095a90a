"""Standards that cannot be used: each names what is wrong and the remedy, in both languages."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from heli.engines.scoring.checks import check_standard, indicator_findings, line_share
from heli.engines.scoring.standard import Indicator, ScoreRule, Standard
from heli.engines.scoring.tests.standards import LAWS, LEVELS, indicator, standard, standards

D = Decimal
PER = ScoreRule("per_event", "应做未做的", D("-0.5"), "次", D(3))
AWARD = ScoreRule("award", "做到的", D(2))
OTHER = indicator(PER, code="2", line="integrity")


def _codes(made: Standard) -> list[str]:
    return [problem.code for problem in check_standard(made)]


def _of(*rules: ScoreRule, **more: Any) -> Standard:
    settings = {name: more.pop(name) for name in ("total", "stated", "shares", "bonus_limit", "penalty_limit",
                                                 "veto_limit", "own", "children") if name in more}  # fmt: skip
    return standard(indicator(*rules, **more), OTHER, **settings)


def test_a_standard_that_adds_up_has_no_problem() -> None:
    made = standard(
        indicator(PER, points=60, level1="党建（60分）", level2="组织（60分）"),
        indicator(ScoreRule("levels", levels=LEVELS), points=5, code="2", line="integrity", level1="廉洁"),
        indicator(ScoreRule("share", points=D(35)), points=35, code="3", line="both", level1="廉洁"),
        indicator(AWARD, points=0, code="B", role="bonus", limit=D(2)),
        indicator(ScoreRule("veto"), points=0, code="V", role="veto"),
        total=D(100),
        stated=((("党建（60分）",), D(60)), (("党建（60分）", "组织（60分）"), D(60)), (("廉洁",), D(40))),
        shares=(("party", D(40)), ("integrity", D(20))),
    )

    assert check_standard(made) == []
    assert (line_share(made, "party"), line_share(made, "integrity")) == (D("77.5"), D("22.5"))


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (standard(), "no_indicators"),
        (_of(PER, code=" "), "no_code"),
        (_of(PER, code="2"), "code_twice"),
        (_of(PER, line="finance"), "line_unknown"),
        (_of(PER, line=""), "line_blank"),
        (_of(PER, points="0.0001"), "points_odd"),
        (_of(PER, points=-1), "points_odd"),
        (_of(PER, points=2000), "points_odd"),
        (_of(PER, points="NaN"), "points_odd"),
        (_of(PER, points=0), "no_points"),
        (_of(), "no_rules"),
        (_of(replace(PER, kind="guess")), "rule_kind"),  # type: ignore[arg-type]  # a file may say anything
        (_of(replace(PER, points=D("0.00001"))), "points_odd"),
        (_of(replace(PER, points=None)), "rule_points"),
        (_of(replace(PER, points=D(0))), "rule_points"),
        (_of(ScoreRule("award", points=D(-2))), "rule_sign"),
        (_of(ScoreRule("once", points=D(2))), "rule_sign"),
        (_of(replace(PER, limit=D(-2))), "rule_limit"),
        (_of(replace(PER, limit=D(11))), "rule_beyond"),
        (_of(ScoreRule("once", points=D(-11))), "rule_beyond"),
        (_of(ScoreRule("ratio", points=D(-1), step=D(0))), "ratio_step"),
        (_of(ScoreRule("ratio", points=D(-1), target=D(101))), "ratio_target"),
        (_of(ScoreRule("ratio", points=D(-1), steps="half")), "ratio_steps"),  # type: ignore[arg-type]
        (_of(ScoreRule("levels", levels=LEVELS[:1]), points=5), "levels_odd"),
        (_of(ScoreRule("levels", levels=(*LEVELS, LEVELS[0])), points=5), "levels_odd"),
        (_of(ScoreRule("veto"), PER, role="veto", points=0), "veto_moves"),
        (_of(AWARD), "out_of_reach"),
        (_of(PER, role="bonus", points=0, limit=D(5)), "bonus_side"),
        (_of(AWARD, role="penalty", points=0, limit=D(5)), "penalty_side"),
        (_of(ScoreRule("per_event", points=D(1)), role="bonus", points=0), "bonus_limit"),
        (_of(ScoreRule("per_event", points=D(-1)), role="penalty", points=0), "penalty_limit"),
        (_of(PER, stated=((("组织",), D(9)),), level1="组织"), "children"),
        (_of(PER, total=D(100)), "total"),
        (_of(PER, total=D(100), applies_to=("党支部",)), "total_kind"),
        (_of(PER, total=D(200_000)), "total_odd"),
        (standard(indicator(PER)), "line_missing"),
        (_of(PER, shares=(("integrity", D(60)),)), "line_share"),
        (_of(PER, veto_limit=D(-1)), "setting_odd"),
        (_of(PER, own=0, children=0), "weights"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_fit_is_named_with_its_remedy(made: Standard, code: str) -> None:
    found = check_standard(made)

    assert code in [problem.code for problem in found]
    for problem in found:
        for language in ("zh", "en"):
            assert problem.text(language)
            assert "{" not in problem.text(language)


def test_a_problem_says_where_it_stands() -> None:
    made = standard(indicator(PER, points=0, place="标准.csv 第 3 行"), OTHER)

    assert check_standard(made)[0].text("zh").startswith("标准.csv 第 3 行：指标“1 要求”没有分值。")


def test_one_kind_of_unit_may_have_other_indicators_with_the_same_sum() -> None:
    made = standard(
        indicator(PER, code="1", points=90),
        indicator(PER, code="2", line="integrity", applies_to=("党支部",)),
        indicator(PER, code="3", line="integrity", applies_to=("基层党委",)),
        total=D(100),
    )

    assert check_standard(made) == []


def _counting(text: str, unit: str, points: str = "0.1", when: str = "") -> Indicator:
    return indicator(ScoreRule("per_event", when, D(points), unit, D(2)), requirement=text)


@pytest.mark.parametrize(
    ("counting", "code"),
    [
        (_counting("组织支部党员大会", "次"), "meetings"),
        (_counting("开展主题活动", "场"), "meetings"),
        (_counting("留存活动资料", "张", "-0.1", "照片每少一张"), "photos"),
        (_counting("向上级报送工作信息", "条"), "pages"),
        (_counting("撰写学习体会", "篇", "-0.5"), "pages"),
        (_counting("党员每日签到", "人", "-0.1"), "sign_ins"),
        (_counting("在线学习", "小时"), "study_minutes"),
        (_counting("转发公众号文章", "次"), "clicks"),
        (indicator(AWARD, requirement="心得体会不少于2000字"), "pages"),
        (indicator(AWARD, requirement="全年会议次数"), "meetings"),
    ],
)
def test_what_counts_activity_is_refused_with_the_rule_behind_it(counting: Indicator, code: str) -> None:
    assert code in [finding.rule.code for finding in indicator_findings(counting)]

    burden = next(problem for problem in check_standard(standard(counting, OTHER)) if problem.code == "burden")
    for language in ("zh", "en"):
        assert "{" not in burden.text(language)
    assert "依据" in burden.text("zh")


@pytest.mark.parametrize(
    "left",
    [
        indicator(PER, requirement="支部党员大会每季度召开一次"),
        _counting("未按规定召开支委会", "次", "-0.5"),
        _counting("廉洁风险点未按期复核", "个", "-0.5"),
        _counting("整改逾期未销号", "项", "-1"),
        _counting("工作做法被上级采纳推广", "项"),
        indicator(ScoreRule("ratio", points=D("-0.2")), requirement="党员教育培训学时达标率"),
    ],
)
def test_what_was_due_and_missed_may_score(left: Indicator) -> None:
    assert indicator_findings(left) == []


@LAWS
@given(standards())
def test_any_standard_can_be_checked(made: Standard) -> None:
    for problem in check_standard(made):
        assert problem.text("zh")
        assert problem.text("en")
