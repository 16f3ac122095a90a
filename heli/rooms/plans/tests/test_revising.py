"""A revision keeps running work; what its page promises is what happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heli.rooms.information.models import Notification
from heli.rooms.plans import rules
from heli.rooms.plans.enums import Reach
from heli.rooms.plans.models import PlanItem, PlanVersion
from heli.rooms.plans.presenters import versions as presenters
from heli.rooms.plans.queries import versions as queries
from heli.rooms.plans.queries.directories import directory
from heli.rooms.plans.queries.work import source_of
from heli.rooms.plans.services import composing
from heli.rooms.plans.services.composing import ItemEdit
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.test_pages import signed_in
from heli.rooms.plans.tests.world import World, build_world
from heli.rooms.tasks import queries as task_queries
from heli.rooms.tasks import services as task_services
from heli.rooms.tasks.models import Citation, Task

NAMES = ("text", "line", "lead", "reach", "period", "quantity", "deliverable", "start", "due")


def _edit(world: World, item: PlanItem, at: datetime, **new: Any) -> None:
    values: dict[str, Any] = {name: getattr(item, name) for name in NAMES} | new
    composing.edit_item(
        plan_id=item.version.plan_id, item_id=item.pk, edit=ItemEdit(helpers="、".join(item.helpers), **values),
        version=item.row_version, by=world.people["clerk"], at=at,
    )  # fmt: skip


def _revised(world: World, plan_id: int, at: datetime, change: Callable[[PlanVersion], None]) -> PlanVersion:
    """Begin a revision, change it, submit and approve it."""
    draft = journey.revise(
        PlanVersion.objects.get(plan=plan_id, state="published"), "上级部署有变", world.people["clerk"], at
    )
    change(draft)
    return journey.approve(journey.submit(draft, world.people["clerk"], at), world.people["secretary"], at)


def _in_work(world: World, item: PlanItem, at: datetime) -> Task:
    """Accept the first task of the branch and record a fact for it."""
    rows = task_queries.tasks_of_source(source_of(item.lineage)).filter(unit=world.units["a1"])
    task = rows.order_by("due_on")[0]
    by = world.people["a1_secretary"]
    task_services.accept_task(task_id=task.pk, by=by, at=at, version=1)
    new = task_services.NewEvidence("已开会布置", at.date(), text="十二人到会")
    task_services.record_evidence(task_id=task.pk, new=new, by=by, at=at)
    return task


@pytest.fixture
def published(world: World, at: datetime) -> PlanVersion:
    return journey.published(world, at)


@pytest.fixture
def item(published: PlanVersion) -> PlanItem:
    return PlanItem.objects.get(version=published, text__contains="主题党日")


def _same(version: PlanVersion, item: PlanItem) -> PlanItem:
    return PlanItem.objects.select_related("version").get(version=version, lineage=item.lineage)


def test_accepted_work_and_its_evidence_go_on(world: World, published: PlanVersion, item: PlanItem, at: datetime):
    task = _in_work(world, item, at)
    known = set(Task.objects.filter(source=task.source).values_list("pk", flat=True))

    _revised(
        world,
        published.plan_id,
        at,
        lambda v: _edit(world, _same(v, item), at, text="主题党日改为现场教学", deliverable="签到表"),
    )

    task.refresh_from_db()
    assert (task.state, task.title, task.deliverable) == ("accepted", "主题党日改为现场教学", "签到表")
    assert task.accepted_by == world.people["a1_secretary"]
    assert Citation.objects.filter(task=task).count() == 1
    assert set(Task.objects.filter(source=task.source).values_list("pk", flat=True)) == known


def test_the_holder_is_told_what_changed(world: World, published: PlanVersion, item: PlanItem, at: datetime):
    _revised(world, published.plan_id, at, lambda v: _edit(world, _same(v, item), at, text="主题党日改为现场教学"))

    rows = Notification.objects.filter(person=world.people["a1_secretary"], params__has_key="changes")
    assert [row.params["changes"] for row in rows] == [f"{item.text} → 主题党日改为现场教学"]
    assert "上级部署有变" in rows[0].params["why"]


def test_the_page_of_a_task_says_what_its_plan_changed(
    world: World, published: PlanVersion, item: PlanItem, at: datetime
):
    task = _in_work(world, item, at)
    _revised(world, published.plan_id, at, lambda v: _edit(world, _same(v, item), at, text="主题党日改为现场教学"))

    task.refresh_from_db()
    last = task_queries.task_page(task, at.date()).history[-1]

    assert (last.action, last.changes["title"]) == ("tasks.amended", [item.text, "主题党日改为现场教学"])


def test_a_removed_item_withdraws_its_tasks_with_the_reason(
    world: World, published: PlanVersion, item: PlanItem, at: datetime
):
    def leave_out(version: PlanVersion) -> None:
        composing.leave_out_item(
            plan_id=version.plan_id, item_id=_same(version, item).pk, reason="并入他项", version=1,
            by=world.people["clerk"], at=at,
        )  # fmt: skip

    _revised(world, published.plan_id, at, leave_out)

    rows = Task.objects.filter(source=source_of(item.lineage))
    assert set(rows.values_list("state", flat=True)) == {"canceled"}
    assert all("上级部署有变" in task.cancel_reason for task in rows)


def test_another_owner_replaces_the_task(world: World, published: PlanVersion, item: PlanItem, at: datetime):
    _revised(
        world, published.plan_id, at,
        lambda v: _edit(
            world, _same(v, item), at, reach=Reach.LEAD, lead="组织人事部", period="", due=date(2027, 9, 30)
        ),
    )  # fmt: skip

    rows = Task.objects.filter(source=source_of(item.lineage))
    running = rows.undone()
    assert [(task.unit.name, task.due_on) for task in running] == [("组织人事部", date(2027, 9, 30))]
    assert all("组织人事部" in task.cancel_reason for task in rows.filter(state="canceled"))


def test_the_page_promises_what_happens(world: World, published: PlanVersion, item: PlanItem, at: datetime):
    task = _in_work(world, item, at)
    draft = journey.revise(published, "改", world.people["clerk"], at)
    _edit(world, _same(draft, item), at, reach=Reach.COMMITTEES, text="主题党日改为现场教学")
    impact = queries.impact_of(draft, queries.changes_of(draft), at.date())
    journey.submit(draft, world.people["clerk"], at)

    before = Task.objects.count()
    journey.approve(draft, world.people["secretary"], at)

    ended = Task.objects.filter(source=task.source, state="canceled").count()
    assert ended > 0
    assert ended == impact.total("withdrawn") + impact.total("replaced")
    assert Task.objects.count() - before == impact.total("opened")
    assert sum(number for _day, number in impact.days) == impact.total("opened") + ended + impact.total("amended")


def test_any_two_versions_are_compared(world: World, published: PlanVersion, item: PlanItem, at: datetime):
    _revised(world, published.plan_id, at, lambda v: _edit(world, _same(v, item), at, text="主题党日改为现场教学"))
    clerk = signed_in(world.people["clerk"])
    address = reverse("plans:compare", args=[published.plan_id, 2])

    newer = clerk.get(address, {"of": "2", "with": "1"})
    older = clerk.get(address, {"of": "1", "with": "2"})

    assert "<ins>主题党日改为现场教学</ins>" in newer.content.decode()
    assert older["Location"] == reverse("plans:compare", args=[published.plan_id, 1]) + "?with=2"
    assert "<del>主题党日改为现场教学</del>" in clerk.get(older["Location"]).content.decode()


def test_the_counts_of_the_impact_open(world: World, published: PlanVersion, item: PlanItem, at: datetime):
    _in_work(world, item, at)
    draft = journey.revise(published, "改", world.people["clerk"], at)
    _edit(world, _same(draft, item), at, reach=Reach.COMMITTEES, text="主题党日改为现场教学")
    impact = queries.impact_of(draft, queries.changes_of(draft), at.date())

    units, persons, *tasks, days = presenters.impact(impact)

    assert (units.number, list(units.names)) == (len(impact.units), list(impact.units))
    assert len(persons.names) + persons.more == persons.number == impact.persons > 0
    parts = ("amended", "withdrawn", "replaced", "opened", "done")
    assert sum(len(row.names) for row in tasks) == sum(impact.total(part) for part in parts)
    assert days.number == len(impact.days) > 0


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["edit", "drop", "close"]),
        st.integers(0, 30),
        st.sampled_from(list(Reach)),
        st.sampled_from(["", "month", "quarter", "year"]),
        st.dates(date(2027, 1, 5), date(2027, 12, 31)),
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.slow(40)
@given(steps=STEPS)
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.django_db(transaction=False)
def test_open_tasks_are_what_the_latest_version_asks(db: None, at: datetime, steps: list[Any]) -> None:
    from django.db import transaction

    with transaction.atomic():
        _walk(at, steps)
        transaction.set_rollback(True)


def _walk(at: datetime, steps: list[Any]) -> None:
    world = build_world()
    version = journey.published(world, at)
    done: dict[int, tuple[str, date | None]] = {}
    for kind, which, reach, period, due in steps:
        running = list(Task.objects.undone().order_by("pk"))
        if kind == "close" and running:
            task = running[which % len(running)]
            Task.objects.filter(pk=task.pk).update(state="closed", closed_at=at, closed_by=world.people["clerk"])
            done[task.pk] = (task.title, task.due_on)
            continue
        items = list(PlanItem.objects.filter(version=version, left_out_reason="").order_by("number"))
        item = items[which % len(items)]
        if kind == "drop" and len(items) < 3:
            continue

        def change(draft: PlanVersion, item=item, kind=kind, reach=reach, period=period, due=due) -> None:
            same = _same(draft, item)
            if kind == "drop":
                composing.leave_out_item(
                    plan_id=draft.plan_id, item_id=same.pk, reason="不再做", version=1, by=world.people["clerk"], at=at
                )  # fmt: skip
            else:
                _edit(
                    world, same, at, reach=reach, lead="党群工作部", period=period, start=None, due=due,
                    text=f"{item.text}改",
                )  # fmt: skip

        version = _revised(world, version.plan_id, at, change)
    _check(version, done, at)


def _check(version: PlanVersion, done: dict[int, tuple[str, date | None]], at: datetime) -> None:
    assert {task.pk: (task.title, task.due_on) for task in Task.objects.filter(state="closed")} == done
    known = directory(version.plan, at.date())
    sources = set()
    for item in PlanItem.objects.filter(version=version, left_out_reason=""):
        lead = item.units.filter(role="lead").select_related("unit").first()
        units = {unit.pk for unit in known.carriers(item.reach, lead.unit if lead else None, item.line)}
        dues = {
            each.due
            for each in rules.stretches(
                start=item.start, due=item.due, period=item.period, year=version.plan.year, after=date.min
            )
        }
        coming = {due for due in dues if due >= at.date()} or {max(dues)}
        rows = Task.objects.filter(source=source_of(item.lineage)).exclude(state="canceled")
        undone = [(task.unit_id, task.due_on) for task in rows.exclude(state="closed")]
        assert len(set(undone)) == len(undone)
        assert {unit for unit, _due in undone} <= units
        assert {due for _unit, due in undone} <= dues
        assert all(task.title == item.text[:500] for task in rows.exclude(state="closed"))
        untouched = units - set(rows.filter(state="closed").values_list("unit_id", flat=True))
        assert {(unit, due) for unit in untouched for due in coming} <= set(undone)
        sources.add(source_of(item.lineage))
    assert not Task.objects.undone().exclude(source__in=sources).exists()
