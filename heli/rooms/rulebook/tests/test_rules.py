from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heli.rooms.rulebook import catalogue, rules
from heli.rooms.rulebook.catalogue import Deadline, Obligation, Window, parse_deadline

DAYS = rules.work_calendar(catalogue.load().holidays)
DUTIES = catalogue.load().obligation_by_code
ANY_DAY = st.dates(date(2024, 1, 1), date(2030, 12, 31))


def duty(**changes: object) -> Obligation:
    return replace(DUTIES["A01"], **changes)


# --- The working calendar ---


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2026, 1, 1), False),  # New Year
        (date(2026, 1, 4), True),  # a Sunday, made up
        (date(2026, 2, 14), True),  # a Saturday, made up
        (date(2026, 2, 23), False),  # a Monday, last day of Spring Festival
        (date(2026, 2, 24), True),
        (date(2026, 9, 25), False),  # a Friday, Mid-Autumn
        (date(2026, 10, 10), True),  # a Saturday, made up
        (date(2027, 2, 8), False),  # statutory
        (date(2027, 6, 9), False),  # Dragon Boat
        (date(2027, 3, 10), True),
        (date(2027, 3, 13), False),  # a Saturday
        (date(2031, 10, 1), True),  # no data: weekends alone
    ],
)
def test_is_working(day: date, is_working: bool) -> None:
    assert DAYS.is_working(day) is is_working


def test_confidence_of_a_year_is_that_of_its_least_sure_day() -> None:
    assert [DAYS.confidence(year) for year in (2026, 2027, 2031)] == ["verified", "memory", None]


# --- Deadlines ---


@pytest.mark.parametrize(
    ("written", "event", "due"),
    [
        ("P1M", date(2027, 1, 31), date(2027, 2, 28)),
        ("P3M", date(2027, 3, 10), date(2027, 6, 10)),
        ("P6M", date(2026, 8, 31), date(2027, 2, 28)),
        ("P2Y", date(2028, 2, 29), date(2030, 2, 28)),
        ("P15D", date(2027, 3, 10), date(2027, 3, 25)),
        ("-P6M", date(2027, 3, 10), date(2026, 9, 10)),
        ("-P7D", date(2027, 1, 1), date(2026, 12, 25)),
        ("5wd", date(2027, 3, 10), date(2027, 3, 17)),
        ("15wd", date(2026, 2, 9), date(2026, 3, 6)),  # over Spring Festival and both made-up Saturdays
        ("-3wd", date(2026, 10, 8), date(2026, 9, 28)),  # National Day and Mid-Autumn do not count
    ],
)
def test_due_on(written: str, event: date, due: date) -> None:
    deadline = parse_deadline(written)
    assert deadline is not None

    assert rules.due_on(deadline, event, DAYS) == due


@given(ANY_DAY, st.integers(1, 60), st.booleans())
def test_working_days_are_counted_one_by_one(day: date, count: int, is_before: bool) -> None:
    due = rules.due_on(Deadline(count, "working_days", is_before), day, DAYS)

    first, last = (due, day - timedelta(days=1)) if is_before else (day + timedelta(days=1), due)
    between = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert sum(DAYS.is_working(one) for one in between) == count
    assert DAYS.is_working(due)


@given(ANY_DAY, st.integers(-60, 60))
def test_months_keep_the_day_or_end_the_month(day: date, months: int) -> None:
    moved = rules.add_months(day, months)

    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == day.day or moved == rules.month_end(moved.year, moved.month)


@given(st.sampled_from(["days", "months", "years", "working_days"]), st.integers(1, 999), st.booleans())
def test_a_deadline_reads_back_as_written(unit: str, amount: int, is_before: bool) -> None:
    deadline = Deadline(amount, unit, is_before)  # type: ignore[arg-type]

    assert parse_deadline(str(deadline)) == deadline


@pytest.mark.parametrize("written", ["1M", "P0M", "P1W", "wd", "P1M ", "0wd", "P1.5M", "-"])
def test_a_malformed_deadline_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="is no time limit"):
        parse_deadline(written)


# --- Applicability ---


@pytest.mark.parametrize(
    ("code", "kind", "conditions", "applies", "missing"),
    [
        ("A01", "branch", set(), True, ()),
        ("A01", "party_committee", set(), False, ()),
        ("A02", "branch", set(), False, ("has_committee",)),
        ("A02", "branch", {"has_committee"}, True, ()),
        ("A03", "party_group", set(), True, ()),  # a group exists only where there are groups
        ("A03", "branch", {"has_groups"}, False, ()),
        ("A35", "branch", {"has_activists"}, True, ()),
        ("A17", "group_committee", set(), True, ()),
        ("A17", "general_branch", set(), False, ()),
        ("A18", "general_branch", set(), True, ()),
        ("B42", "branch", set(), False, ("is_inspected",)),
        ("B42", "branch", {"is_inspected"}, True, ()),
        ("B28", "discipline_commission", set(), True, ()),
        ("B31", "department", set(), True, ()),
    ],
)
def test_applicability(code: str, kind: str, conditions: set[str], applies: bool, missing: tuple[str, ...]) -> None:
    found = rules.applicability(DUTIES[code], kind, conditions)

    assert (found.applies, found.missing) == (applies, missing)


@given(st.sampled_from(sorted(DUTIES)), st.sets(st.sampled_from(["has_committee", "has_groups", "is_inspected"])))
def test_more_conditions_never_take_a_duty_away(code: str, conditions: set[str]) -> None:
    one = DUTIES[code]

    for kind in one.unit_kinds:
        if rules.applicability(one, kind, conditions):
            assert rules.applicability(one, kind, conditions | {"has_activists", "has_probationary"})


# --- Occurrences ---


@pytest.mark.parametrize(
    ("code", "months"),
    [
        ("A01", {3: 1, 6: 1, 9: 1, 12: 1}),
        ("A02", dict.fromkeys(range(1, 13), 1)),
        ("A07", {12: 1}),
        ("A15", {3: 1}),
        ("A23", {12: 1}),  # thirty-two hours are one thing to show
        ("A28", {1: 1}),  # November to January
        ("A31", {6: 1, 12: 1}),
        ("A12", {}),  # an event
        ("B01", {6: 1, 12: 1}),
        ("B13", {1: 1}),
        ("J01", {2: 1}),
    ],
)
def test_required_months(code: str, months: dict[int, int]) -> None:
    assert rules.required_months(DUTIES[code], 2027, DAYS) == months


def test_a_window_over_the_turn_of_the_year_starts_in_the_year_before() -> None:
    (one,) = rules.occurrences(DUTIES["A28"], 2027, DAYS)

    assert (one.starts_on, one.due_on) == (date(2026, 11, 1), date(2027, 1, 31))


def test_hours_keep_their_quantity() -> None:
    (one,) = rules.occurrences(DUTIES["A23"], 2027, DAYS)

    assert (one.quantity, one.count_unit, one.times) == (32, "hours", 1)


def test_reminders_stand_seven_days_before_each_holiday() -> None:
    found = rules.occurrences(DUTIES["B28"], 2026, DAYS)

    assert [one.due_on for one in found] == [
        date(2026, 2, 8), date(2026, 3, 28), date(2026, 4, 24), date(2026, 6, 12), date(2026, 9, 18),
        date(2026, 9, 24), date(2026, 12, 25),
    ]  # fmt: skip
    assert all(one.is_dated for one in found)


def test_reminders_of_a_year_without_calendar_are_asked_for_undated() -> None:
    (one,) = rules.occurrences(DUTIES["B28"], 2033, DAYS)

    assert (one.quantity, one.due_on, one.is_dated) == (7, date(2033, 12, 31), False)


@pytest.mark.parametrize(
    ("code", "anchor", "year", "due"),
    [
        ("A18", date(2024, 5, 20), 2027, [date(2027, 5, 20)]),
        ("A18", date(2024, 5, 20), 2026, []),
        ("A17", date(2022, 12, 8), 2027, [date(2027, 12, 8)]),
        ("A17", None, 2027, []),
        ("B32", date(2024, 5, 20), 2029, []),  # a rolling interval, not a term that an election begins
    ],
)
def test_a_term_ends_so_many_months_after_it_began(code: str, anchor: date | None, year: int, due: list[date]) -> None:
    assert [one.due_on for one in rules.occurrences(DUTIES[code], year, DAYS, anchor)] == due


PERIODS = st.sampled_from(["month", "quarter", "half", "year"])
PER_YEAR = {"month": 12, "quarter": 4, "half": 2, "year": 1}


@given(PERIODS, st.integers(1, 12), st.integers(2024, 2032))
def test_a_year_asks_for_the_count_of_each_period(period: str, count: int, year: int) -> None:
    one = duty(period=period, count=count)

    found = rules.occurrences(one, year, DAYS)

    assert sum(occurrence.times for occurrence in found) == count * PER_YEAR[period] == rules.per_year(one)
    assert [occurrence.due_on for occurrence in found] == sorted(occurrence.due_on for occurrence in found)
    assert all(occurrence.due_on.year == year and occurrence.starts_on <= occurrence.due_on for occurrence in found)


@given(st.integers(1, 40), st.integers(1, 12), st.sampled_from(["times", "hours"]))
def test_a_share_is_whole_and_complete(count: int, windows: int, unit: str) -> None:
    parts = rules.share(count, windows, unit)

    assert sum(parts) == count
    assert len(parts) == windows
    if unit == "times":
        assert max(parts) - min(parts) <= 1


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)), min_size=1, max_size=4), st.integers(1, 8))
def test_windows_share_the_count_of_a_year(windows: list[tuple[int, int]], count: int) -> None:
    one = duty(period="year", count=count, windows=tuple(Window(*window) for window in windows))

    found = rules.occurrences(one, 2027, DAYS)

    assert sum(occurrence.times for occurrence in found) == count
    assert {occurrence.due_on.month for occurrence in found} <= {end for _start, end in windows}


# --- Frequency ---


@pytest.mark.parametrize(
    ("code", "rate"),
    [("A01", 4), ("A02", 12), ("A23", 32), ("B01", 2), ("A17", Fraction(1, 5)), ("A53", 110), ("A12", None)],
)
def test_per_year(code: str, rate: Fraction | None) -> None:
    assert rules.per_year(DUTIES[code]) == rate


@pytest.mark.parametrize(
    ("offered", "required", "is_enough"),
    [("A02", "A01", True), ("A01", "A02", False), ("A01", "A01", True), ("A23", "A01", None), ("A12", "A01", None)],
)
def test_is_at_least(offered: str, required: str, is_enough: bool | None) -> None:
    assert rules.is_at_least(DUTIES[offered], DUTIES[required]) is is_enough


# --- The month matrix ---


@pytest.mark.parametrize(
    ("required", "planned", "done", "is_over", "missing", "still_open", "state"),
    [
        (0, 0, 0, False, 0, 0, "none"),
        (0, 0, 2, True, 0, 0, "extra"),
        (3, 0, 3, True, 0, 0, "done"),
        (3, 0, 5, False, 0, 0, "done"),
        (3, 2, 1, False, 0, 0, "planned"),
        (3, 1, 1, False, 0, 1, "open"),
        (3, 2, 1, True, 2, 0, "missing"),  # what was planned and not done is missing when the month is over
        (3, 0, 0, True, 3, 0, "missing"),
    ],
)
def test_cell(required: int, planned: int, done: int, is_over: bool, missing: int, still_open: int, state: str) -> None:
    found = rules.cell(required=required, planned=planned, done=done, is_over=is_over)

    assert (found.missing, found.open, found.state) == (missing, still_open, state)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.booleans())
def test_a_cell_accounts_for_all_that_is_required(required: int, planned: int, done: int, is_over: bool) -> None:
    found = rules.cell(required=required, planned=planned, done=done, is_over=is_over)

    assert min(done, required) + found.missing + found.open + (0 if is_over else min(planned, required)) >= required
    assert found.missing == 0 or is_over
    assert found.open == 0 or not is_over
    assert (found.state == "done") == (0 < required <= done)


# --- Key links ---


@pytest.mark.parametrize(
    ("applicable", "planned", "state"),
    [
        ({"A01", "A02", "A04"}, {"A01", "A02", "A04"}, "covered"),
        ({"A01", "A04"}, {"A01", "A04"}, "covered"),  # no committee, so no committee meeting
        ({"A01", "A02", "A04"}, {"A01"}, "partly"),
        ({"A01", "A02", "A04"}, {"B01"}, "missing"),
        ({"B01"}, {"A01"}, "not_asked"),
    ],
)
def test_key_link_state(applicable: set[str], planned: set[str], state: str) -> None:
    assert rules.key_link_state(("A01", "A02", "A03", "A04"), applicable, planned) == state


# --- Editions ---


@pytest.mark.parametrize(
    ("base", "own", "shipped", "found"),
    [
        ("1", "1", "1", []),
        ("1", "2", "1", []),  # ours alone
        ("1", "1", "2", [("1", "2", False)]),
        ("1", "3", "2", [("3", "2", True)]),
        ("1", "2", "2", []),  # both came to the same
    ],
)
def test_differences(base: str, own: str, shipped: str, found: list[tuple[str, str, bool]]) -> None:
    differences = rules.differences({"count": base}, {"count": own}, {"count": shipped})

    assert [(one.own, one.shipped, one.is_conflict) for one in differences] == found


TEXTS = st.dictionaries(st.sampled_from("abc"), st.sampled_from("xyz"), min_size=3, max_size=3)


@given(TEXTS, TEXTS, TEXTS)
def test_taking_everything_over_leaves_nothing_different(
    base: dict[str, str], own: dict[str, str], shipped: dict[str, str]
) -> None:
    taken = {**own, **{one.column: one.shipped for one in rules.differences(base, own, shipped)}}

    assert rules.differences(base, taken, shipped) == []
    assert set(rules.edited(shipped, taken)) <= set(rules.edited(base, own))
