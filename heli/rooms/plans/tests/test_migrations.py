"""The items of plans are many: their checks are looked at and their index is built while others write."""

from __future__ import annotations

import importlib
from datetime import datetime
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection

from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.world import World

CHECKS = ("plans_planitem_reach_known", "plans_planitem_minutes")
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
