"""kill -9 of the worker in the middle of a roster: nothing half-done, and the import comes to its end by itself."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.architecture.house import ROOT
from tests.ops.site import Site

pytestmark = pytest.mark.slow


def _importer(site: Site, *arguments: str) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "tests.ops.importer", *arguments],
        cwd=ROOT,
        env=site.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def _state(site: Site, import_id: int) -> str:
    with site.connect() as connection:
        row = connection.execute("SELECT state FROM people_rosterimport WHERE id = %s", [import_id]).fetchone()
    assert row is not None
    return str(row[0])


def _written(site: Site) -> int:
    with site.connect() as connection:
        row = connection.execute("SELECT count(*) FROM people_person WHERE staff_no LIKE 'K-%'").fetchone()
    assert row is not None
    return int(row[0])


def test_import_ends_whole_after_the_worker_was_killed_in_the_middle(site: Site) -> None:
    site.start()
    import_id = _importer(site, "upload")
    with site.connect() as holder:
        holder.autocommit = False
        # The writing will wait for this row, with some of its statements done.
        holder.execute("SELECT 1 FROM people_person WHERE staff_no = 'K-1' FOR UPDATE")
        _importer(site, "confirm")
        site.wait_until(lambda: _waits(site), 60)
        site.kill(site.of_module("supervisor.worker")[0])
        assert (_state(site, import_id), _written(site)) == ("writing", 1)
        holder.rollback()

    site.wait_until(lambda: _state(site, import_id) == "done", 120)

    assert _written(site) == 301
    assert site.command("verify-log", "--live").returncode == 0


def _waits(site: Site) -> bool:
    with site.connect() as connection:
        row = connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    return bool(row and row[0])
