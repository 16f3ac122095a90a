"""The restore drill: what comes back is, row by row, what went out; and nothing is ever overwritten."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from heli.config.sentences import say
from heli.config.supervisor import backup
from tests.ops.site import Site
from tests.ops.test_kill import Writer

pytestmark = pytest.mark.slow(20)


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


@pytest.mark.parametrize(
    "harm", ["changed", "missing", "extra", "no manifest", "half a manifest", "linked folder", "linked file"]
)
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
    elif harm == "no manifest":
        (folder / "manifest.json").unlink()
    elif harm == "half a manifest":
        manifest = json.loads((folder / "manifest.json").read_text())
        del manifest["rows"]
        (folder / "manifest.json").write_text(json.dumps(manifest))
    elif harm == "linked folder":
        (site.folder / "elsewhere").mkdir()
        (folder / "files").symlink_to(site.folder / "elsewhere")
    else:
        dump.rename(site.folder / "dump")
        dump.symlink_to(site.folder / "dump")

    refused = other_site.command("restore", str(folder))

    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert not other_site.var.exists()


def test_a_backup_into_a_folder_it_copies_is_refused_in_words(site: Site) -> None:
    (site.var / "files").mkdir(parents=True)
    (site.folder / "way").symlink_to(site.var / "files")

    for target in (site.var / "files" / "deep" / "down", site.var / "postgres" / "backup", site.folder / "way" / "in"):
        refused = site.command("backup", str(target))

        assert refused.returncode == 2
        assert "one of Heli's own folders" in refused.stderr
        assert not target.exists()
    assert list((site.var / "files").iterdir()) == []


def test_a_linked_folder_among_the_files_is_refused_before_it_is_followed(site: Site) -> None:
    (site.var / "files").mkdir(parents=True)
    (site.folder / "elsewhere").mkdir()
    (site.folder / "elsewhere" / "secret").write_text("not ours")
    (site.var / "files" / "link").symlink_to(site.folder / "elsewhere")

    refused = site.command("backup", str(site.folder / "backup"))

    assert refused.returncode == 2
    assert f"{site.var}/files/link is a link" in refused.stderr
    assert not (site.folder / "backup").exists()


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@given(entry=st.sampled_from(["format", "heli", "migrations", "rows", "contents"]), value=_ANY)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_a_manifest_it_is_read_or_refused(tmp_path: Path, entry: str, value: object) -> None:
    manifest = {"format": 1, "heli": "0.1.0", "migrations": [], "rows": {}, "contents": {}, entry: value}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))

    try:
        told = backup._summary(backup.check(tmp_path)).files
    except backup.BackupRefused as refused:
        told = say(refused.code, **refused.values)

    assert told == 0 or str(told).endswith(("。", "."))


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
