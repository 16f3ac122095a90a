from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heli.kernel import events
from heli.kernel.decisions import AccessDenied, allowed, denied
from heli.kernel.periods import Period
from heli.kernel.problems import Problem
from heli.kernel.testing import listening
from heli.kernel.versions import VersionConflict, check_version


def test_decision_denied_carries_its_reason():
    decision = denied("Only the secretary may do this.")

    assert not decision
    assert allowed()
    with pytest.raises(AccessDenied, match="Only the secretary"):
        decision.require()


def test_problem_says_what_why_and_remedy():
    problem = Problem("It was not saved.", "The day is missing.", "Give a day.")

    assert str(problem) == "It was not saved. The day is missing. Give a day."
    assert problem.status == 422


def test_check_version_stale_shows_both_sides():
    record = SimpleNamespace(version=3, title="theirs")

    with pytest.raises(VersionConflict) as caught:
        check_version(record, 2, {"title": "yours"})

    assert caught.value.yours == {"title": "yours"}
    assert caught.value.theirs == {"title": "theirs"}


def test_check_version_current_passes():
    check_version(SimpleNamespace(version=3), 3, {})

    with pytest.raises(VersionConflict):
        check_version(SimpleNamespace(version=3), None, {})


@dataclass(frozen=True)
class _Happened:
    number: int


def test_publish_runs_each_listener_once_and_lets_errors_through():
    with listening(_Happened) as heard:
        events.subscribe(_Happened, heard.append)

        events.publish(_Happened(7))

    assert heard == [_Happened(7)]


def test_listening_ends_with_its_block_also_after_an_error():
    with pytest.raises(RuntimeError, match="enough"), listening(_Happened) as heard:
        raise RuntimeError("enough")

    events.publish(_Happened(8))

    assert heard == []
    assert _Happened not in events.subscriptions()


_DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2040, 1, 1))


@given(_DAYS, _DAYS, _DAYS)
def test_period_holds_its_start_but_not_its_end(start, end, day):
    if end <= start:
        with pytest.raises(ValueError, match="ends after it starts"):
            Period(start, end)
        return

    assert (day in Period(start, end)) == (start <= day < end)
    assert (day in Period(start)) == (start <= day)


@given(_DAYS, st.integers(1, 900), _DAYS, st.integers(1, 900))
def test_periods_overlap_exactly_when_they_share_a_day(start_a, length_a, start_b, length_b):
    first = Period(start_a, date.fromordinal(start_a.toordinal() + length_a))
    second = Period(start_b, date.fromordinal(start_b.toordinal() + length_b))

    share = max(first.start, second.start) < min(first.end, second.end)

    assert first.overlaps(second) == second.overlaps(first) == share
