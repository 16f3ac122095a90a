"""What proves a task against the stretch of time it stands for, and closing what is of another time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.rooms.responsibilities.records import Holding, WorkQuery
from heli.rooms.rulebook.services import install_catalogue
from heli.rooms.tasks import queries, rules, services
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Task, TemplateIssue
from heli.rooms.tasks.queries import spans
from heli.rooms.tasks.queries.duty_work import duty_work
from heli.rooms.tasks.tests.factories import OPENED, CitationFactory, EvidenceFactory, TaskFactory, TemplateFactory

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
FEBRUARY = date(2027, 2, 20)


@pytest.mark.parametrize(
    ("starts", "due", "period", "begins"),
    [
        (date(2027, 3, 1), date(2027, 3, 31), "", date(2027, 3, 1)),
        (date(2027, 3, 20), date(2027, 3, 31), "", date(2027, 3, 1)),
        (date(2027, 1, 4), date(2027, 6, 30), "", date(2027, 1, 4)),
        (None, date(2027, 3, 31), "", None),
        (date(2027, 3, 1), None, "", date(2027, 3, 1)),
        (date(2027, 10, 20), date(2027, 11, 2), "2027-10", date(2027, 10, 1)),
        (date(2027, 6, 20), date(2027, 6, 30), "2027-Q2", date(2027, 4, 1)),
        (date(2027, 12, 20), date(2027, 12, 31), "2027-H2", date(2027, 7, 1)),
        (date(2027, 12, 20), date(2027, 12, 31), "2027", date(2027, 1, 1)),
        (date(2027, 5, 6), date(2027, 5, 20), "2027-05-06", date(2027, 5, 1)),
    ],
)
def test_a_stretch_is_at_least_the_month_or_the_period_it_was_issued_for(starts, due, period, begins):
    assert rules.span_of(starts, due, period) == rules.Span(begins, due)


@pytest.mark.parametrize(
    ("every", "begins"),
    [
        ("month", date(2027, 11, 1)), ("quarter", date(2027, 10, 1)), ("half", date(2027, 7, 1)),
        ("year", date(2027, 1, 1)), ("event", None), ("", None),
    ],
)  # fmt: skip
def test_without_a_first_day_a_task_stands_for_the_period_of_its_duty(every, begins):
    assert rules.span_of(None, date(2027, 11, 30), every=every) == rules.Span(begins, date(2027, 11, 30))


def test_a_monthly_duty_without_a_first_day_asks_for_proof_of_its_month(everyone, at):
    install_catalogue(by="test", at=at)
    task = _proven(everyone, None, date(2027, 3, 31), _record(everyone))
    Task.objects.filter(pk=task.pk).update(obligation="A02")
    task.refresh_from_db()

    assert spans.proven(task).span == rules.Span(date(2027, 3, 1), date(2027, 3, 31))
    with pytest.raises(Problem):
        _close(task, everyone, at)


@given(starts=DAYS, length=st.integers(0, 200), days=st.lists(DAYS, max_size=4), shares=st.booleans())
def test_a_reason_is_needed_exactly_where_nothing_is_of_the_time_and_something_is_early_or_shared(
    starts, length, days, shares
):
    span = rules.span_of(starts, starts + timedelta(days=length))

    needs = rules.needs_reason(span, days, days[:1] if shares else [])

    inside = [day for day in days if span.begins <= day <= span.ends]
    early = [day for day in days if day < span.begins]
    assert needs == bool(days and not inside and (early or shares))
    assert [day for day in days if span.holds(day)] == inside


@pytest.fixture
def march(everyone):
    """The task of March, of a duty that comes every month, with February's record as its only proof."""
    return _proven(everyone, date(2027, 3, 1), date(2027, 3, 31), _record(everyone))


def _record(everyone, day=FEBRUARY):
    return EvidenceFactory(unit=everyone.branch_a1, recorded_by=everyone.branch_secretary_a1, happened_on=day)


def _proven(everyone, starts, due, evidence, state=TaskState.HANDED_IN, **more):
    by = everyone.branch_secretary_a1
    task = TaskFactory(
        unit=everyone.branch_a1, requesters=[everyone.party_department], starts_on=starts, due_on=due,
        obligation="A05", state=state, accepted_at=OPENED, accepted_by=by, handed_in_at=OPENED, handed_in_by=by, **more,
    )  # fmt: skip
    CitationFactory(task=task, evidence=evidence, cited_by=by)
    return task


def _close(task, everyone, at, reason=""):
    return services.close_task(task_id=task.pk, by=everyone.party_clerk, at=at, version=task.version, reason=reason)


def test_a_record_of_another_month_closes_nothing_without_a_reason(everyone, march, at):
    with pytest.raises(Problem) as refused:
        _close(march, everyone, at)

    assert "2027" in refused.value.why
    assert Task.objects.get(pk=march.pk).state == TaskState.HANDED_IN
    closed = _close(march, everyone, at, "两月合并开展，已报上级同意。")
    entry = AuditEntry.objects.get(action="task.closed")
    assert closed.state == TaskState.CLOSED
    assert (entry.changes["reason"], entry.changes["outside"]) == ("两月合并开展，已报上级同意。", ["2027-02-20"])


@pytest.mark.parametrize("day", [date(2027, 3, 1), date(2027, 3, 31), date(2027, 4, 6)])
def test_what_was_done_in_time_or_late_closes_as_ever(everyone, at, day):
    task = _proven(everyone, date(2027, 3, 1), date(2027, 3, 31), _record(everyone, day))

    assert _close(task, everyone, at).state == TaskState.CLOSED


def test_one_record_for_two_months_is_named_and_needs_a_reason_in_the_wrong_one(everyone, at):
    record = _record(everyone, date(2027, 4, 6))
    march = _proven(everyone, date(2027, 3, 1), date(2027, 3, 31), record)
    april = _proven(everyone, date(2027, 4, 1), date(2027, 4, 30), record)
    other_duty = _proven(everyone, date(2027, 5, 1), date(2027, 5, 31), record)
    Task.objects.filter(pk=other_duty.pk).update(obligation="A09")

    found = spans.proven(march)

    assert found.others == {record.pk: [april]}
    assert (found.needs_reason, spans.proven(april).needs_reason) == (True, False)
    assert queries.task_page(march, at.date(), everyone.party_clerk).others == {record.pk: [april]}
    assert queries.task_page(march, at.date(), None).others == {record.pk: []}


def test_an_issued_task_stands_for_the_period_it_was_issued_for(everyone, at):
    template = TemplateFactory(root=everyone.group, unit=everyone.party_department)
    issue = TemplateIssue.objects.create(
        template=template,
        period="2027-Q1",
        due_on=date(2027, 3, 31),
        requested_at=at,
        requested_by=everyone.party_clerk,
    )
    task = _proven(everyone, date(2027, 3, 20), date(2027, 3, 31), _record(everyone), source=issue.source)

    assert spans.proven(task).span == rules.Span(date(2027, 1, 1), date(2027, 3, 31))
    assert _close(task, everyone, at).state == TaskState.CLOSED


def test_both_sides_are_told_on_the_page(everyone, march, client_of):
    url = f"/tasks/{march.pk}/"
    words = "发生于 2027-02-20，不在本任务的时间范围 2027-03-01 至 2027-03-31 内"

    reviewer = client_of(everyone.party_clerk).get(url).content.decode()
    Task.objects.filter(pk=march.pk).update(state=TaskState.RETURNED)
    doer = client_of(everyone.branch_secretary_a1).get(url).content.decode()

    assert words in reviewer
    assert 'name="close_reason"' in reviewer
    assert words in doer


def test_the_duty_record_says_it(everyone, march, at):
    holding = Holding(everyone.branch_a1.pk, "branch_secretary", date(2020, 1, 1))
    asked = WorkQuery(
        everyone.branch_secretary_a1.pk, (holding,), (), frozenset(), date(2027, 1, 1), date(2028, 1, 1), at.date()
    )

    assert [(work.done_on, work.is_outside) for work in duty_work(asked)] == [(FEBRUARY, True)]


def test_the_page_sends_the_reason(everyone, march, client_of):
    sent = {"version": march.version, "close_reason": "补开，已说明情况。"}

    client_of(everyone.party_clerk).post(f"/tasks/{march.pk}/close/", sent)

    assert Task.objects.get(pk=march.pk).state == TaskState.CLOSED
