"""On a PostgreSQL server of the enterprise: two roles, migrations only when told to, backup and restore."""

from __future__ import annotations

import secrets
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from heli.config.supervisor.cluster import Cluster
from tests.ops.site import Site

pytestmark = pytest.mark.slow(40)

PASSWORD = "it's a 'test' \\ password"  # characters that a careless caller would stumble over


@dataclass(frozen=True)
class Server:
    """A server with passwords over TCP, the oldest installed one, or the wheel's."""

    cluster: Cluster
    port: int

    def address(self, role: str, database: str) -> str:
        info = {"host": "127.0.0.1", "port": self.port, "user": role, "password": PASSWORD, "dbname": database}
        return psycopg.conninfo.make_conninfo(**info)

    def make(self, database: str) -> dict[str, str]:
        """Do what the IT department does, and return the settings for Heli."""
        with self.cluster.connect() as admin:
            for role in ("group_owner", "group_app"):
                if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                    statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
                    admin.execute(statement.format(sql.Identifier(role), sql.Literal(PASSWORD)))
            admin.execute(sql.SQL("CREATE DATABASE {} OWNER group_owner").format(sql.Identifier(database)))
        return {
            "DATABASE_URL": self.address("group_app", database),
            "DATABASE_OWNER_URL": self.address("group_owner", database),
        }


@pytest.fixture(scope="module")
def server() -> Generator[Server, None, None]:
    place = Site()
    port = 20_000 + secrets.randbelow(12_000)
    cluster = Cluster(place.folder / "server", {"listen_addresses": "127.0.0.1", "port": str(port), "fsync": "off"})
    installed = sorted(Path("/usr/lib/postgresql").glob("1[5-8]/bin/initdb"))
    if installed:
        cluster.programs = installed[0].parent
    cluster.data.mkdir(parents=True)
    cluster.account.own(cluster.data)
    arguments = ["--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
    made = cluster._run("initdb", [*arguments, "-U", "postgres", "-D", str(cluster.data)])
    assert made.returncode == 0, made.stderr
    with (cluster.data / "postgresql.conf").open("a") as conf:
        conf.write("\ninclude_if_exists = 'heli.conf'\n")
    cluster.url = lambda database, user="postgres": (  # type: ignore[method-assign]
        f"postgresql://{user}@/{database}?host={cluster.sockets}&port={port}"
    )
    cluster.start()
    yield Server(cluster, port)
    cluster.remove()
    place.remove()


def test_a_server_is_migrated_when_told_and_comes_back_from_a_backup(
    server: Server, site: Site, other_site: Site
) -> None:
    site.settings = server.make("group_one")
    other_site.settings = server.make("group_two")

    untold = site.command("run", "--port", "0")
    site.start("--migrate")
    written = site.command("generate", "--units", "20", "--people", "50", "--years", "0")
    backed_up = site.command("backup", str(site.folder / "backup"))
    restored = other_site.command("restore", str(site.folder / "backup"))
    assert restored.returncode == 0, restored.stderr
    other_site.start()

    assert (untold.returncode, untold.stderr.count("\n")) == (2, 1)
    assert "heli run --migrate" in untold.stderr
    assert (written.returncode, backed_up.returncode) == (0, 0)
    assert _persons(site) == _persons(other_site) != []
    assert not (site.var / "postgres").exists()
    assert other_site.command("verify-log", "--live").returncode == 0


def test_the_application_of_a_server_cannot_touch_the_log(server: Server, site: Site) -> None:
    site.settings = server.make("group_three")
    site.start("--migrate")

    report = site.command("doctor", "--json").stdout

    assert '"text": "The application\'s role group_app can change neither the audit log nor the tables."' in report
    with (
        psycopg.connect(site.settings["DATABASE_URL"]) as application,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        application.execute("DELETE FROM kernel_auditentry")


def test_a_server_that_does_not_answer_is_named_in_one_line(site: Site) -> None:
    site.settings = {"DATABASE_URL": "postgresql://heli@127.0.0.1:1/heli"}

    refused = site.command("run", "--port", "0")

    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "DATABASE_URL" in refused.stderr


def _persons(site: Site) -> list[tuple[str, str]]:
    with psycopg.connect(site.settings["DATABASE_URL"]) as connection:
        return connection.execute("SELECT staff_no, name FROM people_person ORDER BY staff_no").fetchall()
