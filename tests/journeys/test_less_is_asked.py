"""A duty is asked less often: what its tasks go beyond is named, and only that is withdrawn; more is said, not done."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heli.rooms.information.models import Notification
from heli.rooms.people.enums import PostKind
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.rulebook import queries, records, services
from heli.rooms.rulebook.enums import Family
from heli.rooms.rulebook.models import Adjustment
from heli.rooms.rulebook.records import Page, Reader
from heli.rooms.rulebook.rules import month_end
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import FurtherDuty, Task, TemplateIssue
from heli.rooms.tasks.services import working
from heli.rooms.tasks.tests.factories import TaskFactory, TemplateFactory

CODE, YEAR = "A06", date(2028, 1, 1)
SURPLUS, OPEN = "tasks.surplus", "tasks.open"
TAKEN = (TaskState.ACCEPTED, TaskState.RETURNED, TaskState.HANDED_IN, TaskState.CLOSED)


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def monthly(everyone: Everyone, at: datetime) -> Everyone:
    """Let the published plan ask three branches for a duty every month of 2028."""
    services.install_catalogue(by=everyone.party_clerk, at=at, valid_from=date(2026, 1, 1))
    for unit in (everyone.branch_a1, everyone.branch_a2, everyone.branch_b1):
        for month in range(1, 13):
            task(unit, month)
    return everyone


def task(unit: Any, month: int, **values: Any) -> Task:
    given: dict[str, Any] = {"source": "plans.item:1", "obligation": CODE, "due_on": month_end(2028, month)}
    return TaskFactory(unit=unit, **{**given, **values})


def acted(everyone: Everyone, state: TaskState, at: datetime) -> dict[str, Any]:
    found: dict[str, Any] = {"state": state}
    if state != TaskState.OPEN:
        found |= {"accepted_at": at, "accepted_by": everyone.branch_secretary_a1}
    if state in (TaskState.HANDED_IN, TaskState.CLOSED):
        found |= {"handed_in_at": at, "handed_in_by": everyone.branch_secretary_a1}
    if state == TaskState.CLOSED:
        found |= {"closed_at": at, "closed_by": everyone.party_clerk}
    return found


def proposed(everyone: Everyone, at: datetime, **changes: Any) -> Adjustment:
    values = {
        "family": Family.OBLIGATION, "code": CODE, "cells": {"period": "quarter"}, "switches": {},
        "reason": "改为每季度一次", "valid_from": YEAR, "by": everyone.party_clerk, "at": at, "version": 1,
    }  # fmt: skip
    draft = services.draft_adjustment(**{**values, **changes})
    return services.propose_adjustment(adjustment_id=draft.pk, version=draft.version, by=everyone.party_clerk, at=at)


def counts(found: Adjustment, person: Any, at: datetime) -> dict[str, tuple[int, str]]:
    groups = queries.groups_of(queries.change_of(found), Reader(person, at.date()))
    return {group.key: (group.count, group.act) for group in groups if group.key.startswith("tasks.")}


def decided(everyone: Everyone, found: Adjustment, at: datetime, **declined: str) -> None:
    reasons = {key.replace("_", ".", 1): reason for key, reason in declined.items()}
    groups = queries.groups_of(queries.change_of(found), Reader(everyone.party_head, at.date()))
    choices = {
        group.key: services.Choice(group.key not in reasons, reasons.get(group.key, ""))
        for group in groups
        if group.act
    }
    found.refresh_from_db()
    services.decide_adjustment(
        adjustment_id=found.pk, version=found.version, choices=choices, by=everyone.party_head, at=at
    )


def months_open(unit: Any) -> list[int]:
    rows = Task.objects.filter(unit=unit, state=TaskState.OPEN).order_by("due_on")
    return [due.month for due in rows.values_list("due_on", flat=True) if due is not None]


def test_the_surplus_is_a_group_of_its_own_that_can_be_declined(monthly: Everyone, at: datetime) -> None:
    found = proposed(monthly, at)

    assert counts(found, monthly.party_clerk, at) == {SURPLUS: (24, "cancel"), OPEN: (12, "tell")}
    assert counts(found, monthly.branch_secretary_a1, at) == {SURPLUS: (8, "cancel"), OPEN: (4, "tell")}
    decided(monthly, found, at, tasks_surplus="明年再并")
    services.carry_out(adjustment_id=found.pk, at=at.replace(year=2028, month=1, day=1))

    assert Task.objects.filter(state=TaskState.OPEN).count() == 36


def test_counts_and_lines_agree(monthly: Everyone, at: datetime) -> None:
    change, reader = queries.change_of(proposed(monthly, at)), Reader(monthly.party_clerk, at.date())

    for group in queries.groups_of(change, reader):
        lines = queries.lines_of(change, reader, Page(group.key, limit=50))
        assert len(lines) == group.count
        assert not group.shares or sum(share.count for share in group.shares) == group.count
    apart = [{line.key for line in queries.lines_of(change, reader, Page(key, limit=50))} for key in (SURPLUS, OPEN)]
    assert apart[0].isdisjoint(apart[1])


def test_accepted_it_is_withdrawn_on_the_day_and_its_holders_are_told(monthly: Everyone, at: datetime) -> None:
    found, day = proposed(monthly, at), at.replace(year=2028, month=1, day=1)
    left = Task.objects.get(unit=monthly.branch_b1, due_on=month_end(2028, 5))
    services.leave_out(
        adjustment_id=found.pk, version=found.version, group=SURPLUS, line=str(left.pk), reason="已有安排",
        by=monthly.party_head, at=at,
    )  # fmt: skip
    decided(monthly, found, at)
    services.carry_out(adjustment_id=found.pk, at=at)
    Notification.objects.all().delete()

    services.carry_out(adjustment_id=found.pk, at=day)
    services.carry_out(adjustment_id=found.pk, at=day)

    assert months_open(monthly.branch_a1) == months_open(monthly.branch_a2) == [3, 6, 9, 12]
    assert months_open(monthly.branch_b1) == [3, 5, 6, 9, 12]
    assert found.effects.get(group=SURPLUS).applied == 23
    assert Notification.objects.get(person=monthly.branch_secretary_a1, kind="task").params["count"] == 8
    assert {task.cancel_reason for task in Task.objects.filter(state=TaskState.CANCELED)} == {"改为每季度一次"}


def test_started_work_counts_and_stays(monthly: Everyone, at: datetime) -> None:
    found, day = proposed(monthly, at), at.replace(year=2028, month=1, day=1)
    decided(monthly, found, at)
    early = Task.objects.get(unit=monthly.branch_a1, due_on=month_end(2028, 2))
    working.accept_task(task_id=early.pk, by=monthly.branch_secretary_a1, at=at, version=early.version)

    services.carry_out(adjustment_id=found.pk, at=day)

    early.refresh_from_db()
    assert (early.state, months_open(monthly.branch_a1)) == ("accepted", [6, 9, 12])


def test_each_template_and_each_item_is_a_series_and_what_a_person_gave_is_none(
    monthly: Everyone, at: datetime
) -> None:
    Task.objects.exclude(unit=monthly.branch_a1).delete()
    template = TemplateFactory(obligation=CODE, unit=monthly.group, root=monthly.group, owner=monthly.discipline_clerk)
    for month in (1, 2, 3):
        issue = TemplateIssue.objects.create(
            template=template, period=f"2028-{month}", due_on=month_end(2028, month), state="issued", requested_at=at,
            requested_by=monthly.party_clerk, ended_at=at,
        )  # fmt: skip
        task(monthly.branch_a1, month, source=issue.source)
        task(monthly.branch_a1, month, source="")

    found = counts(proposed(monthly, at), monthly.party_clerk, at)

    assert (found[SURPLUS][0], found[OPEN][0]) == (8 + 2, 4 + 1 + 3)


def test_units_that_are_asked_no_longer_are_freed_whole(monthly: Everyone, at: datetime) -> None:
    found = proposed(monthly, at, cells={"subjects": "committee"})

    assert counts(found, monthly.party_clerk, at) == {SURPLUS: (36, "cancel")}


def test_what_meets_another_duty_stays_and_counts(monthly: Everyone, at: datetime) -> None:
    both = Task.objects.get(unit=monthly.branch_a1, due_on=month_end(2028, 1))
    FurtherDuty.objects.create(task=both, code="A04")
    beside = task(monthly.branch_a1, 6, source="plans.item:9", obligation="A04")
    FurtherDuty.objects.create(task=beside, code=CODE)
    found, day = proposed(monthly, at), at.replace(year=2028, month=1, day=1)

    assert counts(found, monthly.party_clerk, at) == {
        SURPLUS: (24, "cancel"), OPEN: (12, "tell"), "tasks.shared": (1, "tell"),
    }  # fmt: skip
    decided(monthly, found, at)
    services.carry_out(adjustment_id=found.pk, at=day)

    rows = Task.objects.filter(unit=monthly.branch_a1, state=TaskState.OPEN, source="plans.item:1").order_by("due_on")
    assert [one.due_on.month for one in rows if one.due_on] == [1, 6, 9, 12]
    beside.refresh_from_db()
    assert beside.state == "open"


def test_a_duty_that_ends_takes_no_task_that_meets_another(monthly: Everyone, at: datetime) -> None:
    both = Task.objects.get(unit=monthly.branch_a1, due_on=month_end(2028, 1))
    FurtherDuty.objects.create(task=both, code="A04")
    found = proposed(monthly, at, cells={}, switches={"is_on": False})

    assert counts(found, monthly.party_clerk, at) == {OPEN: (35, "cancel"), "tasks.shared": (1, "tell")}
    decided(monthly, found, at)
    services.carry_out(adjustment_id=found.pk, at=at.replace(year=2028, month=1, day=1))

    assert list(Task.objects.filter(state=TaskState.OPEN)) == [both]


@pytest.mark.parametrize("cells", [{"count": "2"}, {"title_zh": "另一个名称"}, {"subjects": "branch;committee"}])
def test_asked_as_often_or_more_nothing_is_surplus(monthly: Everyone, at: datetime, cells: dict[str, str]) -> None:
    found = proposed(monthly, at, cells=cells)

    assert counts(found, monthly.party_clerk, at) == {OPEN: (36, "tell")}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.integers(1, 12), st.sampled_from([*[TaskState.OPEN] * 6, *TAKEN]), st.sampled_from(["i:1", "i:2", ""])
        ),
        min_size=6,
        max_size=20,
        unique_by=lambda one: (one[0], one[2]),
    ),
    st.sampled_from([("quarter", 1), ("quarter", 2), ("half", 1), ("half", 4), ("year", 1), ("year", 5)]),
    st.sampled_from([1, 1, 3, 5, 9]),
)
def test_what_stays_is_what_is_asked(
    monthly: Everyone, at: datetime, rows: list[tuple[int, TaskState, str]], asked: tuple[str, int], month: int
) -> None:
    """A small model counts: nothing taken in hand goes; no period keeps less than is asked, or more than it must."""
    Task.objects.all().delete()
    Adjustment.objects.all().delete()
    (period, count), day = asked, date(2028, month, 1)
    for due, state, source in rows:
        task(monthly.branch_a1, due, source=source, **acted(monthly, state, at))
    found = proposed(monthly, at, cells={"period": period, "count": str(count)}, valid_from=day)
    goes = {
        int(line.key)
        for line in queries.lines_of(
            queries.change_of(found), Reader(monthly.party_clerk, at.date()), Page(SURPLUS, limit=50)
        )
    }

    length = {"quarter": 3, "half": 6, "year": 12}[period]
    kept: dict[tuple[str, int], list[Task]] = defaultdict(list)
    gone: dict[tuple[str, int], int] = defaultdict(int)
    for one in Task.objects.all():
        assert one.due_on is not None
        key = (one.source, (one.due_on.month - 1) // length)
        if one.pk in goes:
            assert (one.state, one.source != "", one.due_on >= day) == ("open", True, True)
            gone[key] += 1
        else:
            kept[key].append(one)
    for key in {*kept, *gone}:
        assert len(kept[key]) >= count or not gone[key]
        free = [one for one in kept[key] if one.state == "open" and one.due_on and one.due_on >= day]
        if key[0]:
            assert len(free) <= max(count - sum(one.state != "open" for one in kept[key]), 0)


@given(st.sampled_from([1, 3, 6, 12]), st.integers(1, 12), st.integers(1, 12))
def test_a_rate_counts_a_year(months: int, times: int, others: int) -> None:
    rate = records.Rate(times, months, frozenset())

    assert rate.a_year == times * (12 // months)
    assert (records.Change("obligation", "X", YEAR, rates=(rate, records.Rate(others, months, frozenset()))).less) == (
        records.Rate(others, months, frozenset()) if others < times else None
    )


def test_post_kinds_are_counted_apart(monthly: Everyone, at: datetime) -> None:
    Task.objects.exclude(unit=monthly.branch_a1).delete()
    for month in (1, 2, 3):
        task(monthly.branch_a1, month, post_kind=PostKind.BRANCH_MEMBER)

    assert counts(proposed(monthly, at), monthly.party_clerk, at)[SURPLUS][0] == 8 + 2
