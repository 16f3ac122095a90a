"""Sentences of the board, in Chinese or English, from ``data/reasons_board.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from heli.engines.alignment import wordlists
from heli.engines.alignment.items import Item, Place

_DATA = wordlists.load("reasons_board.toml")
_QUOTED = 40
"""Characters of an item that a sentence quotes."""


def language_of(tag: str) -> str:
    """Return ``en`` for an English tag, else ``zh``."""
    return "en" if tag.lower().startswith("en") else "zh"


def sentence(section: str, code: str, language: str = "zh", /, **params: object) -> str:
    """Return the sentence ``section.code`` with its names filled in. Raises ``KeyError`` for an unknown code."""
    template: str = _DATA[section][code][language_of(language)]
    return template.format(**params)


def quote(item: Item, language: str) -> str:
    """Return an item as a sentence names it: id and its first words."""
    text = " ".join(item.text.split())
    short = text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "\u2026"
    return sentence("quotes", "item", language, id=item.id, text=short)


def place_words(place: Place, language: str = "zh", *, headings: bool = False) -> str:
    """Return a place in words: that of the block as its reader says it, the part of the block, the heading above."""
    source = place.source
    if hasattr(source, "text"):
        words = str(source.text(language))
    else:
        words = str(source) if source not in (None, "") else sentence("places", "unknown", language)
    if place.part:
        words = sentence("places", "part", language, place=words, part=place.part)
    if headings and place.headings:
        words = sentence("places", "under", language, place=words, heading=place.headings[-1])
    return words


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason before it is a sentence: where it stands in the data file, plain values, and items to be quoted."""

    section: str
    code: str
    params: Mapping[str, Any]

    def text(self, language: str = "zh") -> str:
        """Return the reason as a sentence."""
        return sentence(self.section, self.code, language, **{k: _said(v, language) for k, v in self.params.items()})


def _said(value: Any, language: str) -> str:
    if isinstance(value, Item):
        return quote(value, language)
    if isinstance(value, Reason):
        return value.text(language)
    if isinstance(value, Mapping):
        return str(value[language_of(language)])
    if isinstance(value, tuple):
        joint = _DATA["joints"]["list"][language_of(language)]
        return str(joint).join(_said(part, language) for part in value)
    return str(value)
