"""The demo's sign-ins for the terminal; ``heli demo`` notes them so that a start need not ask Django."""

from __future__ import annotations

import json
import unicodedata

from heli.config import paths
from heli.config.sentences import language

FILE = "demo-sign-ins.json"


def lines() -> list[str]:
    """Return one aligned line per sign-in; empty where no demo was loaded."""
    path = paths.VAR / FILE
    if not path.exists():
        return []
    rows = [
        (one["role"], one["name"], one["sign_in_name"], one["password"])
        for one in json.loads(path.read_text(encoding="utf-8"))[language()]
    ]
    widths = [max(_width(row[column]) for row in rows) for column in range(4)] if rows else []
    return [
        "  " + "  ".join(_padded(text, width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Return the columns a terminal gives the text: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
