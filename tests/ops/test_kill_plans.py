"""kill -9 in the middle of publishing and of aligning: nothing half-done, and the same act works afterwards."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, LiteralString

import pytest
from psycopg import sql

from tests.architecture.house import ROOT
from tests.ops.site import Site

pytestmark = pytest.mark.slow(40)

_VERSION = "SELECT state FROM plans_planversion WHERE plan_id = %s"
_RUN = "SELECT state FROM plans_alignmentrun WHERE plan_id = %s"
_CARDS = "SELECT count(*) FROM plans_finding WHERE plan_id = %s"
_NUMBERED = "SELECT count(*) FROM plans_draftitem WHERE plan_id = %s AND number IS NOT NULL"


def _drill(site: Site, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.ops.plan_drill", *arguments],
        cwd=ROOT, env=site.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def _stuck_at(site: Site, table: str) -> Iterator[None]:
    """Let whoever writes to ``table`` wait in the middle of its transaction until the block ends."""
    with site.connect() as connection, connection.transaction():
        connection.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(sql.Identifier(table)))
        yield


def _waits(site: Site, table: str) -> bool:
    query = "SELECT count(*) FROM pg_locks WHERE relation = %s::regclass AND NOT granted"
    with site.connect() as connection:
        return bool(connection.execute(query, [table]).fetchone()[0])  # type: ignore[index]


def _value(site: Site, query: LiteralString, *values: object) -> Any:
    with site.connect() as connection:
        return connection.execute(query, values).fetchone()[0]  # type: ignore[index]


def _approve(site: Site, prepared: dict[str, Any]) -> int:
    """Press "Approve and publish" as a browser does; 0 where no answer came."""
    token = next(value for name, value in prepared["cookies"].items() if "csrf" in name)
    body = urllib.parse.urlencode({"version": prepared["version"], "csrfmiddlewaretoken": token})
    cookies = "; ".join(f"{name}={value}" for name, value in prepared["cookies"].items())
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=240)
    try:
        connection.request(
            "POST",
            f"/plans/{prepared['plan']}/versions/1/approve/",
            body,
            {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies},
        )
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def test_killed_in_the_middle_of_publishing_nothing_is_half_published(site: Site) -> None:
    site.start()
    prepared = json.loads(_drill(site, "prepare"))
    answers: list[int] = []

    with _stuck_at(site, "plans_acknowledgement"):
        asking = threading.Thread(target=lambda: answers.append(_approve(site, prepared)))
        asking.start()
        site.wait_until(lambda: _waits(site, "plans_acknowledgement"), 120)
        for process in site.of_module("supervisor.web"):
            site.kill(process)
        asking.join(240)
    site.wait_until(lambda: site.answers() and not _waits(site, "plans_acknowledgement"), 240)

    assert answers == [0]
    assert _value(site, _VERSION, prepared["plan"]) == "submitted"
    assert _value(site, "SELECT count(*) FROM tasks_task") == 0
    assert _value(site, "SELECT count(*) FROM plans_acknowledgement") == 0
    assert _value(site, "SELECT count(*) FROM kernel_auditentry WHERE action = 'plan.published'") == 0

    assert _approve(site, prepared) == 302
    assert _value(site, _VERSION, prepared["plan"]) == "published"
    assert _value(site, "SELECT count(*) FROM tasks_task") > 0
    assert site.command("verify-log", "--live").returncode == 0


def test_a_worker_killed_in_the_middle_of_aligning_leaves_no_dead_run(site: Site) -> None:
    site.start()
    plan = json.loads(_drill(site, "prepare"))["to_align"]

    with _stuck_at(site, "plans_finding"):
        _drill(site, "align", str(plan))
        site.wait_until(lambda: _waits(site, "plans_finding"), 240)
        with suppress(IndexError):
            site.kill(site.of_module("supervisor.worker")[0])
        assert (_value(site, _RUN, plan), _value(site, _CARDS, plan), _value(site, _NUMBERED, plan)) == (
            "running",
            0,
            0,
        )
    site.wait_until(lambda: _value(site, _RUN, plan) == "done", 300)

    assert _value(site, _CARDS, plan) > 0
    assert _value(site, _NUMBERED, plan) > 0
    assert _value(site, "SELECT state FROM plans_plan WHERE id = %s", plan) == "deciding"
    assert _value(site, "SELECT count(*) FROM kernel_auditentry WHERE action = 'plan.aligned'") == 2
