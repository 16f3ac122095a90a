from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heli.rooms.tasks import rules
from heli.rooms.tasks.enums import TaskState

TODAY = date(2027, 3, 10)


def test_transitions_name_every_state_and_nothing_else():
    states = {state.value for state in TaskState}

    assert set(rules.TRANSITIONS) == states
    assert set().union(*rules.TRANSITIONS.values()) <= states


def test_nothing_closes_without_being_handed_in():
    before_closing = {state for state in rules.TRANSITIONS if rules.can_move(state, rules.CLOSED)}

    assert before_closing == {rules.HANDED_IN}


def test_every_undone_state_can_reach_closed():
    for state in rules.UNDONE:
        reached, edge = {state}, {state}
        while edge:
            edge = set().union(*(rules.TRANSITIONS[each] for each in edge)) - reached
            reached |= edge
        assert rules.CLOSED in reached


@pytest.mark.parametrize(
    ("due", "group"),
    [
        (None, "later"),
        (TODAY - timedelta(days=1), "late"),
        (TODAY, "today"),
        (TODAY + timedelta(days=1), "week"),
        (TODAY + timedelta(days=7), "week"),
        (TODAY + timedelta(days=8), "later"),
    ],
)
def test_due_group_table(due, group):
    assert rules.due_group(due, TODAY) == group


@given(st.dates(), st.dates())
def test_late_is_about_when_it_happened(due, happened):
    assert rules.was_late(due, happened) == (happened > due)
    assert not rules.was_late(None, happened)


@given(st.integers(), st.none() | st.integers(), st.none() | st.integers(), st.sets(st.integers(), max_size=4))
def test_did_the_work_is_true_for_every_hand_and_no_other(person, accepted, handed_in, others):
    hands = others | {accepted, handed_in} - {None}

    assert rules.did_the_work(person, accepted_by=accepted, handed_in_by=handed_in, hands=others) == (person in hands)
