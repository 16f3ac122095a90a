"""What ``heli doctor`` looks at. Each examination returns findings; a finding names a sentence and a remedy."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import psycopg
from psycopg.conninfo import conninfo_to_dict

from heli.config import paths, second_opinion
from heli.config.supervisor import postgres, prepare
from heli.config.supervisor.accounts import AccountMissing, ProgramsMissing, server_account
from heli.config.supervisor.cluster import ClusterBroken
from heli.config.supervisor.lock import SiteLock, StillHeld
from heli.config.supervisor.session import database_up
from heli.kernel import chat, files

Level = Literal["good", "warning", "bad"]

OLDEST_PYTHON = (3, 11)
OLDEST_SERVER, NEWEST_SERVER = 15, 18
_LITTLE_DISK = 2 * 2**30
_NO_DISK = 200 * 2**20
_DRIFT_SECONDS = 5.0
_WORKER_SILENT_SECONDS = 60
_MODEL_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: the sentences are ``doctor.<code>`` and, unless good, ``doctor.<code>.mend``."""

    subject: str
    level: Level
    code: str
    values: dict[str, object] = field(default_factory=dict)


def examine_machine() -> Iterator[Finding]:
    """Yield what can be said without a database."""
    for examination in (
        _python,
        _disk,
        _folder,
        _private_place,
        _secret_key,
        _fonts,
        _assets,
        _messages,
        _running,
        _model,
        _scanner,
    ):
        yield from examination()


def is_running() -> bool:
    """Return whether ``heli run`` is at work on this folder."""
    return SiteLock(paths.VAR).is_held()


def has_database() -> bool:
    """Return whether there is a database to look at; an embedded one is made by the first ``heli run``."""
    if not postgres.is_embedded():
        return True
    return (paths.VAR / "postgres").exists() or (paths.VAR / "postgres.place").exists()


def examine_database(*, with_worker: bool) -> Iterator[Finding]:
    """Yield what the database shows; one that is down is brought up meanwhile, and what prevents that is a finding."""
    try:
        with database_up(), psycopg.connect(postgres.database_url("app"), connect_timeout=5) as connection:
            connection.autocommit = True
            for examination in (*_DATABASE, _worker) if with_worker else _DATABASE:
                yield from examination(connection)
    except postgres.AddressUnusable as address:
        yield Finding("database", "bad", "database.address", {"variable": address.variable})
    except psycopg.OperationalError as error:
        yield Finding("database", "bad", "database.unreachable", {"reason": _in_one_line(error)})
    except (ClusterBroken, AccountMissing, ProgramsMissing, StillHeld, OSError) as error:
        yield Finding("database", "bad", "database.not_started", {"reason": _in_one_line(error)})


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _python() -> Iterator[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    fits = sys.version_info >= OLDEST_PYTHON
    yield Finding("python", "good" if fits else "bad", "python" if fits else "python.old", {"version": version})


def _disk() -> Iterator[Finding]:
    place = next(path for path in (paths.VAR, *paths.VAR.parents) if path.exists())
    free = shutil.disk_usage(place).free
    level: Level = "bad" if free < _NO_DISK else "warning" if free < _LITTLE_DISK else "good"
    code = "disk" if level == "good" else "disk.full"
    yield Finding("disk", level, code, {"free": _size(free), "place": paths.VAR})


def _size(count: int) -> str:
    return f"{count / 2**30:.1f} GB" if count >= 2**30 else f"{count / 2**20:.0f} MB"


def _folder() -> Iterator[Finding]:
    if not paths.VAR.exists():
        yield Finding("folder", "warning", "folder.missing", {"place": paths.VAR})
    elif not paths.VAR.is_dir():
        yield Finding("folder", "bad", "folder.file", {"place": paths.VAR})
    elif not os.access(paths.VAR, os.W_OK | os.X_OK):
        yield Finding("folder", "bad", "folder.closed", {"place": paths.VAR})
    elif paths.VAR.stat().st_mode & stat.S_IWOTH:
        yield Finding("folder", "bad", "folder.open", {"place": paths.VAR})
    else:
        yield Finding("folder", "good", "folder", {"place": paths.VAR})


def _private_place() -> Iterator[Finding]:
    if os.geteuid() != 0 or not postgres.is_embedded():
        return
    note = paths.VAR / "postgres.place"
    if note.exists():
        values = {"place": paths.VAR, "data": note.read_text(encoding="utf-8").strip()}
        yield Finding("place", "warning", "place.private", values)
    elif paths.VAR.exists() and not server_account().can_pass(paths.VAR):
        yield Finding("place", "warning", "place.will_move", {"place": paths.VAR})


def _model() -> Iterator[Finding]:
    """Ask the model for second opinions a trifle, where one is configured."""
    named = second_opinion.endpoint()
    if named is None:
        return
    if not named.is_complete:
        yield Finding("model", "bad", "model.incomplete", {"url": named.url})
        return
    try:
        chat.ask(named, instructions="Answer with OK.", question="OK?", seconds=_MODEL_SECONDS)
    except chat.NoAnswer as failed:
        yield Finding("model", "bad", "model.silent", {"url": named.url, "reason": str(failed)})
    else:
        yield Finding("model", "good", "model", {"url": named.url, "model": named.model})


def _scanner() -> Iterator[Finding]:
    """Let the virus scanner, where one is configured, look at two files where uploads lie: one harmless, one not.

    The second holds the EICAR test text, which scanners find by agreement and which harms nothing: a command that
    clears it, like ``true``, looks at nothing.
    """
    command = os.environ.get("HELI_FILE_SCAN", "").strip()
    if not command:
        return
    if _scanned(command, b"harmless") is not True:
        yield Finding("scanner", "bad", "scanner.silent", {"command": command})
    elif _scanned(command, _test_virus()):
        yield Finding("scanner", "bad", "scanner.blind", {"command": command})
    else:
        yield Finding("scanner", "good", "scanner", {"command": command})


def _scanned(command: str, content: bytes) -> bool | None:
    place = paths.FILES if os.access(paths.FILES, os.W_OK) else None
    with tempfile.NamedTemporaryFile(dir=place, prefix=files.INCOMING) as scratch:
        scratch.write(content)
        scratch.flush()
        return files.scan(shlex.split(command), Path(scratch.name))


def _test_virus() -> bytes:
    """Return the EICAR test text; in two pieces here, so that no scanner objects to this file."""
    return rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def _secret_key() -> Iterator[Finding]:
    path = paths.KEYS / "secret_key"
    if os.environ.get("HELI_SECRET_KEY"):
        yield Finding("key", "good", "key.environment")
    elif not path.exists():
        yield Finding("key", "warning", "key.missing", {"path": path})
    elif path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding("key", "bad", "key.open", {"path": path})
    else:
        yield Finding("key", "good", "key", {"path": path})


def _fonts() -> Iterator[Finding]:
    if shutil.which("fc-list"):
        listed = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True, check=False).stdout
        found = bool(listed.strip())
    else:
        folders = (Path("/usr/share/fonts"), Path("/System/Library/Fonts"), Path.home() / ".fonts")
        names = ("*CJK*", "*PingFang*", "*STHeiti*", "*wqy*", "*SimSun*")
        found = any(True for folder in folders if folder.exists() for name in names for _ in folder.rglob(name))
    yield Finding("fonts", "good" if found else "warning", "fonts" if found else "fonts.missing")


def _assets() -> Iterator[Finding]:
    found = paths.ASSETS.exists() and any(paths.ASSETS.rglob("*.css"))
    yield Finding("assets", "good" if found else "bad", "assets" if found else "assets.missing")


def _messages() -> Iterator[Finding]:
    home = Path(__file__).parents[2]
    behind = [
        path
        for path in home.rglob("locale/*/LC_MESSAGES/*.po")
        if not path.with_suffix(".mo").exists() or path.with_suffix(".mo").stat().st_mtime < path.stat().st_mtime
    ]
    yield Finding("messages", "warning" if behind else "good", "messages.behind" if behind else "messages")


def _running() -> Iterator[Finding]:
    lock = SiteLock(paths.VAR)
    if lock.is_held():
        yield Finding("run", "good", "run.up", {"address": lock.holder()[1] or "-"})
    else:
        yield Finding("run", "warning", "run.down")


def _version(connection: psycopg.Connection) -> Iterator[Finding]:
    version = connection.info.server_version // 10_000
    fits = OLDEST_SERVER <= version <= NEWEST_SERVER
    values: dict[str, object] = {"version": version, "oldest": OLDEST_SERVER, "newest": NEWEST_SERVER}
    yield Finding("database", "good" if fits else "bad", "database" if fits else "database.version", values)


def _encoding(connection: psycopg.Connection) -> Iterator[Finding]:
    row = connection.execute("SHOW server_encoding").fetchone()
    if row and row[0] != "UTF8":
        yield Finding("database", "bad", "database.encoding", {"encoding": row[0]})


def _clock(connection: psycopg.Connection) -> Iterator[Finding]:
    before = datetime.now(UTC)
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    after = datetime.now(UTC)
    if row is None:
        return
    drift = abs((row[0] - (before + (after - before) / 2)).total_seconds())
    far = drift > _DRIFT_SECONDS
    yield Finding("clock", "bad" if far else "good", "clock.drift" if far else "clock", {"seconds": f"{drift:.1f}"})
    last = _last_entry(connection)
    if last is not None and (last - after).total_seconds() > _DRIFT_SECONDS:
        values: dict[str, object] = {"now": f"{after:%Y-%m-%d %H:%M}", "last": f"{last.astimezone(UTC):%Y-%m-%d %H:%M}"}
        yield Finding("clock", "bad", "clock.behind", values)


def _last_entry(connection: psycopg.Connection) -> datetime | None:
    """Return when the newest entry of the log was written, if there is a log that can be read."""
    try:
        row = connection.execute("SELECT at FROM kernel_auditentry ORDER BY number DESC LIMIT 1").fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
        return None
    return row[0] if row else None


def _migrations(_connection: psycopg.Connection) -> Iterator[Finding]:
    if prepare.is_prepared():
        yield Finding("tables", "good", "tables")
    else:
        yield Finding("tables", "bad", "tables.pending" if postgres.is_embedded() else "tables.pending_server")


def _rights(connection: psycopg.Connection) -> Iterator[Finding]:
    row = connection.execute("SELECT to_regclass('public.kernel_auditentry')").fetchone()
    if row is None or row[0] is None:
        return
    role = connection.info.user
    query = (
        "SELECT has_table_privilege('kernel_auditentry', 'UPDATE')"
        " OR has_table_privilege('kernel_auditentry', 'DELETE')"
        " OR has_table_privilege('kernel_auditentry', 'TRUNCATE'), has_schema_privilege('public', 'CREATE')"
    )
    may_rewrite, may_make = connection.execute(query).fetchone() or (False, False)
    if may_rewrite:
        yield Finding("rights", "bad", "rights.audit", {"role": role})
    elif may_make:
        yield Finding("rights", "warning", "rights.tables", {"role": role})
    else:
        yield Finding("rights", "good", "rights", {"role": role})


def _one_role(_connection: psycopg.Connection) -> Iterator[Finding]:
    if postgres.is_embedded():
        return
    owner, app = (conninfo_to_dict(postgres.database_url(role)).get("user") for role in ("owner", "app"))
    if owner == app:
        yield Finding("rights", "warning", "rights.one_role", {"role": app})


def _worker(connection: psycopg.Connection) -> Iterator[Finding]:
    try:
        row = connection.execute(
            "SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers"
        ).fetchone()
    except psycopg.errors.UndefinedTable:
        return
    silent = row is None or row[0] is None or float(row[0]) > _WORKER_SILENT_SECONDS
    yield Finding("worker", "bad" if silent else "good", "worker.silent" if silent else "worker")


_DATABASE: tuple[Callable[[psycopg.Connection], Iterator[Finding]], ...] = (
    _version,
    _encoding,
    _clock,
    _migrations,
    _rights,
    _one_role,
)
