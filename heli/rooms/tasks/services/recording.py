"""A fact, its citation and the hand of whoever recorded it: three rows in one trip to the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection

from heli.rooms.tasks.models import Evidence

if TYPE_CHECKING:
    from heli.rooms.people.models import Person
    from heli.rooms.tasks.models import Task

# What is done most often; by the ORM it is three statements, each of them built anew.
_RECORD = """
WITH fact AS (
    INSERT INTO tasks_evidence ({columns}) VALUES ({places}) RETURNING id
),
cited AS (
    INSERT INTO tasks_citation (task_id, evidence_id, cited_at, cited_by_id) SELECT %s, id, %s, %s FROM fact
),
hand AS (
    INSERT INTO tasks_taskhand (task_id, person_id, since) SELECT %s, unnest(%s::bigint[]), %s ON CONFLICT DO NOTHING
)
SELECT id FROM fact
"""
_FIELDS = [field.attname for field in Evidence._meta.concrete_fields if not field.primary_key]
_STATEMENT = _RECORD.format(
    columns=", ".join(str(field.column) for field in Evidence._meta.concrete_fields if not field.primary_key),
    places=", ".join(["%s"] * len(_FIELDS)),
)


def keep_fact(
    task: Task, content: Mapping[str, object], *, hands: Collection[int], by: Person, at: datetime
) -> Evidence:
    """Save a fact of the task's unit, cite it for the task, and remember whose hand it was."""
    fact = Evidence(unit_id=task.unit_id, recorded_at=at, recorded_by=by, **content)
    values = [getattr(fact, name) for name in _FIELDS]
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, [*values, task.pk, at, by.pk, task.pk, sorted(hands), at])
        number = cursor.fetchone()[0]
    return Evidence.from_db(connection.alias, ["id", *_FIELDS], [number, *values])
