"""The database of this site: embedded under ``var/postgres``, or the server named by ``DATABASE_URL``.

Two roles: the owner makes and migrates tables, the application (``heli_app``) reads and writes rows. The
application's role makes no tables and never changes or removes an audit entry.
"""

from __future__ import annotations

import os
from typing import Literal

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from heli.config import paths
from heli.config.supervisor.cluster import Cluster

Role = Literal["owner", "app"]

DATABASE = "heli"
ROLES: dict[Role, str] = {"owner": "heli_owner", "app": "heli_app"}
AUDIT_TABLE = "kernel_auditentry"
_MIGRATIONS_TABLE = "django_migrations"


class AddressUnusable(RuntimeError):
    """A setting holds no address of a database; ``variable`` names it. The address, with its password, is not told."""

    def __init__(self, variable: str) -> None:
        super().__init__(f"{variable} is no address like postgresql://ACCOUNT:PASSWORD@HOST/DATABASE")
        self.variable = variable


def is_embedded() -> bool:
    """Return whether Heli runs its own PostgreSQL."""
    return not os.environ.get("DATABASE_URL")


def embedded() -> Cluster:
    """Return the embedded server of this ``var/``; it may be down."""
    return Cluster(paths.VAR / "postgres")


def database_url(role: Role = "app") -> str:
    """Return the address of the database for ``role``.

    A server: ``DATABASE_URL`` for the application, ``DATABASE_OWNER_URL`` (or the same) for the owner; raises
    AddressUnusable where they cannot be read.
    """
    if is_embedded():
        return embedded().url(DATABASE, ROLES[role])
    variable = "DATABASE_OWNER_URL" if role == "owner" and os.environ.get("DATABASE_OWNER_URL") else "DATABASE_URL"
    try:
        conninfo_to_dict(os.environ[variable])
    except psycopg.ProgrammingError:
        raise AddressUnusable(variable) from None
    return os.environ[variable]


def make_database(cluster: Cluster, name: str = DATABASE) -> None:
    """Make the two roles and the database on a running embedded server; repeating changes nothing."""
    with cluster.connect() as connection:
        for role in ROLES.values():
            if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", name):
            statement = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(ROLES["owner"])))
    with cluster.connect(name) as connection:
        connection.execute(
            sql.SQL(
                "REVOKE ALL ON DATABASE {database} FROM PUBLIC;"
                "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {app};"
                "ALTER SCHEMA public OWNER TO {owner};"
                "REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
                "GRANT USAGE ON SCHEMA public TO {app}"
            ).format(
                database=sql.Identifier(name), owner=sql.Identifier(ROLES["owner"]), app=sql.Identifier(ROLES["app"])
            )
        )


def grant_rights(owner: psycopg.Connection, app_role: str) -> None:
    """Give the application's role what it needs on every table, present and future, and no more.

    ``owner`` is a connection of the role that owns the tables; run it after each migration.
    """
    app = sql.Identifier(app_role)
    for statement in (
        "GRANT USAGE ON SCHEMA public TO {app}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}",
    ):
        owner.execute(sql.SQL(statement).format(app=app))
    for table, rights in ((AUDIT_TABLE, "UPDATE, DELETE, TRUNCATE"), (_MIGRATIONS_TABLE, "INSERT, UPDATE, DELETE")):
        if _exists(owner, "SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tablename = %s", table):
            statement = f"REVOKE {rights} ON {{table}} FROM {{app}}"
            owner.execute(sql.SQL(statement).format(table=sql.Identifier(table), app=app))


def _exists(connection: psycopg.Connection, query: str, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None  # type: ignore[call-overload]
