"""One throw-away PostgreSQL per test run, shared by its xdist workers.

The server starts when the first test asks for the database, so tests of engines pay nothing. It dies with the
run, also with a killed one: a guard process holds a pipe of the run and removes everything when the pipe closes.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from heli.config.supervisor.cluster import Cluster
from heli.config.supervisor.postgres import ROLES, grant_rights, make_database

_FOLDER = "HELI_TEST_CLUSTER"
_PREFIX = "heli-test-"
_TEMPLATE = "heli_template"
_CARELESS = {  # nothing here outlives the run
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "100",
    "log_min_duration_statement": "-1",
}


def run_folder() -> Path:
    """Return the folder of this run; the first process of a run makes it and tells its children."""
    if _FOLDER not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
        folder.chmod(0o711)  # as root the server runs under another account, which must pass through
        os.environ[_FOLDER] = str(folder)
        _guard(folder)
    return Path(os.environ[_FOLDER])


def cluster() -> Cluster:
    """Return the server of this run; it may be down."""
    return Cluster(run_folder() / "pg", _CARELESS)


def running_cluster() -> Cluster:
    """Return the server of this run, started, with the two roles."""
    server = cluster()
    with _lock("start"):
        if server.server_process() is None:
            server.start()
            make_database(server)
    return server


def database_for(worker: str) -> str:
    """Return the name of a fresh, migrated database for one xdist worker (or the only process).

    Migrations run once a test run; each worker gets a copy of the result.
    """
    server = running_cluster()
    name = f"test_{worker}"
    with _lock("template"), server.connect() as admin:
        if not _has_database(admin, _TEMPLATE):
            make_database(server, _TEMPLATE)
            _migrate(server)
        _drop(admin, name)
        _copy(admin, _TEMPLATE, name)
    return name


@contextmanager
def filled(name: str, worker: str, fill: Callable[[], Any]) -> Iterator[Any]:
    """Point Django at a database of this worker's own that ``fill`` filled, once a run; what is written there is lost.

    Yields what ``fill`` returned, which must be fit for JSON. Not for a test inside a transaction.
    """
    server, source, own = running_cluster(), f"heli_{name}", f"test_{worker}_{name}"
    returned = run_folder() / f"{name}.json"
    with _lock(name), server.connect() as admin:
        if not returned.exists():
            _drop(admin, source)
            _copy(admin, _TEMPLATE, source)
            with _pointed_at(source):
                text = json.dumps(fill())
            returned.write_text(text, encoding="utf-8")
        _drop(admin, own)
        _copy(admin, source, own)
    try:
        with _pointed_at(own):
            yield json.loads(returned.read_text(encoding="utf-8"))
    finally:
        with server.connect() as admin:
            _drop(admin, own)


@contextmanager
def _pointed_at(name: str) -> Iterator[None]:
    from django.db import connections

    values = connections["default"].settings_dict
    before = values["NAME"]
    connections.close_all()
    values["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        values["NAME"] = before


def copy_prepared(target: Cluster) -> None:
    """Give a site that was never started a prepared, empty database: made once a run, then copied.

    What a first start of ``heli run`` does is tested where a test starts its site without this.
    """
    place = run_folder() / "site"
    with _lock("site"):
        source = Cluster(place / "postgres", _CARELESS)
        if not (place / "done").exists():
            source.start()
            make_database(source)
            hidden = ("HELI_", "DJANGO_", "DATABASE_", "PYTEST_")
            plain = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
            command = [sys.executable, "-m", "heli.config.supervisor.prepare"]
            subprocess.run(command, env={**plain, "HELI_VAR": str(place)}, check=True)
            source.stop()
            (place / "done").touch()
    target.data.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(source.data), str(target.data)], check=True)


def remove() -> None:
    """Stop the server and delete the folder of this run."""
    folder = os.environ.pop(_FOLDER, None)
    if folder is None or not Path(folder).exists():
        return
    server = Cluster(Path(folder) / "pg", _CARELESS)
    if (server.data / "PG_VERSION").exists():
        server.remove()
    shutil.rmtree(folder, ignore_errors=True)
    while _GUARDS:
        guard, writing = _GUARDS.pop()
        os.close(writing)
        with suppress(subprocess.TimeoutExpired):
            guard.wait(10)


def _migrate(server: Cluster) -> None:
    from django.core.management import call_command

    try:
        with _pointed_at(_TEMPLATE):
            call_command("migrate", verbosity=0, interactive=False)
        with psycopg.connect(server.url(_TEMPLATE, ROLES["owner"]), autocommit=True) as owner:
            grant_rights(owner, ROLES["app"])
    except BaseException:
        with server.connect() as admin:
            _drop(admin, _TEMPLATE)
        raise


def _has_database(admin: psycopg.Connection, name: str) -> bool:
    return admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _drop(admin: psycopg.Connection, name: str) -> None:
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _copy(admin: psycopg.Connection, source: str, name: str) -> None:
    statement = "CREATE DATABASE {} TEMPLATE {} OWNER {}"
    names = (sql.Identifier(part) for part in (name, source, ROLES["owner"]))
    admin.execute(sql.SQL(statement).format(*names))
    grant = "GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}"
    admin.execute(sql.SQL(grant).format(sql.Identifier(name), sql.Identifier(ROLES["app"])))


def _guard(folder: Path) -> None:
    """Leave a process behind that ends the server and removes the folder once this process is gone."""
    reading, writing = os.pipe()
    guard = subprocess.Popen(
        ["/bin/sh", "-c", _GUARD, "guard", str(folder)],
        stdin=reading,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
    )
    os.close(reading)
    _GUARDS.append((guard, writing))


_GUARD = """
cat >/dev/null
data="$1/pg"; [ -f "$1/pg.place" ] && data=$(cat "$1/pg.place")
pid=$(head -n 1 "$data/postmaster.pid") && kill -QUIT "$pid" && sleep 1
rm -rf "$data" "$1"
"""
_GUARDS: list[tuple[subprocess.Popen[bytes], int]] = []  # each with the pipe end whose closing wakes it


@contextmanager
def _lock(name: str) -> Iterator[None]:
    with (run_folder() / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
