"""A missing duty as a clerk would write it: verb, object, how often, what it leaves behind."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from heli.rooms.plans.presenters.duties import days_of, quantity_of, rhythm_of, task_of
from heli.rooms.plans.rules.occurrences import stretches
from heli.rooms.rulebook import catalogue

DUTIES = catalogue.load().obligation_by_code
RHYTHMS = {"month": "每月", "quarter": "每季度", "half": "每半年", "year": "年内|全年", "term": "任期内", "event": ""}
VERBS = re.compile(
    "召开|开展|上一次|讲一次|讲党课|谈话|制定|编制|报送|报告|参加|完成|落实|研究|出具|提出|实现|实施|反馈|做好|考察|提交|讨论|预警"
)


@pytest.mark.parametrize("code", sorted(DUTIES))
def test_every_duty_of_the_catalogue_has_a_verb_its_rhythm_its_amount_and_what_it_leaves(code: str) -> None:
    duty = DUTIES[code]

    text = task_of(duty)

    assert text.endswith("。")
    assert "{" not in text
    assert VERBS.search(text.split("，")[0])
    assert re.search(RHYTHMS[duty.period], text)
    assert not re.search("每(月|季度|半年)落实", text)
    assert len(set(re.sub("[(（].*?[)）]", "", duty.title_zh)) - set(text)) <= 3
    counted = duty.count_unit == "hours" or duty.count > 1
    assert (f"不少于{duty.count}" in text) is counted
    assert (str(duty.count) in quantity_of(duty)) is counted
    assert re.search("留存|形成", text)
    assert not re.search("[(（]", text.split("，")[-1])


@pytest.mark.parametrize(
    ("title", "period", "count", "unit", "expected"),
    [
        ("支部党员大会", "quarter", 1, "times", "每季度召开一次支部党员大会"),
        ("节前提醒", "year", 7, "times", "全年开展节前提醒不少于7次"),
        ("党员年度集中学习学时", "year", 32, "hours", "全年完成党员年度集中学习学时，人均不少于32学时"),
        ("党委专题研究全面从严治党", "half", 1, "times", "党委每半年至少专题研究一次全面从严治党"),
        ("与入党申请人谈话", "event", 1, "times", "及时与入党申请人谈话"),
        ("意识形态年度报告", "year", 1, "times", "年内按时报送意识形态年度报告"),
        ("从未见过的事", "month", 1, "times", "每月按时完成从未见过的事"),
    ],
)  # fmt: skip
def test_sentences(title: str, period: str, count: int, unit: str, expected: str) -> None:
    evidence = ("会议记录(可选)", "决议")
    duty = replace(DUTIES["A01"], title_zh=title, period=period, count=count, count_unit=unit, evidence_zh=evidence)

    assert task_of(duty) == f"{expected}，留存会议记录、决议。"


def test_without_evidence_the_sentence_ends_with_what_is_done() -> None:
    assert task_of(replace(DUTIES["A01"], evidence_zh=())) == "每季度召开一次支部党员大会。"


@pytest.mark.parametrize("code", sorted(
    code for code, duty in DUTIES.items()
    if duty.trigger == "calendar" and duty.count_unit == "times" and duty.period in ("month", "quarter", "half", "year")
))  # fmt: skip
def test_an_added_item_opens_a_task_for_each_time_the_duty_is_asked(code: str) -> None:
    duty, year = DUTIES[code], 2027
    asked = duty.count * {"month": 12, "quarter": 4, "half": 2, "year": 1}[duty.period]

    start, due = days_of(duty, year)
    opened = stretches(start=start, due=due, period=rhythm_of(duty), year=year, after=date(year, 1, 1))

    assert len(opened) == asked
    for window in duty.windows:
        months = range(window.start, (window.end if window.end >= window.start else 12) + 1)
        assert any(stretch.due.month in months for stretch in opened)
