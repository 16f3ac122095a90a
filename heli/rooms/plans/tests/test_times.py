"""What a row keeps of the time its paper says, what is asked, and how times of joined rows are weighed."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from heli.engines.alignment import slots
from heli.engines.alignment.occasions import cuts
from heli.kernel.problems import Problem
from heli.rooms.plans import rules
from heli.rooms.plans.forms import MAX_ITEM, ItemForm, RowForm
from heli.rooms.plans.models import DraftItem, Plan, PlanDocument
from heli.rooms.plans.presenters import words
from heli.rooms.plans.rules import Time
from heli.rooms.plans.services import papers, rows
from heli.rooms.plans.services.readings import NewPaper
from heli.rooms.plans.services.times import require_times
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.world import World

YEAR = 2028
FIRST, LAST = date(YEAR, 1, 1), date(YEAR, 12, 31)
MARCH = Time(None, date(YEAR, 3, 31), "", "3月31日前")


def read(source: str) -> Time:
    return rules.read_time(slots.read_slots(source, YEAR)[1].when, source, YEAR)


@pytest.mark.parametrize(
    ("source", "time"),
    [
        ("每月5日前收缴党费。（完成时限：全年）", Time(FIRST, date(YEAR, 12, 5), "month", "全年，每月5日前")),
        ("每季度首月10日前报送", Time(FIRST, date(YEAR, 10, 10), "quarter", "每季度首月10日前")),
        ("春节前走访慰问", Time(None, date(YEAR, 1, 25), "", "春节前")),
        ("上半年、下半年各开展一次", Time(None, None, "half", "上半年、下半年")),
        ("6月底前完成", Time(None, date(YEAR, 6, 30), "", "6月底前")),
        ("收到反馈后5日内整改", Time(None, None, "event", "收到反馈后5日内")),
        ("加强学习", Time()),
    ],
)
def test_a_row_keeps_the_time_of_its_words(source: str, time: Time) -> None:
    assert read(source) == time
    assert rules.open_time(read(source), YEAR) is None


@pytest.mark.parametrize(
    ("source", "kind", "said", "days"),
    [
        ("开展谈话。（完成时限：2月30日前）", "impossible", "2月30日前", []),
        ("13月底前召开会议", "impossible", "13月底前", []),
        ("每两年一次换届检查", "unread", "每两年一次", []),
        ("开展培训。（完成时限：待定）", "unread", "待定", []),
        ("五一节前、国庆节前各开展一次", "several", "五一节前、国庆节前", ["04-30", "09-30"]),
        ("6月、12月各召开一次分析会", "several", "6月、12月", ["06-30", "12-31"]),
        (
            "元旦、春节、端午节前提醒。（完成时限：全年）",
            "several",
            "元旦、春节、端午节前",
            ["01-25", "05-27", "12-31"],
        ),
    ],
)
def test_a_time_that_no_day_stands_for_is_asked(source: str, kind: str, said: str, days: list[str]) -> None:
    asked = rules.open_time(read(source), YEAR)

    assert asked is not None
    assert (asked.kind, asked.words) == (kind, said)
    assert [end.strftime("%m-%d") for _start, end in asked.windows] == days


@pytest.mark.parametrize(
    ("times", "joined"),
    [
        ((Time(FIRST, LAST, "", "全年"), MARCH), MARCH),
        ((Time(None, None, "month", "每月"), Time(FIRST, LAST, "ongoing", "全年")), Time(None, None, "month", "每月")),
        ((Time(), MARCH), MARCH),
        ((Time(None, date(YEAR, 6, 30), "", "6月底"), Time(words="13月底")), None),
        ((Time(None, date(YEAR, 6, 30), "", "6月底"), Time(None, date(YEAR, 9, 30), "", "9月底")), None),
        ((Time(words="13月底"), Time(words="待定")), None),
        ((Time(), Time()), Time()),
    ],
)  # fmt: skip
def test_the_nearer_deadline_holds_and_a_difference_is_asked(times: tuple[Time, ...], joined: Time | None) -> None:
    assert rules.joined_time(times, YEAR) == joined
    assert rules.joined_time(times[::-1], YEAR) == joined


@pytest.mark.parametrize(
    ("due", "period", "dues"),
    [
        (date(YEAR, 12, 5), "month", [date(YEAR, month, 5) for month in range(1, 13)]),
        (date(YEAR, 10, 10), "quarter", [date(YEAR, month, 10) for month in (1, 4, 7, 10)]),
        (date(YEAR, 12, 30), "month", [date(YEAR, month, 29 if month == 2 else 30) for month in range(1, 13)]),
        (date(YEAR, 11, 30), "quarter", [date(YEAR, 3, 31), date(YEAR, 6, 30), date(YEAR, 9, 30), date(YEAR, 11, 30)]),
    ],
)
def test_the_day_of_a_rhythm_is_due_in_each_period(due: date, period: str, dues: list[date]) -> None:
    found = rules.stretches(start=FIRST, due=due, period=period, year=YEAR, after=date.min)

    assert [stretch.due for stretch in found] == dues


def test_a_difference_with_words_nobody_could_read_is_a_difference() -> None:
    sides = [rules.Side("1", due=date(YEAR, 6, 30)), rules.Side("2", words="13月底")]

    assert rules.differing(sides) == ("when",)
    assert rules.settle(sides, {"when_of": "2"})[1] == ("when",)
    assert rules.settle(sides, {"when_of": "1"})[1] == ()


@pytest.mark.parametrize(
    ("source", "begins"),
    [
        (
            "1.按季度召开党员大会、按月召开支委会，落实制度。（责任部门：党群部；完成时限：全年）",
            ["按月召开", "落实制度"],
        ),
        ("开展谈话。（责任部门：纪委；完成时限：2月底）", []),
        ("学习“原文，要点；摘编”后，组织讨论", ["组织讨论"]),
        ("召开会议；形成纪要", ["形成纪要"]),
    ],
)
def test_a_duty_is_never_cut_inside_brackets_or_quotes(source: str, begins: list[str]) -> None:
    assert [source[at : at + 4] for at in cuts(source)] == begins


@pytest.mark.django_db
class TestWords:
    @pytest.mark.parametrize(
        ("start", "end", "period", "said"),
        [
            (None, date(2031, 2, 28), "", "2031-02-28 前"),
            (date(2029, 1, 1), date(2029, 1, 31), "", "2029-01-01 – 2029-01-31"),
            (None, date(YEAR, 2, 29), "", "2月底前"),
            (FIRST, date(YEAR, 12, 5), "month", "每月 5 日前"),
        ],
    )
    def test_a_day_outside_the_year_is_told_with_it(
        self, start: date | None, end: date, period: str, said: str
    ) -> None:
        assert words.when_text(start, end, period, year=YEAR) == said

    @pytest.mark.parametrize(("form", "day"), [(RowForm, "end"), (ItemForm, "due")])
    def test_a_day_outside_the_year_is_asked_about(self, form: type, day: str) -> None:
        more = {"lead_choices": ""} if form is ItemForm else {}
        sent = {"text": "开展检查", "line": "party", "reach": "unit", day: "2031-02-28"}

        assert day in form(sent, year=YEAR, **more).errors
        assert not form(sent | {"beyond": "on"}, year=YEAR, **more).errors
        within = form(sent | {day: "2028-02-28"}, year=YEAR, **more)
        assert within.is_valid()
        assert "beyond" not in within.cleaned_data
        assert "beyond" not in within.fields

    def test_an_item_of_thousands_of_characters_is_refused(self) -> None:
        assert "text" in RowForm({"text": "字" * (MAX_ITEM + 1)}, year=YEAR).errors


PAPER = """一、重点工作
1.五一节前、国庆节前各开展一次提醒。（责任部门：纪检室）
2.召开警示教育会。（责任部门：纪检室；完成时限：全年）
3.开展廉政谈话。（责任部门：纪检室；完成时限：3月31日前）
4.开展专题检查。（责任部门：纪检室；完成时限：6月底）
5.开展问题整改。（责任部门：纪检室；完成时限：13月底）
"""


@pytest.mark.django_db(transaction=True)
def test_times_are_parted_joined_and_asked_before_the_plan(world: World, at: datetime) -> None:
    clerk = world.people["clerk"]
    plan = papers.begin_plan(unit_id=world.units["group"].pk, year=YEAR, by=clerk, at=at)
    paper = NewPaper("要点.txt", PAPER.encode())
    papers.add_paper(plan_id=plan.pk, line="integrity", paper=paper, by=clerk, at=at)

    festival, whole, dated, june, unread = DraftItem.objects.filter(plan=plan).items().in_order()
    with pytest.raises(Problem, match="13月底"):
        require_times(Plan.objects.get(pk=plan.pk))
    made = rows.part_by_times(plan_id=plan.pk, row_id=festival.pk, version=festival.version, by=clerk, at=at)
    assert [row.end for row in made] == [date(YEAR, 4, 30), date(YEAR, 9, 30)]
    assert "".join(row.source for row in made) == festival.source
    with pytest.raises(Problem):
        rows.part_by_times(plan_id=plan.pk, row_id=june.pk, version=june.version, by=clerk, at=at)
    joined = rows.merge_row(plan_id=plan.pk, row_id=whole.pk, version=whole.version, by=clerk, at=at)
    assert (joined.start, joined.end) == (None, dated.end)
    assert len(words.place_text(joined.place).split("、")) == 2
    apart = rows.merge_row(plan_id=plan.pk, row_id=june.pk, version=june.version, by=clerk, at=at)
    assert (apart.end, apart.when_words) == (None, "6月底；13月底")
    edit = rows.RowEdit(text=apart.text, end=date(YEAR, 6, 30))
    rows.edit_row(plan_id=plan.pk, row_id=apart.pk, edit=edit, version=apart.version, by=clerk, at=at)
    require_times(Plan.objects.get(pk=plan.pk))
    joined.refresh_from_db()
    no_day = rows.RowEdit(text=joined.text)
    rows.edit_row(plan_id=plan.pk, row_id=joined.pk, edit=no_day, version=joined.version, by=clerk, at=at)
    require_times(Plan.objects.get(pk=plan.pk))  # a day that a person takes away is an answer
    assert not DraftItem.objects.filter(pk=unread.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_read_stands_there_once(world: World, at: datetime) -> None:
    clerk = world.people["clerk"]
    plan = papers.begin_plan(unit_id=world.units["group"].pk, year=YEAR, by=clerk, at=at)
    empty = NewPaper("empty.txt", b"")
    papers.add_paper(plan_id=plan.pk, line="party", paper=empty, by=clerk, at=at)

    with pytest.raises(Problem, match=r"“empty\.txt”"):
        papers.add_paper(plan_id=plan.pk, line="party", paper=empty, by=clerk, at=at)

    assert PlanDocument.objects.filter(plan=plan).count() == 1


@pytest.mark.django_db(transaction=True)
def test_no_plan_is_drafted_while_a_time_is_open(world: World, at: datetime) -> None:
    plan = journey.decided(world, at)
    row = DraftItem.objects.filter(plan=plan).items().in_order()[1]
    DraftItem.objects.filter(pk=row.pk).update(start=None, end=None, period="", when_words="13月底")

    with pytest.raises(Problem, match="13月底"):
        journey.conclude(plan, world.people["clerk"], at)

    DraftItem.objects.filter(pk=row.pk).update(end=date(2027, 12, 31), when_words="")
    assert journey.conclude(plan, world.people["clerk"], at).items.exists()
