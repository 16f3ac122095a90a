"""The doctor asks of the virus scanner that it clears a harmless file and finds the test file of the trade."""

from __future__ import annotations

from pathlib import Path

import pytest

from heli.config import paths
from heli.config.supervisor import examination

_LOOKS = "#!/bin/sh\ngrep -q 'STANDARD-ANTIVIRUS-TEST' \"$1\" && exit 1 || exit 0\n"


@pytest.mark.parametrize(
    ("command", "found"),
    [("", []), ("{scanner}", [("good", "scanner")]), ("true", [("bad", "scanner.blind")]),
     ("false", [("bad", "scanner.silent")]), ("/nonexistent/scanner --fdpass", [("bad", "scanner.silent")])],
)  # fmt: skip
def test_the_doctor_lets_the_scanner_look_at_two_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, found: list[tuple[str, str]]
) -> None:
    scanner = tmp_path / "scanner"
    scanner.write_text(_LOOKS, encoding="utf-8")
    scanner.chmod(0o700)
    monkeypatch.setenv("HELI_FILE_SCAN", command.format(scanner=scanner))

    assert [(one.level, one.code) for one in examination._scanner()] == found
    assert not [*paths.FILES.glob(".incoming-*")]
