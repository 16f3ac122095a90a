"""The normal form of a Chinese task text, with the way back to the source.

Two spellings of one sentence (full width or half width, with or without spaces and quotation marks, Arabic or
Chinese figures) have one normal form, so everything after this file sees them as equal. Figures with a measure
(counts, dates, amounts) are left out of the normal form: how often and when is no part of *what* is to be done;
`frames` reads them from the source text.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "data"

MAX_CHARS = 4000
"""Characters of a text that are compared; a task text is rarely longer than 400."""

_TABLE = tomllib.loads((DATA / "lexicon_wording.toml").read_text("utf-8"))
_DROPPED = frozenset(_TABLE["characters"]["dropped"])
_SAME: dict[str, str] = _TABLE["characters"]["same"]
_EDGES: str = _TABLE["characters"]["edges"]
_DIGITS: str = _TABLE["figures"]["digits"]
_TEN: str = _TABLE["figures"]["ten"]


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern of the data files with its place holders filled in: {n} a number, {c} a numeral, {m} a measure."""
    figures = _TABLE["figures"]
    number = rf"(?:\d+(?:\.\d+)?|[{figures['numerals']}]+)"
    filled = pattern.replace("{m}", figures["measure"]).replace("{n}", number).replace("{c}", figures["numerals"])
    return re.compile(filled)


_FIGURE = compile_pattern(_TABLE["figures"]["figure"])
_ENUMERATOR = compile_pattern(_TABLE["figures"]["enumerator"])
_BOILERPLATE = tuple(
    (frozenset(phrase["where"]), compile_pattern(phrase["pattern"])) for phrase in _TABLE["boilerplate"]["phrases"]
)
_QUOTED = re.compile(_TABLE["names"]["quoted"])
_CAMPAIGN = re.compile(_TABLE["names"]["campaign"])
_LOOSE_DIGITS = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Wording:
    """A text in normal form; `offsets[i]` is the index in the source text of normal character `i`."""

    text: str
    offsets: tuple[int, ...]

    def without(self, pattern: re.Pattern[str]) -> Wording:
        """Leave out every match of the pattern."""
        return self.cut(match.span() for match in pattern.finditer(self.text))

    def cut(self, spans: Iterable[tuple[int, int]]) -> Wording:
        """Leave out the given spans, in ascending order; spans that overlap are joined."""
        text: list[str] = []
        offsets: list[int] = []
        at = 0
        for start, end in spans:
            if end <= at or start == end:
                continue
            text.append(self.text[at : max(at, start)])
            offsets.extend(self.offsets[at : max(at, start)])
            at = end
        if at == 0:
            return self
        text.append(self.text[at:])
        offsets.extend(self.offsets[at:])
        return Wording("".join(text), tuple(offsets))

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """The span in the source text that the normal span [start, end) came from."""
        return self.offsets[start], self.offsets[end - 1] + 1


def _chinese_number(value: int) -> str:
    """Write 0 to 99 in Chinese numerals."""
    tens, ones = divmod(value, 10)
    if not tens:
        return _DIGITS[ones]
    head = "" if tens == 1 else _DIGITS[tens]
    return f"{head}{_TEN}{_DIGITS[ones] if ones else ''}"


def _is_seen(character: str) -> bool:
    """Whether a folded character stays (no space, quotation mark, control or combining mark)."""
    if character in _DROPPED or character.isspace():
        return False
    return unicodedata.category(character) not in ("Cf", "Cc", "Mn", "Cs", "Co", "Cn")


class _Folds(dict[int, str]):
    """Code point to its folded form, worked out at first sight; `uneven` are those that are not one character."""

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()

    def __missing__(self, point: int) -> str:
        character = chr(point)
        folded = self[point] = _fold(character)
        if len(folded) != 1:
            self.uneven.add(character)
        return folded


def _fold(character: str) -> str:
    """One source character in its one width and case, or nothing."""
    if character in _DROPPED:
        return ""
    if character in _SAME:
        return _SAME[character]
    folded = "".join(part for part in unicodedata.normalize("NFKC", character).lower() if _is_seen(part))
    return "".join(_SAME.get(part, part) for part in folded)


_FOLDS = _Folds()


def fold(text: str) -> Wording:
    """Bring characters to one width and case; drop spaces and quotation marks; keep figures."""
    text = text[:MAX_CHARS]
    folded = text.translate(_FOLDS)
    if _FOLDS.uneven.isdisjoint(text):
        return Wording(folded, tuple(range(len(text))))
    offsets = [index for index, character in enumerate(text) for _ in _FOLDS[ord(character)]]
    return Wording(folded, tuple(offsets))


def _spell_out(wording: Wording) -> Wording:
    """Write loose figures in Chinese where a word follows and drop the others."""
    text: list[str] = []
    offsets: list[int] = []
    at = 0
    for match in _LOOSE_DIGITS.finditer(wording.text):
        start, end = match.span()
        text.append(wording.text[at:start])
        offsets.extend(wording.offsets[at:start])
        follows_word = end < len(wording.text) and "\u4e00" <= wording.text[end] <= "\u9fff"
        if follows_word and match.group().isdecimal() and int(match.group()) < 100:
            spelled = _chinese_number(int(match.group()))
            text.append(spelled)
            offsets.extend([wording.offsets[start]] * len(spelled))
        at = end
    if at == 0:
        return wording
    text.append(wording.text[at:])
    offsets.extend(wording.offsets[at:])
    return Wording("".join(text), tuple(offsets))


def normal(text: str) -> Wording:
    """The normal form: folded, without list numbers, set phrases, and figures that count or date."""
    wording = fold(text).without(_ENUMERATOR)
    characters = frozenset(wording.text)
    for where, pattern in _BOILERPLATE:
        if not where or not where.isdisjoint(characters):
            wording = wording.without(pattern)
    wording = wording.without(_FIGURE)
    wording = _spell_out(wording)
    kept = wording.text.rstrip(_EDGES)
    start = len(kept) - len(kept.lstrip(_EDGES))
    return Wording(kept[start:], wording.offsets[start : len(kept)])


def quoted_names(text: str) -> tuple[str, ...]:
    """The names in quotation marks or title marks of a source text, in normal form."""
    return tuple(filter(None, (normal(found).text for found in _QUOTED.findall(text[:MAX_CHARS]))))


def campaigns(text: str) -> tuple[str, ...]:
    """What tells the campaigns of a normal text apart: the last characters of their names."""
    return tuple(_CAMPAIGN.findall(text))
