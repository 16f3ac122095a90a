"""The virus scanner of the enterprise looks at a file before it is kept; what it does not clear stays out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from heli.kernel import files

_SCANNER = """
import sys
text = open(sys.argv[-1], "rb").read()
sys.exit(1 if b"malicious" in text else 2 if b"unreadable" in text else 0)
"""


@pytest.fixture
def store(settings, tmp_path):
    """The folder of the store, with a scanner that objects to one word and fails on another."""
    scanner = tmp_path / "scanner.py"
    scanner.write_text(_SCANNER, encoding="utf-8")
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.FILE_SCAN = [sys.executable, str(scanner)]
    return Path(settings.MEDIA_ROOT)


def _kept(store: Path) -> list[bytes]:
    return [path.read_bytes() for path in store.rglob("*") if path.is_file()]


def test_what_the_scanner_clears_is_kept(store):
    stored = files.store([b"mi", b"nutes"], name="纪要.txt", content_type="text/plain")

    assert _kept(store) == [b"minutes"]
    assert files.path_of(stored.sha256).is_file()


@pytest.mark.parametrize(("content", "status"), [(b"malicious", 422), (b"unreadable", 503)])
def test_what_it_does_not_clear_is_refused_and_nothing_stays(store, content, status):
    with pytest.raises(files.FileRefused) as refused:
        files.store([content], name="附件.docx", content_type="application/octet-stream")

    assert "附件.docx" in refused.value.what
    assert refused.value.status == status
    with pytest.raises(files.FileRefused):
        files.require_clean(content, "附件.docx")
    assert refused.value.remedy
    assert _kept(store) == []


@pytest.mark.parametrize("command", [["/nonexistent/scanner"], [sys.executable, "-c", "import time; time.sleep(9)"]])
def test_a_scanner_that_cannot_be_asked_lets_nothing_through(store, settings, monkeypatch, command):
    monkeypatch.setattr(files, "SCAN_SECONDS", 0.5)
    settings.FILE_SCAN = command

    with pytest.raises(files.ScannerSilent):
        files.store([b"minutes"], name="纪要.txt", content_type="text/plain")

    assert _kept(store) == []


@pytest.mark.parametrize("script", [
    "import os, sys; os.remove(sys.argv[-1]); sys.exit(1)",
    "import os, sys; os.remove(sys.argv[-1])",
    "import sys; open(sys.argv[-1], 'w').write('cleaned')",
])  # fmt: skip
def test_what_a_scanner_took_away_or_changed_is_refused(store, settings, script):
    settings.FILE_SCAN = []
    files.store([b"minutes"], name="原件.txt", content_type="text/plain")
    settings.FILE_SCAN = [sys.executable, "-c", script]

    with pytest.raises(files.FileRefused):
        files.store([b"minutes"], name="纪要.txt", content_type="text/plain")
    with pytest.raises(files.FileRefused):
        files.require_clean(b"minutes", "纪要.txt")

    assert _kept(store) == [b"minutes"]


def test_without_a_scanner_every_file_is_kept(store, settings):
    settings.FILE_SCAN = []

    files.store([b"malicious"], name="a.txt", content_type="text/plain")

    assert _kept(store) == [b"malicious"]
