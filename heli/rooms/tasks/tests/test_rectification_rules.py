"""Crossing off, effect checks and lists of problems, as arithmetic."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heli.rooms.tasks import rules
from heli.rooms.tasks.enums import ProblemSource, ProblemState, TaskState
from heli.rooms.tasks.rules import problem_lists
from heli.rooms.tasks.rules.problem_lists import Fault, ListedMeasure

TODAY = date(2027, 3, 10)
calm = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def test_transitions_name_every_state_and_nothing_else():
    states = {state.value for state in ProblemState}

    assert set(rules.PROBLEM_TRANSITIONS) == states
    assert set().union(*rules.PROBLEM_TRANSITIONS.values()) <= states


@calm
@given(st.lists(st.sampled_from([state.value for state in TaskState]), max_size=6))
def test_a_problem_may_close_only_when_what_was_not_withdrawn_is_closed_and_something_is(states):
    standing = [state for state in states if state != "canceled"]

    assert rules.may_close(states) == (bool(standing) and set(standing) == {"closed"})


@calm
@given(st.dates(date(2026, 1, 1), date(2040, 12, 31)), st.integers(1, 36))
def test_the_effect_is_looked_at_that_many_months_later(closed_on, months):
    check_on = rules.effect_check_on(closed_on, months)

    assert (check_on.year - closed_on.year) * 12 + check_on.month - closed_on.month == months
    assert check_on.day == closed_on.day or (check_on.day < closed_on.day and check_on.day >= 28)
    assert rules.check_due_on(check_on) > check_on


@pytest.mark.parametrize("source", [source.value for source in ProblemSource])
def test_every_source_says_which_duties_set_its_dates(source):
    assert isinstance(rules.statutory_duties(source), tuple)


def test_only_inspections_have_dates_set_by_rules_as_shipped():
    assert [source for source in ProblemSource if rules.statutory_duties(source)] == [ProblemSource.INSPECTION]


def row(**changes):
    cells = {"problem": "党课缺失", "line": "党建", "measure": "补课", "unit": "甲", "due_on": "2027-04-01"}
    return {**cells, "deliverable": "", **changes}


def read(*rows):
    return problem_lists.read(list(enumerate(rows, start=2)), {"甲": 7}.get, TODAY)


def test_rows_without_a_problem_add_measures_to_the_one_above():
    problems, faults = read(row(), row(problem="", measure="公示"), row(problem="比价缺失", line=""))

    assert faults == []
    assert [(one.text, one.line, [each.text for each in one.measures]) for one in problems] == [
        ("党课缺失", "party", ["补课", "公示"]),
        ("比价缺失", "both", ["补课"]),
    ]
    assert problems[0].measures[0] == ListedMeasure("补课", 7, date(2027, 4, 1), "")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"problem": ""}, Fault(2, "problem", "first")),
        ({"measure": " "}, Fault(2, "measure", "missing")),
        ({"unit": ""}, Fault(2, "unit", "missing")),
        ({"due_on": ""}, Fault(2, "due_on", "missing")),
        ({"due_on": "下月底"}, Fault(2, "due_on", "date", "下月底")),
        ({"due_on": "2027-02-30"}, Fault(2, "due_on", "date", "2027-02-30")),
        ({"due_on": "2027-03-09"}, Fault(2, "due_on", "past", "2027-03-09")),
        ({"unit": "乙"}, Fault(2, "unit", "unit", "乙")),
        ({"line": "安全"}, Fault(2, "line", "line", "安全")),
        ({"problem": "长" * 1001}, Fault(2, "problem", "long", "1000")),
        ({"deliverable": "长" * 501}, Fault(2, "deliverable", "long", "500")),
    ],
)
def test_each_wrong_cell_is_named_with_row_column_and_why(changes, fault):
    assert read(row(**changes))[1] == [fault]


@pytest.mark.parametrize("text", ["2027-03-31", "2027/3/31", "2027.03.31", "2027年3月31日", " 2027-03-31 00:00:00 "])
def test_days_as_people_write_them(text):
    assert problem_lists.day_of(text) == date(2027, 3, 31)


@calm
@given(
    st.lists(
        st.fixed_dictionaries(
            {name: st.sampled_from(["", "甲", "党建", "2027-05-01", "?"]) for name in problem_lists.COLUMNS}
        ),
        max_size=6,
    )
)
def test_any_table_gives_problems_or_faults_and_never_drops_a_measure(rows):
    problems, faults = read(*rows)

    assert sum(len(one.measures) for one in problems) == len(rows) - len({fault.row for fault in faults})
    assert len(problems) == sum(bool(each["problem"]) for each in rows)
