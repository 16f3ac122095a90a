import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heli.engines.alignment import candidates, similarity
from heli.engines.alignment.features import brief
from heli.engines.alignment.frames import read

TEXTS = st.text(st.sampled_from("党支部学习廉政教育会议"), max_size=20)


def weigh(text):
    return similarity.weigh(text, {"工作": 0.5}, 2.0)


def brief_of(text):
    return brief(read(text))


def test_overlap_of_equal_texts_is_whole():
    assert similarity.overlap(weigh("开展警示教育"), weigh("开展警示教育")) == pytest.approx((1, 1, 1))


def test_overlap_of_strangers_is_nothing():
    assert similarity.overlap(weigh("开展警示教育"), weigh("机房巡检")) == (0, 0, 0)


def test_contained_text_is_held_whole():
    _, held_short, held_long = similarity.overlap(weigh("警示教育"), weigh("召开警示教育大会"))

    assert held_short == 1
    assert held_long < 1


def test_common_pair_weighs_less_than_a_rare_one():
    _, with_common, _ = similarity.overlap(weigh("工作作风"), weigh("工作"))
    _, with_rare, _ = similarity.overlap(weigh("工作作风"), weigh("作风"))

    assert with_common < with_rare


@given(TEXTS, TEXTS)
def test_overlap_is_symmetric_and_bounded(one, other):
    cosine, held, held_there = similarity.overlap(weigh(one), weigh(other))

    assert similarity.overlap(weigh(other), weigh(one)) == pytest.approx((cosine, held_there, held))
    assert all(0 <= value <= 1 for value in (cosine, held, held_there))


@given(TEXTS, TEXTS)
def test_shared_runs_are_bounded(one, other):
    assert 0 <= similarity.shared_runs(weigh(one), weigh(other)) <= 1


def test_nearest_finds_the_duty_in_other_words():
    one = [brief_of(text) for text in ("按时召集支委会", "收缴党费", "受理检举控告")]
    other = [brief_of(text) for text in ("机房巡检", "做好信访举报办理", "党费按月收取", "支部委员会会议每月一次")]

    found = candidates.nearest(one, other, top=1)

    assert found == [(0, 3), (1, 2), (2, 1)]


def test_nearest_keeps_the_asked_number():
    readings = [brief_of(f"开展第{letter}组警示教育") for letter in "甲乙丙丁戊"]

    found = candidates.nearest(readings, readings, top=2)

    assert np.bincount([row for row, _ in found]).tolist() == [2] * 5


@pytest.mark.parametrize(("one", "other"), [([], ["党课"]), (["党课"], []), ([""], ["党课"]), (["a"], ["b"])])
def test_nearest_of_nothing_is_nothing(one, other):
    assert candidates.nearest([brief_of(text) for text in one], [brief_of(text) for text in other], top=3) == []


def test_grams_of_most_of_many_texts_find_no_candidates():
    readings = [brief_of(f"贯彻落实{chr(0x4E00 + number)}{chr(0x5E00 + number)}") for number in range(1_100)]

    found = candidates.nearest(readings, readings, top=3)

    assert sum(row != column for row, column in found) < 30
