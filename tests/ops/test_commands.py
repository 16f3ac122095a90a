"""The terminal commands on a real site: generate, verify-log, doctor."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from pathlib import Path

import psycopg
import pytest

from tests.ops.site import Site

pytestmark = pytest.mark.slow(40)


@pytest.fixture(scope="module")
def generated() -> Generator[Site, None, None]:
    """A running site with a small generated enterprise."""
    place = Site()
    place.start()
    done = place.command("generate", "--units", "60", "--people", "400", "--years", "1")
    assert done.returncode == 0, done.stderr
    yield place
    place.remove()


def test_a_generated_enterprise_has_the_asked_size_and_keeps_the_rules(generated: Site) -> None:
    with generated.connect() as connection:
        counts = {
            table: _count(connection, f"SELECT count(*) FROM {table}")  # noqa: S608 - names from this test
            for table in ("people_unit", "people_person", "people_unitversion")
        }
        loose = _count(
            connection,
            "SELECT count(*) FROM people_unit u JOIN people_unit p ON p.id = u.parent_id"
            " WHERE u.path NOT LIKE p.path || '%' OR u.depth <> p.depth + 1 OR u.tree <> p.tree",
        )
        invalid = _count(connection, "SELECT count(*) FROM pg_constraint WHERE NOT convalidated")
        own_work = _count(connection, "SELECT count(*) FROM tasks_task WHERE closed_by_id = handed_in_by_id")

    assert counts == {"people_unit": 60, "people_person": 400, "people_unitversion": 60}
    assert (loose, invalid, own_work) == (0, 0, 0)


def test_a_second_enterprise_is_refused(generated: Site) -> None:
    refused = generated.command("generate", "--units", "10", "--people", "10")

    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1


def test_the_constraints_are_on_again_after_the_copy(generated: Site) -> None:
    overlap = (
        "INSERT INTO people_membership (person_id, unit_id, tree, tree_number, valid_from)"
        " SELECT person_id, unit_id, tree, tree_number, valid_from FROM people_membership LIMIT 1"
    )

    with generated.connect() as connection, pytest.raises(psycopg.errors.ExclusionViolation):
        connection.execute(overlap)


def test_the_log_verifies_live_and_from_an_export(generated: Site, tmp_path: Path) -> None:
    export = tmp_path / "log.jsonl"

    live = generated.command("verify-log", "--live", "--json")
    written = generated.command("verify-log", "--export", str(export))
    again = generated.command("verify-log", str(export), "--json")

    assert (live.returncode, written.returncode, again.returncode) == (0, 0, 0)
    assert json.loads(live.stdout) == json.loads(again.stdout)
    assert json.loads(again.stdout)["checked"] == len(export.read_text().splitlines()) > 0


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda entry: {**entry, "action": "enterprise.other"}, "content does not match its hash"),
        (lambda entry: {**entry, "number": entry["number"] + 1}, "an entry was removed"),
        (lambda entry: {**entry, "previous_hash": "f" * 64}, "does not follow"),
    ],
)
def test_the_first_bad_entry_of_an_export_is_named(generated: Site, tmp_path: Path, harm: object, reason: str) -> None:
    export = tmp_path / "log.jsonl"
    generated.command("verify-log", "--export", str(export))
    first, *rest = (json.loads(line) for line in export.read_text().splitlines())
    export.write_text("".join(json.dumps(entry) + "\n" for entry in (harm(first), *rest)))  # type: ignore[operator]

    result = generated.command("verify-log", str(export))

    assert result.returncode == 1
    assert result.stdout.startswith("First bad entry: 1: ")
    assert reason in result.stdout


def test_a_cut_log_is_seen_with_an_entry_noted_elsewhere(generated: Site, tmp_path: Path) -> None:
    export = tmp_path / "log.jsonl"
    generated.command("verify-log", "--export", str(export))
    lines = export.read_text().splitlines()
    last = json.loads(lines[-1])
    export.write_text("".join(f"{line}\n" for line in lines[:-1]))

    blind = generated.command("verify-log", str(export))
    anchored = generated.command("verify-log", str(export), "--anchor", f"{last['number']}:{last['hash']}")

    if len(lines) == 1:  # nothing is left, and an empty log proves nothing
        assert (blind.returncode, anchored.returncode) == (2, 2)
    else:
        assert (blind.returncode, anchored.returncode) == (0, 1)
        assert "ends before" in anchored.stdout


def test_what_is_no_log_is_refused_in_one_line_naming_file_and_place(generated: Site, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("dear all\n")

    refused = generated.command("verify-log", str(file))

    assert refused.returncode == 2
    assert refused.stderr.startswith(f"{file}, line 1,")


def test_doctor_finds_nothing_bad_on_a_running_site(generated: Site) -> None:
    report = json.loads(generated.command("doctor", "--json").stdout)

    levels = {finding["subject"]: finding["level"] for finding in report["findings"]}
    wanted = ("python", "folder", "key", "database", "clock", "tables", "rights", "worker", "run")
    assert {subject: levels[subject] for subject in wanted} == dict.fromkeys(wanted, "good")


def test_doctor_names_what_was_broken_and_the_way_back(generated: Site) -> None:
    key = generated.var / "keys" / "secret_key"
    key.chmod(0o644)
    with generated.connect("owner") as owner:
        owner.execute("GRANT DELETE ON kernel_auditentry TO heli_app")
        owner.execute("UPDATE heli_prepared SET fingerprint = 'older'")
    try:
        done = generated.command("doctor", "--json", "--strict")
    finally:
        key.chmod(0o600)
        with generated.connect("owner") as owner:
            owner.execute("REVOKE DELETE ON kernel_auditentry FROM heli_app")

    bad = {
        finding["subject"]: finding["remedy"]
        for finding in json.loads(done.stdout)["findings"]
        if finding["level"] == "bad"
    }
    assert done.returncode == 1
    assert bad["key"].startswith(f"Run chmod 600 {key}")
    assert "DATABASE_OWNER_URL" in bad["rights"]
    assert "heli run" in bad["tables"]


def test_the_application_may_neither_make_tables_nor_touch_the_log(generated: Site) -> None:
    refused = []
    for statement in (
        "CREATE TABLE stray (id int)",
        "UPDATE kernel_auditentry SET action = 'x'",
        "DELETE FROM kernel_auditentry",
        "TRUNCATE kernel_auditentry",
        "DROP TABLE kernel_auditentry",
        "ALTER TABLE people_person ADD COLUMN x int",
        "UPDATE django_migrations SET name = 'x'",
    ):
        with generated.connect() as application:
            try:
                application.execute(statement)
            except psycopg.errors.InsufficientPrivilege:
                refused.append(statement)

    assert len(refused) == 7


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the database under another account")
def test_as_root_in_a_private_folder_the_database_moves_and_nothing_is_opened(site: Site) -> None:
    site.folder.chmod(0o700)

    site.start(is_bare=True)

    assert site.folder.stat().st_mode & 0o077 == 0
    assert not (site.var / "postgres").exists()
    assert site.cluster.data.parent == Path("/var/lib/heli")
    assert f"the database is kept in {site.cluster.data}" in site.output()


def _count(connection: psycopg.Connection, query: str) -> int:
    row = connection.execute(query).fetchone()  # type: ignore[call-overload]
    assert row is not None
    return int(row[0])


def test_a_benchmark_prints_value_unit_reference_and_ratio(tmp_path: Path) -> None:
    place = Site()
    try:
        done = place.command("bench", "tree", "--units", "60", "--people", "300", "--tasks", "0", "--json")
    finally:
        place.remove()

    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert list(figures) == ["tree.50k"]
    assert set(figures["tree.50k"]) == {"value", "unit", "reference", "ratio"}
    assert figures["tree.50k"]["value"] > 0


def test_an_unknown_benchmark_is_refused_in_one_line(site: Site) -> None:
    refused = site.command("bench", "nothing-of-this-name", "--json")

    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.count("\n") == 1
