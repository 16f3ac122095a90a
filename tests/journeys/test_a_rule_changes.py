"""A rule changes: every room shows what follows, one person decides, and only what was accepted is done."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.rooms.information.models import Notification
from heli.rooms.people.tests.fixtures import Everyone, build_everyone
from heli.rooms.plans.models import Plan, PlanItem, PlanVersion
from heli.rooms.responsibilities.models import Item, ListVersion
from heli.rooms.responsibilities.services import approving
from heli.rooms.responsibilities.tests import world as lists
from heli.rooms.rulebook import access, queries, records, services
from heli.rooms.rulebook.enums import Family
from heli.rooms.rulebook.models import Adjustment
from heli.rooms.rulebook.records import Page, Reader
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Task, TaskTemplate
from heli.rooms.tasks.tests.factories import TaskFactory, TemplateFactory

CODE, JUNE = "A04", date(2027, 6, 1)
OPEN, TEMPLATES, ITEMS = "tasks.open", "tasks.templates", "responsibilities.items"


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def enterprise(everyone: Everyone, at: datetime) -> Everyone:
    return build(everyone, at)


def build(everyone: Everyone, at: datetime) -> Everyone:
    """Let lists, a plan, a template and tasks in every state rest on one duty."""
    services.install_catalogue(by=everyone.party_clerk, at=at, valid_from=date(2026, 1, 1))
    edits = [
        lists.edit("组织好党课", lists.post_of(everyone.branch_secretary_a1), obligations=(CODE, "A06")),
        lists.edit("另一项", lists.post_of(everyone.branch_secretary_a1), obligations=("A06",)),
    ]
    lists.issued(everyone, at, unit=everyone.branch_a1, edits=edits)
    plan = Plan.objects.create(
        unit=everyone.group, year=2027, title="一本计划", published_number=1, created_by=everyone.party_clerk,
        created_at=at, changed_at=at, state="published",
    )  # fmt: skip
    version = PlanVersion.objects.create(
        plan=plan, number=1, state="published", drafted_by=everyone.party_clerk, drafted_at=at, effective_on=at.date(),
        submitted_by=everyone.party_clerk, submitted_at=at, approved_by=everyone.secretary, approved_at=at,
    )  # fmt: skip
    PlanItem.objects.create(version=version, number=1, line="party", text="各支部每季度上一次党课", obligations=[CODE])
    TemplateFactory(
        title="党课情况", obligation=CODE, unit=everyone.group, root=everyone.group, owner=everyone.discipline_clerk
    )
    for unit, state, due in (
        (everyone.branch_a1, TaskState.OPEN, date(2027, 6, 30)),
        (everyone.branch_a2, TaskState.ACCEPTED, date(2027, 6, 30)),
        (everyone.branch_b1, TaskState.OPEN, date(2027, 9, 30)),
        (everyone.branch_a1, TaskState.OPEN, date(2027, 3, 31)),
        (everyone.branch_a2, TaskState.HANDED_IN, date(2027, 6, 30)),
        (everyone.branch_b1, TaskState.CLOSED, date(2027, 2, 28)),
    ):
        task(everyone, unit, state, due, at)
    return everyone


def task(everyone: Everyone, unit: Any, state: TaskState, due: date, at: datetime) -> Task:
    acted: dict[str, Any] = {}
    if state != TaskState.OPEN:
        acted |= {"accepted_at": at, "accepted_by": everyone.branch_secretary_a2}
    if state in (TaskState.HANDED_IN, TaskState.CLOSED):
        acted |= {"handed_in_at": at, "handed_in_by": everyone.branch_secretary_a2}
    if state == TaskState.CLOSED:
        acted |= {"closed_at": at, "closed_by": everyone.party_clerk}
    return TaskFactory(unit=unit, state=state, due_on=due, obligation=CODE, **acted)


def drafted(everyone: Everyone, at: datetime, **changes: Any) -> Adjustment:
    values = {
        "family": Family.OBLIGATION, "code": CODE, "cells": {"count": "2"}, "switches": {}, "reason": "制度修订",
        "valid_from": JUNE, "by": everyone.party_clerk, "at": at, "version": 1,
    }  # fmt: skip
    return services.draft_adjustment(**{**values, **changes})


def ended(everyone: Everyone, at: datetime) -> Adjustment:
    draft = drafted(everyone, at, cells={}, switches={"is_on": False})
    return services.propose_adjustment(adjustment_id=draft.pk, version=draft.version, by=everyone.party_clerk, at=at)


def groups(change: Adjustment, person: Any, at: datetime) -> dict[str, tuple[int, str]]:
    found = queries.groups_of(queries.change_of(change), Reader(person, at.date()))
    return {group.key: (group.count, group.act) for group in found}


def decide(everyone: Everyone, found: Adjustment, at: datetime, **declined: str) -> None:
    """Accept everything but what ``declined`` names (dots as underscores), each with its reason."""
    reasons = {key.replace("_", ".", 1): reason for key, reason in declined.items()}
    asked = [key for key, (_count, act) in groups(found, everyone.party_head, at).items() if act]
    choices = {key: services.Choice(key not in reasons, reasons.get(key, "")) for key in asked}
    found.refresh_from_db()
    services.decide_adjustment(
        adjustment_id=found.pk, version=found.version, choices=choices, by=everyone.party_head, at=at
    )


# --- What follows ---


def test_every_room_says_what_follows(enterprise: Everyone, at: datetime) -> None:
    change = drafted(enterprise, at)

    assert groups(change, enterprise.party_clerk, at) == {
        "plans.items": (1, "tell"),
        "responsibilities.items": (1, "tell"),
        "rulebook.units": (3, "tell"),
        "tasks.open": (3, "tell"),
        "tasks.templates": (1, "tell"),
        "tasks.before": (1, ""),
        "tasks.waiting": (1, ""),
        "tasks.done": (1, ""),
    }


def test_a_duty_that_ends_asks_for_acts(enterprise: Everyone, at: datetime) -> None:
    found = groups(ended(enterprise, at), enterprise.party_clerk, at)

    assert (found[OPEN], found["tasks.begun"]) == ((2, "cancel"), (1, "cancel"))
    assert (found[TEMPLATES], found[ITEMS]) == ((1, "end"), (1, "revise"))


def test_finished_work_never_asks_for_an_act(enterprise: Everyone, at: datetime) -> None:
    change = queries.change_of(ended(enterprise, at))

    for group in queries.groups_of(change, Reader(enterprise.party_clerk, at.date())):
        assert not (group.is_done and group.act)


def test_a_secretary_sees_what_follows_for_the_own_unit(enterprise: Everyone, at: datetime) -> None:
    found = groups(drafted(enterprise, at), enterprise.branch_secretary_b1, at)

    assert found == {
        "rulebook.units": (1, "tell"), "tasks.open": (1, "tell"), "tasks.templates": (1, "tell"), "tasks.done": (1, ""),
    }  # fmt: skip


@pytest.mark.parametrize("who", ["party_clerk", "secretary_a", "branch_secretary_a1", "member_b1", "discipline_head"])
def test_counts_and_lines_agree_and_each_line_opens(
    enterprise: Everyone, at: datetime, client_of: Callable[..., Any], who: str
) -> None:
    person, client = getattr(enterprise, who), client_of(getattr(enterprise, who))
    change, reader = queries.change_of(drafted(enterprise, at)), Reader(getattr(enterprise, who), at.date())

    for group in queries.groups_of(change, reader):
        lines = queries.lines_of(change, reader, Page(group.key, limit=50))
        assert len(lines) == group.count
        assert not group.shares or sum(share.count for share in group.shares) == group.count
        for line in lines:
            assert client.get(line.url).status_code == 200, (person, line)


def test_lines_are_paged_and_found_alone(enterprise: Everyone, at: datetime) -> None:
    change, reader = queries.change_of(drafted(enterprise, at)), Reader(enterprise.party_clerk, at.date())
    for key in groups(drafted_of(), enterprise.party_clerk, at):
        every = queries.lines_of(change, reader, Page(key, limit=50))
        first = queries.lines_of(change, reader, Page(key, limit=1))
        rest = queries.lines_of(change, reader, Page(key, after=first[0].key, limit=50))
        alone = queries.lines_of(change, reader, Page(key, only=(every[-1].key,)))

        assert [*first, *rest] == every
        assert alone == every[-1:]
        assert queries.lines_of(change, reader, Page(key, only=("x",))) == []


def drafted_of() -> Adjustment:
    return Adjustment.objects.get()


def test_counting_asks_no_more_for_more_rows(enterprise: Everyone, at: datetime) -> None:
    change, reader = queries.change_of(drafted(enterprise, at)), Reader(enterprise.party_clerk, at.date())

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            for group in queries.groups_of(change, reader):
                queries.lines_of(change, reader, Page(group.key))
        return len(captured)

    count()
    one = count()
    for _ in range(5):
        task(enterprise, enterprise.branch_a1, TaskState.OPEN, date(2027, 7, 31), at)

    assert count() == one


@pytest.mark.parametrize("is_reworded", [False, True])
def test_a_key_link_switched_off_ends_no_duty(enterprise: Everyone, at: datetime, *, is_reworded: bool) -> None:
    link = next(one for one in queries.key_links(at.date()) if len(one.obligations) > 1)
    TaskFactory(unit=enterprise.branch_a1, obligation=link.obligations[0], due_on=date(2027, 7, 20))
    cells = {"obligations": link.obligations[1]} if is_reworded else {}

    change = drafted(enterprise, at, family=Family.KEY_LINK, code=link.code, cells=cells, switches={"is_on": False})

    assert set(link.obligations) <= queries.change_of(change).duties
    assert groups(change, enterprise.party_clerk, at)[OPEN][1] == "tell"


# --- What is done ---


def test_all_is_accepted_and_done_on_the_day(enterprise: Everyone, at: datetime) -> None:
    found, june = ended(enterprise, at), at.replace(month=6, day=1)
    decide(enterprise, found, at)

    services.carry_out(adjustment_id=found.pk, at=at)
    before = Task.objects.filter(state=TaskState.CANCELED).count()
    services.carry_out(adjustment_id=found.pk, at=june)
    services.carry_out(adjustment_id=found.pk, at=june)

    states = list(Task.objects.order_by("pk").values_list("state", flat=True))
    draft = ListVersion.objects.get(state="draft")
    assert before == 0
    assert states == ["canceled", "canceled", "canceled", "open", "handed_in", "closed"]
    assert TaskTemplate.objects.get().state == "ended"
    assert [(item.text_zh, item.obligations) for item in draft.items.order_by("number")] == [
        ("组织好党课", ["A06"]), ("另一项", ["A06"]),
    ]  # fmt: skip
    assert (draft.valid_from, draft.drafted_by, draft.reason) == (JUNE, enterprise.party_head, "制度修订")
    assert {one.group: one.applied for one in found.effects.filter(act__gt="")} == {
        "rulebook.units": 0, "tasks.open": 2, "tasks.begun": 1, "tasks.shared": 0, "tasks.templates": 1,
        "responsibilities.items": 1, "plans.items": 0,
    }  # fmt: skip
    assert AuditEntry.objects.filter(action="tasks.canceled").count() == 2


def test_some_is_accepted_and_the_rest_left_with_its_reason(enterprise: Everyone, at: datetime) -> None:
    found, june = ended(enterprise, at), at.replace(month=6, day=1)
    kept = Task.objects.get(unit=enterprise.branch_b1, due_on=date(2027, 9, 30))
    services.leave_out(
        adjustment_id=found.pk, version=found.version, group=OPEN, line=str(kept.pk), reason="已着手",
        by=enterprise.party_head, at=at,
    )  # fmt: skip
    decide(enterprise, found, at, tasks_templates="下半年再停", responsibilities_items="年底一并修订")

    services.carry_out(adjustment_id=found.pk, at=june)

    kept.refresh_from_db()
    assert (kept.state, Task.objects.filter(state=TaskState.CANCELED).count()) == ("open", 2)
    assert TaskTemplate.objects.get().state == "approved"
    assert not ListVersion.objects.filter(state="draft").exists()
    assert found.effects.get(group=TEMPLATES).reason == "下半年再停"


def test_whoever_is_touched_is_told_once(enterprise: Everyone, at: datetime) -> None:
    found = drafted(enterprise, at)
    services.propose_adjustment(adjustment_id=found.pk, version=found.version, by=enterprise.party_clerk, at=at)
    Notification.objects.all().delete()
    decide(enterprise, found, at)

    services.carry_out(adjustment_id=found.pk, at=at)

    told = list(Notification.objects.order_by("pk").values_list("person_id", flat=True))
    assert len(told) == len(set(told))
    assert set(told) >= {
        enterprise.branch_secretary_a1.pk, enterprise.branch_secretary_b1.pk, enterprise.discipline_clerk.pk,
        enterprise.party_clerk.pk,
    }  # fmt: skip
    assert enterprise.member_b1.pk not in told


def test_what_is_empty_at_the_decision_follows_when_it_comes_up(enterprise: Everyone, at: datetime) -> None:
    Task.objects.all().delete()
    TaskTemplate.objects.all().delete()
    found, june = ended(enterprise, at), at.replace(month=6, day=1)
    decide(enterprise, found, at)
    late = task(enterprise, enterprise.branch_a1, TaskState.OPEN, date(2027, 6, 30), at)

    services.carry_out(adjustment_id=found.pk, at=june)

    late.refresh_from_db()
    effect = found.effects.get(group=OPEN)
    assert (late.state, effect.count, effect.applied) == ("canceled", 0, 1)


def test_what_is_empty_can_be_declined_before_it_comes_up(enterprise: Everyone, at: datetime) -> None:
    Task.objects.all().delete()
    found, june = ended(enterprise, at), at.replace(month=6, day=1)
    choices = {
        key: services.Choice(is_accepted=True)
        for key, (_count, act) in groups(found, enterprise.party_head, at).items()
        if act
    }
    with pytest.raises(Problem, match="1 of what follows is not chosen"):
        services.decide_adjustment(
            adjustment_id=found.pk, version=found.version, by=enterprise.party_head, at=at,
            choices={**choices, OPEN: services.Choice(is_accepted=False)},
        )  # fmt: skip
    services.decide_adjustment(
        adjustment_id=found.pk, version=found.version, by=enterprise.party_head, at=at,
        choices={**choices, OPEN: services.Choice(is_accepted=False, reason="另行处理")},
    )  # fmt: skip
    late = task(enterprise, enterprise.branch_a1, TaskState.OPEN, date(2027, 6, 30), at)

    services.carry_out(adjustment_id=found.pk, at=june)

    late.refresh_from_db()
    assert late.state == "open"


def test_a_list_under_way_is_left_to_its_drafters(enterprise: Everyone, at: datetime) -> None:
    version = ListVersion.objects.get()
    approving.begin_version(
        list_id=version.list_id, reason="另有修订", valid_from=date(2027, 5, 1), by=enterprise.party_clerk, at=at
    )
    found = ended(enterprise, at)
    shown = groups(found, enterprise.party_head, at)
    decide(enterprise, found, at)

    services.carry_out(adjustment_id=found.pk, at=at.replace(month=6, day=1))

    assert shown["responsibilities.drafts"] == (1, "")
    assert ListVersion.objects.filter(state="draft").count() == 1
    assert Item.objects.filter(version__state="draft", obligations__contains=[CODE]).count() == 1


# --- At the same moment ---


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_several_deciders_one_wins_and_of_several_jobs_one_acts() -> None:
    at = timezone.now()
    everyone = build(build_everyone(), at)
    day = timezone.localdate()
    Task.objects.filter(due_on__lt=day, state__in=[TaskState.OPEN, TaskState.ACCEPTED]).update(due_on=day)
    draft = drafted(everyone, at, cells={}, switches={"is_on": False}, valid_from=day)
    found = services.propose_adjustment(adjustment_id=draft.pk, version=draft.version, by=everyone.party_clerk, at=at)
    deciders = [everyone.party_head, everyone.discipline_head, everyone.secretary, everyone.discipline_secretary]
    asked = [key for key, (_count, act) in groups(found, everyone.party_head, at).items() if act]
    choices = {key: services.Choice(is_accepted=True) for key in asked}

    answers = at_once(
        lambda number: services.decide_adjustment(
            adjustment_id=found.pk, version=found.version, choices=choices, by=deciders[number], at=at
        )
    )
    done = at_once(lambda _number: services.carry_out(adjustment_id=found.pk, at=at))

    assert answers == ["VersionConflict"] * 3 + ["done"]
    assert done == ["done"] * 4
    assert AuditEntry.objects.filter(action="adjustment.told").count() == 1
    assert AuditEntry.objects.filter(action="duties.versions_begun").count() == 1
    assert AuditEntry.objects.filter(action="adjustment.in_force").count() == 1
    assert access.visible_adjustments(everyone.member_b1, day).get().state == "in_force"


def at_once(act: Callable[[int], object], writers: int = 4) -> list[str]:
    start = Barrier(writers)

    def run(number: int) -> str:
        try:
            start.wait()
            act(number)
        except Problem as problem:
            return type(problem).__name__
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(writers) as pool:
        return sorted(pool.map(run, range(writers)))


def test_every_room_with_work_is_registered() -> None:
    assert [follower.name for follower in records.followers()] == ["plans", "responsibilities", "rulebook", "tasks"]
