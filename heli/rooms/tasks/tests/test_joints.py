"""Parts of co-operating units, what comes after what, and acts on many tasks."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from heli.kernel import audit
from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.rooms.information.models import Notification
from heli.rooms.people.tests.fixtures import build_everyone
from heli.rooms.tasks import queries, rules, services
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Task, TaskOrder, TaskPart
from heli.rooms.tasks.services import NewEvidence, NewPart
from heli.rooms.tasks.tests.factories import TaskFactory


@pytest.fixture
def task(everyone):
    return TaskFactory(unit=everyone.branch_a1, requesters=[everyone.party_department])


@pytest.fixture
def other(everyone):
    return TaskFactory(unit=everyone.branch_b1, requesters=[everyone.party_department])


def _part(everyone, task, at, unit=None):
    parts = [NewPart(unit=unit or everyone.branch_b1, what="提供活动场地")]
    return services.add_parts(task_id=task.pk, parts=parts, by=everyone.party_clerk, at=at)[0]


def _ready(task, by, at):
    services.accept_task(task_id=task.pk, by=by, at=at, version=-1)
    new = NewEvidence(title="已办", happened_on=at.date(), text="情况说明。")
    services.record_evidence(task_id=task.pk, new=new, by=by, at=at)


def _done(task, everyone, by, at):
    _ready(task, by, at)
    services.hand_in(task_id=task.pk, by=by, at=at, version=-1)
    return services.close_task(task_id=task.pk, by=everyone.party_head, at=at, version=-1)


def test_a_part_is_a_task_of_the_other_unit_that_the_lead_sees(everyone, task, at):
    part = _part(everyone, task, at)

    assert (part.unit, part.due_on, part.line) == (everyone.branch_b1, task.due_on, task.line)
    around = queries.around(everyone.branch_secretary_a1, task, at.date())
    assert [(each.task, each.is_open) for each in around.parts] == [(part, True)]
    of_the_part = queries.around(everyone.branch_secretary_b1, part, at.date())
    assert (of_the_part.lead.task, of_the_part.lead.is_open) == (task, False)
    assert Notification.objects.filter(person=everyone.branch_secretary_b1).exists()


def test_the_lead_hands_in_when_every_part_is_in(everyone, task, at):
    part = _part(everyone, task, at)
    _ready(task, everyone.branch_secretary_a1, at)

    with pytest.raises(services.PartsMissing, match="乙公司第一党支部"):
        services.hand_in(task_id=task.pk, by=everyone.branch_secretary_a1, at=at, version=-1)
    _ready(part, everyone.branch_secretary_b1, at)
    services.hand_in(task_id=part.pk, by=everyone.branch_secretary_b1, at=at, version=-1)
    handed_in = services.hand_in(task_id=task.pk, by=everyone.branch_secretary_a1, at=at, version=-1)

    assert handed_in.state == TaskState.HANDED_IN


def test_the_lead_may_hand_in_without_a_part_and_says_why(everyone, task, at):
    _part(everyone, task, at)
    _ready(task, everyone.branch_secretary_a1, at)

    services.hand_in(task_id=task.pk, by=everyone.branch_secretary_a1, at=at, version=-1, without_parts="对方场地维修")

    entry = AuditEntry.objects.get(action="task.handed_in")
    assert entry.changes["without_parts"] == ["乙公司第一党支部"]
    assert entry.changes["reason"] == "对方场地维修"


def test_parts_that_make_no_sense_are_refused(everyone, task, other, at):
    part = _part(everyone, task, at)
    clerk = everyone.party_clerk
    once_more = [NewPart(unit=everyone.branch_b1, what="再来一份")]

    for task_id, parts in (
        (task.pk, once_more),
        (part.pk, [NewPart(unit=everyone.branch_a2, what="部分的部分")]),
        (task.pk, [NewPart(unit=everyone.branch_a2, what=" ")]),
        (task.pk, [NewPart(unit=everyone.branch_a2, what="多")] * 31),
    ):
        with pytest.raises(Problem):
            services.add_parts(task_id=task_id, parts=parts, by=clerk, at=at)
    _done(other, everyone, everyone.branch_secretary_b1, at)
    with pytest.raises(Problem):
        services.add_parts(task_id=other.pk, parts=[NewPart(unit=everyone.branch_a2, what="晚了")], by=clerk, at=at)
    with pytest.raises(AccessDenied):
        services.add_parts(task_id=task.pk, parts=once_more, by=everyone.branch_secretary_a1, at=at)

    assert TaskPart.objects.count() == 1


def test_a_failing_audit_leaves_no_part(everyone, task, at, monkeypatch):
    monkeypatch.setattr(audit, "record", _fail)

    with pytest.raises(RuntimeError):
        _part(everyone, task, at)

    assert Task.objects.count() == 1


def _fail(*_args, **_kwargs):
    raise RuntimeError


def test_holders_are_told_when_what_comes_before_is_closed(everyone, task, other, at):
    third = TaskFactory(unit=everyone.branch_a2)
    for earlier in (task, third):
        services.put_after(task_id=other.pk, after_id=earlier.pk, by=everyone.party_clerk, at=at)

    _done(task, everyone, everyone.branch_secretary_a1, at)
    still = Notification.objects.filter(person=everyone.branch_secretary_b1).order_by("pk").last()
    _done(third, everyone, everyone.branch_secretary_a2, at)
    free = Notification.objects.filter(person=everyone.branch_secretary_b1).order_by("pk").last()

    assert ("still waits" in still.title, "can begin" in free.title) == (True, True)
    assert free.params["after"] == third.title


def test_no_task_waits_for_itself_by_any_way_round(everyone, task, other, at):
    third = TaskFactory(unit=everyone.branch_a2)
    clerk = everyone.party_clerk
    services.put_after(task_id=other.pk, after_id=task.pk, by=clerk, at=at)
    services.put_after(task_id=third.pk, after_id=other.pk, by=clerk, at=at)

    for task_id, after_id in ((task.pk, third.pk), (task.pk, other.pk), (task.pk, task.pk), (other.pk, task.pk)):
        with pytest.raises(services.OrderRefused):
            services.put_after(task_id=task_id, after_id=after_id, by=clerk, at=at)

    assert TaskOrder.objects.count() == 2
    services.drop_order(task_id=other.pk, after_id=task.pk, by=clerk, at=at)
    services.put_after(task_id=task.pk, after_id=third.pk, by=clerk, at=at)
    with pytest.raises(services.OrderRefused):
        services.drop_order(task_id=other.pk, after_id=task.pk, by=clerk, at=at)


def test_the_database_refuses_a_task_after_itself(everyone, task, at):
    with pytest.raises(IntegrityError), transaction.atomic():
        TaskOrder.objects.create(task=task, after=task, set_at=at, set_by=everyone.party_clerk)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=30))
def test_orders_added_one_by_one_never_close_a_circle(wanted):
    pairs: list[tuple[int, int]] = []
    for task, after in wanted:
        if not rules.would_wait_for_itself(pairs, task, after):
            pairs.append((task, after))

    for start in range(7):
        ahead = {start}
        for _ in range(8):
            ahead = {after for task, after in pairs if task in ahead}
        assert not ahead, pairs


@pytest.mark.django_db(transaction=True)
def test_two_orders_at_once_do_not_close_a_circle(at):
    everyone = build_everyone()
    one, two = TaskFactory(unit=everyone.branch_a1), TaskFactory(unit=everyone.branch_b1)
    gate, results = threading.Barrier(2), []

    def put(task_id, after_id, by):
        try:
            gate.wait(timeout=30)
            results.append(services.put_after(task_id=task_id, after_id=after_id, by=by, at=at))
        except Problem as problem:
            results.append(problem)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=put, args=(one.pk, two.pk, everyone.party_clerk)),
        threading.Thread(target=put, args=(two.pk, one.pk, everyone.party_head)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(type(result).__name__ for result in results) == ["OrderRefused", "TaskOrder"]
    assert TaskOrder.objects.count() == 1


def test_each_of_many_tasks_is_answered_for_itself(everyone, task, other, at):
    done = TaskFactory(unit=everyone.branch_a2)
    _done(done, everyone, everyone.branch_secretary_a2, at)

    answers = services.act_on_tasks(
        act="cancel", task_ids=[task.pk, done.pk, other.pk, 999_999], by=everyone.party_clerk, at=at, reason="不再需要"
    )

    assert [(answer.task_id, answer.is_done) for answer in answers] == [
        (task.pk, True), (done.pk, False), (other.pk, True),
    ]  # fmt: skip
    assert answers[1].words
    assert AuditEntry.objects.filter(action="task.canceled").count() == 2
    assert Task.objects.filter(state=TaskState.CANCELED, cancel_reason="不再需要").count() == 2


def test_reminding_dating_and_accepting_many(everyone, task, other, at):
    clerk, ids = everyone.party_clerk, [task.pk, other.pk]
    later = at.date() + timedelta(days=9)

    reminded = services.act_on_tasks(act="remind", task_ids=ids, by=clerk, at=at)
    again = services.act_on_tasks(act="remind", task_ids=ids, by=clerk, at=at)
    dated = services.act_on_tasks(act="due", task_ids=ids, by=clerk, at=at, due_on=later)
    past = services.act_on_tasks(act="due", task_ids=ids, by=clerk, at=at, due_on=at.date() - timedelta(days=1))
    accepted = services.act_on_tasks(act="accept", task_ids=ids, by=everyone.branch_secretary_a1, at=at)

    assert [all(row.is_done for row in rows) for rows in (reminded, again, dated, past)] == [True, False, True, False]
    assert [(row.task_id, row.is_done) for row in accepted] == [(task.pk, True)]
    assert set(Task.objects.values_list("due_on", flat=True)) == {later}
    assert AuditEntry.objects.filter(action="task.reminded").count() == 2


def test_who_may_not_direct_gets_a_refusal_for_each(everyone, task, at):
    answers = services.act_on_tasks(act="remind", task_ids=[task.pk], by=everyone.branch_secretary_a1, at=at)

    assert (answers[0].is_done, bool(answers[0].words)) == (False, True)


@pytest.mark.parametrize("act", [{"act": "due"}, {"act": "nothing"}, {"act": "remind", "task_ids": []}])
def test_an_incomplete_act_is_refused(everyone, task, at, act):
    with pytest.raises(Problem):
        services.act_on_tasks(**{"task_ids": [task.pk], "by": everyone.party_clerk, "at": at, **act})


def test_the_pages_give_parts_set_orders_and_act(everyone, client_of, task, other):
    client = client_of(everyone.party_clerk)

    def post(name, **values):
        return client.post(reverse(f"tasks:{name}", args=[task.pk]), values)

    codes = [
        post("add_part", unit="乙公司第一党支部", what="提供场地").status_code,
        post("add_part", unit="没有这个单位", what="提供场地").status_code,
        post("add_part", unit="", what="").status_code,
        post("put_after", after=other.pk).status_code,
        post("put_after", after="x").status_code,
    ]
    around = client.get(reverse("tasks:around", args=[task.pk])).content.decode()
    codes.append(post("drop_order", after=other.pk).status_code)

    assert codes == [302, 422, 422, 302, 404, 302]
    assert "提供场地" in around
    assert other.title in around


def test_the_list_acts_on_marked_tasks(everyone, client_of, task, other):
    client, path = client_of(everyone.party_clerk), reverse("tasks:bulk")

    shown = client.get(path).content.decode()
    refused = client.post(path, {"act": "cancel", "reason": "x"})
    answer = client.post(path, {"act": "cancel", "reason": "计划调整", "task": [task.pk, other.pk]})

    assert f'value="{task.pk}"' in shown
    assert (refused.status_code, answer.status_code) == (422, 200)
    assert Task.objects.filter(state=TaskState.CANCELED).count() == 2


def test_the_fragment_is_empty_where_nothing_stands_around(everyone, client_of, task):
    answer = client_of(everyone.branch_secretary_a1).get(reverse("tasks:around", args=[task.pk]))

    assert (answer.status_code, answer.content.strip()) == (200, b"")
    assert client_of(everyone.branch_secretary_b1).get(reverse("tasks:around", args=[task.pk])).status_code == 404


def test_the_fragment_needs_the_same_queries_for_any_number_of_parts(everyone, client_of, task, at):
    client, path = client_of(everyone.party_clerk), reverse("tasks:around", args=[task.pk])
    counts = []
    for units in ([everyone.branch_b1], [everyone.branch_a2, everyone.committee_b]):
        for unit in units:
            _part(everyone, task, at, unit)
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        counts.append(len(captured))

    assert counts[0] == counts[1]
