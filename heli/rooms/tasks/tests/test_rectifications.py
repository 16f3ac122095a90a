"""Rectification: problems with measures, verified and crossed off by others, opened again, looked at later."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heli.kernel import audit
from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem as Refusal
from heli.kernel.versions import VersionConflict
from heli.rooms.people.enums import PostKind
from heli.rooms.people.tests.factories import PersonFactory, appointed
from heli.rooms.rulebook import services as rulebook
from heli.rooms.tasks import access, services
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Measure, Problem, Rectification, Task
from heli.rooms.tasks.services import NewEvidence, NewMeasure, NewProblem, NewRectification, TransitionRefused

DUE = date(2027, 4, 30)
FACT = NewEvidence(title="整改情况", happened_on=date(2027, 3, 9), text="已补齐。")


def opened(everyone, at, **changes):
    """The discipline office verifies what company A's committee rectifies after an inspection."""
    values = {
        "unit": everyone.committee_a,
        "verifier_id": everyone.discipline_office.pk,
        "title": "甲公司党委巡察整改",
        "source": "inspection",
        "found_on": date(2027, 3, 1),
        **changes,
    }
    return services.open_rectification(new=NewRectification(**values), by=everyone.discipline_clerk, at=at)


def with_problems(rectification, everyone, at, units=None, by=None):
    """One problem a unit, each with one measure of that unit."""
    units = units or [everyone.branch_a1, everyone.branch_a2]
    new = [
        NewProblem(f"问题{number}", "both", [NewMeasure(f"措施{number}", unit.pk, DUE)])
        for number, unit in enumerate(units, start=1)
    ]
    return services.add_problems(rectification_id=rectification.pk, problems=new, by=by or everyone.secretary_a, at=at)


@pytest.fixture
def rectification(everyone, at):
    return opened(everyone, at)


@pytest.fixture
def problem(rectification, everyone, at):
    return with_problems(rectification, everyone, at)[0]


def task_of(problem):
    return problem.measures.select_related("task__unit").order_by("number")[0].task


def worked(problem, by, at):
    task = task_of(problem)
    if task.state == TaskState.OPEN:
        task = services.accept_task(task_id=task.pk, by=by, at=at, version=task.version)
    services.record_evidence(task_id=task.pk, new=FACT, by=by, at=at)
    return services.hand_in(task_id=task.pk, by=by, at=at, version=task.version)


def verified(problem, everyone, at):
    task = worked(problem, everyone.branch_secretary_a1, at)
    return services.close_task(task_id=task.pk, by=everyone.discipline_clerk, at=at, version=task.version)


def close(problem, by, at, version=1, months=3):
    return services.close_problem(
        problem_id=problem.pk, note="已整改", check_months=months, by=by, at=at, version=version
    )


def test_each_measure_is_a_task_of_its_unit_that_names_it(everyone, problem):
    measure = Measure.objects.select_related("task").get(problem=problem)

    assert (measure.task.source, measure.task.unit, measure.task.due_on) == (
        f"tasks.measure:{measure.pk}",
        everyone.branch_a1,
        DUE,
    )
    assert [row.unit for row in measure.task.requesters.all()] == [everyone.discipline_office]
    assert list(Problem.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    ("changes", "by", "error"),
    [
        ({"found_on": date(2027, 3, 11)}, "discipline_clerk", Refusal),
        ({}, "party_clerk", AccessDenied),
        ({}, "branch_secretary_a1", AccessDenied),
    ],
)
def test_opening_is_refused_with_a_reason(everyone, at, changes, by, error):
    values = {
        "unit": everyone.committee_a, "verifier_id": everyone.discipline_office.pk, "title": "整改", "source": "audit",
        "found_on": date(2027, 3, 1), **changes,
    }  # fmt: skip

    with pytest.raises(error):
        services.open_rectification(new=NewRectification(**values), by=getattr(everyone, by), at=at)

    assert Rectification.objects.count() == 0


def test_a_list_is_written_whole_or_not_at_all(everyone, rectification, at, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError("the log is full")

    with monkeypatch.context() as patch:
        patch.setattr(audit, "record", fails)
        with pytest.raises(RuntimeError):
            with_problems(rectification, everyone, at)

    late = [NewMeasure("措施", everyone.branch_a1.pk, day) for day in (DUE, date(2027, 3, 1))]
    new = [NewProblem("问题", "both", late)]
    with pytest.raises(Refusal):
        services.add_problems(rectification_id=rectification.pk, problems=new, by=everyone.secretary_a, at=at)

    assert (Problem.objects.count(), Measure.objects.count(), Task.objects.count()) == (0, 0, 0)


def test_measures_go_to_somebody_or_are_refused(everyone, problem, at):
    with pytest.raises(Refusal):
        services.add_measure(
            problem_id=problem.pk, new=NewMeasure("措施", everyone.branch_a1.pk, DUE, post_kind="secretary"),
            by=everyone.secretary_a, at=at,
        )  # fmt: skip

    services.add_measure(
        problem_id=problem.pk, new=NewMeasure("再公示", everyone.branch_a1.pk, DUE), by=everyone.secretary_a, at=at
    )

    assert list(problem.measures.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_crossing_off_waits_for_every_measure_and_withdrawing_all_is_not_enough(everyone, problem, at):
    with pytest.raises(TransitionRefused):
        close(problem, everyone.discipline_clerk, at)
    measure = problem.measures.get()
    services.withdraw_measure(measure_id=measure.pk, reason="换一项措施", by=everyone.secretary_a, at=at)
    with pytest.raises(TransitionRefused):
        close(problem, everyone.discipline_clerk, at)

    with pytest.raises(TransitionRefused):
        services.withdraw_measure(measure_id=measure.pk, reason="再撤一次", by=everyone.secretary_a, at=at)
    assert Problem.objects.get(pk=problem.pk).state == "open"


def test_crossed_off_by_the_verifying_unit_with_the_day_of_the_effect_check(everyone, problem, at):
    verified(problem, everyone, at)

    closed = close(problem, everyone.discipline_head, at)

    assert (closed.state, closed.closed_by, closed.check_on) == ("closed", everyone.discipline_head, date(2027, 6, 10))
    assert closed.hands == [everyone.branch_secretary_a1.pk]
    with pytest.raises(TransitionRefused):
        services.add_measure(
            problem_id=problem.pk, new=NewMeasure("措施", everyone.branch_a1.pk, DUE), by=everyone.secretary_a, at=at
        )


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("discipline_clerk", True),
        ("discipline_head", True),
        ("party_clerk", False),
        ("secretary", False),
        ("secretary_a", False),
        ("branch_secretary_a1", False),
    ],
)
def test_only_the_verifying_unit_crosses_off(everyone, problem, at, who, may):
    verified(problem, everyone, at)

    assert bool(access.can_close_problem(getattr(everyone, who), problem, at.date())) == may


def test_the_database_refuses_a_closer_who_worked_on_it(everyone, problem, at):
    row = Problem.objects.filter(pk=problem.pk)

    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(state="closed", closed_at=at, closed_by=everyone.party_head, hands=[everyone.party_head.pk])


WORK = st.lists(st.tuples(st.sampled_from(["work", "return"]), st.sampled_from(["doer", "deputy"])), max_size=4)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=12)
@given(WORK)
def test_over_any_history_nobody_who_worked_may_cross_off(everyone, at, history):
    deputy = PersonFactory()
    appointed(PostKind.BRANCH_MEMBER, everyone.branch_a1, person=deputy)
    persons = {"doer": everyone.branch_secretary_a1, "deputy": deputy}
    one = with_problems(opened(everyone, at), everyone, at, [everyone.branch_a1])[0]
    hands = set()
    for act, name in history:
        task = task_of(one)
        if act == "work" and task.state in ("open", "returned"):
            worked(one, persons[name], at)
            hands.add(name)
        elif act == "return" and task.state == "handed_in":
            services.return_task(
                task_id=task.pk, reason="请补充", by=everyone.discipline_head, at=at, version=task.version
            )
    for person in persons.values():
        appointed(PostKind.DISCIPLINE_CLERK, everyone.discipline_office, acts_for=everyone.group, person=person)

    may = {name for name, person in persons.items() if access.can_close_problem(person, one, at.date())}

    assert may == set(persons) - hands


@pytest.mark.django_db(transaction=True)
def test_of_two_who_cross_off_exactly_one_wins(everyone, problem, at):
    verified(problem, everyone, at)
    barrier, outcomes = threading.Barrier(2), []

    def run(by):
        try:
            barrier.wait()
            close(problem, by, at)
            outcomes.append("done")
        except VersionConflict:
            outcomes.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(by,)) for by in (everyone.discipline_clerk, everyone.discipline_head)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["conflict", "done"]
    assert AuditEntry.objects.filter(action="problem.closed").count() == 1


def test_opening_again_gives_the_measure_back_and_drops_the_effect_check(everyone, problem, at):
    verified(problem, everyone, at)
    close(problem, everyone.discipline_head, at)
    services.open_effect_checks(at=at + timedelta(days=120))
    check = Problem.objects.get(pk=problem.pk).check_task

    services.reopen_problem(
        problem_id=problem.pk, measure_ids=[problem.measures.get().pk], due_on=date(2027, 12, 1), reason="问题反弹",
        by=everyone.discipline_clerk, at=at + timedelta(days=125), version=2,
    )  # fmt: skip

    row, task = Problem.objects.get(pk=problem.pk), task_of(problem)
    check.refresh_from_db()
    assert (row.state, row.check_on, row.check_task, row.reopen_reason) == ("open", None, None, "问题反弹")
    assert (task.state, task.due_on, check.state) == ("returned", date(2027, 12, 1), "canceled")


def test_opening_again_needs_a_measure(everyone, problem, at):
    verified(problem, everyone, at)
    close(problem, everyone.discipline_head, at)

    with pytest.raises(Refusal):
        services.reopen_problem(
            problem_id=problem.pk, measure_ids=[], due_on=date(2027, 12, 1), reason="问题反弹",
            by=everyone.discipline_clerk, at=at, version=2,
        )  # fmt: skip

    assert Problem.objects.get(pk=problem.pk).state == "closed"


def test_the_effect_check_opens_by_itself_once_and_not_before_its_day(everyone, problem, at):
    verified(problem, everyone, at)
    close(problem, everyone.discipline_head, at)

    nights = [services.open_effect_checks(at=at + timedelta(days=days)) for days in (91, 92, 93, 200)]

    check = Problem.objects.get(pk=problem.pk).check_task
    assert nights == [0, 1, 0, 0]
    assert (check.unit, check.source) == (everyone.discipline_office, f"tasks.effect_check:{problem.pk}")
    assert AuditEntry.objects.get(action="problem.effect_check_opened").actor_kind == "system"


def test_zero_months_means_no_effect_check(everyone, problem, at):
    verified(problem, everyone, at)
    close(problem, everyone.discipline_head, at, months=0)

    assert services.open_effect_checks(at=at + timedelta(days=900)) == 0


def test_dates_of_the_rulebook_become_tasks_once(everyone, rectification, at):
    with pytest.raises(TransitionRefused):
        services.open_statutory_tasks(rectification_id=rectification.pk, by=everyone.discipline_clerk, at=at)
    rulebook.install_catalogue(by=everyone.party_clerk, at=at, valid_from=date(2026, 1, 1))

    services.open_statutory_tasks(rectification_id=rectification.pk, by=everyone.discipline_clerk, at=at)

    tasks = Task.objects.order_by("due_on").values_list("obligation", "due_on", "unit")
    assert list(tasks) == [
        ("B42", date(2027, 4, 1), everyone.committee_a.pk),
        ("B43", date(2027, 9, 1), everyone.committee_a.pk),
    ]
    with pytest.raises(TransitionRefused):
        services.open_statutory_tasks(rectification_id=rectification.pk, by=everyone.discipline_clerk, at=at)


def test_lists_and_objects_agree_and_a_unit_sees_the_problem_of_its_measure_alone(everyone, problem, at):
    on = at.date()
    with_problems(
        opened(everyone, at, unit=everyone.committee_b), everyone, at, [everyone.branch_b1], everyone.secretary
    )
    for person in [*everyone.persons, None]:
        assert set(access.visible_problems(person, on)) == {
            one for one in Problem.objects.all() if access.can_view_problem(person, one, on)
        }
        assert set(access.visible_rectifications(person, on)) == {
            one for one in Rectification.objects.all() if access.can_view_rectification(person, one, on)
        }

    def seen(person):
        return access.visible_problems(person, on).count()

    assert [seen(everyone.discipline_clerk), seen(everyone.secretary_a), seen(everyone.branch_secretary_a1)] == [
        3,
        2,
        1,
    ]
    assert [seen(everyone.branch_secretary_b1), seen(everyone.member_a1)] == [1, 0]
