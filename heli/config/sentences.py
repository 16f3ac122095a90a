"""What the terminal commands say, in Chinese and English, without starting Django."""

from __future__ import annotations

import csv
import os
from functools import cache
from pathlib import Path


def say(code: str, **values: object) -> str:
    """Return the sentence ``code`` in the language of the terminal, with ``values`` filled in."""
    return _sentences()[code][language()].format(**values)


def language() -> str:
    """Return ``zh`` or ``en``: ``HELI_LANGUAGE``, else what the terminal's locale says, else English."""
    named = next((os.environ[name] for name in _VARIABLES if os.environ.get(name)), "en")
    return "zh" if named.lower().startswith("zh") else "en"


@cache
def _sentences() -> dict[str, dict[str, str]]:
    with Path(__file__).with_name("sentences.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: {"zh": row["zh"], "en": row["en"]} for row in csv.DictReader(file)}


_VARIABLES = ("HELI_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
