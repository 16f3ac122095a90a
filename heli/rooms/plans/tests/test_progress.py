"""How far a plan in force is: counted over the tasks the reader may see, whatever their number."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from heli.rooms.plans import access
from heli.rooms.plans.models import PlanVersion
from heli.rooms.plans.queries import progress as queries
from heli.rooms.plans.queries.work import source_of
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.test_counts import queries as count_queries
from heli.rooms.plans.tests.test_pages import signed_in
from heli.rooms.plans.tests.world import World
from heli.rooms.tasks import access as tasks
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Task
from heli.rooms.tasks.queries import Progress


@pytest.fixture
def version(world: World, at: datetime) -> PlanVersion:
    """A plan in force, its tasks in every state, on a day when some are late."""
    made = journey.published(world, at)
    head = world.people["party_head"]
    for turn, task in enumerate(Task.objects.order_by("pk")):
        state = list(TaskState)[turn % 6]
        task.state = state
        if state in (TaskState.HANDED_IN, TaskState.CLOSED):
            task.handed_in_at, task.handed_in_by = at, world.people["clerk"]
        if state == TaskState.CLOSED:
            task.closed_at, task.closed_by = at, head
        task.save()
    return made


NOW = date(2027, 7, 15)


def _counted(seen: list[Task]) -> Progress:
    late = [
        task
        for task in seen
        if task.state in (TaskState.OPEN, TaskState.ACCEPTED, TaskState.RETURNED) and task.due_on and task.due_on < NOW
    ]
    return Progress(
        tasks=len(seen),
        done=sum(task.state == TaskState.CLOSED for task in seen),
        waiting=sum(task.state == TaskState.HANDED_IN for task in seen),
        overdue=len(late),
    )


def test_counts_lists_and_tasks_agree_for_everybody(world: World, version: PlanVersion) -> None:
    every = [task for task in Task.objects.select_related("unit") if task.state != TaskState.CANCELED]
    several = set()

    for person in [*world.people.values(), None]:
        found = queries.progress_of(person, version, NOW)
        seen_items = list(access.visible_items(person, version, NOW))
        for item in seen_items:
            seen = [
                task for task in every if task.source == source_of(item.lineage) and tasks.can_view(person, task, NOW)
            ]
            listed = list(queries.tasks_of_item(person, item, NOW, ""))
            assert (found.of(item) or Progress()) == _counted(seen)
            assert queries.progress_of_item(person, item, NOW) == _counted(seen)
            assert set(listed) == set(seen)
            several.add(found.of(item))
        assert set(found.by_lineage) <= {str(item.lineage) for item in seen_items}

    assert len(several) > 4


@pytest.mark.parametrize("state", ["to_do", "overdue", "waiting", "done"])
def test_each_view_lists_what_its_number_says(world: World, version: PlanVersion, state: str) -> None:
    secretary = world.people["secretary"]
    item = max(version.items.all(), key=lambda each: queries.progress_of_item(secretary, each, NOW).tasks)
    progress = queries.progress_of_item(secretary, item, NOW)
    wanted = {
        "to_do": progress.tasks - progress.done - progress.waiting, "overdue": progress.overdue,
        "waiting": progress.waiting, "done": progress.done,
    }[state]  # fmt: skip

    assert len(queries.tasks_of_item(secretary, item, NOW, state)) == wanted


def test_the_whole_is_the_sum_of_its_items(world: World, version: PlanVersion) -> None:
    found = queries.progress_of(world.people["secretary"], version, NOW)

    assert found.total == sum(found.by_lineage.values(), Progress())
    seen = tasks.visible_tasks(world.people["secretary"], NOW).exclude(state=TaskState.CANCELED)
    assert found.total == _counted(list(seen))


def test_a_branch_counts_its_own_tasks_alone(world: World, version: PlanVersion) -> None:
    whole = queries.progress_of(world.people["secretary"], version, NOW).total
    branch = queries.progress_of(world.people["a1_secretary"], version, NOW).total

    assert 0 < branch.tasks < whole.tasks


def test_only_the_version_in_force_counts(world: World, version: PlanVersion, at: datetime) -> None:
    journey.revise(version, "调整", world.people["clerk"], at)
    draft = PlanVersion.objects.get(number=2)

    assert queries.progress_of(world.people["secretary"], draft, NOW).by_lineage == {}


def test_the_page_links_each_item_to_its_tasks(world: World, version: PlanVersion) -> None:
    person = world.people["secretary"]
    client = signed_in(person)
    page = client.get(reverse("plans:version", args=[version.plan_id, 1])).content.decode()
    linked = 0

    for item in version.items.order_by("number"):
        seen = list(queries.tasks_of_item(person, item, NOW, ""))
        address = reverse("plans:item_tasks", args=[version.plan_id, 1, item.pk])
        assert (address in page) == bool(seen)
        listed = client.get(address).content.decode()
        for task in seen:
            assert reverse("tasks:task", args=[task.pk]) in listed
            linked += 1

    assert linked > 10


def test_tasks_of_an_item_one_may_not_see_are_not_found(world: World, version: PlanVersion, at: datetime) -> None:
    branch = world.people["b2_secretary"]
    seen = set(access.visible_items(branch, version, at.date()))

    for item in version.items.all():
        answer = signed_in(branch).get(reverse("plans:item_tasks", args=[version.plan_id, 1, item.pk]))
        assert answer.status_code == (200 if item in seen else 404)


@pytest.mark.parametrize("name", ["version", "item_tasks"])
def test_many_tasks_cost_no_more_queries(world: World, version: PlanVersion, at: datetime, name: str) -> None:
    task = Task.objects.filter(unit=world.units["a1"]).exclude(state=TaskState.CANCELED).order_by("pk")[0]
    item = next(each for each in version.items.all() if source_of(each.lineage) == task.source)
    address = [version.plan_id, 1, item.pk] if name == "item_tasks" else [version.plan_id, 1]
    client, url = signed_in(world.people["secretary"]), reverse(f"plans:{name}", args=address)
    before = count_queries(client, url)

    Task.objects.bulk_create(
        Task(
            title=task.title, line=task.line, unit=task.unit, source=task.source, opened_at=at,
            opened_by=world.people["clerk"], due_on=date(2028, 1, 1) + timedelta(days=turn),
        )
        for turn in range(40)
    )  # fmt: skip

    assert count_queries(client, url) == before
