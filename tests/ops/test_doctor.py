"""``heli doctor`` where something is wrong before any page could tell: disk, folder, address, server, clock."""

from __future__ import annotations

import shutil
from collections import namedtuple

import pytest

from heli.config import paths
from heli.config.cli import doctor
from heli.config.sentences import _sentences
from heli.config.supervisor import examination, postgres
from tests.ops.site import Site

_Usage = namedtuple("_Usage", "total used free")


@pytest.fixture
def var(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "VAR", tmp_path / "var")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path / "var"


def _codes(findings):
    return {finding.code: finding.level for finding in findings}


@pytest.mark.parametrize(
    ("free", "code", "level", "words"),
    [
        (10 * 2**20, "disk.full", "bad", "10 MB"),
        (2**30, "disk.full", "warning", "1.0 GB"),
        (3 * 2**30, "disk", "good", "3.0 GB"),
    ],
)
def test_a_filling_disk_is_told_with_what_is_left(var, monkeypatch, free, code, level, words):
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: _Usage(free, 0, free))

    (finding,) = examination._disk()

    assert (finding.code, finding.level, finding.values["free"]) == (code, level, words)


def test_a_file_in_the_place_of_the_folder_is_told(var):
    var.write_text("")

    assert _codes(examination._folder()) == {"folder.file": "bad"}


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("postgres:/nonsense", "database.address"),
        ("mysql://someone:hidden-word@db/heli", "database.address"),
        ("postgresql://someone:hidden-word@127.0.0.1:1/heli", "database.unreachable"),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_address_that_leads_nowhere_is_told_without_its_password(var, monkeypatch, address, code, language):
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setenv("HELI_LANGUAGE", language)

    (finding,) = examination.examine_database(with_worker=False)

    said = doctor._plain(finding)
    assert (finding.code, finding.level) == (code, "bad")
    assert said["remedy"]
    assert "hidden-word" not in str(said)


@pytest.mark.parametrize("code", [code for code in _sentences() if code.startswith("doctor.")])
def test_what_is_wrong_has_a_remedy_in_both_languages(code):
    sentences = _sentences()

    assert all(sentences[code].values())
    if code.endswith(".mend"):
        assert code.removesuffix(".mend") in sentences


@pytest.mark.parametrize(
    ("levels", "words"),
    [
        (["good"], "Everything is in order."),
        (["warning", "good"], "Nothing is broken; one hint stands above."),
        (["warning", "warning"], "Nothing is broken; 2 hints stand above."),
        (["bad", "warning"], "One thing needs mending."),
        (["bad", "bad"], "2 things need mending."),
    ],
)
def test_the_last_line_counts_what_is_wrong(monkeypatch, levels, words):
    monkeypatch.setenv("HELI_LANGUAGE", "en")

    assert doctor._summary([examination.Finding("disk", level, "disk") for level in levels]) == words


@pytest.mark.parametrize("command", [("run",), ("backup", "nowhere"), ("demo",)])
def test_an_unreadable_address_is_one_line_for_every_command(site: Site, command: tuple[str, ...]) -> None:
    site.settings["DATABASE_URL"] = "mysql://someone:hidden-word@db/heli"

    refused = site.command(*command)

    assert refused.returncode == 2
    assert refused.stderr.startswith("DATABASE_URL is no address of a database")
    assert (refused.stderr.count("\n"), "hidden-word" in refused.stderr) == (1, False)


@pytest.mark.parametrize(
    "command", [("verify-log", "--live"), ("backup", "nowhere"), ("create-administrator", "audit", "--name", "Audit")]
)
def test_a_server_that_is_down_is_one_line_for_every_command(site: Site, command: tuple[str, ...]) -> None:
    site.settings["DATABASE_URL"] = "postgresql://someone:hidden-word@127.0.0.1:1/heli"

    refused = site.command(*command)

    assert refused.returncode == 2
    assert refused.stderr.startswith("The database cannot be reached: ")
    assert (refused.stderr.count("\n"), "hidden-word" in refused.stderr) == (1, False)


@pytest.mark.slow
def test_a_clock_behind_the_log_and_a_server_that_does_not_start_are_told(site: Site, monkeypatch) -> None:
    cluster = site.cluster
    cluster.start()
    postgres.make_database(cluster)
    with site.connect("owner") as owner:
        owner.execute("CREATE TABLE kernel_auditentry (number bigint, at timestamptz)")
        owner.execute("INSERT INTO kernel_auditentry VALUES (1, now() + interval '1 day')")
        owner.execute("GRANT SELECT ON kernel_auditentry TO heli_app")
    with site.connect() as application:
        behind = _codes(examination._clock(application))
    cluster.stop()
    (cluster.data / "PG_VERSION").write_text("3\n")
    monkeypatch.setattr(paths, "VAR", site.var)
    monkeypatch.delenv("DATABASE_URL", raising=False)

    (broken,) = examination.examine_database(with_worker=False)

    assert behind == {"clock": "good", "clock.behind": "bad"}
    assert (broken.code, broken.level) == ("database.not_started", "bad")
    assert "incompatible" in str(broken.values["reason"])
