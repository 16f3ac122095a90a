"""Scoring words of every kind, as scoring tables write them, and the rules they state."""

from __future__ import annotations

import sys
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heli.engines.scoring.grammar import read_rules
from heli.engines.scoring.rubric import Rule

D = Decimal
TABLE: list[tuple[str, int | None, list[tuple[str, str | None, str, str | None]]]] = [
    # counted events
    ("每例扣0.5分", 5, [("per_event", "-0.5", "例", None)]),
    ("少一次扣0.5分,扣完为止", 5, [("per_event", "-0.5", "次", "5")]),
    ("未按要求召开的，每少1次扣0.5分，最多扣2分。", 5, [("per_event", "-0.5", "次", "2")]),
    ("工作流程齐全。缺一个扣0.5分，累计扣分不超过1.5分。", None, [("per_event", "-0.5", "个", "1.5")]),
    ("每发现一项（次）扣0.5分，以2分为限", None, [("per_event", "-0.5", "项", "2")]),
    ("一处不符合要求扣0.1分", 2, [("per_event", "-0.1", "处", None)]),
    ("无故不参加会议的，扣0.5分/次", 2, [("per_event", "-0.5", "次", None)]),
    ("－0.5分／人次", 2, [("per_event", "-0.5", "人次", None)]),
    ("每逾期一个工作日扣0.2分", 2, [("per_event", "-0.2", "工作日", None)]),
    ("漏报一次扣一分", 2, [("per_event", "-1", "次", None)]),
    ("每次扣0.5；最多扣2", 4, [("per_event", "-0.5", "次", "2")]),
    ("每有一人受到处分扣2分", 10, [("per_event", "-2", "人", None)]),
    ("信息报送每条加0.1分，累计加分不超过2分", None, [("per_event", "0.1", "条", "2")]),
    # how often a duty comes round is not what is counted
    ("每季度召开一次专题会议，未召开的扣1分", 2, [("once", "-1", "", None)]),
    ("每半年研究一次，少研究一次扣1分", 2, [("per_event", "-1", "次", None)]),
    ("每月至少开展1次活动，未开展的每次扣0.2分", 2, [("per_event", "-0.2", "次", None)]),
    # once
    ("没设小组减1分；没编计划减0.5分", 2, [("once", "-1", "", None), ("once", "-0.5", "", None)]),
    ("机构不全减1分", 1, [("once", "-1", "", None)]),
    ("满意度低于85%的，扣5分", 5, [("once", "-5", "", None)]),
    ("①未成立小组扣0.5分②未明确责任人扣0.5分", 1, [("once", "-0.5", "", None), ("once", "-0.5", "", None)]),
    # awards
    ("有清单1分，有记录1分", 2, [("award", "1", "", None), ("award", "1", "", None)]),
    ("制定要点和清单（2分）：有要点1分，有清单1分", 2, [("award", "1", "", None), ("award", "1", "", None)]),
    ("有方案、有总结（0.2分）", None, [("award", "0.2", "", None)]),
    ("提供表彰材料+5分", 10, [("award", "5", "", None)]),
    ("有就得满分,没有得0分", 5, [("award", "5", "", None), ("zero", None, "", None)]),
    ("党员大会1分，每季度一次，每次0.25分", 4, [("per_event", "0.25", "次", "1")]),
    ("听取汇报每年两次及以上（2分），每次1分", 2, [("per_event", "1", "次", "2")]),
    ("开展“最多跑一次”服务并提供台账（2分）", 4, [("award", "2", "", None)]),
    ("制度健全（3分），每缺一项扣1分", 3, [("per_event", "-1", "项", None)]),
    ("国家级加3分，省级加2分，最高不超过5分", None, [("award", "3", "", "5"), ("award", "2", "", "5")]),
    # ratios
    ("每低1个百分点扣0.2分", 5, [("ratio", "-0.2", "百分点", None)]),
    ("完成率低于90%的，每下降一个百分点扣0.5分，扣完为止", 5, [("ratio", "-0.5", "百分点", "5")]),
    ("达不到95%的，每低5个百分点扣1分", 5, [("ratio", "-1", "5个百分点", None)]),
    ("每降低1%扣0.1分", 5, [("ratio", "-0.1", "百分点", None)]),
    ("按完成比例得分", 5, [("ratio", "0.05", "百分点", "5")]),
    # ranges
    ("质量不高的，酌情扣1－2分", 5, [("range", "-2", "", None)]),
    ("视情节扣5分以内", 5, [("range", "-5", "", None)]),
    ("酌情扣分，最多扣2分", 5, [("range", "-2", "", None)]),
    ("好的得4-5分，较好的得3-4分", 5, [("range", "5", "", None), ("range", "4", "", None)]),
    # nothing, vetoes, judgement
    ("未制定计划不得分；不具体的扣0.5分", 2, [("zero", None, "", None), ("once", "-0.5", "", None)]),
    ("无责任清单扣全部分值", 2, [("zero", None, "", None)]),
    ("发生重大事故的，实行一票否决", None, [("veto", None, "", None)]),
    ("由各科室按平时任务完成情况酌情减分", 11, [("judged", None, "", None)]),
    ("线下考核（40分）", 40, [("judged", None, "", None)]),
    ("满分10分", 10, [("judged", None, "", None)]),
    ("十分重视，成效明显", 10, [("judged", None, "", None)]),
    ("题型：单选；选项：1.好；2.差；赋分：10分：1；0分：2", 1, [("judged", None, "", None)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "maximum", "rules"), TABLE, ids=[row[0][:24] for row in TABLE])
def test_words_become_the_rules_they_state(
    text: str, maximum: int | None, rules: list[tuple[str, str | None, str, str | None]]
) -> None:
    found = read_rules(text, "要求", None if maximum is None else D(maximum))

    assert [(rule.kind, rule.points, rule.unit, rule.limit) for rule in found] == [
        (kind, points and D(points), unit, limit and D(limit)) for kind, points, unit, limit in rules
    ]


def test_each_rule_says_when_it_applies_without_numbering_and_connecting_words() -> None:
    found = read_rules("1.未召开的，扣1分；（二）记录不规范，每次扣0.2分。情节严重的，实行一票否决", "要求")

    assert [rule.when for rule in found] == ["未召开的", "记录不规范", "情节严重的"]


def test_the_requirement_says_when_where_the_rule_does_not() -> None:
    assert read_rules("发生即减5分", "不履行程序的") == (Rule("once", "不履行程序的", D(-5)),)
    assert read_rules("发生即减5分", "违纪的,每有1人，书记扣分")[0].unit == "人"


def test_a_column_of_deductions_takes_what_has_no_sign() -> None:
    assert read_rules("未公示1分", takes_points=True) == (Rule("once", "未公示", D(-1)),)
    assert read_rules("未公示1分")[0].kind == "award"


def test_a_bound_reaches_back_to_the_bound_before_it() -> None:
    found = read_rules("迟到每次扣0.1分，最多扣1分；缺席每次扣0.5分，最多扣2分")

    assert [rule.limit for rule in found] == [D(1), D(2)]


def test_what_is_too_long_to_read_is_left_to_a_person_with_its_words() -> None:
    found = read_rules("无" * 4_000 + "弄虚作假的一票否决")

    assert found == (Rule("judged", "弄虚作假的一票否决"),)


def test_down_to_nothing_is_open_where_the_full_marks_are_unknown() -> None:
    assert read_rules("每次扣1分，扣完为止")[0].limit is None


@pytest.mark.parametrize("text", ["扣一二分", "最高一一分", "扣٣分"])
def test_figures_that_are_no_number_are_left_to_a_person(text: str) -> None:
    assert [rule.kind for rule in read_rules(text)] == ["judged"]


@pytest.mark.parametrize(
    "unit", ["，每例", "每月", "每季度一次，", "（", "酌情", "一二", "最多", "每", "少一", "扣1分，每例"]
)
def test_ten_times_the_words_take_about_ten_times_the_steps(unit: str) -> None:
    small, large = (_steps(f"{(unit * length)[:length]}x扣1分") for length in (300, 3000))

    assert large <= 14 * small + 500


def _steps(text: str) -> int:
    """Functions entered while a text is read; a pattern that looks back and forth never comes to an end here."""
    count = 0

    def seen(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        read_rules(text)
    finally:
        sys.setprofile(None)
    return count


_PIECES = (
    "每 少 一 次 扣 0.5 分 ， 。 ； （ ） 最多 不得分 百分点 酌情 - 十".split()
    + "半 % / 人次 ： 满分 扣完为止 １ 得 未 的 一二 ٣".split()
)
_PIECES += ["9" * 400, "\n", " "]


@given(st.lists(st.sampled_from(_PIECES), max_size=60).map("".join), st.none() | st.integers(0, 100))
def test_any_words_give_at_least_one_rule_with_a_sign_that_fits(text: str, maximum: int | None) -> None:
    found = read_rules(text, "要求", None if maximum is None else D(maximum))

    assert found
    for rule in found:
        assert (rule.points is None) == (rule.kind in ("zero", "veto", "judged"))
        assert rule.limit is None or rule.limit >= 0
        assert rule.kind != "once" or (rule.points is not None and rule.points <= 0)
        assert rule.kind != "ratio" or rule.unit.endswith("百分点")
        assert bool(rule.unit) == (rule.kind in ("per_event", "ratio"))
