"""The items of plans are many: their checks are looked at and their index is built while others write."""

from __future__ import annotations

import importlib
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection

from heli.rooms.plans.queries.work import source_of
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.test_minutes import edited
from heli.rooms.plans.tests.world import World
from heli.rooms.tasks.models import FurtherDuty, Task

CHECKS = ("plans_planitem_reach_known", "plans_planitem_minutes")
MINUTES = importlib.import_module("heli.rooms.plans.migrations.0008_minutes_and_duties_of_tasks")
INDEX = importlib.import_module("heli.rooms.plans.migrations.0011_plan_item_index_lineage")


def _sql(migration: str) -> str:
    out = StringIO()
    call_command("sqlmigrate", "plans", migration, stdout=out, no_color=True)
    return out.getvalue()


def _index() -> list[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [INDEX.NAME])
        return [valid for (valid,) in cursor.fetchall()]


@pytest.mark.django_db
@pytest.mark.parametrize(("migration", "check"), [("0005", CHECKS[0]), ("0006", CHECKS[1])])
def test_a_check_is_added_without_looking_at_the_rows(migration: str, check: str) -> None:
    said = [line for line in _sql(migration).splitlines() if f'ADD CONSTRAINT "{check}"' in line]

    assert len(said) == 1
    assert "NOT VALID" in said[0]
    assert "INDEX" not in _sql(migration)


@pytest.mark.django_db
def test_both_checks_hold_for_every_row_in_the_end() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE convalidated AND conname = ANY(%s)", [list(CHECKS)])
        assert {name for (name,) in cursor.fetchall()} == set(CHECKS)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("before", ["none", "there", "half built"])
def test_the_index_stands_whatever_was_there(world: World, at: datetime, before: str) -> None:
    journey.concluded(world, at)
    with connection.cursor() as cursor:
        if before == "none":
            cursor.execute(f"DROP INDEX {INDEX.NAME}")
        elif before == "half built":
            cursor.execute(f"DROP INDEX {INDEX.NAME}")
            with pytest.raises(IntegrityError):  # as a build that breaks off leaves it
                cursor.execute(f"CREATE UNIQUE INDEX CONCURRENTLY {INDEX.NAME} ON plans_planitem ((1))")
    expected = {"none": [], "there": [True], "half built": [False]}[before]
    assert _index() == expected

    with connection.schema_editor(atomic=False) as editor:
        INDEX.build(apps, editor)

    assert _index() == [True]


@pytest.mark.django_db
def test_tasks_take_what_their_item_asked_when_they_were_done(world: World, at: datetime) -> None:
    first = journey.published(world, at)
    item = first.items.filter(text__contains="主题党日").get()
    tasks = list(Task.objects.filter(source=source_of(item.lineage), unit=world.units["a1"]).order_by("due_on"))
    done, canceled, undone = tasks[0], tasks[1], tasks[2]
    second = journey.revise(first, "合并", world.people["clerk"], at)
    edited(second.items.get(lineage=item.lineage), 90, world, at)
    later = at + timedelta(days=90)
    journey.approve(journey.submit(second, world.people["clerk"], later), world.people["secretary"], later)
    first.items.filter(pk=item.pk).update(minutes=30, obligations=["A04", "A05"])
    second.items.filter(lineage=item.lineage).update(minutes=90, obligations=["A04", "A05", "B01"])
    Task.objects.filter(pk=done.pk).update(
        state="closed", closed_at=at + timedelta(days=9), closed_by=world.people["clerk"]
    )
    Task.objects.filter(pk=canceled.pk).update(state="canceled")
    FurtherDuty.objects.all().delete()
    Task.objects.update(minutes=None)

    for _twice in range(2):
        MINUTES.onto_tasks(apps, None)

    taken = {task.pk: task.minutes for task in Task.objects.filter(pk__in=[done.pk, canceled.pk, undone.pk])}
    assert taken == {done.pk: 30, canceled.pk: None, undone.pk: 90}
    duties = {pk: sorted(FurtherDuty.objects.filter(task=pk).values_list("code", flat=True)) for pk in taken}
    assert duties == {done.pk: ["A05"], canceled.pk: [], undone.pk: ["A05", "B01"]}
