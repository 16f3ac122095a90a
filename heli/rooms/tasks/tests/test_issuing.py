from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connection
from django.urls import reverse

from heli.kernel import audit
from heli.kernel.decisions import AccessDenied
from heli.kernel.problems import Problem
from heli.rooms.information.models import Notification
from heli.rooms.people.tests.factories import UnitFactory
from heli.rooms.people.tests.fixtures import build_everyone
from heli.rooms.rulebook import services as rulebook
from heli.rooms.tasks import queries, rules, services
from heli.rooms.tasks.enums import IssueState, TaskState
from heli.rooms.tasks.models import Task, TaskTemplate, TemplateIssue
from heli.rooms.tasks.services import issuing
from heli.rooms.tasks.tests.factories import TemplateFactory


@pytest.fixture
def template(everyone):
    return TemplateFactory(
        root=everyone.group, unit=everyone.group, drafted_by=everyone.party_clerk, approved_by=everyone.party_head
    )


def _next(template, at):
    return queries.issue_preview(template, at.date()).next_due


def _issued(template, by, at):
    issue = services.begin_issue(template_id=template.pk, due=_next(template, at), by=by, at=at)
    services.run_issue(issue_id=issue.pk, at=at)
    issue.refresh_from_db()
    return issue


def _fail(*_args, **_kwargs):
    raise RuntimeError


def test_issuing_opens_one_task_a_unit_and_tells_its_holder(everyone, template, at):
    issue = _issued(template, everyone.party_clerk, at)

    tasks = Task.objects.filter(source=issue.source).order_by("unit__path")
    assert [task.unit for task in tasks] == [everyone.branch_a1, everyone.branch_a2, everyone.branch_b1]
    assert {(task.due_on, task.post_kind, task.state) for task in tasks} == {
        (date(2027, 3, 31), "branch_secretary", TaskState.OPEN)
    }
    assert {row.unit for task in tasks for row in task.requesters.select_related("unit")} == {everyone.group}
    assert (issue.state, issue.total, issue.done, issue.period) == (IssueState.ISSUED, 3, 3, "2027-03")
    assert Notification.objects.filter(person=everyone.branch_secretary_a1).count() == 1


def test_running_an_issue_again_opens_nothing_twice(everyone, template, at):
    issue = _issued(template, everyone.party_clerk, at)

    services.run_issue(issue_id=issue.pk, at=at)

    assert Task.objects.filter(source=issue.source).count() == 3


def test_a_period_goes_out_once(everyone, template, at):
    due = _next(template, at)
    _issued(template, everyone.party_clerk, at)

    with pytest.raises(services.IssueRefused, match="2027-03"):
        services.begin_issue(template_id=template.pk, due=due, by=everyone.party_head, at=at)

    assert TemplateIssue.objects.count() == 1
    assert _next(template, at).period == "2027-04"


def test_an_issue_without_units_fails_with_a_reason_and_can_be_repeated(everyone, template, at):
    TaskTemplate.objects.filter(pk=template.pk).update(unit_kinds=["general_branch"])
    template.refresh_from_db()
    issue = _issued(template, everyone.party_clerk, at)
    UnitFactory(kind="general_branch", parent=everyone.group)

    failed = (issue.state, bool(issue.failure))
    services.retry_issue(issue_id=issue.pk, by=everyone.party_clerk, at=at)
    services.run_issue(issue_id=issue.pk, at=at)
    issue.refresh_from_db()

    assert failed == (IssueState.FAILED, True)
    assert (issue.state, issue.total) == (IssueState.ISSUED, 1)
    with pytest.raises(services.IssueRefused):
        services.retry_issue(issue_id=issue.pk, by=everyone.party_clerk, at=at)


def test_a_crash_while_issuing_leaves_no_task_and_the_job_can_start_anew(everyone, template, at, monkeypatch):
    issue = services.begin_issue(template_id=template.pk, due=_next(template, at), by=everyone.party_clerk, at=at)
    with monkeypatch.context() as broken:
        broken.setattr(audit, "record", _fail)
        with pytest.raises(RuntimeError):
            services.run_issue(issue_id=issue.pk, at=at)

    left = Task.objects.count()
    services.run_issue(issue_id=issue.pk, at=at)

    assert (left, Task.objects.count()) == (0, 3)


def test_an_issue_is_withdrawn_before_the_first_acceptance(everyone, template, at):
    issue = _issued(template, everyone.party_clerk, at)

    count = services.withdraw_issue(issue_id=issue.pk, reason="要求有变", by=everyone.party_clerk, at=at)

    issue.refresh_from_db()
    assert (count, issue.state, issue.withdraw_reason) == (3, IssueState.WITHDRAWN, "要求有变")
    assert set(Task.objects.values_list("state", "cancel_reason")) == {(TaskState.CANCELED, "要求有变")}
    assert _next(template, at).period == "2027-03"


def test_an_issue_is_not_withdrawn_after_the_first_acceptance(everyone, template, at):
    issue = _issued(template, everyone.party_clerk, at)
    task = Task.objects.get(unit=everyone.branch_a1)
    services.accept_task(task_id=task.pk, by=everyone.branch_secretary_a1, at=at, version=1)

    with pytest.raises(services.IssueRefused, match="甲公司第一党支部"):
        services.withdraw_issue(issue_id=issue.pk, reason="要求有变", by=everyone.party_clerk, at=at)

    assert not Task.objects.filter(state=TaskState.CANCELED).exists()


def test_withdrawing_needs_a_reason_and_the_right(everyone, template, at):
    issue = _issued(template, everyone.party_clerk, at)

    with pytest.raises(Problem):
        services.withdraw_issue(issue_id=issue.pk, reason="", by=everyone.party_clerk, at=at)
    with pytest.raises(AccessDenied):
        services.withdraw_issue(issue_id=issue.pk, reason="x", by=everyone.branch_secretary_a1, at=at)

    assert Task.objects.filter(state=TaskState.OPEN).count() == 3


def test_the_clock_queues_what_is_due_once(everyone, template, at):
    early = services.issue_due(at=at)
    on_time = at.replace(day=21)
    first, again = services.issue_due(at=on_time), services.issue_due(at=on_time)

    issue = TemplateIssue.objects.get()
    assert (early, first, again) == (0, 1, 0)
    assert (issue.period, issue.is_nightly, issue.requested_by) == ("2027-03", True, template.owner)


def test_the_clock_follows_the_enterprises_own_days(everyone, template, at):
    first, last, by = date(2027, 3, 29), date(2027, 3, 31), everyone.party_clerk
    rulebook.enter_days(first=first, last=last, kind="off", name="", reason="搬迁", by=by, at=at)

    services.issue_due(at=at.replace(day=20))

    assert TemplateIssue.objects.get().due_on == date(2027, 3, 26)


def test_the_clock_leaves_alone_what_is_not_in_force(everyone, template, at):
    for change in ({"state": "draft"}, {"starts_on": date(2027, 4, 1)}, {"ends_on": date(2027, 3, 1)}):
        values = {"state": "approved", "starts_on": date(2027, 1, 1), "ends_on": date(2027, 12, 31), **change}
        TaskTemplate.objects.filter(pk=template.pk).update(**values)
        assert services.issue_due(at=at.replace(day=25)) == 0


def test_the_clock_takes_up_what_a_dead_worker_left(everyone, template, at):
    issue = services.begin_issue(template_id=template.pk, due=_next(template, at), by=everyone.party_clerk, at=at)
    TemplateIssue.objects.filter(pk=issue.pk).update(state=IssueState.RUNNING)

    assert services.issue_due(at=at + timedelta(minutes=30)) == 0
    assert services.issue_due(at=at + timedelta(hours=2)) == 1


def test_what_follows_an_event_counts_from_its_day(everyone, template, at):
    TaskTemplate.objects.filter(pk=template.pk).update(every="event", event="收到通报", deadline="5wd", shift="after")
    template.refresh_from_db()
    due = queries.event_due(template, date(2027, 3, 9))

    issue = services.begin_issue(template_id=template.pk, due=due, by=everyone.party_clerk, at=at)

    assert due == rules.Due("2027-03-09", date(2027, 3, 16), date(2027, 3, 16))
    assert issue.due_on == date(2027, 3, 16)
    assert queries.issue_preview(template, at.date()).dues == []


def test_the_preview_says_how_many_units_dates_and_minutes(everyone, template, at):
    UnitFactory(kind="branch", parent=everyone.committee_b, name="乙公司第二党支部")

    preview = queries.issue_preview(template, at.date())

    assert (preview.units, preview.without_holder, len(preview.dues)) == (4, 1, 10)
    assert preview.next_due.due == date(2027, 3, 31)
    assert set(preview.minutes_by_month.values()) == {30}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_issue_at_once_one_succeeds(at):
    everyone = build_everyone()
    template = TemplateFactory(root=everyone.group, unit=everyone.group)
    due = _next(template, at)

    results = _together(
        *[
            lambda by=by: services.begin_issue(template_id=template.pk, due=due, by=by, at=at)
            for by in (everyone.party_clerk, everyone.party_head, everyone.secretary)
        ]
    )

    assert sorted(type(result).__name__ for result in results) == ["IssueRefused", "IssueRefused", "TemplateIssue"]
    assert TemplateIssue.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_issue_open_its_tasks_once(at):
    everyone = build_everyone()
    template = TemplateFactory(root=everyone.group, unit=everyone.group)
    issue = services.begin_issue(template_id=template.pk, due=_next(template, at), by=everyone.party_clerk, at=at)

    _together(*[lambda: services.run_issue(issue_id=issue.pk, at=at) for _ in range(3)])

    issue.refresh_from_db()
    assert Task.objects.count() == 3
    assert (issue.state, issue.done) == (IssueState.ISSUED, 3)


@pytest.mark.django_db(transaction=True)
def test_of_accepting_and_withdrawing_at_once_one_wins(at):
    everyone = build_everyone()
    template = TemplateFactory(root=everyone.group, unit=everyone.group)
    issue = _issued(template, everyone.party_clerk, at)
    task = Task.objects.get(unit=everyone.branch_b1)

    results = _together(
        lambda: services.accept_task(task_id=task.pk, by=everyone.branch_secretary_b1, at=at, version=1),
        lambda: services.withdraw_issue(issue_id=issue.pk, reason="要求有变", by=everyone.party_clerk, at=at),
    )

    task.refresh_from_db()
    assert sum(isinstance(result, Problem) for result in results) == 1
    assert task.state in {TaskState.ACCEPTED, TaskState.CANCELED}
    assert Task.objects.filter(state=TaskState.CANCELED).count() in {0, 3}


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_while_the_tasks_are_not(at, monkeypatch):
    everyone = build_everyone()
    template = TemplateFactory(root=everyone.group, unit=everyone.group)
    issue = services.begin_issue(template_id=template.pk, due=_next(template, at), by=everyone.party_clerk, at=at)
    monkeypatch.setattr("heli.rooms.tasks.services.working._AT_ONCE", 1)
    seen = []
    say = issuing._Progress.say

    def watch(progress, done):
        say(progress, done)
        thread = threading.Thread(target=_look, args=(issue.pk, seen))
        thread.start()
        thread.join()

    monkeypatch.setattr(issuing._Progress, "say", watch)
    services.run_issue(issue_id=issue.pk, at=at)

    assert seen == [(1, 0), (2, 0), (3, 0)]


def _look(issue_id, seen):
    seen.append((TemplateIssue.objects.get(pk=issue_id).done, Task.objects.count()))
    connection.close()


def _together(*acts):
    """Run all acts at the same moment, each on a connection of its own; return results and refusals."""
    gate, results = threading.Barrier(len(acts)), []

    def run(act):
        try:
            gate.wait(timeout=30)
            results.append(act())
        except Problem as problem:
            results.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def test_issuing_an_event_without_a_day_is_refused_on_the_page(everyone, client_of, template):
    TaskTemplate.objects.filter(pk=template.pk).update(
        every="event", event="收到通报", deadline="P15D", starts_on=date(2020, 1, 1), ends_on=date(2040, 1, 1)
    )
    client, path = client_of(everyone.party_clerk), reverse("tasks:template_issue", args=[template.pk])

    missing, given = client.post(path), client.post(path, {"happened_on": "2027-03-09"})

    assert (missing.status_code, given.status_code) == (422, 302)
