"""The month matrix counts unit by unit: what is done earlier in the period meets the rule, and nobody takes a place."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import pytest

from heli.rooms.people.enums import UnitKind
from heli.rooms.people.models import Unit
from heli.rooms.people.tests.factories import UnitFactory
from heli.rooms.rulebook import queries as rulebook_queries
from heli.rooms.rulebook import services as rulebook
from heli.rooms.rulebook.models import Circumstance
from heli.rooms.rulebook.rules import counts_from
from heli.rooms.rulebook.tests.in_force import edit_obligation
from heli.rooms.tasks import presenters, queries
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import FurtherDuty, Task
from heli.rooms.tasks.tests.factories import TaskFactory

CODES = ("A04", "A07", "A08", "A28", "A29", "A35", "A36", "A44", "A06")


@pytest.fixture
def installed(everyone, at):
    rulebook.install_catalogue(by=everyone.party_clerk, at=at)
    return everyone


def _cells(unit, today, code):
    groups = presenters.matrix(unit, 2027, today, "", missing_only=False)
    row = next(row for group in groups for row in group.rows if row.code == code)
    return {cell.month: cell for cell in row.cells if cell.due}


def _due(unit, today, code):
    return {month: (cell.count.planned, cell.unplanned) for month, cell in _cells(unit, today, code).items()}


def test_a_yearly_duty_that_the_plan_sets_in_april_is_asked_once(installed, at):
    TaskFactory(obligation="A08", unit=installed.branch_a1, due_on=date(2027, 4, 30))

    assert _due(installed.committee_a, at.date(), "A08") == {4: (1, 0), 12: (0, 1)}
    cell = queries.matrix_cell(installed.secretary_a, installed.committee_a, "A08", 2027, 12, at.date())
    assert [(row.unit, row.task) for row in cell] == [(installed.branch_a2, None)]


def test_a_task_counts_in_the_row_of_each_duty_it_meets(installed, at):
    task = TaskFactory(obligation="A07", unit=installed.branch_a1, due_on=date(2027, 12, 31), state=TaskState.HANDED_IN)
    FurtherDuty.objects.create(task=task, code="A08")

    counts = queries.planned_and_done(installed.committee_a, 2027)
    cell = queries.matrix_cell(installed.secretary_a, installed.committee_a, "A08", 2027, 12, at.date())

    assert counts == {(code, 12): queries.MatrixCount(planned=1, in_review=1) for code in ("A07", "A08")}
    assert [(row.unit, row.task) for row in cell] == [(installed.branch_a2, None), (installed.branch_a1, task)]


def test_what_the_plan_sets_later_than_the_rule_meets_nothing(installed, at):
    TaskFactory(obligation="B24", unit=installed.branch_a1, due_on=date(2027, 4, 30))

    assert _due(installed.branch_a1, at.date(), "B24") == {3: (0, 1), 4: (1, 0)}


def test_a_canceled_task_and_a_second_one_meet_nothing(installed, at):
    TaskFactory(obligation="A08", unit=installed.branch_a1, due_on=date(2027, 4, 30), state=TaskState.CANCELED)
    TaskFactory(obligation="A08", unit=installed.branch_a2, due_on=date(2027, 5, 31))
    TaskFactory(obligation="A08", unit=installed.branch_a2, due_on=date(2027, 6, 30))

    assert _due(installed.committee_a, at.date(), "A08") == {5: (1, 0), 6: (1, 0), 12: (0, 1)}


@pytest.mark.parametrize("state", [TaskState.CLOSED, TaskState.HANDED_IN])
def test_what_one_unit_does_often_hides_no_other_that_did_nothing(installed, at, state):
    by = {"handed_in_at": at, "handed_in_by": installed.party_clerk}
    closed = {"closed_at": at, "closed_by": installed.party_head} if state == TaskState.CLOSED else {}
    for day in (10, 20, 30):
        TaskFactory(obligation="A04", unit=installed.branch_a1, due_on=date(2027, 3, day), state=state, **by, **closed)

    cell = _cells(installed.group, date(2027, 6, 1), "A04")[3]
    behind = queries.matrix_cell(installed.party_head, installed.group, "A04", 2027, 3, at.date())

    assert (cell.due, cell.missing) == (5, 2)
    assert len(behind) == 5
    assert {row.unit for row in behind if row.task is None} == {installed.branch_a2, installed.branch_b1}


def test_a_unit_that_is_not_asked_takes_nobodys_place(installed, at):
    task = TaskFactory(obligation="A05", unit=installed.committee_a, due_on=date(2027, 3, 20))
    FurtherDuty.objects.create(task=task, code="A04")

    assert _due(installed.committee_a, at.date(), "A04")[3] == (1, 2)


@pytest.fixture
def reworded(installed, at):
    """Word a duty anew from a day on."""

    def reword(code: str, day: date, **cells: str) -> None:
        version = rulebook_queries.latest_duty(code).version
        edit_obligation(
            code=code, cells=cells, reason="as ordered", valid_from=day, by=installed.party_head, at=at, version=version
        )

    return reword


def _lacking(installed, code: str, month: int, at) -> list[tuple[str, int]]:
    rows = queries.matrix_cell(installed.party_head, installed.group, code, 2027, month, at.date())
    return [(row.unit.name, row.lacking) for row in rows if row.lacking]


def test_two_tasks_of_spring_meet_what_is_asked_by_june_and_by_december(installed, reworded, at):
    reworded("A08", date(2027, 1, 2), windows="1-6")
    reworded("A08", date(2027, 7, 1), windows="")
    for day in (9, 16):
        TaskFactory(obligation="A08", unit=installed.branch_a1, due_on=date(2027, 5, day))
    TaskFactory(obligation="A08", unit=installed.branch_b1, due_on=date(2027, 5, 9))

    others = [(unit.name, 1) for unit in (installed.branch_a2, installed.branch_b1)]
    assert _due(installed.group, at.date(), "A08") == {5: (3, 0), 6: (0, 1), 12: (0, 2)}
    assert _lacking(installed, "A08", 6, at) == [(installed.branch_a2.name, 1)]
    assert _lacking(installed, "A08", 12, at) == others


def test_a_task_meets_the_wording_that_asks_its_unit(installed, reworded, at):
    reworded("A08", date(2027, 1, 2), windows="1-6", subjects="committee")
    reworded("A08", date(2027, 7, 1), windows="", subjects="branch")
    TaskFactory(obligation="A08", unit=installed.branch_a1, due_on=date(2027, 5, 9))
    TaskFactory(obligation="A08", unit=installed.committee_a, due_on=date(2027, 5, 9))

    committees = [(unit.name, 1) for unit in (installed.group, installed.committee_b)]
    assert _due(installed.group, at.date(), "A08") == {5: (2, 0), 6: (0, 2), 12: (0, 2)}
    assert _lacking(installed, "A08", 6, at) == committees
    assert _lacking(installed, "A08", 12, at) == [(installed.branch_a2.name, 1), (installed.branch_b1.name, 1)]


def test_two_wordings_due_in_one_month_are_asked_each_of_its_own_units(installed, reworded, at):
    reworded("B28", date(2027, 1, 2), subjects="committee")
    reworded("B28", date(2027, 9, 15), subjects="branch")
    for day in (2, 3):
        TaskFactory(obligation="B28", unit=installed.branch_a1, due_on=date(2027, 9, day))
    TaskFactory(obligation="B28", unit=installed.committee_a, due_on=date(2027, 9, 20))

    assert _due(installed.group, at.date(), "B28")[9] == (3, 4)
    assert [name for name, number in _lacking(installed, "B28", 9, at) if number == 1] == [
        unit.name for unit in (installed.group, installed.branch_a2, installed.committee_b, installed.branch_b1)
    ]


def test_a_unit_that_does_once_what_is_asked_twice_that_month_lacks_one(installed, at):
    TaskFactory(obligation="B28", unit=installed.commission, due_on=date(2027, 9, 3))

    assert _due(installed.group, at.date(), "B28")[9] == (1, 1)
    assert _lacking(installed, "B28", 9, at) == [(installed.commission.name, 1)]


def _model(root: Unit, year: int) -> dict[tuple[str, int], int]:
    """What has no task in each month, unit by unit and task by task: what is due first and lacks one gets it."""
    found: Counter[tuple[str, int]] = Counter()
    for unit in Unit.objects.filter(path__startswith=root.path):
        tasks = list(Task.objects.filter(unit=unit).exclude(state=TaskState.CANCELED).order_by("due_on", "pk"))
        asked = _occurrences(unit, year)
        left = {id(one): one.occurrence.times for one in asked}
        for task, code in [(each, code) for each in tasks for code in _codes(each)]:
            open_ones = [one for one in asked if one.duty.code == code and left[id(one)]]
            for one in [one for one in open_ones if _is_within(one, task.due_on)][:1]:
                left[id(one)] -= 1
        for one in asked:
            found[one.duty.code, one.occurrence.due_on.month] += left[id(one)]
    return {key: number for key, number in found.items() if number}


def _is_within(one, day: date) -> bool:
    first, last = counts_from(one.duty, one.occurrence), one.occurrence.due_on
    if (first.year, first.month) == (last.year, last.month):
        return (day.year, day.month) == (last.year, last.month)
    return first <= day <= last


def _codes(task: Task) -> list[str]:
    return [task.obligation, *task.further_duties.values_list("code", flat=True)]


def _occurrences(unit: Unit, year: int):
    return sorted(rulebook_queries.expected_occurrences(unit, year), key=lambda one: one.occurrence.due_on)


@pytest.mark.parametrize("seed", range(4))
def test_the_matrix_agrees_with_a_count_unit_by_unit(installed, at, seed):
    chance = random.Random(seed)
    UnitFactory(parent=installed.committee_b, valid_to=date(2027, 8, 31))
    UnitFactory(parent=installed.committee_b, valid_from=date(2027, 5, 15), has_committee=True)
    UnitFactory(kind=UnitKind.GENERAL_BRANCH, parent=installed.committee_a)
    units = list(Unit.objects.filter(path__startswith=installed.group.path))
    for unit in units:
        if chance.random() < 0.5:
            begins = date(2026, 6, 1) + timedelta(days=chance.randrange(500))
            Circumstance.objects.create(unit=unit, condition="has_activists", valid_from=begins)
    for _ in range(150):
        due = date(2026, 10, 1) + timedelta(days=chance.randrange(480))
        state = chance.choice([TaskState.OPEN, TaskState.OPEN, TaskState.CANCELED])
        first, *further = chance.sample(CODES, chance.choice([1, 1, 2, 3]))
        task = TaskFactory(
            obligation=first, unit=chance.choice(units), due_on=due, state=state, opened_by=installed.party_head
        )
        for code in further:
            FurtherDuty.objects.create(task=task, code=code)

    for root in (installed.group, installed.committee_a, installed.committee_b, installed.branch_b1):
        groups = presenters.matrix(root, 2027, at.date(), "", missing_only=False)
        shown = {
            (row.code, cell.month): cell.unplanned
            for group in groups
            for row in group.rows
            for cell in row.cells
            if cell.unplanned
        }

        assert shown == _model(root, 2027)
    for code in ("A04", "A08", "A28", "A35"):
        behind = queries.matrix_cell(installed.party_head, root, code, 2027, 12, at.date())
        assert sum(row.lacking for row in behind) == shown.get((code, 12), 0)
