"""The ladder and four eyes of follow-ups, as arithmetic."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heli.rooms.tasks import rules
from heli.rooms.tasks.enums import FollowUpState, Rung
from heli.rooms.tasks.rules.follow_ups import LIST, NONE, REMIND, Ladder

GAPS = st.integers(1, 60)
LADDERS = st.tuples(st.integers(-60, 0), GAPS, GAPS).map(lambda at: Ladder(at[0], at[0] + at[1], sum(at)))
# The first draw may wait for a busy machine; that says nothing about the rules.
calm = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
DUE = st.dates(date(2026, 1, 1), date(2028, 12, 31))


def test_transitions_name_every_state_and_nothing_else():
    states = {state.value for state in FollowUpState}

    assert set(rules.FOLLOW_UP_TRANSITIONS) == states
    assert set().union(*rules.FOLLOW_UP_TRANSITIONS.values()) <= states


def test_withdrawn_is_the_end_and_closed_can_be_opened_again():
    assert rules.FOLLOW_UP_TRANSITIONS["withdrawn"] == frozenset()
    assert rules.FOLLOW_UP_TRANSITIONS["closed"] == {"running"}


def test_the_shipped_ladder_rises_and_tells_more_people_at_each_step():
    ladder = rules.default_ladder()

    assert ladder.remind < 0 < ladder.urge < ladder.list
    assert rules.tells(1) < rules.tells(2) < rules.tells(3)


@calm
@given(LADDERS, DUE, st.integers(-90, 200))
def test_the_rung_that_is_due_never_falls_as_days_pass(ladder, due, offset):
    today = due + timedelta(days=offset)

    assert rules.rung_due(ladder, due, today) <= rules.rung_due(ladder, due, today + timedelta(days=1))


@calm
@given(LADDERS, DUE, st.integers(-90, 200), st.lists(st.integers(0, 20), max_size=40))
def test_climbing_is_monotone_skips_nothing_and_twice_a_day_is_once(ladder, due, start, gaps):
    """Nights with any gaps between them: 0 is the job run again on the same day, 20 a worker that stood still."""
    rung, climbed_on, today = NONE, None, due + timedelta(days=start)
    for gap in gaps:
        today += timedelta(days=gap)
        following = rules.next_rung(ladder, due, today, rung, climbed_on)
        if following is None:
            continue
        assert following == rung + 1 <= rules.rung_due(ladder, due, today)
        assert climbed_on is None or climbed_on < today
        rung, climbed_on = following, today
        assert rules.next_rung(ladder, due, today, rung, climbed_on) is None
    assert rung <= Rung.LIST


@calm
@given(LADDERS, DUE)
def test_every_night_for_long_enough_reaches_the_top_each_rung_on_its_day_or_the_day_after_the_one_before(ladder, due):
    days, rung, climbed_on = {}, NONE, None
    for offset in range(-61, 124):
        today = due + timedelta(days=offset)
        following = rules.next_rung(ladder, due, today, rung, climbed_on)
        if following is not None:
            rung, climbed_on, days[following] = following, today, today

    assert rung == LIST
    assert days[REMIND] == ladder.day_of(REMIND, due)
    for step in (2, 3):
        assert days[step] == max(ladder.day_of(step, due), days[step - 1] + timedelta(days=1))


@calm
@given(LADDERS, st.dates())
def test_without_a_due_date_nobody_climbs(ladder, today):
    assert rules.next_rung(ladder, None, today, NONE, None) is None


@given(st.lists(st.sampled_from(["open", "accepted", "handed_in", "returned", "closed", "canceled"])))
def test_answered_means_every_one(states):
    standing = set(states) - {"canceled"}

    assert rules.is_answered(states) == (bool(standing) and standing <= {"handed_in", "closed"})


@given(st.integers(), st.sets(st.integers(), max_size=5))
def test_own_work_is_any_hand(person, hands):
    assert rules.is_own_work(person, hands) == (person in hands)
