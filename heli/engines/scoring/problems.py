"""What is wrong with a standard or a reading: what, where and the remedy, in Chinese or English."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from heli.engines.alignment.reasons import language_of


@cache
def sentences(name: str) -> dict[str, Any]:
    """Return the sentences of a data file of this engine."""
    return tomllib.loads((Path(__file__).parent / "data" / name).read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Words:
    """A word that reads differently in each language, before the language is chosen."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that must be mended. ``place`` is where it stands: a place of a reader, words, or None."""

    code: str
    place: Any = field(default=None, compare=False)
    params: Mapping[str, Any] = field(default_factory=dict)

    def text(self, language: str = "zh") -> str:
        """Return what, where and the remedy as one line."""
        language = language_of(language)
        said = {name: said_in(value, language) for name, value in self.params.items()}
        words: str = sentences("problems.toml")[self.code][language].format(**said)
        where = place_in(self.place, language)
        between = "：" if language == "zh" else ": "
        return f"{where}{between}{words}" if where else words

    @staticmethod
    def words(code: str) -> Words:
        """Return a word of the data file."""
        return Words(**sentences("problems.toml")["words"][code])


class Refused(ValueError):
    """Something that cannot be used; ``problem`` says what, where and the remedy."""

    def __init__(self, code: str, place: Any = None, /, **params: Any) -> None:
        self.problem = Problem(code, place, params)
        super().__init__(self.problem.text("en"))


def said_in(value: Any, language: str) -> str:
    """Return a value as a sentence writes it."""
    if isinstance(value, Words):
        return value.text(language)
    if hasattr(value, "as_tuple"):  # a decimal: as people write it
        return plain(value)
    return " ".join(str(value).split())


def plain(value: Any) -> str:
    """Write an exact number without an exponent and without noughts at its end."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def place_in(place: Any, language: str) -> str:
    """Return a place in words, "" where there is none."""
    if place is None:
        return ""
    return str(place.text(language)) if hasattr(place, "text") else str(place)
