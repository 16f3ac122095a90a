"""Files of the terminal commands: read into blocks, or refused in one line with the remedy."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import click

from heli.engines.officedocs import reading
from heli.engines.officedocs.document import Note

PASTED = "-"
_LARGEST = 64 * 1024 * 1024


class Unusable(click.ClickException):
    """Input that cannot be used: one line on stderr, exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(" ".join(self.message.split()), file=file or sys.stderr)


@cache
def _sentences() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("papers.toml").read_text("utf-8"))


def language(asked: str | None) -> str:
    """Return ``zh`` or ``en``: as asked, else English where the environment is English, else Chinese."""
    tag = asked or os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if tag.lower().startswith("en") else "zh"


def say(code: str, language: str, **params: object) -> str:
    """Return a sentence of the terminal commands."""
    return _sentences()[code][language].format(**params)


def refuse(code: str, language: str, **params: object) -> NoReturn:
    """Stop with one line on stderr and exit status 2."""
    raise Unusable(say(code, language, **params))


def read_paper(name: str, language: str) -> reading.Document:
    """Read a file, or pasted text for ``-``. Raises ``Unusable`` naming file, place and remedy."""
    return read_data(read_bytes(name, language), name, language)


def read_data(data: bytes, name: str, language: str) -> reading.Document:
    """Read the bytes of a file, or of pasted text. Raises ``Unusable`` naming file, place and remedy."""
    shown = say("pasted", language) if name == PASTED else name
    try:
        return reading.read(data, f"{shown}.txt" if name == PASTED else Path(name).name)
    except reading.Unreadable as problem:
        problem.params["name"] = shown
        raise Unusable(problem.text(language)) from problem


def tell_notes(name: str, notes: Sequence[Note], language: str) -> None:
    """Say on stderr what was not read of a paper; for papers that were used, a refused one has its one line."""
    shown = say("pasted", language) if name == PASTED else name
    for note in notes:
        click.echo(f"{shown}: {note.text(language)}", err=True)


def read_bytes(name: str, language: str) -> bytes:
    """Read a file, or standard input for ``-``. Raises ``Unusable`` where it cannot be read or is too large."""
    data = sys.stdin.buffer.read(_LARGEST + 1) if name == PASTED else _bytes(name, language)
    if len(data) > _LARGEST:
        megabyte = 1024 * 1024
        shown = say("pasted", language) if name == PASTED else name
        refuse("too_large", language, name=shown, size=f"{len(data) / megabyte:.0f}", limit=_LARGEST // megabyte)
    return data


def _bytes(name: str, language: str) -> bytes:
    path = Path(name)
    try:
        if path.is_dir():
            refuse("folder", language, name=name)
        with path.open("rb") as file:
            return file.read(_LARGEST + 1)
    except FileNotFoundError:
        refuse("missing", language, name=name)
    except PermissionError:
        refuse("forbidden", language, name=name)
    except (OSError, ValueError) as problem:
        refuse("unreadable", language, name=name, detail=getattr(problem, "strerror", None) or problem)


def this_year() -> int:
    """Return the running year of this machine's clock."""
    return date.today().year  # noqa: DTZ011 - the clerk's own calendar decides
