"""The field's vocabulary: what a duty is about.

A concept is one thing that plans, rubrics and responsibility lists speak of (a branch meeting, Party dues, an integrity
file), with every wording the field has for it. Concepts form an is-a graph: a talk before taking office is an integrity
talk. The words live in `data/lexicon_*.csv`; adding one needs no code.

Pattern language of the data files: alternatives are divided by ``|``; ``…`` inside an alternative stands for up to
`GAP` characters of the same sentence. A longer wording hides the shorter ones inside it.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from heli.engines.alignment.wording import DATA, fold

GAP = 14
"""Characters that an ellipsis in a pattern may stand for."""

_SENTENCE_ENDS = "。;"
_CHILD, _SIBLING, _GRANDCHILD = 0.62, 0.34, 0.4


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing a duty can be about. `kind` is the action the word itself implies, or empty."""

    code: str
    name_zh: str
    name_en: str
    area: str
    parents: tuple[str, ...]
    kind: str
    weight: float


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept seen at [start, end) of a normal text. `pieces` are the literal parts (two where a gap lies between)."""

    concept: str
    start: int
    end: int
    pieces: tuple[tuple[int, int], ...]

    @property
    def length(self) -> int:
        """Characters that really match."""
        return sum(end - start for start, end in self.pieces)


@dataclass(frozen=True, slots=True)
class _Pattern:
    concept: str
    parts: tuple[str, ...]


class Lexicon:
    """The concepts with a matcher. Build it through `load`."""

    def __init__(self, concepts: Iterable[Concept], patterns: Iterable[tuple[str, str]]) -> None:
        self.concepts: dict[str, Concept] = {concept.code: concept for concept in concepts}
        self._index: dict[str, list[_Pattern]] = defaultdict(list)
        for code, pattern in patterns:
            parts = tuple(fold(part).text for part in pattern.split("…"))
            if any(len(part) < 1 for part in parts) or len(parts[0]) < 2:
                raise ValueError(f"lexicon: pattern {pattern!r} of {code} needs two characters before a gap")
            self._index[parts[0][:2]].append(_Pattern(code, parts))
        unknown = {parent for concept in self.concepts.values() for parent in concept.parents} - set(self.concepts)
        if unknown:
            raise ValueError(f"lexicon: unknown parents {sorted(unknown)}")
        self._nearness: dict[tuple[str, str], float] = {}

    def _hits(self, text: str) -> Iterator[Mention]:
        index = self._index
        for start in range(len(text) - 1):
            for pattern in index.get(text[start : start + 2], ()):
                if not text.startswith(pattern.parts[0], start):
                    continue
                pieces = _follow(text, start, pattern.parts)
                if pieces:
                    yield Mention(pattern.concept, start, pieces[-1][1], pieces)

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Every concept seen in a normal text, in order; a wording inside a longer one is not counted again."""
        hits = sorted(self._hits(text), key=lambda hit: (-hit.length, hit.start, hit.concept))
        taken: list[Mention] = []
        for hit in hits:
            if any(_hides(longer, hit) for longer in taken):
                continue
            taken.append(hit)
        taken.sort(key=lambda hit: (hit.start, hit.end))
        return tuple(taken)

    def nearness(self, one: str, other: str) -> float:
        """How near two concepts are: 1 the same, 0.62 parent and child, less for siblings, 0 strangers."""
        if one == other:
            return 1.0
        key = (one, other) if one < other else (other, one)
        known = self._nearness.get(key)
        if known is None:
            known = self._nearness[key] = self._measure(*key)
        return known

    def _measure(self, one: str, other: str) -> float:
        first, second = self.concepts[one], self.concepts[other]
        if other in first.parents or one in second.parents:
            return _CHILD
        if any(other in self.concepts[parent].parents for parent in first.parents):
            return _GRANDCHILD
        if any(one in self.concepts[parent].parents for parent in second.parents):
            return _GRANDCHILD
        if set(first.parents) & set(second.parents):
            return _SIBLING
        return 0.0


def _follow(text: str, start: int, parts: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """The places of all parts of a pattern, or nothing where one is missing."""
    pieces = [(start, start + len(parts[0]))]
    for part in parts[1:]:
        after = pieces[-1][1]
        found = text.find(part, after, after + GAP + len(part))
        if found < 0 or any(end in text[after:found] for end in _SENTENCE_ENDS):
            return ()
        pieces.append((found, found + len(part)))
    return tuple(pieces)


def _hides(longer: Mention, hit: Mention) -> bool:
    """Whether every piece of a hit lies inside pieces of a longer (or equally long, earlier) one."""
    if longer.concept == hit.concept and longer.start <= hit.start and hit.end <= longer.end:
        return True
    return all(any(a <= start and end <= b for a, b in longer.pieces) for start, end in hit.pieces) and (
        longer.length > hit.length
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@lru_cache(maxsize=1)
def load() -> Lexicon:
    """Read `data/lexicon_*.csv` once."""
    concepts: list[Concept] = []
    patterns: list[tuple[str, str]] = []
    for path in sorted(DATA.glob("lexicon_*.csv")):
        for row in _rows(path.name):
            concepts.append(
                Concept(
                    row["code"], row["zh"], row["en"], row["area"], tuple(row["parents"].split()), row["kind"],
                    float(row["weight"] or 1),
                )
            )  # fmt: skip
            patterns.extend((row["code"], pattern) for pattern in row["patterns"].split("|") if pattern)
    codes = [concept.code for concept in concepts]
    doubled = {code for code in codes if codes.count(code) > 1}
    if doubled:
        raise ValueError(f"lexicon: doubled codes {sorted(doubled)}")
    return Lexicon(concepts, patterns)
