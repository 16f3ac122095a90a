"""What a unit says about itself never holds twice on one day, and keeps who said and who ended it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.rooms.people.tests.factories import UnitFactory
from heli.rooms.people.tests.fixtures import Everyone, build_everyone
from heli.rooms.rulebook import services
from heli.rooms.rulebook.models import Circumstance

FIRST = date(2027, 1, 1)


def declare(everyone: Everyone, at: datetime, start: date, end: date | None = None) -> Circumstance:
    return services.declare_circumstance(
        unit_id=everyone.branch_a1.pk, condition="has_activists", valid_from=start, valid_to=end, reason="",
        by=everyone.branch_secretary_a1, at=at,
    )  # fmt: skip


def end(everyone: Everyone, at: datetime, stored: Circumstance, day: date) -> Circumstance:
    return services.end_circumstance(pk=stored.pk, valid_to=day, by=everyone.party_clerk, at=at, version=stored.version)


def test_a_new_term_records_the_end_of_the_running_one(installed: Everyone, at: datetime) -> None:
    def begin(day: date) -> Circumstance:
        return services.declare_circumstance(
            unit_id=installed.branch_a1.pk, condition="term_started", valid_from=day, reason="换届",
            by=installed.branch_secretary_a1, at=at,
        )  # fmt: skip

    first = begin(date(2024, 3, 1))
    begin(date(2027, 3, 1))

    first.refresh_from_db()
    entry = AuditEntry.objects.get(action="rulebook.circumstance_ended")
    assert (first.valid_to, first.version, first.ended_by) == (date(2027, 3, 1), 2, installed.branch_secretary_a1)
    assert (entry.subject_id, entry.changes) == (str(first.pk), {"valid_to": [None, "2027-03-01"]})


def test_who_declared_and_who_ended_it_is_kept(installed: Everyone, at: datetime) -> None:
    stored = end(installed, at, declare(installed, at, FIRST), date(2027, 6, 1))

    stored.refresh_from_db()
    assert (stored.declared_by, stored.declared_at) == (installed.branch_secretary_a1, at)
    assert (stored.ended_by, stored.ended_at) == (installed.party_clerk, at)


def test_an_end_is_not_moved_into_the_next_entry(installed: Everyone, at: datetime) -> None:
    stored = declare(installed, at, FIRST, date(2027, 3, 1))
    declare(installed, at, date(2027, 6, 1))

    with pytest.raises(Problem):
        end(installed, at, stored, date(2027, 6, 2))
    moved = end(installed, at, stored, date(2027, 6, 1))

    assert moved.valid_to == date(2027, 6, 1)


def test_the_database_refuses_what_overlaps_and_lets_other_facts_be(installed: Everyone) -> None:
    rows = {"unit": installed.branch_a1, "condition": "has_activists"}
    Circumstance.objects.create(**rows, valid_from=FIRST, valid_to=date(2027, 6, 1))

    with pytest.raises(IntegrityError), transaction.atomic():
        Circumstance.objects.create(**rows, valid_from=date(2027, 5, 31))
    Circumstance.objects.create(**rows, valid_from=date(2027, 6, 1))
    Circumstance.objects.create(**{**rows, "condition": "is_inspected"}, valid_from=FIRST)
    Circumstance.objects.create(**{**rows, "unit": installed.branch_a2}, valid_from=FIRST)

    assert Circumstance.objects.count() == 4


class NeverTwiceOnOneDay(TestCase):
    @settings(max_examples=40)
    @given(st.lists(st.tuples(st.integers(0, 30), st.none() | st.integers(1, 12)), max_size=8))
    def test_whatever_is_written_a_day_has_one_entry(self, spans: list[tuple[int, int | None]]) -> None:
        unit = UnitFactory()
        for start, length in spans:
            first = FIRST + timedelta(days=start)
            last = first + timedelta(days=length) if length else None
            try:
                with transaction.atomic():
                    Circumstance.objects.create(unit=unit, condition="has_activists", valid_from=first, valid_to=last)
            except IntegrityError:
                continue
        for day in range(45):
            held = Circumstance.objects.current(FIRST + timedelta(days=day)).filter(unit=unit)
            assert held.count() <= 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_moving_an_end_and_declaring_anew_at_once_never_overlap() -> None:
    everyone, at = build_everyone(), timezone.now()
    services.install_catalogue(by=everyone.party_clerk, at=at, valid_from=date(2026, 1, 1))
    stored = declare(everyone, at, date(2026, 1, 1), date(2026, 3, 1))
    acts: list[Callable[[], object]] = [
        lambda: end(everyone, at, stored, date(2026, 9, 1)),
        lambda: declare(everyone, at, date(2026, 6, 1)),
    ]

    answers = at_once(acts)

    assert answers == ["Problem", "done"]


def at_once(acts: list[Callable[[], object]]) -> list[str]:
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            start.wait()
            act()
        except Problem:
            return "Problem"
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))
