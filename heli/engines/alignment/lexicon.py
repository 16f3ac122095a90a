"""The field's vocabulary: what a duty is about.

A concept is one thing that plans, rubrics and responsibility lists speak of (a branch meeting, Party dues, an integrity
file), with every wording the field has for it. Concepts form an is-a graph: a talk before taking office is an integrity
talk. The words live in `data/lexicon_*.csv`; adding one needs no code.

Pattern language of the data files: alternatives are divided by ``|``; ``…`` inside an alternative stands for up to
`GAP` characters of the same sentence. A longer wording hides the shorter ones inside it.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from heli.engines.alignment.meanings import SENTENCE_ENDS, Pieces, Rules, beginnings, windows
from heli.engines.alignment.wording import DATA, fold

GAP = 14
"""Characters that an ellipsis in a pattern may stand for."""

OTHER_AREA = "other"
"""Matters outside both lines (customers, equipment): where they share a word with the field, they win it."""

MOSTLY = 0.6
_CHILD, _SIBLING, _GRANDCHILD = 0.62, 0.34, 0.4


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing a duty can be about. `kind` is the action the word implies.

    `broad` marks a field of many duties, `vague` a whole trade that is no ground for a verdict.
    """

    code: str
    name_zh: str
    name_en: str
    area: str
    parents: tuple[str, ...]
    kind: str
    weight: float
    broad: bool
    vague: bool = False


class Mention(NamedTuple):
    """A concept seen at [start, end) of a normal text. `pieces` are the literal parts, more than one around a gap."""

    concept: str
    start: int
    end: int
    pieces: Pieces

    @property
    def length(self) -> int:
        """Characters that really match."""
        return sum(end - start for start, end in self.pieces)


@dataclass(frozen=True, slots=True)
class Actors:
    """Concepts that name bodies, and what follows them where they act instead of being acted upon."""

    codes: frozenset[str]
    verbs: re.Pattern[str]


def _place(mention: Mention) -> tuple[int, int]:
    return mention.start, mention.end


@dataclass(slots=True)
class _Word:
    """What a literal begins: concepts it names alone, and those it names with parts after a gap."""

    first: str
    concepts: list[str]
    longer: list[tuple[str, tuple[str, ...], int]]


class Lexicon:
    """The concepts with a matcher. Build it through `load`."""

    def __init__(
        self,
        concepts: Iterable[Concept],
        patterns: Iterable[tuple[str, str]],
        near: Mapping[tuple[str, str], float],
        actors: Actors,
        rules: Rules,
        wholes: Mapping[str, frozenset[str]] | None = None,
        barriers: tuple[str, ...] = (),
    ) -> None:
        self.concepts: dict[str, Concept] = {concept.code: concept for concept in concepts}
        words: dict[str, _Word] = {}
        for code, pattern in patterns:
            parts = tuple(fold(part).text for part in pattern.split("…"))
            if any(len(part) < 1 for part in parts) or len(parts[0]) < 2:
                raise ValueError(f"lexicon: pattern {pattern!r} of {code} needs two characters before a gap")
            word = words.setdefault(parts[0], _Word(parts[0], [], []))
            if len(parts) == 1:
                word.concepts.append(code)
            else:
                word.longer.append((code, parts, -sum(map(len, parts))))
        self._index: dict[str, list[_Word]] = defaultdict(list)
        for first, word in words.items():
            self._index[first[:3]].append(word)
        self._starts = frozenset(first[:2] for first in words)
        unknown = {parent for concept in self.concepts.values() for parent in concept.parents} - set(self.concepts)
        if unknown:
            raise ValueError(f"lexicon: unknown parents {sorted(unknown)}")
        unknown = ({code for pair in near for code in pair} | rules.concepts) - set(self.concepts)
        if unknown:
            raise ValueError(f"lexicon: nearness or rules of unknown concepts {sorted(unknown)}")
        self._nearness: dict[tuple[str, str], float] = dict(near)
        self.actors = actors
        self._rules = rules
        self._barriers = barriers
        self.wholes: dict[str, frozenset[str]] = dict(wholes or {})
        self._ancestors: dict[str, frozenset[str]] = {}

    def _hits(self, text: str) -> list[tuple[int, int, str, Pieces]]:
        """Every wording seen, longest first: (minus its length, start, concept, pieces)."""
        index = self._index
        hits: list[tuple[int, int, str, Pieces]] = []
        for start, pair in beginnings(text, self._starts):
            for word in chain(index.get(pair, ()), index.get(text[start : start + 3], ())):
                if not text.startswith(word.first, start):
                    continue
                end = start + len(word.first)
                hits.extend([(start - end, start, concept, ((start, end),)) for concept in word.concepts])
                for concept, parts, minus_length in word.longer:
                    if parts[1] in text and (pieces := _follow(text, start, parts)):
                        hits.append((minus_length, start, concept, pieces))
        hits.sort()
        return hits

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Every concept seen in a normal text, in order; a wording inside longer ones is not counted again."""
        covered = [0] * len(text)
        taken: dict[str, list[Mention]] = {}
        for minus_length, start, concept, pieces in self._hits(text):
            length, end = -minus_length, pieces[-1][1]
            if all(min(covered[a:b]) > length for a, b in pieces):
                continue
            others = taken.setdefault(concept, [])
            if any(hit.start <= start and end <= hit.end for hit in others):
                continue
            others.append(Mention(concept, start, end, pieces))
            for a, b in pieces:
                for at in range(a, b):
                    if covered[at] < length:
                        covered[at] = length
        hits = sorted([hit for found in taken.values() for hit in found], key=_place)
        parts = {hit for hit in hits if self._is_part(text, hit)}
        named = self._kept(hits, parts)
        meant = self._meant(text, named)
        return tuple(sorted([*named, *meant], key=_place) if meant else named)

    def _meant(self, text: str, named: Sequence[Mention]) -> list[Mention]:
        """Concepts that a clause means by its words together and neither names nor names more exactly."""
        meant: dict[tuple[str, int], Mention] = {}
        words = self._rules.words(text)
        if len(words) < 2:
            return []
        strange = [hit for hit in named if self.concepts[hit.concept].area == OTHER_AREA]
        for start, end in windows(text):
            found = [
                (concept, pieces)
                for concept, pieces in self._rules.found(words, start, end)
                if not any(hit.start <= pieces[0][0] and pieces[-1][1] <= hit.end for hit in strange)
            ]
            if not found:
                continue
            told = {hit.concept for hit in named if start <= hit.start < end}
            told.update(*(self.ancestors(code) for code in tuple(told)))
            for concept, pieces in found:
                if concept in told or (told & self.ancestors(concept) and len(pieces) > 2):
                    continue
                known = meant.get((concept, start))
                if known is None or known.length < sum(b - a for a, b in pieces):
                    meant[concept, start] = Mention(concept, pieces[0][0], pieces[-1][1], pieces)
        return list(meant.values())

    def _is_part(self, text: str, hit: Mention) -> bool:
        """Whether a mention is told as a part of what stands before it: "study 12 times, of these 2 on integrity"."""
        return len(hit.pieces) > 1 and any(barrier in text[hit.start : hit.end] for barrier in self._barriers)

    def _kept(self, hits: Sequence[Mention], parts: Set[Mention]) -> list[Mention]:
        """The mentions, in order of their start, that no other outdoes; only those that overlap are compared.

        A part of something outdoes nothing.
        """
        kept: list[Mention] = []
        first = 0
        while first < len(hits):
            last, end = first + 1, hits[first].end
            while last < len(hits) and hits[last].start < end:
                end = max(end, hits[last].end)
                last += 1
            group = hits[first:last]
            wholes = [hit for hit in group if hit not in parts]
            kept += [hit for hit in group if not any(self._outdoes(other, hit) for other in wholes)]
            first = last
        return kept

    def _outdoes(self, other: Mention, hit: Mention) -> bool:
        """Whether another mention says more exactly what the same characters mean."""
        if other.end <= hit.start or hit.end <= other.start or other is hit:
            return False
        shared = sum(max(0, min(b, d) - max(a, c)) for a, b in hit.pieces for c, d in other.pieces)
        if not shared:
            return False
        if hit.concept in self.ancestors(other.concept):
            return True
        if other.concept in self.ancestors(hit.concept):
            return False
        stranger = self.concepts[other.concept].area == OTHER_AREA != self.concepts[hit.concept].area
        return (shared >= MOSTLY * hit.length and other.length > hit.length) or (stranger and shared * 2 >= hit.length)

    def ancestors(self, code: str) -> frozenset[str]:
        """The parents of a concept and theirs."""
        known = self._ancestors.get(code)
        if known is None:
            parents = self.concepts[code].parents
            known = frozenset(parents).union(*(self.ancestors(parent) for parent in parents))
            self._ancestors[code] = known
        return known

    def nearness(self, one: str, other: str) -> float:
        """How near two concepts are: 1 the same, 0.62 parent and child, less for siblings, 0 strangers."""
        if one == other:
            return 1.0
        known = self._nearness.get((one, other))
        if known is None:
            known = self._nearness[one, other] = self._nearness[other, one] = self._measure(one, other)
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


def _follow(text: str, start: int, parts: tuple[str, ...]) -> Pieces:
    """The places of all parts of a pattern; nothing where one is missing or the first comes again before the second."""
    pieces = [(start, start + len(parts[0]))]
    for part in parts[1:]:
        after = pieces[-1][1]
        found = text.find(part, after, after + GAP + len(part))
        if found < 0 or any(end in text[after:found] for end in SENTENCE_ENDS):
            return ()
        if len(pieces) == 1 and text.find(parts[0], start + 1, found) >= 0:
            return ()
        pieces.append((found, found + len(part)))
    return tuple(pieces)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


class _Relations(NamedTuple):
    """What `data/lexicon_near.toml` says: broad and vague concepts, nearer pairs, bodies that act, wholes of parts, and
    words behind which a part is told."""

    broad: frozenset[str]
    vague: frozenset[str]
    near: dict[tuple[str, str], float]
    actors: Actors
    wholes: dict[str, frozenset[str]]
    barriers: tuple[str, ...]


def _relations() -> _Relations:
    table = tomllib.loads((DATA / "lexicon_near.toml").read_text("utf-8"))
    near = {}
    for line in table["near"]:
        one, other, value = line.split()
        near[one, other] = near[other, one] = float(value)
    actors = Actors(frozenset(table["actors"].split()), re.compile(table["actor_verbs"]))
    wholes = {whole: frozenset(parts) for whole, *parts in (line.split() for line in table["wholes"])}
    broad, vague, barriers = (table[name].split() for name in ("broad", "vague", "barriers"))
    return _Relations(frozenset(broad), frozenset(vague), near, actors, wholes, tuple(barriers))


@lru_cache(maxsize=1)
def load() -> Lexicon:
    """Read `data/lexicon_*` once."""
    relations = _relations()
    concepts: list[Concept] = []
    patterns: list[tuple[str, str]] = []
    for path in sorted(DATA.glob("lexicon_*.csv")):
        for row in _rows(path.name):
            code = row["code"]
            parents = tuple(row["parents"].split())
            weight = float(row["weight"] or 1)
            concepts.append(
                Concept(
                    code=code,
                    name_zh=row["zh"],
                    name_en=row["en"],
                    area=row["area"],
                    parents=parents,
                    kind=row["kind"],
                    weight=weight,
                    broad=code in relations.broad,
                    vague=code in relations.vague,
                )
            )
            patterns.extend((code, pattern) for pattern in row["patterns"].split("|") if pattern)
    codes = Counter(concept.code for concept in concepts)
    doubled = [code for code, count in codes.items() if count > 1]
    unknown = (relations.broad | relations.vague) - set(codes)
    if doubled or unknown:
        raise ValueError(f"lexicon: doubled codes {doubled}, unknown broad or vague codes {sorted(unknown)}")
    told = tomllib.loads((DATA / "lexicon_rules.toml").read_text("utf-8"))
    rules = Rules(told["classes"], told["rules"])
    return Lexicon(concepts, patterns, relations.near, relations.actors, rules, relations.wholes, relations.barriers)
