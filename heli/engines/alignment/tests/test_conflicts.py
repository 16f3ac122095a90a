"""Contradictions: owner, date, amount, overload, aims."""

from __future__ import annotations

import pytest

from heli.engines.alignment.conflicts import Conflict, Pair, dates_differ, find_conflicts, goals, overload
from heli.engines.alignment.dates import read_when
from heli.engines.alignment.items import Item
from heli.engines.alignment.splitting import split
from heli.engines.alignment.tests.papers import lines


def _item(text: str, line: str = "party") -> Item:
    (item,) = split(lines(f"1.{text}"), "party" if line == "party" else "integrity", 2027).items
    return item


def _of(a: str, b: str, *, is_same: bool = True, is_upper: bool = False) -> list[Conflict]:
    pair = Pair(_item(a), _item(b, "integrity"), is_same, is_upper=is_upper)
    return find_conflicts([pair], [])


def test_two_leads_for_one_duty_are_a_conflict() -> None:
    (conflict,) = _of("召开警示大会（责任部门：党群工作部）", "召开警示教育会（责任部门：纪委办公室）")

    assert (conflict.kind, conflict.items) == ("owner", ("P1", "I1"))
    assert "党群工作部" in conflict.reason.text("zh")
    assert "纪委办公室" in conflict.reason.text("zh")
    assert [evidence.words for evidence in conflict.evidence] == ["党群工作部", "纪委办公室"]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("召开大会（责任部门：党群工作部）", "召开大会（责任部门：集团党群工作部）"),
        ("召开大会（责任部门：党群工作部）", "召开大会"),
        ("召开大会（责任部门：纪委办公室）", "召开大会（责任部门：纪委办公室、各部门）"),
    ],
)
def test_the_same_or_no_owner_is_no_conflict(a: str, b: str) -> None:
    assert _of(a, b) == []


@pytest.mark.parametrize(
    ("a", "b", "differ"),
    [
        ("6月底", "9月底", True),
        ("6月底", "6月30日前", False),
        ("3月", "5月", True),
        ("3-6月", "5-8月", False),
        ("3-6月", "6月底前", False),
        ("3-6月", "9月底前", True),
        ("全年", "9月底前", False),
        ("每月", "9月底前", False),
        ("节前", "9月底前", False),
    ],
)
def test_times_that_cannot_both_hold(a: str, b: str, differ: bool) -> None:
    one, other = read_when(a, 2027), read_when(b, 2027)

    assert dates_differ(one, other) is differ
    assert dates_differ(other, one) is differ


def test_closing_before_acceptance_is_a_conflict_of_date_and_owner() -> None:
    found = _of(
        "完成巡察问题整改销号（责任部门：党群工作部；完成时限：6月底）",
        "督促巡察整改，逐项验收（责任部门：纪委办公室；完成时限：9月底）",
        is_same=False,
    )

    assert [conflict.kind for conflict in found] == ["owner", "date"]
    assert "验收应在销号之前" in found[1].reason.text("zh")


def test_acceptance_before_closing_is_in_order() -> None:
    assert _of("完成整改销号（完成时限：9月底）", "整改逐项验收（完成时限：6月底）", is_same=False) == []


@pytest.mark.parametrize(
    ("a", "b", "kinds"),
    [
        ("中心组集中学习不少于12次", "中心组集中学习不少于4次", ["quantity"]),
        ("中心组每季度学习1次", "中心组全年学习不少于4次", []),
        ("中心组每月学习1次", "中心组每季度学习1次", ["quantity"]),
        ("中心组全年学习12次，其中廉洁专题不少于2次", "中心组安排廉洁专题学习两次", []),
        ("每月召开例会", "每季度召开例会", ["quantity"]),
        ("完成3个项目", "完成5份报告", []),
        ("谈话覆盖率100%", "谈话覆盖率90%", ["quantity"]),
    ],
)
def test_amounts_of_one_duty(a: str, b: str, kinds: list[str]) -> None:
    assert [conflict.kind for conflict in _of(a, b)] == kinds


def test_less_and_later_than_the_superior_asks_is_a_conflict() -> None:
    found = _of("每年讲党课1次（完成时限：9月底）", "每年讲党课不少于2次（完成时限：7月底）", is_upper=True)

    assert [(conflict.kind, conflict.reason.code) for conflict in found] == [
        ("date", "date_upper"),
        ("quantity", "quantity_upper"),
    ]


def test_more_and_earlier_than_the_superior_asks_is_none() -> None:
    assert _of("每年讲党课3次（完成时限：5月底）", "每年讲党课不少于2次（完成时限：7月底）", is_upper=True) == []


def _items(text: str) -> tuple[Item, ...]:
    return split(lines(text), "party", 2027).items


def test_two_events_on_one_day_for_the_same_people() -> None:
    items = _items("1.6月18日组织全体党员观看警示片\n2.6月18日召开全体党员大会\n3.6月18日组织班子成员培训")

    (conflict,) = overload(items)

    assert (conflict.kind, conflict.items) == ("overload", ("P1", "P2"))
    assert "2027-06-18" in conflict.reason.text("zh")


def test_three_events_within_a_week_for_the_same_people() -> None:
    items = _items(
        "1.6月14日召开班子成员座谈会\n2.6月16日组织班子成员培训\n3.6月18日班子成员到基层调研\n4.7月2日班子成员述职"
    )

    (conflict,) = overload(items)

    assert conflict.items == ("P1", "P2", "P3")


def test_one_duty_told_twice_is_no_overload() -> None:
    items = _items("1.6月18日组织全体党员观看警示片\n2.6月18日全体党员观看警示教育片会议")

    assert overload(items, {frozenset(("P1", "P2"))}) == []


def test_opposite_aims_for_one_object() -> None:
    items = _items("1.压减各类专题会议数量30%\n2.增加专题会议频次，每周召开\n3.增加志愿服务时长")

    (conflict,) = goals(items)

    assert (conflict.kind, conflict.items) == ("goal", ("P1", "P2"))
    assert conflict.evidence[0].words.startswith("压减")
    assert "专题会议" in conflict.reason.text("en")


def test_two_assemblies_on_one_day_are_too_many() -> None:
    items = _items("1.6月28日召开七一表彰大会\n2.6月28日召开警示教育大会")

    assert [conflict.items for conflict in overload(items)] == [("P1", "P2")]


def test_weeks_of_a_month_are_stretches() -> None:
    items = _items("1.6月第二周班子成员培训\n2.6月第二周班子成员述职会\n3.6月10日班子成员调研\n4.6月第三周班子成员学习")

    assert [conflict.items for conflict in overload(items)] == [("P1", "P2", "P3")]


def test_manners_that_exclude_each_other() -> None:
    (conflict,) = _of("由党校统一组织党务干部培训", "各单位自行组织党务干部培训")

    assert (conflict.kind, conflict.reason.code) == ("goal", "manner")
    assert "自行组织" in conflict.reason.text("zh")


@pytest.mark.parametrize(
    ("ends", "does"),
    [
        (
            "压减各类检查考核，取消对基层党支部资料台账的实地检查",
            "年底对各党支部开展一次党建工作考核，实地检查资料台账",
        ),
        ("不再开展季度党建述职评议", "各党支部每季度召开一次季度党建述职评议会"),
        ("精简廉政工作月度报表", "各单位按月填报廉政工作月度报表"),
        ("停止纸质学习笔记抽查", "每季度组织一次纸质学习笔记抽查"),
        ("取消党课", "各支部每季度组织党课"),
        ("停办内刊", "每月编印内刊，向职工发放"),
        ("减少会议数量", "增加会议频次"),
        ("取消工作餐", "组织工作餐"),
        ("取消党课", "任何支部不得取消党课"),
    ],
)
def test_to_end_what_another_does_is_an_opposite_aim(ends: str, does: str) -> None:
    for texts in ((ends, does), (does, ends)):
        (conflict,) = goals(_items("\n".join(f"{number}.{text}" for number, text in enumerate(texts, 1))))

        assert (conflict.kind, set(conflict.items)) == ("goal", {"P1", "P2"})
        assert [each.words in texts[int(each.item[1]) - 1] for each in conflict.evidence] == [True, True]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("压减各类检查考核数量", "减少检查考核频次"),
        ("减少重复检查", "每季度开展监督检查"),
        ("减少采购领域廉洁风险", "开展采购领域廉洁风险排查"),
        ("取消评先评优资格", "组织开展评先评优资格审核"),
        ("合并召开民主生活会会前学习会", "召开民主生活会会前学习会"),
        ("不再担任党支部书记的同志交接工作", "开展党支部书记述职评议"),
        ("取消资料台账实地检查", "不得组织资料台账实地检查"),
        ("减少会议", "每月召开一次工作会议"),
        ("取消党课", "组织党课讲稿评选"),
        ("停办内刊", "组织职工在国内刊物发表文章"),
        ("取消评比", "开展评比表彰大会"),
        ("减少会议时间", "提高会议质量"),
        ("取消会费", "按月收取党费"),
        ("不得减少检查", "每季度开展检查"),
    ],
)
def test_less_of_an_evil_or_of_something_else_is_no_opposite_aim(one: str, other: str) -> None:
    assert goals(_items(f"1.{one}\n2.{other}")) == []


def test_a_day_in_the_column_of_deadlines_is_that_of_the_event() -> None:
    items = _items(
        "1.组织全体党员于5月15日开展主题实践活动（完成时限：5月15日）\n2.组织全体党员参观廉政教育基地（完成时限：5月15日）"
    )

    assert [conflict.items for conflict in overload(items)] == [("P1", "P2")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5月15日开展主题实践活动（完成时限：5月15日）", "参观廉政教育基地（完成时限：5月15日前）"),
        ("开展主题实践活动（完成时限：5月15日）", "参观廉政教育基地（完成时限：5月15日）"),
        ("6月30日开展主题实践活动（完成时限：6月30日）", "参观廉政教育基地（完成时限：6月30日）"),
        ("5月15日前开展主题实践活动（完成时限：5月15日）", "参观廉政教育基地（完成时限：5月15日）"),
    ],
)
def test_a_deadline_is_not_the_day_of_an_event(one: str, other: str) -> None:
    assert overload(_items(f"1.组织全体党员{one}\n2.组织全体党员{other}")) == []
