import gc
import random
import sys
from itertools import chain

import pytest

from heli.engines.alignment import crowds, training
from heli.engines.alignment.crowds import compare_many, compare_within
from heli.engines.alignment.verdicts import compare

SENTENCES = list(dict.fromkeys(chain.from_iterable((pair.text_a, pair.text_b) for pair in training.read_pairs()[:60])))
DUTIES = ["每季度召开一次支部党员大会", "与各部门签订党风廉政建设责任书", "制定党员教育培训计划", "机房巡检并更换滤网"]


@pytest.fixture
def long_lists(monkeypatch):
    """Treat lists of any length as long ones: candidates are searched, and helpers are worth it."""
    monkeypatch.setattr(crowds, "EXHAUSTIVE", 0)


def told(found):
    return {
        (verdict.text_a, verdict.text_b, verdict.verdict, verdict.score, verdict.reason.text("en"))
        for _, _, verdict in found
    }


def test_compare_many_agrees_with_compare():
    one = ["收缴党费", "召开组织生活会", ""]
    other = ["开展志愿服务", "党费按月收缴", "开好支部组织生活会"]

    found = compare_many(one, other)

    assert [(i, j) for i, j, _ in found] == [(0, 1), (1, 2)]
    assert [verdict for _, _, verdict in found] == [compare("收缴党费", other[1]), compare("召开组织生活会", other[2])]


def test_compare_many_of_nothing_is_nothing():
    assert compare_many([], ["党课"]) == []


def test_compare_within_names_each_pair_once():
    texts = ["收缴党费", "机房巡检", "党费按月收缴", "收缴党费"]

    assert [(i, j) for i, j, _ in compare_within(texts)] == [(0, 2), (0, 3), (2, 3)]


def test_large_lists_find_what_small_lists_find(monkeypatch):
    one, other = DUTIES, [f"{duty}，形成记录" for duty in DUTIES]
    small = {(i, j) for i, j, verdict in compare_many(one, other) if verdict.verdict == "same"}
    within = {(i, j) for i, j, verdict in compare_within(one + other) if verdict.verdict == "same"}
    monkeypatch.setattr(crowds, "EXHAUSTIVE", 0)

    assert {(i, j) for i, j, verdict in compare_many(one, other) if verdict.verdict == "same"} == small
    assert {(i, j) for i, j, verdict in compare_within(one + other) if verdict.verdict == "same"} == within
    assert {(at, at) for at in range(4)} <= small


def test_only_the_best_of_each_text_are_kept():
    one, other = ["收缴党费"], ["收缴党费", "按月收缴党费", "做好党费收缴工作，登记台账"]

    assert [(i, j) for i, j, _ in compare_many(one, other, top=1)] == [(0, 0)]
    assert len(compare_within(other, top=1)) == 2


def test_bulk_comparison_leaves_collection_as_it_was():
    gc.disable()
    try:
        compare_many(["党课"], ["党课"])
        assert not gc.isenabled()
    finally:
        gc.enable()
    compare_many(["党课"], ["党课"])
    assert gc.isenabled()


@pytest.mark.slow
@pytest.mark.parametrize("processes", [2, 3])
def test_processes_change_nothing(long_lists, processes):
    one, other = SENTENCES[::2] + SENTENCES[:3], SENTENCES[1::2]

    alone = compare_many(one, other, processes=1)

    assert len(alone) > 30
    assert compare_many(one, other, processes=processes) == alone
    assert compare_within(one, processes=processes) == compare_within(one, processes=1)


def test_order_of_the_texts_changes_no_verdict(long_lists):
    one, other = SENTENCES[::2], SENTENCES[1::2]
    mixed_one, mixed_other = random.Random(7).sample(one, len(one)), random.Random(8).sample(other, len(other))

    assert mixed_one != one
    assert told(compare_many(mixed_one, mixed_other)) == told(compare_many(one, other))
    assert {frozenset(pair[:2]) for pair in told(compare_within(mixed_one))} == {
        frozenset(pair[:2]) for pair in told(compare_within(one))
    }


@pytest.mark.parametrize("interpreter", ["/bin/false", "/nowhere/python"])
def test_work_is_done_alone_where_no_process_can_be_started(long_lists, monkeypatch, interpreter):
    monkeypatch.setattr(sys, "executable", interpreter)

    assert compare_many(SENTENCES[:20], SENTENCES[20:40], processes=2) == compare_many(
        SENTENCES[:20], SENTENCES[20:40], processes=1
    )


@pytest.mark.slow
def test_many_texts_are_shared_without_being_told(monkeypatch):
    monkeypatch.setattr(crowds, "WORTH_SHARING", 10)

    assert compare_many(SENTENCES[:20], SENTENCES[20:40]) == compare_many(SENTENCES[:20], SENTENCES[20:40], processes=1)
