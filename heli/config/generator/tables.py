"""Rows into tables by COPY: named columns from the rows, every other column its model's default."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models
from psycopg import sql
from psycopg.types.json import Jsonb


def copy(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write ``rows`` of ``columns`` (attribute names of ``model``); returns how many."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    others = [field for name, field in fields.items() if name not in columns]
    defaults = tuple(_plain(field.get_default()) for field in others)
    names = [str(field.column) for field in (*(fields[name] for name in columns), *others)]
    listed = sql.SQL(", ").join(sql.Identifier(name) for name in names)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), listed)
    count = 0
    with bare(model._meta.db_table), connection.cursor() as cursor, cursor.copy(statement) as out:
        for row in rows:
            out.write_row((*row, *defaults))
            count += 1
    _advance(model)
    return count


@contextmanager
def bare(table: str) -> Iterator[None]:
    """Take off what is checked row by row (foreign keys, exclusions, plain indexes) and put it on again after.

    Built at once they cost a tenth; the rows are checked all the same, and an error undoes everything.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CONSTRAINTS, [table])
        constraints = cursor.fetchall()
        cursor.execute(_INDEXES, [table])
        indexes = cursor.fetchall()
        for name, _definition in constraints:
            cursor.execute(
                sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(name))
            )
        for name, _definition in indexes:
            cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for _name, definition in indexes:
            cursor.execute(definition)
        for name, definition in constraints:
            head = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} ").format(sql.Identifier(table), sql.Identifier(name))
            cursor.execute(head + sql.SQL(definition))


def first_id(model: type[models.Model]) -> int:
    """Return the first id that no row of ``model`` has; the table must not be written by others meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(sql.Identifier(model._meta.db_table))
        )
        schema, _dot, name = _sequence(model).partition(".")
        query = sql.SQL("SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM {}")
        cursor.execute(query.format(sql.Identifier(schema, name)))
        row = cursor.fetchone()
    return int(row[0])


def _advance(model: type[models.Model]) -> None:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT setval({}, GREATEST((SELECT max(id) FROM {}), 1))").format(
                sql.Literal(_sequence(model)), sql.Identifier(table)
            )
        )
        cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))


def _sequence(model: type[models.Model]) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [model._meta.db_table])
        return str(cursor.fetchone()[0])


_CONSTRAINTS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = %s::regclass AND contype IN ('f', 'x') ORDER BY conname
"""
_INDEXES = """
    SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = %s::regclass AND NOT i.indisunique
      AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid) ORDER BY c.relname
"""


def _plain(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict | list) else value
