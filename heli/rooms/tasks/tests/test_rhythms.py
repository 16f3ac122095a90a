"""Occurrences against a second, naive calculation that walks day by day; moving days; minutes."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heli.rooms.rulebook import catalogue
from heli.rooms.tasks import rules
from heli.rooms.tasks.enums import Every, FallsOn, Shift
from heli.rooms.tasks.rules import rhythms

FIRST, LAST = date(2024, 1, 1), date(2033, 12, 31)
SPECIAL = {one.day: one.kind for one in catalogue.load().holidays}


@dataclass(frozen=True)
class Days:
    """The working calendar once more, straight from the data file."""

    own: tuple[tuple[date, bool], ...] = ()

    def is_working(self, day: date) -> bool:
        if day in dict(self.own):
            return dict(self.own)[day]
        return SPECIAL.get(day, "work" if day.weekday() < 5 else "off") == "work"


def naive(rhythm: rules.Rhythm, days: Days) -> list[tuple[date, date]]:
    """Walk ten years day by day, counting, and ask of each day whether it is the one."""
    found = []
    step = {"month": 1, "quarter": 3, "half": 6, "year": 12}[rhythm.every]
    day = FIRST
    worked_this_month = 0
    while day <= LAST:
        if day.day == 1:
            worked_this_month = 0
        worked_this_month += days.is_working(day)
        counts = (day.month - 1) % step == min(rhythm.month, step) - 1
        if counts and _is_the_day(rhythm, day, worked_this_month, days):
            found.append((day, _walk(rhythm.shift, day, days)))
        day += timedelta(days=1)
    return found


def _is_the_day(rhythm: rules.Rhythm, day: date, worked: int, days: Days) -> bool:
    rest = [day + timedelta(days=n) for n in range(1, 32) if (day + timedelta(days=n)).month == day.month]
    if rhythm.falls_on == "day":
        return day.day == rhythm.nth or (not rest and day.day < rhythm.nth)
    if rhythm.falls_on == "last_day":
        return not rest
    if not days.is_working(day):
        return False
    is_last = not any(days.is_working(later) for later in rest)
    if rhythm.falls_on == "last_working_day":
        return is_last
    return worked == rhythm.nth or (is_last and worked < rhythm.nth)


def _walk(shift: str, day: date, days: Days) -> date:
    while shift != "stay" and not days.is_working(day):
        day = date.fromordinal(day.toordinal() + (1 if shift == "after" else -1))
    return day


rhythm_of = st.builds(
    rules.Rhythm,
    every=st.sampled_from(["month", "quarter", "half", "year"]),
    falls_on=st.sampled_from(FallsOn.values),
    nth=st.integers(1, 31),
    month=st.integers(1, 12),
    shift=st.sampled_from(Shift.values),
)
# A few own days of the enterprise anywhere, never a whole month.
own_days = st.lists(st.tuples(st.dates(FIRST, LAST), st.booleans()), max_size=12, unique_by=lambda pair: pair[0]).map(
    tuple
)


@given(rhythm=rhythm_of, own=own_days)
def test_ten_years_of_occurrences_match_a_walk_day_by_day(
    rhythm: rules.Rhythm, own: tuple[tuple[date, bool], ...]
) -> None:
    days = Days(own)

    found = rules.due_days(rhythm, FIRST, LAST, days)

    assert [(one.nominal, one.due) for one in found] == naive(rhythm, days)


@given(rhythm=rhythm_of, own=own_days)
def test_no_occurrence_comes_twice(rhythm: rules.Rhythm, own: tuple[tuple[date, bool], ...]) -> None:
    found = rules.due_days(rhythm, FIRST, LAST, Days(own))

    assert len({one.period for one in found}) == len({one.due for one in found}) == len(found)
    assert [one.due for one in found] == sorted(one.due for one in found)


@given(first=st.dates(FIRST, LAST), second=st.dates(FIRST, LAST), shift=st.sampled_from(Shift.values), own=own_days)
def test_moving_days_keeps_their_order_and_ends_on_a_working_day(
    first: date, second: date, shift: str, own: tuple[tuple[date, bool], ...]
) -> None:
    days = Days(own)
    one, other = sorted((first, second))

    moved = rules.moved(one, shift, days), rules.moved(other, shift, days)

    assert moved[0] <= moved[1]
    assert shift == "stay" or all(days.is_working(day) for day in moved)
    assert rules.moved(moved[0], shift, days) == moved[0]


@given(rhythm=rhythm_of, cut=st.dates(FIRST, LAST))
def test_a_span_cut_in_two_gives_the_same_occurrences(rhythm: rules.Rhythm, cut: date) -> None:
    days = Days()
    whole = rules.due_days(rhythm, FIRST, LAST, days)

    parts = [*rules.due_days(rhythm, FIRST, cut, days), *rules.due_days(rhythm, cut + timedelta(days=1), LAST, days)]

    assert parts == whole


@pytest.mark.parametrize(
    ("rhythm", "year", "expected"),
    [
        # 1 May 2026 is a holiday, 31 January a Saturday, 28 February 2026 a Saturday at work.
        (rules.Rhythm("month", "day", 1, shift="after"), (2026, 5), date(2026, 5, 6)),
        (rules.Rhythm("month", "day", 1, shift="before"), (2026, 5), date(2026, 4, 30)),
        (rules.Rhythm("month", "day", 1, shift="stay"), (2026, 5), date(2026, 5, 1)),
        (rules.Rhythm("month", "last_working_day"), (2026, 1), date(2026, 1, 30)),
        (rules.Rhythm("month", "last_working_day"), (2026, 2), date(2026, 2, 28)),
        (rules.Rhythm("month", "working_day", 5), (2026, 10), date(2026, 10, 13)),
        (rules.Rhythm("month", "day", 31, shift="stay"), (2026, 4), date(2026, 4, 30)),
    ],
)
def test_days_that_people_ask_about(rhythm: rules.Rhythm, year: tuple[int, int], expected: date) -> None:
    first = date(*year, 1)
    last = date(*year, calendar.monthrange(*year)[1])

    assert [one.due for one in rules.due_days(rhythm, first, last, Days())] == [expected]


def test_what_happens_once_or_after_an_event() -> None:
    once = rules.Rhythm("once", shift="after", once_on=date(2026, 10, 1))

    assert rules.due_days(once, FIRST, LAST, Days()) == [rules.Due("2026-10-01", date(2026, 10, 1), date(2026, 10, 8))]
    assert rules.due_days(rules.Rhythm("once"), FIRST, LAST, Days()) == []
    assert rules.due_days(rules.Rhythm("event"), FIRST, LAST, Days()) == []


def test_a_calendar_without_working_days_leaves_the_day_where_it_is() -> None:
    class Never:
        def is_working(self, day: date) -> bool:
            return False

    day = date(2026, 3, 3)

    assert rules.moved(day, "after", Never()) == day
    assert rules.due_days(rules.Rhythm("month", "last_working_day"), day, date(2026, 3, 31), Never()) == [
        rules.Due("2026-03", date(2026, 3, 31), date(2026, 3, 31))
    ]


def test_minutes_are_counted_in_the_month_of_the_moved_day() -> None:
    dues = rules.due_days(rules.Rhythm("month", "day", 1, shift="before"), date(2026, 4, 1), date(2026, 5, 31), Days())

    assert rules.minutes_by_month(dues, 30) == {"2026-04": 60}
    assert rules.opens_on(date(2026, 5, 6), 10) == date(2026, 4, 26)


def test_the_words_of_the_rules_are_those_of_the_database() -> None:
    assert {*rhythms.MONTHS_OF, rhythms.ONCE, rhythms.EVENT} == set(Every.values)
    assert {rhythms.DAY, rhythms.WORKING_DAY, rhythms.LAST_DAY, rhythms.LAST_WORKING_DAY} == set(FallsOn.values)
    assert {rhythms.BEFORE, rhythms.AFTER, rhythms.STAY} == set(Shift.values)
