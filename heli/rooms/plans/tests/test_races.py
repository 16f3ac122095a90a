"""Several people at once: of two who do the same, exactly one wins, and the other is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.rooms.plans.enums import Choice, FindingKind, VersionState
from heli.rooms.plans.models import AlignmentRun, Decision, Finding, Plan, PlanVersion
from heli.rooms.plans.queries.work import source_of
from heli.rooms.plans.services import aligning, approving, composing, deciding
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.world import World, build_world
from heli.rooms.tasks import queries as tasks
from heli.rooms.tasks.services import accept_task

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world()


def together(*acts: Callable[[], object]) -> list[object]:
    """Run all acts at the same moment, each on a connection of its own; return results and refusals."""
    gate, results = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
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


def refusals(results: list[object]) -> int:
    return sum(1 for result in results if isinstance(result, Problem))


def test_two_deciders_have_one_winner(world: World, at: datetime) -> None:
    plan = journey.aligned(world, at)
    finding = Finding.objects.filter(plan=plan, kind=FindingKind.DUPLICATE).order_by("rank")[0]

    def keep(person: str) -> Callable[[], object]:
        return lambda: deciding.decide(
            plan_id=plan.pk,
            finding_id=finding.pk,
            choice=Choice.KEEP_BOTH,
            reason=person,
            by=world.people[person],
            at=at,
        )

    results = together(*(keep(name) for name in ("clerk", "disc_clerk", "party_head", "disc_head")))

    assert (len(results), refusals(results)) == (4, 3)
    assert Decision.objects.filter(finding=finding).count() == 1


def test_two_who_undo_have_one_winner(world: World, at: datetime) -> None:
    plan = journey.aligned(world, at)
    finding = Finding.objects.filter(plan=plan, kind=FindingKind.DUPLICATE).order_by("rank")[0]
    journey.decide_one(finding, world.people["clerk"], at)
    decision = Decision.objects.get(finding=finding)

    def undo(person: str) -> Callable[[], object]:
        return lambda: deciding.undo_decision(plan_id=plan.pk, decision_id=decision.pk, by=world.people[person], at=at)

    results = together(undo("clerk"), undo("disc_clerk"))

    assert refusals(results) == 1
    decision.refresh_from_db()
    assert decision.undone_at == at


def test_undo_and_conclude_never_leave_a_plan_without_its_decision(world: World, at: datetime) -> None:
    plan = journey.decided(world, at)
    decision = Decision.objects.filter(finding__plan=plan).order_by("pk")[0]
    stamp = Plan.objects.get(pk=plan.pk).stamp

    results = together(
        lambda: deciding.undo_decision(plan_id=plan.pk, decision_id=decision.pk, by=world.people["clerk"], at=at),
        lambda: composing.conclude(plan_id=plan.pk, stamp=stamp, by=world.people["disc_clerk"], at=at),
    )

    decision.refresh_from_db()
    assert refusals(results) == 1
    assert PlanVersion.objects.exists() is (decision.undone_at is None)


def test_two_publishers_have_one_winner_and_tasks_open_once(world: World, at: datetime) -> None:
    version = journey.submitted(world, at)

    def approve(person: str) -> Callable[[], object]:
        return lambda: approving.approve(
            plan_id=version.plan_id, number=1, version=version.version, by=world.people[person], at=at
        )

    results = together(approve("secretary"), approve("party_head"))

    version.refresh_from_db()
    assert refusals(results) == 1
    assert version.state == VersionState.PUBLISHED
    item = version.items.get(text__contains="组织生活会")
    assert tasks.tasks_of_source(source_of(item.lineage)).count() == 4


def test_two_who_ask_for_an_alignment_watch_one_run(world: World, at: datetime) -> None:
    plan = journey.with_papers(world, at)

    def begin(person: str) -> Callable[[], object]:
        return lambda: aligning.begin_run(plan_id=plan.pk, by=world.people[person], at=at)

    results = together(begin("clerk"), begin("disc_clerk"))

    assert (len(results), refusals(results), AlignmentRun.objects.count()) == (2, 0, 1)


def test_a_run_that_is_repeated_changes_nothing(world: World, at: datetime) -> None:
    plan = journey.with_papers(world, at)
    run = aligning.begin_run(plan_id=plan.pk, by=world.people["clerk"], at=at)
    aligning.run_alignment(run_id=run.pk, at=at)
    found = set(Finding.objects.filter(plan=plan).values_list("pk", flat=True))

    aligning.run_alignment(run_id=run.pk, at=at)

    run.refresh_from_db()
    assert (run.state, set(Finding.objects.filter(plan=plan).values_list("pk", flat=True))) == ("done", found)


def test_a_revision_and_whoever_works_on_its_tasks_never_wait_for_each_other(
    world: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Publishing holds every row before the first entry in the log; else this ends as a deadlock."""
    version = journey.published(world, at)
    draft = journey.revise(version, "精简", world.people["clerk"], at)
    items = list(draft.items.filter(reach="branches").order_by("number"))
    for item in items[:2]:
        composing.leave_out_item(
            plan_id=draft.plan_id, item_id=item.pk, reason="缓", version=1, by=world.people["clerk"], at=at
        )
    journey.submit(draft, world.people["clerk"], at)
    seen = journey.seen(draft)
    task = tasks.tasks_of_source(source_of(items[1].lineage)).filter(unit=world.units["a1"]).order_by("pk")[0]
    between, real = threading.Event(), audit.record
    waits = threading.Event()

    def slow(action: str, **more: object) -> object:
        entry = real(action, **more)  # type: ignore[arg-type]
        if action == "tasks.canceled" and not between.is_set():
            between.set()
            waits.wait(3)  # between the first item of the cascade and the second
        return entry

    monkeypatch.setattr(audit, "record", slow)

    def accept() -> object:
        between.wait(30)
        return accept_task(task_id=task.pk, by=world.people["a1_secretary"], at=at, version=task.version)

    results = together(
        lambda: approving.approve(plan_id=draft.plan_id, number=2, version=seen, by=world.people["secretary"], at=at),
        accept,
    )

    draft.refresh_from_db()
    task.refresh_from_db()
    assert (len(results), refusals(results)) == (2, 1)
    assert (draft.state, task.state) == (VersionState.PUBLISHED, "canceled")


def test_a_run_overtaken_by_an_edit_fails_whole_and_says_so(
    world: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = journey.with_papers(world, at)
    run = aligning.begin_run(plan_id=plan.pk, by=world.people["clerk"], at=at)
    real = aligning.align_items

    def slow(*args: object, **more: object) -> object:
        type(plan).objects.filter(pk=plan.pk).update(stamp=99)
        return real(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(aligning, "align_items", slow)
    aligning.run_alignment(run_id=run.pk, at=at)

    run.refresh_from_db()
    assert (run.state, bool(run.failure), Finding.objects.exists()) == ("failed", True, False)
