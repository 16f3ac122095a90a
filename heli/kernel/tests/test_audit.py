from __future__ import annotations

import json
import subprocess
import sys
import threading
from datetime import UTC
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from heli.kernel import audit, log_verifier
from heli.kernel.models import AuditEntry


def _record(at, number=1):
    with transaction.atomic():
        return audit.record("thing.done", subject=("thing", str(number)), by="tests", at=at, changes={"n": number})


@pytest.mark.django_db
def test_record_chains_entries_without_gaps(at):
    entries = [_record(at, number) for number in range(1, 6)]

    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.previous_hash for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
    assert log_verifier.verify(audit.export_entries()) == log_verifier.Verification(5, entries[-1].hash)


@pytest.mark.django_db(transaction=True)
def test_record_outside_a_transaction_is_refused(at):
    with pytest.raises(audit.AuditOutsideTransaction):
        audit.record("thing.done", subject=("thing", "1"), by="tests", at=at)

    assert AuditEntry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_record_by_sixteen_writers_leaves_one_unbroken_chain(at):
    def write(start: int) -> None:
        try:
            for number in range(start, start + 10):
                _record(at, number)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(number * 10,)) for number in range(16)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    result = log_verifier.verify(audit.export_entries())
    assert (result.checked, result.is_good) == (160, True)


@pytest.mark.django_db(transaction=True)
def test_rolled_back_act_leaves_no_entry_and_no_gap(at):
    _record(at, 1)
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012 - the act fails after its entry
        audit.record("thing.done", subject=("thing", "2"), by="tests", at=at)
        raise RuntimeError
    _record(at, 3)

    assert list(AuditEntry.objects.order_by("number").values_list("number", "subject_id")) == [(1, "1"), (2, "3")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("tamper", "bad", "reason"),
    [
        (lambda log: log[2].update(action="thing.undone"), 3, "changed"),
        (lambda log: log.pop(1), 2, "removed"),
        (lambda log: log.insert(1, dict(log[0])), 2, "removed, added or moved"),
        (lambda log: log.__setitem__(slice(1, 3), [log[2], log[1]]), 2, "moved"),
        (lambda log: log[3].pop("changes"), 4, "missing"),
        (lambda log: log[3].pop("content_digest"), 4, "no hash covers: salt"),
        (lambda log: log[2].update(changes={"n": 4}), 3, "changed"),
        (lambda log: log[2].update(salt="0" * 32), 3, "changed"),
        (lambda log: log[2].update(content_digest="0" * 64), 3, "changed"),
        (lambda log: log[4].update(previous_hash="f" * 64), 5, "follow"),
    ],
)
def test_verifier_finds_the_first_bad_entry(at, tamper, bad, reason):
    for number in range(1, 6):
        _record(at, number)
    log = list(audit.export_entries())

    tamper(log)
    result = log_verifier.verify(log)

    assert result.bad_number == bad
    assert reason in result.reason


@pytest.mark.django_db
def test_export_without_content_proves_the_same_chain_and_tells_nothing(at):
    for number in range(1, 4):
        with transaction.atomic():
            audit.record("thing.done", subject=("thing", "1"), by="tests", at=at, changes={"text": f"机密{number}"})
    whole, mixed = list(audit.export_entries()), list(audit.export_entries(lambda entry: entry.number == 2))

    bare = list(audit.export_entries(lambda _entry: False))

    for log in (whole, mixed, bare):
        assert log_verifier.verify(log) == log_verifier.Verification(3, whole[-1]["hash"])
    assert "机密" not in json.dumps(bare, ensure_ascii=False)
    assert [set(log_verifier.CONTENT_FIELDS) <= set(entry) for entry in mixed] == [False, True, False]
    bare[1]["action"] = "thing.undone"
    assert log_verifier.verify(bare).bad_number == 2


@pytest.mark.django_db
def test_same_content_has_another_digest_each_time(at):
    entries = [_record(at, 1) for _time in range(2)]

    assert entries[0].content_digest != entries[1].content_digest


@pytest.mark.django_db
def test_chain_that_began_in_the_older_form_goes_on_and_is_verified(at):
    old = dict.fromkeys(log_verifier.HASHED_FIELDS, "") | {
        "number": 1,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "action": "thing.done",
        "changes": {"n": [1, 2]},
        "previous_hash": log_verifier.FIRST_PREVIOUS,
    }
    digest = log_verifier.entry_hash(old)
    AuditEntry.objects.create(**(old | {"at": at, "hash": digest}))
    _record(at, 2)

    for shows in (None, lambda _entry: False):
        log = list(audit.export_entries(shows))
        assert (log[0], log_verifier.verify(log).checked) == (old | {"hash": digest}, 2)
    log[0]["changes"] = {"n": [1, 3]}
    assert log_verifier.verify(log).bad_number == 1


@pytest.mark.django_db
def test_verifier_runs_alone_on_an_export(at, tmp_path):
    for number in range(1, 4):
        _record(at, number)
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(json.dumps(entry) for entry in audit.export_entries()), encoding="utf-8")
    command = [sys.executable, "-I", "-S", str(Path(log_verifier.__file__)), str(log)]

    good = subprocess.run(command, capture_output=True, text=True, check=False)
    log.write_text(log.read_text(encoding="utf-8").replace('"n": 2', '"n": 7'), encoding="utf-8")
    bad = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (good.returncode, good.stdout.split(",")[0]) == (0, "3 entries")
    assert (bad.returncode, bad.stdout.split(":")[0:2]) == (1, ["first bad entry", " 2"])


@pytest.mark.parametrize(
    "line",
    [
        "[1]",
        "not json",
        "[" * 100_000,
        '{"number": NaN}',
        '{"number": 1, "number": 1}',
        '"text"',
    ],
)
def test_verifier_stops_in_words_at_a_line_that_is_no_entry(line, tmp_path):
    log = tmp_path / "log.jsonl"
    log.write_text(line, encoding="utf-8")
    command = [sys.executable, "-I", "-S", str(Path(log_verifier.__file__)), str(log)]

    told = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (told.returncode, told.stderr) == (1, "")
    assert told.stdout.startswith("first bad entry: 1: ")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("tamper", "reason"),
    [
        (lambda entry: entry.update(comment="added"), "no hash covers: comment"),
        (lambda entry: entry.update(action="\ud800"), "changed"),
        (lambda entry: entry.update(number=1.0), "number 1.0"),
        (lambda entry: entry.update(hash=None), "changed"),
    ],
)
def test_verifier_names_what_is_odd_in_an_entry(at, tamper, reason):
    _record(at)
    entry = next(audit.export_entries())

    tamper(entry)

    assert reason in log_verifier.verify([entry]).reason


def test_an_empty_file_proves_nothing(tmp_path):
    log = tmp_path / "log.jsonl"
    log.write_text("\n", encoding="utf-8")
    command = [sys.executable, "-I", "-S", str(Path(log_verifier.__file__))]

    empty = subprocess.run([*command, str(log)], capture_output=True, text=True, check=False)
    missing = subprocess.run([*command, str(tmp_path / "no.jsonl")], capture_output=True, text=True, check=False)

    assert [(told.returncode, told.stdout, told.stderr.count("\n")) for told in (empty, missing)] == [(2, "", 1)] * 2


@pytest.mark.django_db(transaction=True)
def test_application_role_can_add_but_not_change_or_remove_entries(at):
    _record(at)
    settings = connection.settings_dict
    as_application = {"host": settings["HOST"], "port": settings["PORT"] or None, "dbname": settings["NAME"]}

    with psycopg.connect(**as_application, user="heli_app", autocommit=True) as application:
        for statement in (
            "UPDATE kernel_auditentry SET action = 'x'",
            "DELETE FROM kernel_auditentry",
            "TRUNCATE kernel_auditentry",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute(statement)
        application.execute(
            "INSERT INTO kernel_auditentry SELECT 2, at, action, actor_kind, actor_id, actor_label, subject_kind,"
            " subject_id, subject_label, changes, hash, repeat('a', 64), '', '' FROM kernel_auditentry"
        )

    assert list(AuditEntry.objects.order_by("number").values_list("number", "action")) == [
        (1, "thing.done"),
        (2, "thing.done"),
    ]


_ENTRY = st.fixed_dictionaries(
    {"action": st.text(max_size=20), "changes": st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3)}
)


@given(st.lists(_ENTRY, min_size=1, max_size=8), st.data())
def test_any_change_of_any_hashed_field_is_found(contents, data):
    log, previous = [], log_verifier.FIRST_PREVIOUS
    for number, content in enumerate(contents, start=1):
        entry = dict.fromkeys(log_verifier.HASHED_FIELDS, "") | content
        entry |= {"number": number, "previous_hash": previous}
        previous = entry["hash"] = log_verifier.entry_hash(entry)
        log.append(entry)
    position = data.draw(st.integers(0, len(log) - 1))
    field = data.draw(st.sampled_from([name for name in log_verifier.HASHED_FIELDS if name != "number"]))

    log[position] = log[position] | {field: "tampered with"}

    assert log_verifier.verify(log).bad_number == position + 1
