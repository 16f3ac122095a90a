from __future__ import annotations

import pytest

from heli.config.supervisor import examination


@pytest.mark.parametrize(
    ("command", "found"),
    [("", []), ("true", [("good", "scanner")]), ("false", [("bad", "scanner.silent")]),
     ("/nonexistent/scanner --fdpass", [("bad", "scanner.silent")])],
)  # fmt: skip
def test_the_doctor_lets_the_scanner_look_at_a_harmless_file(monkeypatch, command, found):
    monkeypatch.setenv("HELI_FILE_SCAN", command)

    assert [(one.level, one.code) for one in examination._scanner()] == found
