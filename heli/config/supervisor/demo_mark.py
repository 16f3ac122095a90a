"""Whether a database is the demo's. The audit log says so, because it began with the demo; no file can."""

from __future__ import annotations

import psycopg

from heli.config.supervisor import postgres


def is_demo() -> bool:
    """Return whether the demo enterprise was loaded into this database while it was empty."""
    return _answers("SELECT 1 FROM kernel_auditentry WHERE action = 'demo.loaded' AND actor_kind = 'system' LIMIT 1")


def is_empty() -> bool:
    """Return whether nobody and nothing has been entered into this database yet."""
    return not any(_answers(f"SELECT 1 FROM {table} LIMIT 1") for table in _TABLES)  # noqa: S608 - names of this file


_TABLES = ("people_account", "people_person", "people_unit", "kernel_auditentry")


def _answers(query: str) -> bool:
    with psycopg.connect(postgres.database_url("app"), connect_timeout=10) as connection:
        return connection.execute(query).fetchone() is not None  # type: ignore[call-overload]  # fixed texts of this file
