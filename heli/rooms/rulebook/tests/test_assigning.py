"""Which task meets which of the times a duty is asked: the rule by itself, over any spans and any tasks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heli.rooms.rulebook import rules

START = date(2027, 1, 1)


@dataclass(frozen=True)
class Span:
    first: date
    last: date
    times: int = 1


def _day(number: int) -> date:
    return START + timedelta(days=number)


@st.composite
def _span(draw: st.DrawFn) -> Span:
    first = draw(st.integers(0, 20))
    return Span(_day(first), _day(draw(st.integers(first, 24))), draw(st.integers(1, 3)))


spans = st.lists(_span(), max_size=5)
days = st.lists(st.integers(0, 26).map(_day), max_size=14)


def _each(tasks: list[date]) -> list[rules.Planned]:
    return [(day, 1) for day in tasks]


@settings(max_examples=400)
@given(spans, days)
def test_no_task_counts_twice_and_each_lies_in_the_span_it_meets(asked: list[Span], tasks: list[date]) -> None:
    placed = rules.assign(asked, _each(tasks))

    assert all(asked[each.span].first <= tasks[each.task] <= asked[each.span].last for each in placed)
    assert all(each.number == 1 for each in placed)
    assert len({each.task for each in placed}) == len(placed)
    assert all(
        0 <= number <= span.times for number, span in zip(rules.times_met(asked, _each(tasks)), asked, strict=True)
    )


@settings(max_examples=400)
@given(spans, days)
def test_as_much_is_met_as_any_way_could_meet_and_what_is_due_first_before_the_rest(
    asked: list[Span], tasks: list[date]
) -> None:
    met = rules.times_met(asked, _each(tasks))
    order = sorted(range(len(asked)), key=lambda at: (asked[at].last, asked[at].first))

    for count in range(len(order) + 1):
        due_first = order[:count]
        assert sum(met[at] for at in due_first) == _most([asked[at] for at in due_first], tasks)


def _most(asked: list[Span], tasks: list[date]) -> int:
    """How much can be met at all: look for another place for whoever is in the way, as far as it goes."""
    places = [span for span in asked for _time in range(span.times)]
    taken: dict[int, int] = {}

    def finds(task: int, seen: set[int]) -> bool:
        for at, span in enumerate(places):
            if span.first <= tasks[task] <= span.last and at not in seen:
                seen.add(at)
                if at not in taken or finds(taken[at], seen):
                    taken[at] = task
                    return True
        return False

    return sum(finds(task, set()) for task in range(len(tasks)))


@settings(max_examples=400)
@given(spans, st.lists(st.tuples(days, st.sets(st.integers(0, 4))), max_size=6))
def test_counting_by_stretches_over_many_units_is_the_sum_of_the_units(
    asked: list[Span], units: list[tuple[list[date], set[int]]]
) -> None:
    """As the matrix counts: tasks by stretch of days, units with the same picture once; the cell goes unit by unit."""
    cut, pictures = rules.stretches(asked), Counter[tuple[tuple[int, ...], tuple[rules.Planned, ...]]]()
    cells = [0] * len(asked)
    for tasks, not_asked in units:
        owed = tuple(at for at in range(len(asked)) if at not in not_asked)
        for at, number in zip(owed, rules.times_met([asked[at] for at in owed], _each(tasks)), strict=True):
            cells[at] += number
        counts = Counter(first for day in tasks for first, last in cut if first <= day <= last)
        pictures[owed, tuple(sorted(counts.items()))] += 1

    matrix = [0] * len(asked)
    for (owed, counted), number_of_units in pictures.items():
        for at, number in zip(owed, rules.times_met([asked[at] for at in owed], counted), strict=True):
            matrix[at] += number * number_of_units

    assert matrix == cells


@given(spans, st.integers(0, 26).map(_day))
def test_each_day_of_a_span_lies_in_one_stretch_whose_days_are_alike(asked: list[Span], day: date) -> None:
    around = [span for span in asked if span.first <= day <= span.last]

    found = [(first, last) for first, last in rules.stretches(asked) if first <= day <= last]

    assert len(found) == bool(around)
    for first, last in found:
        assert [span for span in asked if span.first <= first <= span.last] == around
        assert [span for span in asked if span.first <= last <= span.last] == around


@given(spans)
def test_spans_stand_alone_only_where_no_other_has_one_of_their_days(asked: list[Span]) -> None:
    alone, shared = rules.apart(asked)

    assert sorted(map(repr, [*alone, *shared])) == sorted(map(repr, asked))
    assert all(sum(other.first <= one.last and one.first <= other.last for other in asked) == 1 for one in alone)
    assert all(sum(other.first <= one.last and one.first <= other.last for other in asked) > 1 for one in shared)


HALF, YEAR = Span(_day(0), date(2027, 6, 30)), Span(_day(0), date(2027, 12, 31))
MAY, OCTOBER = date(2027, 5, 9), date(2027, 10, 9)


@pytest.mark.parametrize(
    ("asked", "tasks", "met"),
    [
        ([HALF, YEAR], [(MAY, 1)], [1, 0]),
        ([HALF, YEAR], [(MAY, 2)], [1, 1]),
        ([YEAR, HALF], [(MAY, 3)], [1, 1]),
        ([HALF, YEAR], [(OCTOBER, 2)], [0, 1]),
        ([HALF, YEAR], [(OCTOBER, 1), (MAY, 1)], [1, 1]),
        ([Span(_day(0), date(2027, 12, 31), 2), HALF], [(MAY, 5)], [2, 1]),
        ([HALF], [], [0]),
        ([], [(MAY, 1)], []),
    ],
)
def test_a_surplus_moves_on_to_the_next_span_that_lacks_one(asked, tasks, met):
    assert rules.times_met(asked, tasks) == met
