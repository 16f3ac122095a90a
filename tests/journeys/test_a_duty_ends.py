"""A duty ends: what nobody began is proposed for withdrawal; begun work stays unless the decider says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heli.kernel.problems import Problem
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.rulebook import queries, services
from heli.rooms.rulebook.enums import Family
from heli.rooms.rulebook.models import Adjustment
from heli.rooms.rulebook.records import Page, Reader
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Citation, Evidence, Task
from heli.rooms.tasks.services import working
from heli.rooms.tasks.tests.factories import TaskFactory

CODE, JUNE = "A06", date(2027, 6, 1)
OPEN, BEGUN = "tasks.open", "tasks.begun"


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def enterprise(everyone: Everyone, at: datetime) -> Everyone:
    services.install_catalogue(by=everyone.party_clerk, at=at, valid_from=date(2026, 1, 1))
    return everyone


def task(everyone: Everyone, state: TaskState, at: datetime, *, is_proved: bool = False) -> Task:
    acted: dict[str, Any] = {}
    if state not in (TaskState.OPEN, TaskState.CANCELED):
        acted |= {"accepted_at": at, "accepted_by": everyone.branch_secretary_a1}
    if state in (TaskState.HANDED_IN, TaskState.CLOSED):
        acted |= {"handed_in_at": at, "handed_in_by": everyone.branch_secretary_a1}
    if state == TaskState.CLOSED:
        acted |= {"closed_at": at, "closed_by": everyone.party_clerk}
    due = JUNE + timedelta(days=Task.objects.count())
    found = TaskFactory(
        unit=everyone.branch_a1, state=state, due_on=due, obligation=CODE, source="plans.item:1", **acted
    )
    if is_proved:
        prove(everyone, found, at)
    return found


def prove(everyone: Everyone, found: Task, at: datetime) -> None:
    evidence = Evidence.objects.create(
        unit=found.unit, kind="text", title="记录", text="已开展", happened_on=at.date(), recorded_at=at,
        recorded_by=everyone.branch_secretary_a1,
    )  # fmt: skip
    Citation.objects.create(task=found, evidence=evidence, cited_at=at, cited_by=everyone.branch_secretary_a1)


def ended(everyone: Everyone, at: datetime) -> Adjustment:
    draft = services.draft_adjustment(
        family=Family.OBLIGATION, code=CODE, cells={}, switches={"is_on": False}, reason="由集团统一组织",
        valid_from=JUNE, by=everyone.party_clerk, at=at, version=1,
    )  # fmt: skip
    return services.propose_adjustment(adjustment_id=draft.pk, version=draft.version, by=everyone.party_clerk, at=at)


def decide(everyone: Everyone, found: Adjustment, at: datetime, begun: services.Choice | None) -> None:
    """Accept all that asks for an act; of begun work choose as said, or nothing."""
    groups = queries.groups_of(queries.change_of(found), Reader(everyone.party_head, at.date()))
    choices = {group.key: services.Choice(is_accepted=True) for group in groups if group.act and not group.is_begun}
    services.decide_adjustment(
        adjustment_id=found.pk, version=found.version, by=everyone.party_head, at=at,
        choices={**choices, **({BEGUN: begun} if begun is not None else {})},
    )  # fmt: skip


def shown(everyone: Everyone, found: Adjustment, at: datetime) -> dict[str, set[int]]:
    change, reader = queries.change_of(found), Reader(everyone.party_clerk, at.date())
    return {
        group.key: {int(line.key) for line in queries.lines_of(change, reader, Page(group.key, limit=50))}
        for group in queries.groups_of(change, reader)
        if group.key.startswith("tasks.")
    }


def states() -> list[str]:
    return list(Task.objects.order_by("pk").values_list("state", flat=True))


def test_begun_work_is_a_group_of_its_own(enterprise: Everyone, at: datetime) -> None:
    untouched = task(enterprise, TaskState.OPEN, at)
    proved = task(enterprise, TaskState.OPEN, at, is_proved=True)
    accepted, returned = task(enterprise, TaskState.ACCEPTED, at), task(enterprise, TaskState.RETURNED, at)
    waiting, done = task(enterprise, TaskState.HANDED_IN, at), task(enterprise, TaskState.CLOSED, at)

    assert shown(enterprise, ended(enterprise, at), at) == {
        OPEN: {untouched.pk}, BEGUN: {proved.pk, accepted.pk, returned.pk}, "tasks.waiting": {waiting.pk},
        "tasks.done": {done.pk},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("begun", "afterwards"),
    [
        (services.Choice(is_accepted=False, reason="已着手的做完"), ["canceled", "accepted", "returned"]),
        (services.Choice(is_accepted=True), ["canceled", "canceled", "canceled"]),
    ],
)
def test_the_decider_keeps_begun_work_or_withdraws_it(
    enterprise: Everyone, at: datetime, begun: services.Choice, afterwards: list[str]
) -> None:
    for state in (TaskState.OPEN, TaskState.ACCEPTED, TaskState.RETURNED):
        task(enterprise, state, at)
    found = ended(enterprise, at)

    decide(enterprise, found, at, begun)
    services.carry_out(adjustment_id=found.pk, at=at.replace(month=6, day=1))

    assert states() == afterwards


def test_without_a_choice_about_begun_work_nothing_is_decided(enterprise: Everyone, at: datetime) -> None:
    task(enterprise, TaskState.ACCEPTED, at)
    found = ended(enterprise, at)

    with pytest.raises(Problem, match="1 of what follows is not chosen"):
        decide(enterprise, found, at, None)
    with pytest.raises(Problem, match="declined without a reason"):
        decide(enterprise, found, at, services.Choice(is_accepted=False))


@pytest.mark.parametrize("was_begun", [False, True])
def test_what_is_begun_after_the_decision_is_kept(enterprise: Everyone, at: datetime, *, was_begun: bool) -> None:
    if was_begun:
        task(enterprise, TaskState.ACCEPTED, at)
    later, other = task(enterprise, TaskState.OPEN, at), task(enterprise, TaskState.OPEN, at)
    found = ended(enterprise, at)
    decide(enterprise, found, at, services.Choice(is_accepted=True) if was_begun else None)
    working.accept_task(
        task_id=later.pk, by=enterprise.branch_secretary_a1, at=at + timedelta(days=1), version=later.version
    )
    prove(enterprise, other, at + timedelta(days=2))

    services.carry_out(adjustment_id=found.pk, at=at.replace(month=6, day=1))

    assert states() == [*(["canceled"] if was_begun else []), "accepted", "open"]
    assert found.effects.filter(group=BEGUN).exists() is was_begun


def handed_in(everyone: Everyone, at: datetime) -> Task:
    """A task that went its whole way to the reviewer, step by step."""
    found, by = task(everyone, TaskState.OPEN, at, is_proved=True), everyone.branch_secretary_a1
    found = working.accept_task(task_id=found.pk, by=by, at=at, version=found.version)
    return working.hand_in(task_id=found.pk, by=by, at=at, version=found.version)


def give_back(everyone: Everyone, found: Task, at: datetime) -> Task:
    return working.return_task(task_id=found.pk, reason="请补充", by=everyone.secretary_a, at=at, version=found.version)


def test_what_awaited_review_at_the_decision_is_kept_though_it_is_returned_since(
    enterprise: Everyone, at: datetime
) -> None:
    hour = timedelta(hours=1)
    waiting, taken_back, twice = (handed_in(enterprise, at) for _each in range(3))
    closed = handed_in(enterprise, at)
    closed = working.close_task(
        task_id=closed.pk, by=enterprise.secretary_a, at=at + hour, reason="提前开展", version=closed.version
    )
    returned = give_back(enterprise, handed_in(enterprise, at), at + hour)
    found = ended(enterprise, at + 2 * hour)
    assert shown(enterprise, found, at)[BEGUN] == {returned.pk}
    decide(enterprise, found, at + 2 * hour, services.Choice(is_accepted=True))

    for each in (waiting, closed, twice):
        give_back(enterprise, each, at + 3 * hour)
    twice.refresh_from_db()
    by = enterprise.branch_secretary_a1
    twice = working.hand_in(task_id=twice.pk, by=by, at=at + 4 * hour, version=twice.version)
    give_back(enterprise, twice, at + 5 * hour)
    working.withdraw_hand_in(task_id=taken_back.pk, by=by, at=at + 3 * hour, version=taken_back.version)
    services.carry_out(adjustment_id=found.pk, at=at.replace(month=6, day=1))

    assert states() == ["returned", "accepted", "returned", "returned", "canceled"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(list(TaskState)), st.booleans()), min_size=1, max_size=8))
def test_kept_only_what_nobody_began_is_withdrawn(
    enterprise: Everyone, at: datetime, rows: list[tuple[TaskState, bool]]
) -> None:
    has_begun = any(
        state in (TaskState.ACCEPTED, TaskState.RETURNED) or (state == TaskState.OPEN and is_proved)
        for state, is_proved in rows
    )
    with transaction.atomic():
        for state, is_proved in rows:
            task(enterprise, state, at, is_proved=is_proved)
        found = ended(enterprise, at)
        assert (BEGUN in shown(enterprise, found, at)) is has_begun
        decide(enterprise, found, at, services.Choice(is_accepted=False, reason="做完") if has_begun else None)
        services.carry_out(adjustment_id=found.pk, at=at.replace(month=6, day=1))

        assert states() == ["canceled" if one == (TaskState.OPEN, False) else str(one[0]) for one in rows]
        transaction.set_rollback(True)


def test_the_page_asks_to_withdraw_or_keep_and_presumes_neither(
    enterprise: Everyone, at: datetime, client_of: Callable[..., Any]
) -> None:
    task(enterprise, TaskState.OPEN, at)
    task(enterprise, TaskState.ACCEPTED, at)
    found = ended(enterprise, at)

    page = client_of(enterprise.party_head).get(reverse("rulebook:adjustment", args=[found.pk]))

    rows = {row.group.key: row.chosen for row in page.context["groups"]}
    assert (rows[OPEN], rows[BEGUN]) == ("accept", "")
    assert 'name="choice:tasks.begun" value="accept" required>' in page.content.decode()
