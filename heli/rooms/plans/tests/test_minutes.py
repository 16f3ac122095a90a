"""Minutes a plan states: set by hand or for all that state none, passed on to the ledger of the units."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from heli.kernel.problems import Problem
from heli.rooms.information.models import Notification
from heli.rooms.plans.models import Acknowledgement, PlanItem, PlanVersion
from heli.rooms.plans.queries.minutes import without_minutes
from heli.rooms.plans.queries.versions import changes_of
from heli.rooms.plans.queries.work import source_of
from heli.rooms.plans.services import composing, stating
from heli.rooms.plans.services.composing import ItemEdit
from heli.rooms.plans.services.locking import PlanMovedOn, StateRefused
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.test_pages import _sheets, signed_in
from heli.rooms.plans.tests.world import World
from heli.rooms.tasks import queries as tasks
from heli.rooms.tasks import rules, services
from heli.rooms.tasks.models import Task
from heli.rooms.tasks.tests.factories import TemplateFactory


def state(version: PlanVersion, number: int, world: World, at: datetime) -> PlanVersion:
    return stating.state_minutes(
        plan_id=version.plan_id, minutes=number, version=journey.seen(version), by=world.people["clerk"], at=at
    )


def edited(item: PlanItem, minutes: int | None, world: World, at: datetime, text: str = "") -> PlanItem:
    edit = ItemEdit(
        text=text or item.text, line=item.line, lead=item.lead, helpers="、".join(item.helpers), reach=item.reach,
        start=item.start, due=item.due, period=item.period, quantity=item.quantity, deliverable=item.deliverable,
    )  # fmt: skip
    return composing.edit_item(
        plan_id=item.version.plan_id, item_id=item.pk, edit=replace(edit, minutes=minutes), version=item.row_version,
        by=world.people["clerk"], at=at,
    )  # fmt: skip


def monthly(version: PlanVersion) -> PlanItem:
    """The item every branch does every month."""
    return version.items.get(text__contains="主题党日")


def test_all_that_state_none_take_the_same_and_no_other(world: World, at: datetime) -> None:
    version = journey.concluded(world, at)
    first = version.items.order_by("number")[0]
    edited(first, 90, world, at)

    state(version, 20, world, at)

    first.refresh_from_db()
    rest = set(version.items.exclude(pk=first.pk).values_list("minutes", flat=True))
    assert (first.minutes, rest, without_minutes(version)) == (90, {20}, 0)
    with pytest.raises(Problem):
        state(version, 30, world, at)


def test_minutes_are_not_set_on_a_version_one_did_not_see_or_that_was_submitted(world: World, at: datetime) -> None:
    version = journey.concluded(world, at)
    seen = journey.seen(version)
    edited(version.items.order_by("number")[0], 5, world, at)

    with pytest.raises(PlanMovedOn):
        stating.state_minutes(plan_id=version.plan_id, minutes=20, version=seen, by=world.people["clerk"], at=at)
    journey.submit(version, world.people["clerk"], at)
    with pytest.raises(StateRefused):
        state(version, 20, world, at)
    assert set(version.items.values_list("minutes", flat=True)) == {5, None}


def test_no_item_takes_no_time(world: World, at: datetime) -> None:
    item = journey.concluded(world, at).items.order_by("number")[0]
    item.minutes = 0

    with pytest.raises(IntegrityError), transaction.atomic():
        item.save()


def test_whoever_states_minutes_has_a_hand_in_it(world: World, at: datetime) -> None:
    version = journey.concluded(world, at)

    stating.state_minutes(
        plan_id=version.plan_id, minutes=20, version=journey.seen(version), by=world.people["disc_clerk"], at=at
    )

    assert version.contributors.filter(person=world.people["disc_clerk"]).exists()


@pytest.mark.parametrize("sent", ["", "0", "6001", "半天", "1.5"])
def test_what_is_no_number_of_minutes_is_refused(world: World, at: datetime, sent: str) -> None:
    version = journey.concluded(world, at)

    answer = signed_in(world.people["clerk"]).post(
        reverse("plans:minutes", args=[version.plan_id]), {"minutes": sent, "version": journey.seen(version)}
    )

    assert answer.status_code >= 400
    assert "6000" in answer.content.decode()
    assert without_minutes(version) == version.items.count()


def test_the_page_hints_and_does_not_stop_the_submission(world: World, at: datetime) -> None:
    version = journey.concluded(world, at)
    clerk, url = signed_in(world.people["clerk"]), reverse("plans:version", args=[version.plan_id, 1])
    before = clerk.get(url).content.decode()

    clerk.post(reverse("plans:minutes", args=[version.plan_id]), {"minutes": 25, "version": journey.seen(version)})
    after = clerk.get(url).content.decode()

    assert 'id="minutes"' in before
    assert reverse("plans:submit", args=[version.plan_id]) in before
    assert 'id="minutes"' not in after


def test_the_ledger_counts_what_the_plan_states(world: World, at: datetime) -> None:
    version = journey.concluded(world, at)
    edited(monthly(version), 45, world, at)
    journey.approve(journey.submit(version, world.people["clerk"], at), world.people["secretary"], at)
    branch, month = world.units["a1"], rules.Month(2027, 5)

    ledger = tasks.unit_ledger(world.people["a1_secretary"], branch, 2027, at.date())
    load = {
        row["unit_id"]: row
        for row in tasks.load_below(world.people["secretary"], world.units["group"], month, at.date())
    }

    assert ledger.minutes(month) == 45
    assert load[branch.pk]["stated"] == 45
    assert load[branch.pk]["unstated"] == ledger.unstated(month)


def test_a_plan_that_says_nothing_is_counted_as_not_stated(world: World, at: datetime) -> None:
    journey.published(world, at)
    ledger = tasks.unit_ledger(world.people["a1_secretary"], world.units["a1"], 2027, at.date())

    assert ledger.minutes(rules.Month(2027, 5)) == 0
    assert ledger.unstated(rules.Month(2027, 5)) == 1


def test_other_minutes_reach_what_is_undone_and_ask_nothing_of_anybody(world: World, at: datetime) -> None:
    version = journey.concluded(world, at)
    edited(monthly(version), 45, world, at)
    journey.approve(journey.submit(version, world.people["clerk"], at), world.people["secretary"], at)
    a1 = Task.objects.filter(source=source_of(monthly(version).lineage), unit=world.units["a1"]).order_by("due_on")
    done = a1[0]
    Task.objects.filter(pk=done.pk).update(
        state="closed", handed_in_at=at, handed_in_by=world.people["a1_secretary"], closed_at=at,
        closed_by=world.people["clerk"],
    )  # fmt: skip
    second = journey.revise(version, "减负", world.people["clerk"], at)
    edited(monthly(second), 15, world, at)
    changed = changes_of(second)
    before, told = Task.objects.count(), Notification.objects.filter(person=world.people["a1_secretary"]).count()

    journey.approve(journey.submit(second, world.people["clerk"], at), world.people["secretary"], at)

    assert [change.fields for change in changed] == [(("minutes", "45", "15"),)]
    assert [task.minutes for task in a1] == [45] + [15] * (a1.count() - 1)
    assert Task.objects.count() == before
    assert Notification.objects.filter(person=world.people["a1_secretary"]).count() == told
    assert not Acknowledgement.objects.filter(version=second).exists()
    steps = signed_in(world.people["a1_secretary"]).get(reverse("tasks:task", args=[a1[1].pk])).content.decode()
    assert "45 → 15" in steps


def test_minutes_beside_another_change_are_amended_with_it(world: World, at: datetime) -> None:
    version = journey.published(world, at)
    second = journey.revise(version, "写清楚", world.people["clerk"], at)
    item = monthly(second)
    edited(item, 15, world, at, text=item.text + "(合并开展)")

    journey.approve(journey.submit(second, world.people["clerk"], at), world.people["secretary"], at)

    assert {task.minutes for task in Task.objects.filter(source=source_of(item.lineage))} == {15}
    assert Acknowledgement.objects.filter(version=second).exists()


def test_a_template_over_the_limit_counts_what_the_plan_asks_already(world: World, at: datetime) -> None:
    version = journey.concluded(world, at)
    edited(monthly(version), 30, world, at)
    journey.approve(journey.submit(version, world.people["clerk"], at), world.people["secretary"], at)
    group, secretary = world.units["group"], world.people["secretary"]
    services.set_limit(
        root_id=group.pk, unit_kind="branch", minutes=40, starts_on=at.date(), reason="减负", by=secretary, at=at
    )
    template = TemplateFactory(
        root=group, unit=group, minutes=20, drafted_by=world.people["clerk"], approved_by=secretary,
        owner=world.people["clerk"],
    )  # fmt: skip

    over = tasks.guard(secretary, template, at.date()).over

    assert over is not None
    assert {name for name, _month, minutes, _limit in over.examples if minutes == 50} == {
        world.units[key].name for key in ("a1", "a2", "b1", "b2")
    }


def test_workbook_and_paper_say_the_minutes(world: World, at: datetime) -> None:
    version = journey.concluded(world, at)
    state(version, 37, world, at)
    clerk = signed_in(world.people["clerk"])

    sheets = _sheets(b"".join(clerk.get(reverse("plans:plan_xlsx", args=[version.plan_id, 1]))))

    assert all("37" in row for row in next(iter(sheets.values()))[1:])
