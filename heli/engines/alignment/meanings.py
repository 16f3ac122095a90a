"""Duties told without their name: words that mean a concept together, in any order (`data/lexicon_rules.toml`)."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import islice, pairwise
from operator import add
from typing import TypeAlias

from heli.engines.alignment.wording import fold

CLAUSE_ENDS, SENTENCE_ENDS = ",;。:", "。;"

GAP = 15
"""Characters that may lie between two words that mean something together."""

WINDOW = 32
"""Characters of two neighboring clauses that are still read together."""

Pieces: TypeAlias = tuple[tuple[int, int], ...]
Words: TypeAlias = Sequence[tuple[int, int, int]]
"""Words of the classes seen in a text: (start, end, bit of the class), in order of their start."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """Classes, as bits, that mean a concept when all of `needs` and none of `bars` are in one window."""

    concept: str
    needs: int
    bars: int
    bits: tuple[int, ...]


class Rules:
    """Classes of words, and which of them together mean which concept."""

    def __init__(self, classes: Mapping[str, str], rules: Mapping[str, Sequence[str]]) -> None:
        bits = {name: 1 << place for place, name in enumerate(classes)}
        classes_of: dict[str, list[int]] = defaultdict(list)
        for name, words in classes.items():
            for word in words.split("|"):
                classes_of[fold(word).text].append(bits[name])
        self._index: dict[str, list[tuple[str, list[int]]]] = defaultdict(list)
        for word, named in classes_of.items():
            self._index[word[:2]].append((word, named))
        self._starts = frozenset(self._index)
        self._by_bit: dict[int, list[_Rule]] = defaultdict(list)
        for concept, lines in rules.items():
            for line in lines:
                rule = _rule(concept, line, bits)
                self._by_bit[rule.bits[0]].append(rule)
        self._alone = frozenset(bit for bit, named in self._by_bit.items() if any(len(rule.bits) < 2 for rule in named))
        self.concepts = frozenset(rules)

    def words(self, text: str) -> Words:
        """Every word of a class in a normal text."""
        index = self._index
        seen = []
        for at, first in beginnings(text, self._starts):
            for word, named in index[first]:
                if text.startswith(word, at):
                    seen.extend([(at, at + len(word), bit) for bit in named])
        return seen

    def found(self, words: Words, start: int, end: int) -> Iterator[tuple[str, Pieces]]:
        """The concepts that the words within [start, end) mean, each with the places of those words."""
        places: dict[int, tuple[int, int]] = {}
        seen = 0
        for begins, ends, bit in islice(words, bisect_left(words, (start,)), None):
            if begins >= end:
                break
            if ends <= end:
                seen |= bit
                known = places.get(bit)
                if known is None or known[1] - known[0] < ends - begins:
                    places[bit] = begins, ends
        if len(places) < 2 and self._alone.isdisjoint(places):
            return
        for bit in places:
            for rule in self._by_bit.get(bit, ()):
                if seen & rule.needs != rule.needs or seen & rule.bars:
                    continue
                pieces = _joined(places[needed] for needed in rule.bits)
                if all(after[0] - before[1] <= GAP for before, after in pairwise(pieces)):
                    yield rule.concept, pieces


def _rule(concept: str, line: str, bits: Mapping[str, int]) -> _Rule:
    """Read "class class -class"; raises KeyError where a class is unknown."""
    names = line.split()
    needed = tuple(bits[name] for name in names if not name.startswith("-"))
    return _Rule(concept, sum(needed), sum(bits[name[1:]] for name in names if name.startswith("-")), needed)


def _joined(places: Iterable[tuple[int, int]]) -> Pieces:
    """Places in order, those that touch or overlap as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def beginnings(text: str, starts: Set[str]) -> list[tuple[int, str]]:
    """The places of a text where one of the pairs of characters stands, each with its pair."""
    return [(at, pair) for at, pair in enumerate(map(add, text, text[1:])) if pair in starts]


def clauses(text: str) -> Iterator[tuple[int, int]]:
    """The clauses of a normal text as [start, end)."""
    start = 0
    for at, character in enumerate(text):
        if character in CLAUSE_ENDS:
            if at > start:
                yield start, at
            start = at + 1
    if start < len(text):
        yield start, len(text)


def windows(text: str) -> Iterator[tuple[int, int]]:
    """The clauses of a text, and after each the stretch of it and the next clause of the same sentence, if short."""
    last: tuple[int, int] | None = None
    for start, end in clauses(text):
        yield start, end
        if last and end - last[0] <= WINDOW and text[last[1]] not in SENTENCE_ENDS:
            yield last[0], end
        last = start, end
