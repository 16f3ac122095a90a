"""What plans show on pages of other rooms: what waits for whom, and where a task comes from."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heli.rooms.plans import access
from heli.rooms.plans.models import PlanVersion
from heli.rooms.plans.queries.home import waiting_for
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.test_pages import signed_in
from heli.rooms.plans.tests.world import World
from heli.rooms.tasks.models import Task


def test_what_awaits_approval_waits_with_whoever_can_approve_it(world: World, at: datetime) -> None:
    version = journey.submitted(world, at)

    waits = {key for key, person in world.people.items() if waiting_for(person, at.date()).to_approve}
    page = signed_in(world.people["secretary"]).get(reverse("plans:waiting")).content.decode()

    assert waits == {"party_head", "disc_head", "secretary"}
    assert reverse("plans:version", args=[version.plan_id, 1]) in page


@pytest.mark.parametrize("step", ["aligned", "submitted", "published"])
def test_versions_to_approve_agree_with_each_version(world: World, at: datetime, step: str) -> None:
    getattr(journey, step)(world, at)
    versions = list(PlanVersion.objects.filter(state="submitted").select_related("plan__unit"))

    for person in [*world.people.values(), None]:
        listed = set(access.versions_to_approve(person, at.date()))
        assert listed == {version for version in versions if access.can_approve(person, version, at.date())}


def test_an_open_board_waits_with_the_clerks_of_both_lines(world: World, at: datetime) -> None:
    plan = journey.aligned(world, at)

    for key in ("clerk", "disc_clerk"):
        (board,) = waiting_for(world.people[key], at.date()).boards
        assert (board, board.open_cards > 0) == (plan, True)  # type: ignore[attr-defined]  # annotated
    assert not waiting_for(world.people["secretary"], at.date()).boards


def test_nothing_waits_where_nothing_waits(world: World, at: datetime) -> None:
    journey.published(world, at)

    page = signed_in(world.people["hr_head"]).get(reverse("plans:waiting"))

    assert page.content.decode().strip() == ""


def test_what_waits_costs_the_same_for_one_and_five(world: World, at: datetime) -> None:
    journey.aligned(world, at)
    clerk = signed_in(world.people["clerk"])

    def queries() -> int:
        clerk.get(reverse("plans:waiting"))
        with CaptureQueriesContext(connection) as captured:
            clerk.get(reverse("plans:waiting"))
        return len(captured)

    before = queries()
    plan = journey.begun(world, at, title="另一个")
    for number in range(4):
        other = journey.begun(world, at, title=f"计划{number}")
        type(other).objects.filter(pk=other.pk).update(state="deciding")
        plan.findings.create(kind="gap", title={"zh": "缺"}, reason={"zh": "缺"}, signature=f"s{number}", rank=1)
        plan.findings.filter(signature=f"s{number}").update(plan=other)

    assert queries() == before
    assert len(waiting_for(world.people["clerk"], at.date()).boards) == 5


def test_a_task_says_from_which_plan_and_item_it_comes(world: World, at: datetime) -> None:
    version = journey.published(world, at)
    task = Task.objects.filter(unit=world.units["a1"], title__contains="主题党日").order_by("pk")[0]
    item = version.items.get(text__contains="主题党日")

    page = signed_in(world.people["a1_secretary"]).get(reverse("plans:of_task", args=[task.pk])).content.decode()

    assert f"{reverse('plans:version', args=[version.plan_id, 1])}#item-{item.pk}" in page
    assert version.plan.title in page


def test_a_task_of_no_plan_says_nothing(world: World, at: datetime) -> None:
    journey.published(world, at)
    task = Task.objects.filter(unit=world.units["a1"]).order_by("pk")[0]
    Task.objects.filter(pk=task.pk).update(source="")

    answer = signed_in(world.people["a1_secretary"]).get(reverse("plans:of_task", args=[task.pk]))

    assert (answer.status_code, answer.content.decode().strip()) == (200, "")
