"""Find where a scoring text speaks of points: what it takes or gives, its bounds, nothing at all, a veto."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from heli.engines.alignment.quantities import read_number
from heli.engines.alignment.wordlists import expand

MAX_CHARS = 4_000
"""Characters of one row that are read; the longest rule seen in a real table has 900."""
DATA: dict[str, dict[str, str]] = tomllib.loads((Path(__file__).parent / "data" / "grammar.toml").read_text("utf-8"))

MentionKind = Literal["points", "bound", "all", "veto", "zero", "full", "share", "half", "discretion", "nothing"]


def pattern(table: str, key: str) -> re.Pattern[str]:
    """Compile ``[table] key`` of the grammar with its words filled in."""
    return re.compile(expand(DATA[table][key], DATA["words"]))


_IN_ORDER: tuple[tuple[MentionKind, re.Pattern[str]], ...] = (
    ("veto", pattern("kinds", "veto")),
    ("zero", pattern("kinds", "zero")),
    ("full", pattern("kinds", "full")),
    ("share", pattern("kinds", "share")),
    ("half", pattern("kinds", "half")),
    ("all", pattern("limits", "all")),
    ("bound", pattern("limits", "bound")),
    ("nothing", pattern("points", "total")),
    ("points", pattern("points", "mention")),
    ("points", pattern("points", "spelled")),
    ("points", pattern("points", "bare")),
    ("discretion", pattern("kinds", "discretion")),
)
"""Earlier kinds win where two are found in one place."""
_MINUS = pattern("sides", "minus")
_PLUS = pattern("sides", "plus")
_TAKES = re.compile(DATA["words"]["minus"])
_GIVES = re.compile(DATA["words"]["plus"])
_WITHIN = pattern("limits", "within")


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in the text. ``sign`` is -1 for points taken, 1 for points given, 0 where the words leave it open."""

    kind: MentionKind
    begins: int
    ends: int
    sign: int = 0
    low: Decimal | None = None
    high: Decimal | None = None
    per: str = ""

    @property
    def outer(self) -> Decimal | None:
        """The number furthest from nothing, without a sign."""
        return None if self.low is None else max(self.low, self.high or self.low)


def number(text: str) -> Decimal:
    """Read an Arabic or Chinese number exactly. Raises ``ValueError`` for anything else."""
    return Decimal(text) if text[0].isascii() else Decimal(str(read_number(text)))


def find_mentions(text: str) -> list[Mention]:
    """Return the mentions in order, none of which overlap; linear in the text's length."""
    text = text[:MAX_CHARS]
    taken = bytearray(len(text))
    found: list[Mention] = []
    for kind, words in _IN_ORDER:
        for match in words.finditer(text):
            if match.end() == match.start() or any(taken[match.start() : match.end()]):
                continue
            mention = _mention(kind, match, text)
            if mention is not None:
                taken[mention.begins : mention.ends] = b"\x01" * (mention.ends - mention.begins)
                found.append(mention)
    return sorted(found, key=lambda mention: mention.begins)


def _mention(kind: MentionKind, match: re.Match[str], text: str) -> Mention | None:
    """Return the mention, None where its figures are no number: the words stay for a person to judge."""
    parts: dict[str, Any] = match.groupdict()
    try:
        return _read(kind, match, parts, text)
    except ValueError:
        return None


def _read(kind: MentionKind, match: re.Match[str], parts: dict[str, Any], text: str) -> Mention | None:
    """Read the figures of a mention. Raises ``ValueError`` for figures that are no number."""
    if kind == "bound":
        sign = -1 if _TAKES.search(match[0]) else 1 if _GIVES.search(match[0]) else 0
        return Mention(kind, *match.span(), sign=sign, low=number(parts["n"] or parts["m"]))
    if kind in ("share", "half"):
        return Mention(kind, *match.span(), sign=-1 if parts.get("less") else _sign(parts["side"] or ""))
    if kind != "points":
        return Mention(kind, *match.span())
    low = number(parts["a"])
    high = number(parts["b"]) if parts["b"] else None
    ends = match.end()
    within = _WITHIN.match(text, match.start("a"))
    if within and high is None:
        high, low, ends = low, Decimal(0), max(ends, within.end())
    return Mention(kind, match.start(), ends, _sign(parts["sign"] or ""), low, high, parts["per"] or "")


def _sign(words: str) -> int:
    return -1 if _MINUS.search(words) else 1 if _PLUS.search(words) else 0
