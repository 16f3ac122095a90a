from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404

from heli.kernel import audit
from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.information.models import Notification
from heli.rooms.people import services as people
from heli.rooms.people.models import StandIn
from heli.rooms.people.tests.factories import appointed
from heli.rooms.tasks import access, queries, services
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Citation, Evidence, Task
from heli.rooms.tasks.services import NewEvidence, NewTask
from heli.rooms.tasks.tests.factories import EvidenceFactory, TaskFactory

NEW = NewEvidence(title="三月党员大会", happened_on=date(2027, 3, 9), text="到会二十人。")


@pytest.fixture
def task(everyone):
    return TaskFactory(unit=everyone.branch_a1, requesters=[everyone.party_department])


def _handed_in(task, everyone, at):
    by = everyone.branch_secretary_a1
    services.accept_task(task_id=task.pk, by=by, at=at, version=1)
    services.record_evidence(task_id=task.pk, new=NEW, by=by, at=at)
    return services.hand_in(task_id=task.pk, by=by, at=at, version=2)


def test_open_tasks_tells_each_holder_once(everyone, at):
    new = [
        NewTask(title=f"任务{n}", line="both", unit_id=unit.pk, post_kind="branch_secretary", source=f"plans.item:{n}")
        for n in range(3)
        for unit in (everyone.branch_a1, everyone.branch_b1)
    ]

    opened = services.open_tasks(items=new, by=everyone.party_clerk, at=at)

    assert len(opened) == 6
    told = Notification.objects.order_by("person_id").values_list("person_id", "params")
    holders = sorted([everyone.branch_secretary_a1.pk, everyone.branch_secretary_b1.pk])
    assert list(told) == [(holder, {"count": 3}) for holder in holders]
    assert AuditEntry.objects.filter(action="tasks.opened").count() == 1


def test_open_tasks_twice_from_one_source_is_refused_by_the_database(everyone, at):
    new = [NewTask(title="签订责任书", line="both", unit_id=everyone.branch_a1.pk, source="plans.item:1")]
    services.open_tasks(items=new, by=everyone.party_clerk, at=at)

    with pytest.raises(IntegrityError), transaction.atomic():
        services.open_tasks(items=new, by=everyone.party_clerk, at=at)

    assert Task.objects.count() == 1


def test_a_task_goes_from_accepting_to_closing(everyone, task, at):
    handed_in = _handed_in(task, everyone, at)

    closed = services.close_task(task_id=task.pk, by=everyone.party_clerk, at=at, version=handed_in.version)

    assert (closed.state, closed.closed_by) == (TaskState.CLOSED, everyone.party_clerk)
    assert list(AuditEntry.objects.order_by("number").values_list("action", flat=True)) == [
        "task.accepted",
        "evidence.recorded",
        "task.handed_in",
        "task.closed",
    ]
    assert Notification.objects.filter(person=everyone.branch_secretary_a1, title="Completed: %(title)s").count() == 1


def test_return_needs_a_reason_and_lets_the_unit_hand_in_again(everyone, task, at):
    handed_in = _handed_in(task, everyone, at)
    with pytest.raises(Problem, match="没有退回"):
        services.return_task(task_id=task.pk, reason="  ", by=everyone.party_clerk, at=at, version=handed_in.version)

    returned = services.return_task(
        task_id=task.pk, reason="缺签到表", by=everyone.party_clerk, at=at, version=handed_in.version
    )
    again = services.hand_in(task_id=task.pk, by=everyone.branch_secretary_a1, at=at, version=returned.version)

    assert (returned.return_reason, again.state, again.return_reason) == ("缺签到表", TaskState.HANDED_IN, "")


def test_a_reason_that_does_not_fit_is_refused_and_not_cut(everyone, task, at):
    handed_in = _handed_in(task, everyone, at)

    with pytest.raises(Problem, match="501"):
        services.return_task(
            task_id=task.pk, reason="缺" * 501, by=everyone.party_clerk, at=at, version=handed_in.version
        )

    task.refresh_from_db()
    assert task.state == TaskState.HANDED_IN


def test_hand_in_without_evidence_is_refused(everyone, task, at):
    services.accept_task(task_id=task.pk, by=everyone.branch_secretary_a1, at=at, version=1)

    with pytest.raises(services.EvidenceMissing):
        services.hand_in(task_id=task.pk, by=everyone.branch_secretary_a1, at=at, version=2)

    task.refresh_from_db()
    assert task.state == TaskState.ACCEPTED


def test_closing_a_task_that_is_not_handed_in_is_refused(everyone, task, at):
    with pytest.raises(services.TransitionRefused):
        services.close_task(task_id=task.pk, by=everyone.party_clerk, at=at, version=1)


def test_database_refuses_a_closer_who_handed_in(everyone, task, at):
    handed_in = _handed_in(task, everyone, at)

    with pytest.raises(IntegrityError, match="tasks_task_four_eyes"), transaction.atomic():
        Task.objects.filter(pk=handed_in.pk).update(closed_at=at, closed_by=everyone.branch_secretary_a1)


def test_four_eyes_holds_through_a_second_post(everyone, task, at):
    """The branch secretary becomes a reviewer too; the work stays the own work."""
    handed_in = _handed_in(task, everyone, at)
    appointed("party_clerk", everyone.party_department, acts_for=everyone.group, person=everyone.branch_secretary_a1)

    with pytest.raises(AccessDenied, match="自己办理"):
        services.close_task(task_id=task.pk, by=everyone.branch_secretary_a1, at=at, version=handed_in.version)


def _stand_in(everyone, at, holder, person):
    return people.give_stand_in(
        appointment_id=holder.appointments.get().pk, person_id=person.pk, from_day=at.date(),
        to_day=at.date() + timedelta(days=5), reason="休假", by=holder, at=at,
    )  # fmt: skip


def test_a_stand_in_does_not_review_the_work_of_whom_they_stand_in_for(everyone, task, at):
    """The branch secretary reviews too, and gives that right away for some days: it stays the own work."""
    handed_in = _handed_in(task, everyone, at)
    holder = everyone.branch_secretary_a1
    appointed("party_clerk", everyone.party_department, acts_for=everyone.group, person=holder)
    held = holder.appointments.get(post__kind="party_clerk")
    people.give_stand_in(
        appointment_id=held.pk, person_id=everyone.member_a1.pk, from_day=at.date(),
        to_day=at.date() + timedelta(days=5), reason="休假", by=everyone.branch_secretary_a1, at=at,
    )  # fmt: skip

    with pytest.raises(AccessDenied, match="自己办理"):
        services.close_task(task_id=task.pk, by=everyone.member_a1, at=at, version=handed_in.version)
    assert handed_in not in queries.to_review(everyone.member_a1, at.date())


def test_nobody_reviews_what_a_stand_in_did_in_their_name(everyone, task, at):
    _stand_in(everyone, at, everyone.branch_secretary_a1, everyone.member_a1)
    services.accept_task(task_id=task.pk, by=everyone.member_a1, at=at, version=1)
    services.record_evidence(task_id=task.pk, new=NEW, by=everyone.member_a1, at=at)
    handed_in = services.hand_in(task_id=task.pk, by=everyone.member_a1, at=at, version=2)
    appointed("party_clerk", everyone.party_department, acts_for=everyone.group, person=everyone.branch_secretary_a1)

    with pytest.raises(AccessDenied, match="自己办理"):
        services.close_task(task_id=task.pk, by=everyone.branch_secretary_a1, at=at, version=handed_in.version)
    assert handed_in not in queries.to_review(everyone.branch_secretary_a1, at.date())
    assert services.close_task(task_id=task.pk, by=everyone.party_clerk, at=at, version=handed_in.version)


def test_own_work_of_a_stand_in_is_reviewed_by_the_holder(everyone, task, at):
    """The branch secretary stands in for a reviewer meanwhile; the branch's own work is nobody else's."""
    _stand_in(everyone, at, everyone.party_clerk, everyone.branch_secretary_a1)
    handed_in = _handed_in(task, everyone, at)

    assert services.close_task(task_id=task.pk, by=everyone.party_clerk, at=at, version=handed_in.version)


def _undo_every_part(task, everyone, at):
    """The clerk, secretary of the branch for a while, does a part of each kind; nothing of it is left in the task."""
    by = everyone.party_clerk
    services.accept_task(task_id=task.pk, by=by, at=at, version=1)
    services.record_evidence(task_id=task.pk, new=NEW, by=by, at=at)
    services.hand_in(task_id=task.pk, by=by, at=at, version=2)
    services.withdraw_hand_in(task_id=task.pk, by=by, at=at, version=3)
    services.withdraw_citation(task_id=task.pk, evidence_id=Evidence.objects.get().pk, by=by, at=at)
    Task.objects.filter(pk=task.pk).update(accepted_by=everyone.branch_secretary_a1)


def test_a_hand_that_was_taken_back_is_still_a_hand(everyone, task, at):
    appointed("branch_secretary", everyone.branch_a1, person=everyone.party_clerk)
    _undo_every_part(task, everyone, at)
    by = everyone.branch_secretary_a1
    services.record_evidence(task_id=task.pk, new=NEW, by=by, at=at)
    handed_in = services.hand_in(task_id=task.pk, by=by, at=at, version=4)

    with pytest.raises(AccessDenied, match="自己办理"):
        services.close_task(task_id=task.pk, by=everyone.party_clerk, at=at, version=handed_in.version)

    assert task not in queries.to_review(everyone.party_clerk, at.date())
    assert services.close_task(task_id=task.pk, by=everyone.party_head, at=at, version=handed_in.version)


def test_a_stale_hand_in_shows_what_was_wanted_and_what_is(everyone, task, at):
    _handed_in(task, everyone, at)

    with pytest.raises(VersionConflict) as refused:
        services.accept_task(task_id=task.pk, by=everyone.branch_secretary_a1, at=at, version=1)

    sides = refused.value.yours["state"], refused.value.theirs["state"]
    assert sides == (TaskState.ACCEPTED.label, TaskState.HANDED_IN.label)


@pytest.mark.parametrize("who", ["member_a1", "branch_secretary_b1", "non_member", "former_clerk"])
def test_a_task_of_others_is_a_missing_page(everyone, task, at, who):
    with pytest.raises(Http404):
        services.accept_task(task_id=task.pk, by=getattr(everyone, who), at=at, version=1)


def test_accept_with_a_stale_version_changes_nothing(everyone, task, at):
    with pytest.raises(VersionConflict):
        services.accept_task(task_id=task.pk, by=everyone.branch_secretary_a1, at=at, version=7)

    task.refresh_from_db()
    assert (task.state, task.version) == (TaskState.OPEN, 1)


def test_evidence_from_the_future_is_refused(everyone, task, at):
    tomorrow = NewEvidence(title="明天的会", happened_on=at.date() + timedelta(days=1), text="…")

    with pytest.raises(Problem, match="晚于今天"):
        services.record_evidence(task_id=task.pk, new=tomorrow, by=everyone.branch_secretary_a1, at=at)

    assert Evidence.objects.count() == 0


def test_evidence_is_entered_once_and_cited_by_another_task(everyone, task, at):
    by = everyone.branch_secretary_a1
    other = TaskFactory(unit=everyone.branch_a1)
    evidence = services.record_evidence(task_id=task.pk, new=NEW, by=by, at=at)

    services.cite_evidence(task_id=other.pk, evidence_id=evidence.pk, by=by, at=at)
    services.cite_evidence(task_id=other.pk, evidence_id=evidence.pk, by=by, at=at)

    assert Evidence.objects.count() == 1
    assert set(Citation.objects.values_list("task_id", "evidence_id")) == {
        (task.pk, evidence.pk),
        (other.pk, evidence.pk),
    }


def test_recording_takes_seven_trips_however_often(everyone, task, at, django_assert_num_queries):
    by = everyone.branch_secretary_a1

    for _again in range(2):
        # begin, posts held, the task locked, evidence with citation and hand, end of the log, entry, end
        with django_assert_num_queries(7):
            services.record_evidence(task_id=task.pk, new=NEW, by=by, at=at)


@pytest.mark.parametrize(
    ("who", "error"),
    [("party_clerk", AccessDenied), ("secretary_a", AccessDenied), ("branch_secretary_b1", Http404),
     ("member_a1", Http404)],
)  # fmt: skip
def test_who_cannot_record_is_told_why_only_if_they_see_the_task(everyone, task, at, who, error):
    with pytest.raises(error):
        services.record_evidence(task_id=task.pk, new=NEW, by=getattr(everyone, who), at=at)

    assert (Evidence.objects.count(), Citation.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)


def test_evidence_of_another_unit_cannot_be_cited(everyone, task, at):
    foreign = EvidenceFactory(unit=everyone.branch_b1)

    with pytest.raises(Http404):
        services.cite_evidence(task_id=task.pk, evidence_id=foreign.pk, by=everyone.branch_secretary_a1, at=at)


def test_withdrawn_citation_leaves_the_record(everyone, task, at):
    by = everyone.branch_secretary_a1
    evidence = services.record_evidence(task_id=task.pk, new=NEW, by=by, at=at)

    services.withdraw_citation(task_id=task.pk, evidence_id=evidence.pk, by=by, at=at)

    assert (Citation.objects.count(), Evidence.objects.count()) == (0, 1)


def test_evidence_of_a_handed_in_task_stands(everyone, task, at):
    _handed_in(task, everyone, at)

    with pytest.raises(services.TransitionRefused):
        services.record_evidence(task_id=task.pk, new=NEW, by=everyone.branch_secretary_a1, at=at)


def test_withdraw_hand_in_gives_the_task_back(everyone, task, at):
    handed_in = _handed_in(task, everyone, at)

    back = services.withdraw_hand_in(task_id=task.pk, by=everyone.branch_secretary_a1, at=at, version=handed_in.version)

    assert (back.state, back.handed_in_by) == (TaskState.ACCEPTED, None)


def test_withdrawing_spares_what_is_closed(everyone, at):
    done = TaskFactory(source="plans.item:9", unit=everyone.branch_a1, state=TaskState.CLOSED, closed_at=at,
                       closed_by=everyone.party_clerk)  # fmt: skip
    open_task = TaskFactory(source="plans.item:9", unit=everyone.branch_a2)

    count = services.withdraw_tasks(task_ids=[done.pk, open_task.pk], reason="计划调整", by=everyone.party_clerk, at=at)

    assert count == 1
    assert dict(Task.objects.values_list("pk", "state")) == {done.pk: "closed", open_task.pk: "canceled"}


def test_who_holds_a_withdrawn_task_reads_of_the_own_alone(everyone, at):
    TaskFactory(title="甲支部自己的事", unit=everyone.branch_a1)
    own = TaskFactory(title="乙支部的事", unit=everyone.branch_b1, line="integrity")
    for line in ("party", "integrity"):
        TaskFactory(unit=everyone.branch_a2, line=line)

    ids = list(Task.objects.values_list("pk", flat=True))
    services.withdraw_tasks(task_ids=ids, reason="制度修订", by=everyone.party_clerk, at=at)

    alone = Notification.objects.get(person=everyone.branch_secretary_b1)
    several = Notification.objects.get(person=everyone.branch_secretary_a2)
    assert (alone.url, alone.params["title"], alone.line) == (f"/tasks/{own.pk}/", "乙支部的事", "integrity")
    assert (several.url, several.params["title"], several.params["count"], several.line) == ("/", "", 2, "both")
    assert "%(title)s" not in several.title


def test_failing_audit_saves_nothing(everyone, task, at, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("no room for the entry")

    monkeypatch.setattr(audit, "record", broken)

    with pytest.raises(RuntimeError), transaction.atomic():
        services.accept_task(task_id=task.pk, by=everyone.branch_secretary_a1, at=at, version=1)

    task.refresh_from_db()
    assert (task.state, task.accepted_by_id) == (TaskState.OPEN, None)


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_at_once_have_one_winner(everyone, at):
    task = TaskFactory(unit=everyone.branch_a1, requesters=[everyone.party_department, everyone.discipline_office])
    version = _handed_in(task, everyone, at).version
    outcomes = []
    start = threading.Barrier(2)

    def review(verb, who, **more):
        try:
            start.wait()
            verb(task_id=task.pk, by=who, at=at, version=version, **more)
            outcomes.append("won")
        except (VersionConflict, services.TransitionRefused):
            outcomes.append("refused")
        finally:
            connection.close()

    racers = [
        threading.Thread(target=review, args=(services.close_task, everyone.party_clerk)),
        threading.Thread(
            target=review, args=(services.return_task, everyone.discipline_clerk), kwargs={"reason": "缺"}
        ),
    ]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    assert sorted(outcomes) == ["refused", "won"]


def test_a_fact_recorded_in_the_name_of_the_holder_is_the_holders_where_it_is_cited(everyone, task, at):
    """Another does the second task with it, even after the fact was taken off the first; the holder closes neither."""
    holder, friend = everyone.branch_secretary_a1, everyone.member_a1
    _stand_in(everyone, at, holder, friend)
    fact = services.record_evidence(task_id=task.pk, new=NEW, by=friend, at=at)

    assert access.hands_on_fact(fact) == {holder.pk, friend.pk}
    StandIn.objects.update(valid_to=at.date())
    assert access.hands_on_fact(fact) == {holder.pk, friend.pk}

    second = TaskFactory(unit=task.unit, post_kind=task.post_kind, line=task.line)
    worker = appointed(task.post_kind or "branch_secretary", everyone.branch_a1)
    services.cite_evidence(task_id=second.pk, evidence_id=fact.pk, by=worker, at=at)
    appointed("party_clerk", everyone.party_department, acts_for=everyone.group, person=holder)

    assert not access.can_review(holder, second, at.date())
    assert access.can_review(everyone.party_clerk, second, at.date())
