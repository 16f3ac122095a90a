"""Files kept once, by their content: written whole, never changed, named by their hash."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from heli.kernel.problems import Problem

SCAN_SECONDS = 10  # so long a page waits
_NOTHING = subprocess.DEVNULL
INCOMING = ".incoming-"  # how the name of a file begins that nobody has looked at yet


class FileRefused(Problem):
    """The enterprise's own scanner found something in the file."""


class ScannerSilent(FileRefused):
    """The scanner could not look at the file."""

    status = 503


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the store: the name it came with, its SHA-256 (hex), size in bytes and content type."""

    name: str
    sha256: str
    size: int
    content_type: str


def path_of(sha256: str) -> Path:
    """Return where the file of that hash lies, whether or not it is there."""
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256[2:4] / sha256


def store(chunks: Iterable[bytes], *, name: str, content_type: str) -> StoredFile:
    """Write the bytes to disk, synced, before any row names them; storing the same bytes twice keeps one copy.

    A crash between this and the commit leaves a file nobody names, never a row without its file. Where the enterprise
    names a scanner, it looks first; what it does not clear is refused with ``FileRefused`` and not kept.
    """
    digest, size = hashlib.sha256(), 0
    with _incoming() as scratch:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            scratch.write(chunk)
        scratch.flush()
        os.fsync(scratch.fileno())
    _require_clean(Path(scratch.name), digest.digest(), name)
    target = path_of(digest.hexdigest())
    target.parent.mkdir(parents=True, exist_ok=True)
    Path(scratch.name).replace(target)
    _sync_folder(target.parent)
    return StoredFile(name=Path(name).name[:200], sha256=digest.hexdigest(), size=size, content_type=content_type)


def require_clean(data: bytes, name: str) -> None:
    """Let the scanner look at bytes before they are read; raises ``FileRefused``."""
    if settings.FILE_SCAN:
        with _incoming() as scratch:
            scratch.write(data)
        _require_clean(Path(scratch.name), hashlib.sha256(data).digest(), name)
        Path(scratch.name).unlink()


def _incoming() -> IO[bytes]:
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    return tempfile.NamedTemporaryFile(dir=root, prefix=INCOMING, delete=False)


def scan(command: Sequence[str], path: Path) -> bool | None:
    """Return whether the scanner clears the file: False where it finds something, None where it cannot say.

    The command gets the path as its last word and answers like ``clamdscan``: exit status 0 clean, 1 found.
    """
    try:
        done = subprocess.run(
            [*command, path], stdin=_NOTHING, stdout=_NOTHING, stderr=_NOTHING, timeout=SCAN_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {0: True, 1: False}.get(done.returncode)


def _require_clean(path: Path, digest: bytes, name: str) -> None:
    """Raise ``FileRefused`` unless the scanner clears the file and has left it as it was."""
    if not settings.FILE_SCAN:
        return
    is_clean = scan(settings.FILE_SCAN, path)
    if is_clean and _is_unchanged(path, digest):
        return
    path.unlink(missing_ok=True)
    what = _("%(name)s was not taken.") % {"name": name}
    if is_clean is None:
        raise ScannerSilent(
            what, _("The virus scanner gives no answer."), _("Try again later, or tell the IT department.")
        )
    raise FileRefused(what, _("The virus scanner objects to it."), _("Have the file cleaned, or hand in another."))


def _is_unchanged(path: Path, digest: bytes) -> bool:
    """Return whether the scanner left the file alone: some take away or clean what they find, and say it is clean."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest() == digest
    except OSError:  # taken away, or locked
        return False


def opened(sha256: str) -> IO[bytes]:
    """Open the stored file for reading; ``FileNotFoundError`` when the store has lost it."""
    return path_of(sha256).open("rb")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
