"""Follow-ups: issued with a gapless number, answered, put off, climbed, closed by somebody else, opened again."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heli.kernel import audit
from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.information.models import Notification
from heli.rooms.people import services as people
from heli.rooms.people.enums import PostKind
from heli.rooms.people.tests.factories import PersonFactory, appointed
from heli.rooms.tasks import access, services
from heli.rooms.tasks.enums import FollowUpState, Rung, TaskState
from heli.rooms.tasks.models import Extension, FollowUp, FollowUpUnit, NumberSeries, Task
from heli.rooms.tasks.services import NewEvidence, NewFollowUp, TransitionRefused
from heli.rooms.tasks.services.numbering import next_number
from heli.rooms.tasks.tests.factories import EvidenceFactory

ANSWER = NewEvidence(title="答复", happened_on=date(2027, 3, 10), text="已完成自查,发现两处,均已整改。")
DUE = date(2027, 3, 31)


def issued(everyone, at, **changes):
    """Company A's first branch leads, its second helps; the discipline clerk asks for the discipline office."""
    values = {
        "unit_id": everyone.discipline_office.pk,
        "subject": "报送节日期间纠治情况",
        "text": "请自查公务用车、接待和礼品登记。",
        "line": "integrity",
        "due_on": DUE,
        "lead": everyone.branch_a1,
        "helpers": [everyone.branch_a2],
        **changes,
    }
    return services.issue_follow_up(new=NewFollowUp(**values), by=everyone.discipline_clerk, at=at)


@pytest.fixture
def follow_up(everyone, at):
    return issued(everyone, at)


def asked_of(follow_up, unit):
    return FollowUpUnit.objects.select_related("task").get(follow_up=follow_up, unit=unit)


def answered(follow_up, unit, by, at, **changes):
    asked = asked_of(follow_up, unit)
    values = {"answer": ANSWER, "cited": [], "version": asked.task.version, **changes}
    return services.answer_follow_up(asked_id=asked.pk, by=by, at=at, **values)


def both_answered(follow_up, everyone, at):
    answered(follow_up, everyone.branch_a1, everyone.branch_secretary_a1, at)
    answered(follow_up, everyone.branch_a2, everyone.branch_secretary_a2, at)


def close(follow_up, by, at, version=1):
    return services.close_follow_up(follow_up_id=follow_up.pk, note="", by=by, at=at, version=version)


def test_issuing_gives_a_number_and_one_task_to_each_unit(everyone, follow_up):
    asked = list(follow_up.units.order_by("pk").select_related("task"))

    assert (follow_up.year, follow_up.number) == (2027, 1)
    assert [(one.unit, one.role, one.task.due_on) for one in asked] == [
        (everyone.branch_a1, "lead", DUE),
        (everyone.branch_a2, "help", DUE),
    ]
    assert {one.task.source for one in asked} == {f"tasks.follow_up:{follow_up.pk}"}
    told = Notification.objects.values_list("person_id", flat=True)
    assert set(told) == {everyone.branch_secretary_a1.pk, everyone.branch_secretary_a2.pk}


def test_numbers_run_per_unit_and_year(everyone, follow_up, at):
    same = issued(everyone, at)
    other_unit = issued(everyone, at, unit_id=everyone.group.pk)
    next_year = issued(everyone, at.replace(year=2028), due_on=date(2028, 4, 1))

    assert (follow_up.number, same.number, other_unit.number, next_year.number) == (1, 2, 1, 1)


def test_a_refused_issue_gives_its_number_back(everyone, follow_up, at, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError("the log is full")

    with monkeypatch.context() as patch:
        patch.setattr(audit, "record", fails)
        with pytest.raises(RuntimeError):
            issued(everyone, at)

    assert (FollowUp.objects.count(), Task.objects.count()) == (1, 2)
    assert issued(everyone, at).number == 2


@pytest.mark.django_db(transaction=True)
def test_next_number_outside_a_transaction_is_refused(everyone):
    with pytest.raises(transaction.TransactionManagementError):
        next_number("follow_up", everyone.group.pk, 2027)


@pytest.mark.parametrize(
    ("changes", "by", "error"),
    [
        ({"due_on": date(2027, 3, 9)}, "discipline_clerk", Problem),
        ({"post_kind": "secretary"}, "discipline_clerk", Problem),
        ({"unit": "branch_b1"}, "discipline_clerk", AccessDenied),
        ({}, "branch_secretary_a1", AccessDenied),
    ],
)
def test_issuing_is_refused_with_a_reason(everyone, at, changes, by, error):
    changes = dict(changes)
    if "unit" in changes:
        changes["unit_id"] = getattr(everyone, changes.pop("unit")).pk
    values = {
        "unit_id": everyone.discipline_office.pk, "subject": "事", "text": "事", "line": "both", "due_on": DUE,
        "lead": everyone.branch_a1, **changes,
    }  # fmt: skip

    with pytest.raises(error):
        services.issue_follow_up(new=NewFollowUp(**values), by=getattr(everyone, by), at=at)

    assert FollowUp.objects.count() == NumberSeries.objects.count() == 0


def test_an_answer_is_recorded_once_cites_and_hands_in(everyone, follow_up, at):
    known = EvidenceFactory(unit=everyone.branch_a1, title="车辆台账")

    task = answered(follow_up, everyone.branch_a1, everyone.branch_secretary_a1, at, cited=[known.pk])

    assert task.state == TaskState.HANDED_IN
    assert set(task.citations.values_list("evidence__title", flat=True)) == {"车辆台账", "答复"}
    assert Notification.objects.filter(person=everyone.discipline_clerk).count() == 1


def test_only_the_asked_answer_and_only_while_it_runs(everyone, follow_up, at):
    with pytest.raises((AccessDenied, Http404)):
        answered(follow_up, everyone.branch_a1, everyone.branch_secretary_a2, at)
    services.withdraw_follow_up(
        follow_up_id=follow_up.pk, reason="已并入专项检查", by=everyone.discipline_head, at=at, version=1
    )

    with pytest.raises(TransitionRefused):
        answered(follow_up, everyone.branch_a1, everyone.branch_secretary_a1, at)

    assert set(Task.objects.values_list("state", "cancel_reason")) == {("canceled", "已并入专项检查")}


def test_closing_needs_every_answer_and_accepts_those_not_reviewed(everyone, follow_up, at):
    answered(follow_up, everyone.branch_a1, everyone.branch_secretary_a1, at)
    with pytest.raises(TransitionRefused) as refused:
        close(follow_up, everyone.discipline_clerk, at)
    answered(follow_up, everyone.branch_a2, everyone.branch_secretary_a2, at)

    closed = close(follow_up, everyone.discipline_clerk, at)

    assert everyone.branch_a2.name in str(refused.value)
    assert (closed.state, closed.closed_by) == (FollowUpState.CLOSED, everyone.discipline_clerk)
    assert set(Task.objects.values_list("state", flat=True)) == {TaskState.CLOSED}
    assert set(closed.hands) == {everyone.branch_secretary_a1.pk, everyone.branch_secretary_a2.pk}


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("discipline_clerk", True),
        ("discipline_head", True),
        ("party_clerk", False),
        ("secretary", False),
        ("branch_secretary_a1", False),
        ("secretary_a", False),
    ],
)
def test_only_the_asking_unit_closes(everyone, follow_up, at, who, may):
    both_answered(follow_up, everyone, at)

    assert bool(access.can_close_follow_up(getattr(everyone, who), follow_up, at.date())) == may


def test_whoever_answered_does_not_close_though_they_moved_to_the_asking_unit(everyone, follow_up, at):
    both_answered(follow_up, everyone, at)
    mover = everyone.branch_secretary_a1
    appointed(PostKind.DISCIPLINE_HEAD, everyone.discipline_office, acts_for=everyone.group, person=mover)

    with pytest.raises(AccessDenied):
        close(follow_up, mover, at)

    assert FollowUp.objects.get().state == FollowUpState.RUNNING


def test_the_database_refuses_a_closer_who_answered(everyone, follow_up, at):
    row = FollowUp.objects.filter(pk=follow_up.pk)

    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(state="closed", closed_at=at, closed_by=everyone.party_head, hands=[1, everyone.party_head.pk])
    row.update(state="closed", closed_at=at, closed_by=everyone.party_head, hands=[everyone.secretary_a.pk])


WORK = st.lists(
    st.tuples(st.sampled_from(["answer", "withdraw", "return"]), st.sampled_from(["doer", "deputy"])), max_size=5
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
@given(WORK)
def test_over_any_history_nobody_who_answered_may_close(everyone, at, history):
    """The doer and a deputy answer, take back and are sent back; then both come to the asking unit."""
    deputy = PersonFactory()
    appointed(PostKind.BRANCH_MEMBER, everyone.branch_a1, person=deputy)
    persons = {"doer": everyone.branch_secretary_a1, "deputy": deputy}
    one = issued(everyone, at, helpers=[])
    worked = set()
    for act, name in history:
        asked = asked_of(one, everyone.branch_a1)
        common = {"task_id": asked.task_id, "at": at, "version": asked.task.version}
        if act == "answer" and asked.task.state in ("open", "accepted", "returned"):
            answered(one, everyone.branch_a1, persons[name], at)
            worked.add(name)
        elif act == "withdraw" and asked.task.state == "handed_in":
            services.withdraw_hand_in(by=persons[name], **common)
        elif act == "return" and asked.task.state == "handed_in":
            services.return_task(by=everyone.discipline_head, reason="请补充", **common)
    for person in persons.values():
        appointed(PostKind.DISCIPLINE_CLERK, everyone.discipline_office, acts_for=everyone.group, person=person)

    may = {name for name, person in persons.items() if access.can_close_follow_up(person, one, at.date())}

    assert may == set(persons) - worked


@pytest.mark.django_db(transaction=True)
def test_of_two_closers_exactly_one_wins(everyone, follow_up, at):
    both_answered(follow_up, everyone, at)
    outcomes = _race([everyone.discipline_clerk, everyone.discipline_head], lambda by: close(follow_up, by, at))

    assert sorted(outcomes) == ["VersionConflict", "done"]
    assert AuditEntry.objects.filter(action="follow_up.closed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_sixteen_writers_leave_no_gap_and_no_double(everyone, at):
    outcomes = _race(range(16), lambda _number: issued(everyone, at, helpers=[]))

    numbers = sorted(FollowUp.objects.values_list("number", flat=True))
    assert (outcomes, numbers) == (["done"] * 16, list(range(1, 17)))


def _race(actors, act):
    """Let one thread an actor act at once; return the name of the refusal, or done, of each."""
    barrier, outcomes = threading.Barrier(len(actors)), []

    def run(actor):
        try:
            barrier.wait()
            act(actor)
            outcomes.append("done")
        except VersionConflict:
            outcomes.append("VersionConflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def _ask(follow_up, everyone, at, until=date(2027, 4, 15), reason="等待第三方盘点结果", by=None):
    asked = asked_of(follow_up, everyone.branch_a1)
    by = by or everyone.branch_secretary_a1
    return services.ask_extension(asked_id=asked.pk, until=until, reason=reason, by=by, at=at)


def _decide(follow_up, extension, by, at, *, is_granted, reason=""):
    return services.decide_extension(
        follow_up_id=follow_up.pk, extension_id=extension.pk, is_granted=is_granted, reason=reason, by=by, at=at
    )


def test_a_granted_later_date_moves_the_task_and_begins_the_ladder_anew(everyone, follow_up, at):
    services.climb_by_hand(asked_id=asked_of(follow_up, everyone.branch_a1).pk, by=everyone.discipline_head, at=at)
    extension = _ask(follow_up, everyone, at)

    _decide(follow_up, extension, everyone.discipline_clerk, at, is_granted=True)

    asked, other = asked_of(follow_up, everyone.branch_a1), asked_of(follow_up, everyone.branch_a2)
    assert (asked.task.due_on, asked.rung, other.task.due_on) == (date(2027, 4, 15), Rung.NONE, DUE)
    assert {row.unit for row in asked.task.requesters.all()} == {everyone.discipline_office}


def test_a_refusal_needs_a_reason_and_changes_no_date(everyone, follow_up, at):
    extension = _ask(follow_up, everyone, at)
    with pytest.raises(Problem):
        _decide(follow_up, extension, everyone.discipline_clerk, at, is_granted=False)

    _decide(follow_up, extension, everyone.discipline_clerk, at, is_granted=False, reason="节前必须办结")

    assert asked_of(follow_up, everyone.branch_a1).task.due_on == DUE
    with pytest.raises(TransitionRefused):
        _decide(follow_up, extension, everyone.discipline_clerk, at, is_granted=True)


def test_nobody_grants_a_later_date_to_themselves(everyone, follow_up, at):
    extension = _ask(follow_up, everyone, at)
    mover = everyone.branch_secretary_a1
    appointed(PostKind.DISCIPLINE_HEAD, everyone.discipline_office, acts_for=everyone.group, person=mover)

    with pytest.raises(Problem):
        _decide(follow_up, extension, mover, at, is_granted=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.update(decided_at=at, decided_by=mover, is_granted=True)


def test_nobody_grants_a_later_date_that_a_stand_in_asked_in_their_name(everyone, follow_up, at):
    holder = everyone.branch_secretary_a1
    people.give_stand_in(
        appointment_id=holder.appointments.get().pk, person_id=everyone.member_a1.pk, from_day=at.date(),
        to_day=at.date() + timedelta(days=5), reason="休假", by=holder, at=at,
    )  # fmt: skip
    extension = _ask(follow_up, everyone, at, by=everyone.member_a1)
    appointed(PostKind.DISCIPLINE_HEAD, everyone.discipline_office, acts_for=everyone.group, person=holder)

    with pytest.raises(Problem, match="以您的名义"):
        _decide(follow_up, extension, holder, at, is_granted=True)
    assert _decide(follow_up, extension, everyone.discipline_clerk, at, is_granted=True).is_granted


@pytest.mark.parametrize(
    ("until", "reason"), [(DUE, "来不及"), (date(2027, 4, 1), "  "), (date(2027, 4, 1), "长" * 501)]
)
def test_a_later_date_is_later_and_has_a_reason(everyone, follow_up, at, until, reason):
    with pytest.raises(Problem):
        _ask(follow_up, everyone, at, until=until, reason=reason)

    assert Extension.objects.count() == 0


def test_one_open_request_a_unit(everyone, follow_up, at):
    _ask(follow_up, everyone, at)

    with pytest.raises(TransitionRefused):
        _ask(follow_up, everyone, at)


def _night(day, at):
    return services.climb_ladders(at=at.replace(year=day.year, month=day.month, day=day.day))


def test_the_ladder_climbs_on_its_days_once_a_night_and_tells_more_people_each_time(everyone, at):
    follow_up = issued(everyone, at, helpers=[])
    Notification.objects.all().delete()
    climbed = {}
    for offset in range(-5, 20):
        day = DUE + timedelta(days=offset)
        if _night(day, at):
            climbed[offset] = set(Notification.objects.values_list("person_id", flat=True))
            Notification.objects.all().delete()
        assert _night(day, at) == 0

    secretary = everyone.branch_secretary_a1.pk
    above = {everyone.secretary_a.pk, everyone.secretary.pk, everyone.discipline_secretary.pk}
    assert climbed == {-3: {secretary}, 1: {secretary}, 15: {secretary, *above}}
    assert asked_of(follow_up, everyone.branch_a1).rung == Rung.LIST
    entries = AuditEntry.objects.filter(action="follow_up.climbed").order_by("number")
    assert [(entry.actor_kind, entry.changes["rung"]) for entry in entries] == [
        ("system", 1),
        ("system", 2),
        ("system", 3),
    ]


def test_after_nights_that_did_not_run_nobody_is_listed_without_having_been_urged(everyone, at):
    issued(everyone, at, helpers=[])
    day = DUE + timedelta(days=40)

    rungs = [(_night(day + timedelta(days=n), at), FollowUpUnit.objects.get().rung) for n in range(5)]

    assert rungs == [(1, 1), (1, 2), (1, 3), (0, 3), (0, 3)]


def test_who_answered_or_whose_follow_up_is_over_is_not_urged(everyone, follow_up, at):
    answered(follow_up, everyone.branch_a1, everyone.branch_secretary_a1, at)
    over = issued(everyone, at)
    services.withdraw_follow_up(follow_up_id=over.pk, reason="重复", by=everyone.discipline_head, at=at, version=1)

    assert _night(DUE + timedelta(days=2), at) == 1
    assert asked_of(follow_up, everyone.branch_a2).rung == Rung.REMIND


def test_urging_by_hand_is_for_the_asking_unit_and_ends_at_the_top(everyone, follow_up, at):
    asked = asked_of(follow_up, everyone.branch_a1)
    with pytest.raises(AccessDenied):
        services.climb_by_hand(asked_id=asked.pk, by=everyone.secretary_a, at=at)
    for _step in range(3):
        services.climb_by_hand(asked_id=asked.pk, by=everyone.discipline_clerk, at=at)

    with pytest.raises(TransitionRefused):
        services.climb_by_hand(asked_id=asked.pk, by=everyone.discipline_clerk, at=at)
    answered(follow_up, everyone.branch_a2, everyone.branch_secretary_a2, at)
    with pytest.raises(TransitionRefused):
        services.climb_by_hand(asked_id=asked_of(follow_up, everyone.branch_a2).pk, by=everyone.discipline_clerk, at=at)


def test_opening_again_sends_the_chosen_answers_back_with_the_reason(everyone, follow_up, at):
    both_answered(follow_up, everyone, at)
    close(follow_up, everyone.discipline_clerk, at)
    lead = asked_of(follow_up, everyone.branch_a1)

    services.reopen_follow_up(
        follow_up_id=follow_up.pk, asked_ids=[lead.pk], due_on=date(2027, 5, 1), reason="又发现一处",
        by=everyone.discipline_head, at=at, version=2,
    )  # fmt: skip

    lead, helper = asked_of(follow_up, everyone.branch_a1), asked_of(follow_up, everyone.branch_a2)
    assert (lead.task.state, lead.task.return_reason, lead.task.due_on) == ("returned", "又发现一处", date(2027, 5, 1))
    assert (helper.task.state, helper.task.due_on) == ("closed", DUE)
    row = FollowUp.objects.get()
    assert (row.state, row.closed_by, row.reopen_reason) == ("running", None, "又发现一处")


def test_opening_again_without_a_unit_changes_nothing(everyone, follow_up, at):
    both_answered(follow_up, everyone, at)
    close(follow_up, everyone.discipline_clerk, at)

    with pytest.raises(Problem):
        services.reopen_follow_up(
            follow_up_id=follow_up.pk, asked_ids=[], due_on=date(2027, 5, 1), reason="又发现一处",
            by=everyone.discipline_head, at=at, version=2,
        )  # fmt: skip

    assert FollowUp.objects.get().state == FollowUpState.CLOSED


def test_list_and_object_agree_and_units_beside_each_other_see_nothing_of_one_another(everyone, follow_up, at):
    on = at.date()
    issued(everyone, at, lead=everyone.branch_b1, helpers=[])
    for person in [*everyone.persons, None]:
        seen = set(access.visible_follow_ups(person, on))
        assert seen == {one for one in FollowUp.objects.all() if access.can_view_follow_up(person, one, on)}

    def units(person):
        found = access.visible_asked(person, on).filter(follow_up=follow_up)
        return set(found.values_list("unit__name", flat=True))

    both = {everyone.branch_a1.name, everyone.branch_a2.name}
    assert (
        units(everyone.discipline_clerk) == units(everyone.secretary_a) == units(everyone.branch_secretary_a1) == both
    )
    assert units(everyone.branch_secretary_a2) == {everyone.branch_a2.name}
    assert units(everyone.branch_secretary_b1) == units(everyone.member_a1) == set()
