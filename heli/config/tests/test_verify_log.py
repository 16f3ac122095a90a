"""``heli verify-log`` on a file: one entry changed, removed, swapped or added is named, in the terminal's language."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from heli.config.cli.verify_log import verify_log
from heli.config.sentences import say
from heli.kernel.log_verifier import FIRST_PREVIOUS, SEALED_FIELDS, content_digest, entry_hash

Log = list[dict[str, Any]]


def _log(length: int) -> Log:
    entries: Log = []
    for number in range(1, length + 1):
        entry: dict[str, Any] = dict.fromkeys(SEALED_FIELDS, "a")
        entry |= {"number": number, "subject_label": "b", "changes": {}, "salt": "c"}
        entry["previous_hash"] = entries[-1]["hash"] if entries else FIRST_PREVIOUS
        entry["content_digest"] = content_digest(entry)
        entries.append({**entry, "hash": entry_hash(entry)})
    return entries


def _sealed_anew(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "hash": entry_hash(entry)}


HARMS: list[tuple[str, Callable[[Log], Log], str, int]] = [
    ("changed", lambda log: [*log[:2], {**log[2], "action": "other"}, *log[3:]], "content", 3),
    ("content changed", lambda log: [*log[:2], {**log[2], "changes": {"a": 1}}, *log[3:]], "content", 3),
    ("removed", lambda log: [*log[:2], *log[3:]], "number", 3),
    ("first removed", lambda log: log[1:], "number", 1),
    ("swapped", lambda log: [*log[:2], log[3], log[2], *log[4:]], "number", 3),
    ("twice", lambda log: [*log[:3], *log[2:]], "number", 4),
    ("sealed anew", lambda log: [*log[:2], _sealed_anew({**log[2], "action": "other"}), *log[3:]], "order", 4),
    ("field added", lambda log: [{**log[0], "note": "x"}, *log[1:]], "foreign", 1),
    ("field taken", lambda log: [{k: v for k, v in log[0].items() if k != "at"}, *log[1:]], "missing", 1),
]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("harm", "code", "number"), [each[1:] for each in HARMS], ids=[each[0] for each in HARMS])
def test_first_bad_entry_is_told_in_words(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    harm: Callable[[Log], Log],
    code: str,
    number: int,
) -> None:
    monkeypatch.setenv("HELI_LANGUAGE", language)
    file = _written(tmp_path, harm(_log(5)))

    told = CliRunner().invoke(verify_log, [str(file)])

    shown = say(f"log.reason.{code}", names="\0", number="\0", due=number).partition("\0")
    assert told.exit_code == 1
    assert shown[0] in told.output
    assert f" {number}" in told.output or f"：{number}" in told.output
    assert language == "en" or not re.search("[a-z]{5}", told.output)  # no English words


def test_anchor_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELI_LANGUAGE", "zh")
    log = _log(3)
    file = _written(tmp_path, log[:2])

    cut = CliRunner().invoke(verify_log, [str(file), "--anchor", f"3:{log[2]['hash']}"])
    other = CliRunner().invoke(verify_log, [str(file), "--anchor", "2:" + "0" * 64])

    assert (cut.exit_code, say("log.reason.end") in cut.output) == (1, True)
    assert (other.exit_code, say("log.reason.other") in other.output) == (1, True)


def _written(folder: Path, log: Log) -> Path:
    file = folder / "log.jsonl"
    file.write_text("".join(json.dumps(entry) + "\n" for entry in log), encoding="utf-8")
    return file
