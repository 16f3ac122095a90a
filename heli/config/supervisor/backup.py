"""One folder out, one folder in: database, files, keys and settings, with a manifest that proves them.

The folder appears under its name only when it is complete; a restore changes nothing until everything is checked,
and goes only into an empty place.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from heli.config import paths
from heli.config.release import version
from heli.config.supervisor import client, postgres, prepare

FORMAT = 1
_FOLDERS = {"files": paths.FILES, "keys": paths.KEYS}
_LEFT_OUT = {"HELI_VAR", "HELI_PARENT_PID", "HELI_WEB_PID", "HELI_DB_ROLE", "HELI_TEST_CLUSTER"}


def _maps_to(value: object, is_sound: Callable[[object], bool]) -> bool:
    return isinstance(value, dict) and all(is_sound(entry) for entry in value.values())


def _is_count(value: object) -> bool:
    return isinstance(value, int) and value >= 0


def _is_file_entry(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("sha256"), str) and _is_count(value.get("size"))


_SHAPE: dict[str, Callable[[object], bool]] = {
    "heli": lambda value: isinstance(value, str),
    "migrations": lambda value: isinstance(value, list) and all(isinstance(name, str) for name in value),
    "rows": lambda value: _maps_to(value, _is_count),
    "contents": lambda value: _maps_to(value, _is_file_entry),
}


class BackupRefused(RuntimeError):
    """Nothing was written; ``code`` and ``values`` name the sentence for the terminal."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code, self.values = code, values


@dataclass(frozen=True, slots=True)
class Summary:
    """What went out or came in."""

    tables: int
    rows: int
    files: int
    size: int


def back_up(target: Path) -> Summary:
    """Write a complete backup to ``target``, which must not exist or be empty; the database must be up."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupRefused("backup.exists", folder=target)
    _refuse_own_folders(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        tables = _write_database(scratch / "database.dump")
        for name, folder in _FOLDERS.items():  # after the database: a row never names a file that is not there
            if folder.exists():
                _copy(folder, scratch / name, "backup.not_a_file")
        _write_settings(scratch / "settings.env")
        manifest = _manifest(scratch, tables)
        _write(scratch / "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
        _sync(scratch)
        if target.exists():
            target.rmdir()
        scratch.rename(target)
        _sync_folder(target.parent)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return _summary(manifest)


def check(source: Path) -> dict[str, Any]:
    """Return the manifest of a backup after comparing every file with it; raises BackupRefused at the first fault."""
    manifest = _read_manifest(source)
    listed = manifest["contents"]
    unknown = sorted(set(manifest["migrations"]) - set(prepare.migrations()))
    if unknown:
        raise BackupRefused("restore.newer", version=manifest["heli"], migration=unknown[0])
    found = {name: path for name, path in _contents(source, "restore.not_a_file") if name != "manifest.json"}
    for name in sorted(set(found) | set(listed)):
        if name not in found:
            raise BackupRefused("restore.missing", file=name)
        if name not in listed:
            raise BackupRefused("restore.extra", file=name)
        if _digest(found[name]) != listed[name]["sha256"]:
            raise BackupRefused("restore.changed", file=name)
    return manifest


def restore(source: Path) -> Summary:
    """Bring the backup in ``source`` into this empty ``var/`` and database, which must be up."""
    manifest = check(source)
    refuse_if_used()
    paths.VAR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="restore-", dir=paths.VAR) as folder:
        scratch = Path(folder)
        for name in _FOLDERS:
            if (source / name).exists():
                _copy(source / name, scratch / name, "restore.not_a_file")
        script = scratch / "database.sql"
        client.convert(source / "database.dump", script)
        owner = postgres.database_url("owner")
        client.run("psql", owner, "-X", "-q", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-f", str(script))
        _grant()
        for name, place in _FOLDERS.items():
            if (scratch / name).exists():
                if place.exists():
                    place.rmdir()
                (scratch / name).rename(place)
    return _summary(manifest)


def _read_manifest(source: Path) -> dict[str, Any]:
    """Return the manifest with everything in its place; raises BackupRefused naming what is not."""
    try:
        manifest = json.loads((source / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise BackupRefused("restore.no_manifest", folder=source) from None
    if not isinstance(manifest, dict):
        raise BackupRefused("restore.no_manifest", folder=source)
    if manifest.get("format") != FORMAT:
        raise BackupRefused("restore.format", format=str(manifest.get("format"))[:40])
    for name, is_sound in _SHAPE.items():
        if not is_sound(manifest.get(name)):
            raise BackupRefused("restore.manifest", folder=source, entry=name)
    return manifest


def refuse_if_used() -> None:
    """Raise BackupRefused when a restore would overwrite a table, a file or a key."""
    for name, folder in _FOLDERS.items():
        if folder.exists() and any(folder.iterdir()):
            raise BackupRefused("restore.not_empty", place=paths.VAR / name)
    with psycopg.connect(postgres.database_url("owner")) as connection:
        if _tables(connection):
            raise BackupRefused("restore.not_empty", place=connection.info.dbname)


def row_counts(connection: psycopg.Connection) -> dict[str, int]:
    """Return the number of rows of every table."""
    counts = {}
    for table in _tables(connection):
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
        counts[table] = int(row[0]) if row else 0
    return counts


def _write_database(dump: Path) -> dict[str, Any]:
    """Dump one snapshot and count its rows in the same snapshot."""
    url = postgres.database_url("owner")
    with psycopg.connect(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
        counts = row_counts(connection)
        last = None
        if postgres.AUDIT_TABLE in counts:
            last = connection.execute(
                "SELECT number, hash FROM kernel_auditentry ORDER BY number DESC LIMIT 1"
            ).fetchone()
        server = connection.info.server_version
        assert snapshot is not None  # noqa: S101 - the function returns one row
        client.run(
            "pg_dump", url, "-Fc", "--no-owner", "--no-privileges", f"--snapshot={snapshot[0]}", "-n", "public",
            "-f", str(dump),
        )  # fmt: skip
    audit = {"number": last[0], "hash": last[1]} if last else {"number": 0, "hash": ""}
    return {"rows": counts, "postgresql": server, "audit": audit}


def _write_settings(path: Path) -> None:
    lines = [f"{name}={value}\n" for name, value in sorted(os.environ.items()) if name.startswith("HELI_")]
    kept = [line for line in lines if line.partition("=")[0] not in _LEFT_OUT]
    _write(path, "# The settings Heli ran with; set them again for the restored place.\n" + "".join(kept))


def _manifest(folder: Path, database: dict[str, Any]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "heli": version(),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "migrations": prepare.migrations(),
        **database,
        "contents": {
            name: {"sha256": _digest(path), "size": path.stat().st_size} for name, path in sorted(_contents(folder))
        },
    }


def _grant() -> None:
    owner, app = (str(conninfo_to_dict(postgres.database_url(role)).get("user", "")) for role in ("owner", "app"))
    if owner != app:
        with psycopg.connect(postgres.database_url("owner")) as connection:
            postgres.grant_rights(connection, app)


def _tables(connection: psycopg.Connection) -> list[str]:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    return [str(row[0]) for row in connection.execute(query)]


def _summary(manifest: dict[str, Any]) -> Summary:
    contents = manifest["contents"]
    files = sum(name.startswith("files/") for name in contents)
    rows = manifest["rows"]
    return Summary(len(rows), sum(rows.values()), files, sum(entry["size"] for entry in contents.values()))


def _contents(folder: Path, refusal: str = "backup.not_a_file") -> Iterator[tuple[str, Path]]:
    """Yield the files below ``folder``; a link or a special file is refused, whatever it leads to."""
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(place, name)
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise BackupRefused(refusal, file=path)
        yield from ((str(path.relative_to(folder)), path) for path in (Path(place, name) for name in files))


def _copy(source: Path, target: Path, refusal: str) -> None:
    for _each in _contents(source, refusal):
        pass  # every name is looked at before the first byte is copied
    shutil.copytree(source, target, symlinks=True)


def _refuse_own_folders(target: Path) -> None:
    """A backup below a folder that it copies would copy itself; below the database's it would go with it."""
    own = [*_FOLDERS.values(), *([postgres.embedded().data] if postgres.is_embedded() else [])]
    for folder in own:
        if target.resolve().is_relative_to(folder.resolve()):
            raise BackupRefused("backup.inside", folder=target, place=folder)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)


def _sync(folder: Path) -> None:
    for _name, path in _contents(folder):
        with path.open("rb") as file:
            os.fsync(file.fileno())
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
