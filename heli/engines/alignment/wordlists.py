"""Read the word lists and sentences of this engine: data files beside the code, read once."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
_MACRO = re.compile(r"\{([a-z_]+)\}")


@cache
def load(name: str) -> dict[str, Any]:
    """Return the table in the data file ``name`` (with its suffix) of this package."""
    with (DATA / name).open("rb") as file:
        return tomllib.load(file)


def expand(pattern: str, words: dict[str, str]) -> str:
    """Replace every ``{name}`` of ``pattern`` by the group of words of that name, recursively.

    Raises ``KeyError`` naming the missing group: a data file that refers to nothing is a mistake.
    """
    while _MACRO.search(pattern):
        pattern = _MACRO.sub(lambda found: f"(?:{words[found[1]]})", pattern)
    return pattern


def pattern(name: str, table: str, key: str) -> re.Pattern[str]:
    """Compile ``[table] key`` of a data file, with the words of its ``[words]`` table filled in."""
    data = load(name)
    value = data[table][key]
    source = "|".join(value) if isinstance(value, list) else value
    return re.compile(expand(source, data.get("words", {})))
