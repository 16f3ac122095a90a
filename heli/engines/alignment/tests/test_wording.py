import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heli.engines.alignment.wording import MAX_CHARS, Wording, fold, normal

WORDS = st.text(
    st.sampled_from("党委支部学习廉政，。、；：（）“”《》 12３四五%次月年abＡ\u3000\n①Ⅷ㎡\u200b\ud800"), max_size=60
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("每季度召开 1 次党员大会", "每季度召开一次党员大会"),
        ("中央8项规定精神", "中央八项规定精神"),
        ("２０２７年３月底前签订责任书。", "二〇二七年三月底前签订责任书"),
        ("1.开展“三会一课”；", "（一）开展三会一课"),
        ("开展警示教育（2分）", "开展警示教育"),
        ("未开展廉政谈话的，每次扣0.5分", "未开展廉政谈话的,每次扣 0.5 分。"),
        ("3-4月：完成支部换届", "3月-4月 完成支部换届"),
        ("请您对所在单位开展警示教育的成效进行评价。", "开展警示教育"),
    ],
)
def test_normal_form_of_two_spellings_is_one(one, other):
    assert normal(one).text == normal(other).text


@pytest.mark.parametrize("text", ["四个意识", "三会一课", "五一前提醒", "两学一做", "一岗双责", "入党积极分子培养"])
def test_figures_that_are_words_stay(text):
    assert normal(text).text == text


def test_source_span_points_into_the_source():
    source = "２. 认真 开展“三会一课”，每月1次"

    wording = normal(source)

    at = wording.text.index("三会一课")
    start, end = wording.source_span(at, at + 4)
    assert source[start:end] == "三会一课"


def test_cut_joins_overlapping_spans():
    wording = Wording("abcdefgh", tuple(range(8)))

    assert wording.cut([(1, 3), (2, 5)]) == Wording("afgh", (0, 5, 6, 7))


def test_without_a_match_is_the_same_object():
    wording = fold("党课")

    assert wording.without(re.compile("x")) is wording


def test_long_text_is_read_to_its_limit():
    assert len(fold("廉" * (MAX_CHARS + 5)).text) == MAX_CHARS


@given(WORDS)
def test_offsets_ascend_and_fit(text):
    wording = normal(text)

    assert len(wording.offsets) == len(wording.text)
    assert list(wording.offsets) == sorted(wording.offsets)
    assert all(0 <= offset < len(text) for offset in wording.offsets)


@given(WORDS)
def test_folding_twice_changes_nothing(text):
    once = fold(text).text

    assert fold(once).text == once
