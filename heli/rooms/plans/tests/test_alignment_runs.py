"""However a background alignment ends, its run ends with words, and nobody waits for a dead worker."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from heli.rooms.plans.enums import RunState, RunStep
from heli.rooms.plans.models import AlignmentRun, Finding
from heli.rooms.plans.services import aligning
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.test_pages import signed_in
from heli.rooms.plans.tests.world import World


def _begun(world: World, at: datetime) -> AlignmentRun:
    return aligning.begin_run(plan_id=journey.with_papers(world, at).pk, by=world.people["clerk"], at=at)


def test_an_error_of_the_program_ends_the_run_with_words_and_in_the_log(
    world: World, at: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    run = _begun(world, at)

    def broken(*_items: object, **_more: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(aligning, "align_items", broken)
    with pytest.raises(ZeroDivisionError):
        aligning.run_alignment(run_id=run.pk, at=at)

    run.refresh_from_db()
    assert (run.state, run.ended_at, bool(run.failure)) == (RunState.FAILED, at, True)
    assert f"run {run.pk}" in caplog.text
    assert aligning.begin_run(plan_id=run.plan_id, by=run.requested_by, at=at).pk != run.pk


def test_whoever_asked_and_lost_the_right_ends_it_with_words(world: World, at: datetime) -> None:
    run = _begun(world, at)
    world.people["clerk"].appointments.update(valid_to=at.date())

    aligning.run_alignment(run_id=run.pk, at=at)

    run.refresh_from_db()
    assert (run.state, bool(run.failure), Finding.objects.exists()) == (RunState.FAILED, True, False)
    assert aligning.begin_run(plan_id=run.plan_id, by=world.people["disc_clerk"], at=at).pk != run.pk


def test_a_killed_worker_leaves_a_run_that_the_next_one_takes_up(world: World, at: datetime) -> None:
    run = _begun(world, at)
    AlignmentRun.objects.filter(pk=run.pk).update(
        state=RunState.RUNNING, step=RunStep.COMPARE, attempt=1, claimed_at=at
    )

    aligning.run_alignment(run_id=run.pk, at=at + timedelta(minutes=1))

    run.refresh_from_db()
    assert (run.state, run.attempt, Finding.objects.filter(plan=run.plan_id).exists()) == (RunState.DONE, 2, True)


def test_of_two_who_work_on_one_run_the_last_stores_and_the_first_stores_nothing(
    world: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, real = _begun(world, at), aligning.align_items

    def overtaken(*items: object, **more: object) -> object:
        AlignmentRun.objects.filter(pk=run.pk).update(attempt=2)  # a second worker took it up meanwhile
        return real(*items, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(aligning, "align_items", overtaken)
    aligning.run_alignment(run_id=run.pk, at=at)

    run.refresh_from_db()
    assert (run.state, run.ended_at, Finding.objects.exists()) == (RunState.RUNNING, None, False)


@pytest.mark.parametrize("state", [RunState.QUEUED, RunState.RUNNING])
def test_a_run_without_a_sign_of_life_makes_room_for_a_new_one(world: World, at: datetime, state: RunState) -> None:
    run = _begun(world, at)
    if state == RunState.RUNNING:
        AlignmentRun.objects.filter(pk=run.pk).update(state=state, attempt=1, claimed_at=at)
    later = at + aligning.STALE + timedelta(seconds=1)

    again = aligning.begin_run(plan_id=run.plan_id, by=world.people["disc_clerk"], at=later)

    run.refresh_from_db()
    assert again.pk != run.pk
    assert (run.state, bool(run.failure)) == (RunState.FAILED, True)


def test_a_run_that_lives_is_shared(world: World, at: datetime) -> None:
    run = _begun(world, at)

    again = aligning.begin_run(plan_id=run.plan_id, by=world.people["disc_clerk"], at=at + timedelta(minutes=5))

    assert again.pk == run.pk


def test_another_error_of_the_database_is_not_taken_for_a_run_under_way(
    world: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = journey.with_papers(world, at)

    def broken(*_args: object, **_more: object) -> object:
        raise IntegrityError("some other constraint")

    monkeypatch.setattr(aligning.audit, "record", broken)
    with pytest.raises(IntegrityError, match="some other"), transaction.atomic():
        aligning.begin_run(plan_id=plan.pk, by=world.people["clerk"], at=at)


def test_the_page_says_the_step_it_is_at(world: World, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    run, real, seen = _begun(world, at), aligning.align_items, []
    clerk = signed_in(world.people["clerk"])

    def watched(*items: object, **more: object) -> object:
        seen.append(clerk.get(reverse("plans:progress", args=[run.plan_id])).content.decode())
        return real(*items, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(aligning, "align_items", watched)
    aligning.run_alignment(run_id=run.pk, at=at)

    assert str(RunStep.COMPARE.label) in seen[0]
