"""Times in task texts: stretches, deadlines, rhythms."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heli.engines.alignment.dates import MAX_CHARS, context_month, context_year, find_mentions, read_when

PERIODS = {"", "day", "week", "month", "two_months", "quarter", "half", "year", "term", "event", "ongoing"}


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("3-4月", "2027-03-01", "2027-04-30"),
        ("4月-5月", "2027-04-01", "2027-05-31"),
        ("5月~10月", "2027-05-01", "2027-10-31"),
        ("1月至4月", "2027-01-01", "2027-04-30"),
        ("十一月", "2027-11-01", "2027-11-30"),
        ("11月至次年1月", "2027-11-01", "2028-01-31"),
        ("一季度", "2027-01-01", "2027-03-31"),
        ("第四季度", "2027-10-01", "2027-12-31"),
        ("二、三季度", "2027-04-01", "2027-09-30"),
        ("上半年", "2027-01-01", "2027-06-30"),
        ("下半年", "2027-07-01", "2027-12-31"),
        ("年初", "2027-01-01", "2027-03-31"),
        ("全年", "2027-01-01", "2027-12-31"),
        ("2029年3月", "2029-03-01", "2029-03-31"),
        ("2月", "2027-02-01", "2027-02-28"),
        ("3月31日", "2027-03-31", "2027-03-31"),
        ("2027-03-05", "2027-03-05", "2027-03-05"),
        ("5月16日至22日", "2027-05-16", "2027-05-22"),
        ("9月中旬", "2027-09-11", "2027-09-20"),
    ],
)
def test_a_stretch_has_both_ends(words: str, start: str, end: str) -> None:
    when = read_when(f"{words}开展检查", 2027)

    assert (when.start, when.end, when.period) == (start, end, "")


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ("6月底前", "2027-06-30"),
        ("3月底", "2027-03-31"),
        ("12月31日前", "2027-12-31"),
        ("4月初前", "2027-04-10"),
        ("年底前", "2027-12-31"),
        ("一季度末", "2027-03-31"),
        ("七一前", "2027-06-30"),
        ("2028年1月底前", "2028-01-31"),
    ],
)
def test_a_deadline_has_no_start(words: str, end: str) -> None:
    when = read_when(f"{words}完成", 2027)

    assert (when.start, when.end, when.is_deadline) == (None, end, True)


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("每月", "month"),
        ("按月", "month"),
        ("每月5日前", "month"),
        ("按季度", "quarter"),
        ("每季度首月", "quarter"),
        ("一个季度开一次", "quarter"),
        ("每半年", "half"),
        ("每年两次", "half"),
        ("每两个月", "two_months"),
        ("每周", "week"),
        ("每年", "year"),
        ("常态化", "ongoing"),
        ("不定期", "ongoing"),
        ("节前", "event"),
        ("元旦、春节、五一节前", "event"),
        ("任职后15日内", "event"),
        ("随人事安排", "event"),
    ],
)
def test_a_rhythm_has_no_dates(words: str, period: str) -> None:
    when = read_when(f"{words}开展", 2027)

    assert (when.start, when.end, when.period) == (None, None, period)


@pytest.mark.parametrize("words", ["2月30日", "13月", "第二次党代会", "三会一课", "", "3.5万元", "一课"])
def test_what_is_no_time_is_left_alone(words: str) -> None:
    when = read_when(words, 2027)

    assert (when.start, when.end, when.period) == (None, None, "")


@pytest.mark.parametrize(
    ("text", "start", "end", "period"),
    [
        ("上半年召开一次", "2027-01-01", "2027-06-30", ""),
        ("下半年度组织一次", "2027-07-01", "2027-12-31", ""),
        ("12月20日前完成全年总结", None, "2027-12-20", ""),
        ("总结本单位全年文明创建工作情况", None, None, ""),
        ("组织任期届满的支部换届选举，9月底前完成", None, "2027-09-30", ""),
        ("学习2026年度检查考核情况通报", None, None, ""),
        ("制定年度培训计划", None, None, ""),
        ("召开年度组织生活会", None, None, "year"),
        ("及时完成制度的废改立", None, None, ""),
        ("不按要求落实", None, None, ""),
        ("负责支部日常工作", None, None, ""),
        ("日常监督", None, None, "ongoing"),
        ("是必须长期坚持的指导思想", None, None, ""),
        ("收到意见后2个月内整改，12月底前销号", None, "2027-12-31", ""),
    ],
)
def test_words_that_look_like_a_time_are_weighed(text: str, start: str | None, end: str | None, period: str) -> None:
    when = read_when(text, 2027)

    assert (when.start, when.end, when.period) == (start, end, period)


def test_the_eve_of_new_year_lies_in_the_year_of_the_plan() -> None:
    (mention,) = find_mentions("元旦前完成", 2027)

    assert (mention.start, mention.end) == (None, "2027-12-31")


def test_months_in_a_row_keep_their_windows() -> None:
    when = read_when("6月、12月", 2027)

    assert when.windows == (("2027-06-01", "2027-06-30"), ("2027-12-01", "2027-12-31"))


def test_bare_days_need_the_month_of_a_heading() -> None:
    assert read_when("16日至22日集中学习", 2027).end is None
    assert read_when("16日至22日集中学习", 2027, 9).end == "2027-09-22"


def test_month_and_year_are_read_from_a_heading() -> None:
    assert context_month("第二党小组9月份学习计划") == 9
    assert context_month("监督任务（2026年12月）") is None
    assert context_year("某公司2027年工作要点") == 2027
    assert context_year("工作要点") is None


@pytest.mark.parametrize(
    ("words", "start", "end", "said"),
    [
        ("２０２７年３月", "2027-03-01", "2027-03-31", "２０２７年３月"),
        ("3 月 31 日 前", None, "2027-03-31", "3 月 31 日 前"),
        ("3 - 4 月", "2027-03-01", "2027-04-30", "3 - 4 月"),
    ],
)
def test_wide_figures_and_spaces_are_read_and_quoted_as_written(
    words: str, start: str | None, end: str, said: str
) -> None:
    when = read_when(f"于{words}完成", 2027)

    assert (when.start, when.end, when.words) == (start, end, said)


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.booleans())
def test_a_date_survives_writing_and_reading(day: date, by: bool) -> None:
    text = f"{day.year}年{day.month}月{day.day}日" + ("前" if by else "")

    when = read_when(text, 2000)

    assert (when.start, when.end) == (None if by else day.isoformat(), day.isoformat())


@given(st.dates(date(2027, 1, 1), date(2027, 12, 30)), st.integers(0, 300))
def test_a_range_of_days_survives_writing_and_reading(first: date, length: int) -> None:
    last = min(first + timedelta(days=length), date(2027, 12, 31))

    when = read_when(f"{first.month}月{first.day}日至{last.month}月{last.day}日", 2027)

    assert (when.start, when.end) == (first.isoformat(), last.isoformat())


@given(
    st.text(
        alphabet=st.sampled_from(list("0123456789年月日号季度底前至-~、每上下半初中末一二三十旬全节后内个")),
        max_size=40,
    )
)
def test_any_text_gives_ordered_dates_or_none(text: str) -> None:
    when = read_when(text, 2027, 5)

    assert when.period in PERIODS
    for start, end in (*when.windows, (when.start, when.end)):
        assert start is None or end is None or date.fromisoformat(start) <= date.fromisoformat(end)
    for mention in find_mentions(text, 2027):
        assert 0 <= mention.begins < mention.ends <= len(text)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert read_when(text, 2027).period in PERIODS


@pytest.mark.parametrize("unit", ["3月、", "1", "每", "年月日", "元旦", "-"])
def test_a_huge_line_is_read_up_to_a_length(unit: str) -> None:
    text = unit * (10_000_000 // len(unit))

    assert read_when(text, 2027) == read_when(text[:MAX_CHARS], 2027)
