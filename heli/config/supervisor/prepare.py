"""Bring the database to this version: migrations as the owner, rights for the application, a note of what was done.

The note saves the next start the two seconds that asking Django would take.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import sys
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

import heli
from heli.config.supervisor import postgres
from heli.config.supervisor.lifeline import die_with_parent
from heli.config.supervisor.session import start_django

PENDING = 3  # exit status of --check when migrations wait
_PACKAGES = ("django", "django-allauth", "django-axes", "procrastinate")


def migrations() -> list[str]:
    """Return every migration of Heli's own that this version brings, as paths inside the package."""
    home = Path(heli.__file__).parent
    return sorted(path.relative_to(home).as_posix() for path in home.glob("**/migrations/[0-9]*.py"))


def fingerprint() -> str:
    """Return a digest of every migration this version brings, the packages' own included."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in _PACKAGES]
    return hashlib.sha256("\n".join([*migrations(), *versions]).encode()).hexdigest()


def is_prepared() -> bool:
    """Return whether the database carries the note of this version."""
    with psycopg.connect(postgres.database_url("app"), connect_timeout=10) as connection:
        try:
            row = connection.execute("SELECT fingerprint FROM heli_prepared").fetchone()
        except psycopg.errors.UndefinedTable:
            return False
    return row is not None and row[0] == fingerprint()


def check() -> int:
    """Return 0 when no migration waits, else PENDING."""
    start_django("owner")
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return PENDING if executor.migration_plan(executor.loader.graph.leaf_nodes()) else 0


def prepare() -> None:
    """Migrate as the owner, grant the application its rights, write the note."""
    start_django("owner")
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    app_role = str(conninfo_to_dict(postgres.database_url("app")).get("user", ""))
    owner_role = str(conninfo_to_dict(postgres.database_url("owner")).get("user", ""))
    with psycopg.connect(postgres.database_url("owner")) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS heli_prepared (fingerprint text NOT NULL)")
        owner.execute("DELETE FROM heli_prepared")
        owner.execute("INSERT INTO heli_prepared VALUES (%s)", [fingerprint()])
        if app_role != owner_role:
            postgres.grant_rights(owner, app_role)


if __name__ == "__main__":
    die_with_parent()
    if "--check" in sys.argv:
        sys.exit(check())
    prepare()
