"""Times that are no single stretch: several days of one duty, days inside a rhythm, dates no calendar has."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heli.engines.alignment.dates import read_when
from heli.engines.alignment.occasions import day_within, find_impossible, find_occasions, rhythms_of
from heli.engines.alignment.quantities import find_quantities

YEAR = 2028


@pytest.mark.parametrize(
    ("text", "words", "days"),
    [
        (
            "元旦、春节、五一、端午、中秋、国庆节前开展廉洁提醒",
            "元旦、春节、五一、端午、中秋、国庆节前",
            ["01-25", "04-30", "05-27", "09-30", "10-02", "12-31"],
        ),
        ("五一节前、国庆节前各开展一次", "五一节前、国庆节前", ["04-30", "09-30"]),
        ("在中秋国庆前夕开展提醒", "中秋国庆前夕", ["09-30", "10-02"]),
        ("春节、清明等重要节日前开展检查", "春节、清明等重要节日前", ["01-25", "04-03"]),
        ("春节前走访慰问", "春节前", ["01-25"]),
        ("劳动节和国庆节来临前提醒", "劳动节和国庆节来临前", ["04-30", "09-30"]),
        ("1月15日前、7月15日前报送。（完成时限：全年）", "1月15日前、7月15日前", ["01-15", "07-15"]),
        ("6月底、12月底各分析一次", "6月底、12月底", ["06-30", "12-31"]),
    ],
)
def test_times_side_by_side_are_kept_apart(text: str, words: str, days: list[str]) -> None:
    found = find_occasions(text, YEAR)

    assert found is not None
    assert found.words == words
    assert found.windows == tuple((None, f"{YEAR}-{day}") for day in days)


def test_two_months_are_two_times_and_no_stretch() -> None:
    found = find_occasions("6月、12月各召开一次分析会", YEAR)

    assert found is not None
    assert found.windows == (("2028-06-01", "2028-06-30"), ("2028-12-01", "2028-12-31"))


def test_two_quarters_with_one_between_are_two_times() -> None:
    found = find_occasions("一、三季度各分析一次", YEAR)

    assert found is not None
    assert found.windows == (("2028-01-01", "2028-03-31"), ("2028-07-01", "2028-09-30"))


@pytest.mark.parametrize(
    "text",
    [
        "二、三季度开展检查",
        "一至三季度开展检查",
        "7月、8月开展检查",
        "3月底前制定方案，6月、12月各检查一次",
        "元旦春节期间走访慰问",
        "国庆节前后开展检查",
        "6月至12月",
        "节前开展提醒",
        "12月底前完成",
        "上半年、下半年各一次",
        "",
    ],
)
def test_a_stretch_and_a_step_are_no_occasions(text: str) -> None:
    assert find_occasions(text, YEAR) is None


def test_a_festival_whose_day_is_not_known_is_not_guessed() -> None:
    assert find_occasions("春节、五一前提醒", 2080) is None
    assert find_occasions("五一、国庆前提醒", 2080) is not None


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("每月5日前收缴", "2028-12-05"),
        ("每个月的5日前收缴", "2028-12-05"),
        ("每月5日至10日开展", "2028-12-10"),
        ("按月于20日前报送", "2028-12-20"),
        ("每月初开展", "2028-12-10"),
        ("每季度首月10日前报送", "2028-10-10"),
        ("每季度末月25日前报送", "2028-12-25"),
        ("每季度第二个月15日前", "2028-11-15"),
        ("每月2次", None),
        ("每月31日前", None),
        ("每季度5日前", None),
        ("每月开展，12月20日前总结", None),
    ],
)
def test_the_day_inside_a_rhythm_is_kept(text: str, last: str | None) -> None:
    found = day_within(read_when(text, YEAR), YEAR)

    assert found == (date.fromisoformat(last) if last else None)


@pytest.mark.parametrize(
    ("text", "year", "words"),
    [
        ("2月30日前完成", 2028, ("2月30日前",)),
        ("召开会议。（完成时限：13月底）", 2028, ("13月底",)),
        ("6月31日前、7月底", 2028, ("6月31日前",)),
        ("2月29日", 2027, ("2月29日",)),
        ("2月29日", 2028, ()),
        ("2028年2月29日", 2027, ()),
        ("2028年2月30日前", 2028, ("2028年2月30日前",)),
        ("12个月内", 2028, ()),
        ("每月12日", 2028, ()),
        ("2 月 30 日 前", 2028, ("2 月 30 日 前",)),
    ],
)
def test_a_date_that_does_not_exist_is_named(text: str, year: int, words: tuple[str, ...]) -> None:
    assert find_impossible(text, year) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("按季度召开党员大会、按月召开支委会", ("按季度", "按月")),
        ("每月召开支委会，每季度讲党课", ("每月", "每季度")),
        ("每月学习，每月5日前报送", ()),
        ("每年开展一次", ()),
    ],
)
def test_two_rhythms_of_one_duty_are_both_named(text: str, words: tuple[str, ...]) -> None:
    assert rhythms_of(text) == words


@pytest.mark.parametrize(
    ("text", "period", "words"),
    [
        ("上半年、下半年各开展一次", "half", "上半年、下半年"),
        ("上半年和下半年分别研究一次", "half", "上半年和下半年"),
        ("上、下半年各一次", "half", "上、下半年"),
        ("每两年一次换届检查", "", "每两年一次"),
        ("每2年至少开展一次", "", "每2年至少开展一次"),
        ("每月5日前收缴党费", "month", "每月5日前"),
    ],
)
def test_a_rhythm_keeps_its_words(text: str, period: str, words: str) -> None:
    when = read_when(text, YEAR)

    assert (when.start, when.end, when.period, when.words) == (None, None, period, words)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("各开展一次专题研究", "一次"),
        ("讲党课不少于1次", "不少于1次"),
        ("组织2场", "2场"),
        ("不少于开展3次", "不少于开展3次"),
    ],
)
def test_an_amount_is_not_told_with_its_verb(text: str, amount: str) -> None:
    (found,) = find_quantities(text)

    assert found.text == text[found.start : found.end] == amount


@settings(max_examples=100)
@given(st.text(alphabet=list("0123456789元旦春节五一中秋国庆端午前、和月日底每季度首末初年2半"), max_size=40))
def test_no_text_breaks_the_readers(text: str) -> None:
    found = find_occasions(text, YEAR)
    for start, end in found.windows if found else ():
        assert start is None or date.fromisoformat(start) <= date.fromisoformat(end)
    for words in find_impossible(text, YEAR):
        assert words in text
    day_within(read_when(text, YEAR), YEAR)
    rhythms_of(text)
