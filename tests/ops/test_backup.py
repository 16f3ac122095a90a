"""The restore drill: what comes back is, row by row, what went out; and nothing is ever overwritten."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from psycopg import sql

from tests.ops.site import Site
from tests.ops.test_kill import Writer

pytestmark = pytest.mark.slow


def test_a_backup_taken_while_writing_comes_back_row_by_row(site: Site, other_site: Site) -> None:
    site.start()
    (site.var / "files").mkdir(exist_ok=True)
    (site.var / "files" / "evidence.bin").write_bytes(bytes(range(256)) * 64)
    with Writer(site).writing():
        pass
    folder = site.folder / "backup"

    with Writer(site).writing():
        done = site.command("backup", str(folder))
    assert done.returncode == 0, done.stderr
    manifest = json.loads((folder / "manifest.json").read_text())
    restored = other_site.command("restore", str(folder))

    assert restored.returncode == 0, restored.stderr
    other_site.start()
    assert _rows(other_site, manifest) == _rows(site, manifest)
    assert _tree(other_site.var / "files") == _tree(site.var / "files")
    assert _tree(other_site.var / "keys") == _tree(site.var / "keys")
    anchor = f"{manifest['audit']['number']}:{manifest['audit']['hash']}"
    assert other_site.command("verify-log", "--live", "--anchor", anchor).returncode == 0
    with other_site.connect() as application, pytest.raises(Exception, match="permission denied"):
        application.execute("DELETE FROM kernel_auditentry")


def test_a_backup_overwrites_nothing_and_neither_does_a_restore(site: Site, other_site: Site) -> None:
    site.start()
    site.stop()
    folder = site.folder / "backup"
    assert site.command("backup", str(folder)).returncode == 0
    before = _tree(folder)

    again = site.command("backup", str(folder))
    over = site.command("restore", str(folder))

    assert (again.returncode, over.returncode) == (2, 2)
    assert "exists and is not empty" in again.stderr
    assert "not empty" in over.stderr
    assert _tree(folder) == before


@pytest.mark.parametrize("harm", ["changed", "missing", "extra", "no manifest"])
def test_a_damaged_backup_is_refused_before_anything_is_made(site: Site, other_site: Site, harm: str) -> None:
    folder = _small_backup(site)
    dump = folder / "database.dump"
    if harm == "changed":
        dump.write_bytes(dump.read_bytes()[:-1] + b"x")
    elif harm == "missing":
        dump.unlink()
    elif harm == "extra":
        (folder / "files").mkdir()
        (folder / "files" / "stranger").write_text("not listed")
    else:
        (folder / "manifest.json").unlink()

    refused = other_site.command("restore", str(folder))

    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert not other_site.var.exists()


def _small_backup(site: Site) -> Path:
    """Write the folder of a backup by hand: the checks come before the database is looked at."""
    folder = site.folder / "backup"
    folder.mkdir()
    (folder / "database.dump").write_bytes(b"an archive")
    digest = hashlib.sha256(b"an archive").hexdigest()
    contents = {"database.dump": {"sha256": digest, "size": 10}}
    manifest = {"format": 1, "heli": "0.1.0", "migrations": [], "rows": {}, "contents": contents}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def _rows(site: Site, manifest: dict[str, dict[str, int]]) -> dict[str, list[str]]:
    """Return every row of every table as text, sorted; of the audit log, those up to the backup's last entry."""
    rows = {}
    last = int(manifest["audit"]["number"])
    with site.connect("owner") as connection:
        for table in manifest["rows"]:
            limit = sql.SQL("WHERE number <= {}").format(last) if table == "kernel_auditentry" else sql.SQL("")
            if table.startswith("procrastinate_worker"):
                continue  # a heartbeat of the process that runs, not a record
            query = sql.SQL("SELECT t::text FROM {} t {} ORDER BY 1").format(sql.Identifier(table), limit)
            rows[table] = [row[0] for row in connection.execute(query)]
    return rows


def _tree(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
