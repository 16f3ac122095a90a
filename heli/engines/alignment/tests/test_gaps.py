"""What no item deploys, for this kind of unit, with rule and nearest miss."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from heli.engines.alignment.gaps import find_gaps, unit_type
from heli.engines.alignment.items import Item
from heli.engines.alignment.splitting import split
from heli.engines.alignment.tests.papers import lines


@dataclass(frozen=True)
class Duty:
    """An obligation as a rulebook would give it."""

    code: str
    title_zh: str
    title_en: str = "duty"
    line: str = "party"
    unit_kinds: tuple[str, ...] = ("branch",)
    count: int = 1
    count_unit: str = "times"
    period: str = "year"
    conditions: tuple[str, ...] = ()
    source: str = "工作条例"
    source_en: str = "Rules"
    article: str = "11"
    confidence: str = "verified"
    binding: str = "must"


COMMITTEE = ("group_committee", "party_committee")
CATALOGUE = [
    Duty("A01", "支部党员大会", period="quarter"),
    Duty("A02", "支部委员会会议", period="month", conditions=("has_committee",)),
    Duty("A06", "主题党日", period="month", article="16"),
    Duty("A07", "组织生活会"),
    Duty("A09", "支部谈心谈话", article="19"),
    Duty("A14", "理论学习中心组集体学习", unit_kinds=COMMITTEE, period="quarter", article="~11"),
    Duty("A31", "意识形态工作专题研究", unit_kinds=COMMITTEE, period="half", article="n/k"),
    Duty("B28", "节前提醒", unit_kinds=("discipline_commission",), line="integrity", binding="practice"),
    Duty("B45", "内部巡察全覆盖", unit_kinds=("group_committee",), period="term"),
]


def _items(text: str) -> tuple[Item, ...]:
    return split(lines(text), "party", 2027).items


def _codes(text: str, unit: str, headings: tuple[str, ...] = ()) -> list[str]:
    return [gap.obligation for gap in find_gaps(_items(text), headings, unit_type(unit), CATALOGUE)]


def test_a_branch_is_asked_for_the_duties_of_branches_alone() -> None:
    assert _codes("1.加强宣传", "党支部") == ["A01", "A07", "A06", "A09"]


def test_a_committee_is_asked_for_its_own_and_its_branches_duties() -> None:
    assert set(_codes("1.加强宣传", "基层党委")) == {"A01", "A07", "A06", "A14", "B28", "A31"}


def test_a_deployed_duty_is_no_gap() -> None:
    text = "1.各支部每季度召开支部党员大会\n2.开好组织生活会\n3.每月开展主题党日\n4.开展谈心谈话"

    assert _codes(text, "党支部") == []


def test_a_heading_deploys_too() -> None:
    assert "A06" not in _codes("1.加强宣传", "党支部", headings=("主题党日安排",))


def test_a_standard_in_the_deliverable_deploys_too() -> None:
    text = "时序进度：3月：加强宣传｜考核要点：每月主题党日有记录"

    assert "A06" not in _codes(text, "党支部")


def test_no_committee_meeting_is_asked_of_a_branch_without_committee() -> None:
    gaps = find_gaps(_items("1.开展学习"), (), unit_type("党支部（不设支委会）"), [CATALOGUE[1]])

    assert gaps == []


def test_the_gap_names_rule_count_and_nearest_miss() -> None:
    items = _items("1.班子成员讲主题党课\n2.做好宣传报道")

    gap = next(gap for gap in find_gaps(items, (), unit_type("党支部"), CATALOGUE) if gap.key_link == "主题党日")

    assert (gap.obligation, gap.source, gap.article, gap.confidence, gap.nearest) == (
        "A06",
        "工作条例",
        "16",
        "verified",
        "P1",
    )
    assert gap.reason.text("zh") == (
        "读了 2 条任务和标题，没有一条部署“主题党日”。最接近的是 P1“班子成员讲主题党课”，"
        "但没有部署这件事。依据：工作条例第 16 条。"
    )
    assert "2 duties and headings were read" in gap.reason.text("en")


def test_what_shares_no_words_with_a_duty_is_not_named_beside_it() -> None:
    items = _items("1.组织党员志愿服务活动\n2.做好宣传报道")

    gap = next(gap for gap in find_gaps(items, (), unit_type("党支部"), CATALOGUE) if gap.key_link == "主题党日")

    assert gap.nearest == ""
    assert "最接近" not in gap.reason.text("zh")


def test_an_uncertain_article_is_called_uncertain() -> None:
    gaps = find_gaps(_items("1.做好宣传"), (), unit_type("党委"), CATALOGUE)
    texts = {gap.obligation: gap.reason.text("zh") for gap in gaps}

    assert texts["A14"].endswith("依据：工作条例（约第 11 条，待核对）。")
    assert texts["A31"].endswith("依据：工作条例。")
    assert texts["B28"].endswith("依据：工作条例（惯例，非统一规定）。")


def test_without_a_rulebook_the_twenty_are_held_against_the_items() -> None:
    gaps = find_gaps(_items("1.每月开展主题党日"), (), unit_type(""))

    assert len(gaps) == 19
    assert all(gap.is_core and gap.obligation for gap in gaps)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("集团党委", "group"),
        ("基层党委", "committee"),
        ("", "committee"),
        ("机关党支部", "branch"),
        ("党总支", "branch"),
        ("纪委", "discipline"),
        ("branch", "branch"),
    ],
)
def test_unit_types_are_read_as_people_write_them(name: str, own: str) -> None:
    assert unit_type(name).own == own


def test_an_unknown_unit_type_is_refused() -> None:
    with pytest.raises(ValueError, match="行星"):
        unit_type("行星")
