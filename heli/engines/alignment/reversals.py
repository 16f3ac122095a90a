"""Whether one text ends or reduces what another does ("no more checks on site", "check the files on site").

Such texts share their object and most of their wording, and are the opposite of one duty. Words stand in
`data/slots_conflicts.toml`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from heli.engines.alignment import wordlists

_NAME = "slots_conflicts.toml"
_DATA = wordlists.load(_NAME)
_ENDED, _DOES, _REFUSES, _EVIL, _LOOSE = (
    wordlists.pattern(_NAME, "reversal", name) for name in ("ended", "does", "refuses", "evil", "loose")
)
_PLAIN, _LESSENS = (wordlists.pattern(_NAME, "reversal", name) for name in ("plain", "lessens"))
_CLAUSE = re.compile(f"[^{_DATA['reversal']['stops']}]+")
_STOP = frozenset(_DATA["objects"]["stop"].split("|"))
_LEAST = 2
"""Pairs of characters of an object that the doing text must name, too general ones aside."""
_AT_MOST = 12
"""Doings told of one text that ends something."""
_SHARE = 0.4
"""The same as a share of the object, so that a narrower object ("repeated checks") is not taken for a wider one."""


class Stretch(NamedTuple):
    """A stretch [start, end) of a text with the pairs of characters of what it is about.

    `word` is set where what is ended is one short word ("Party lessons"): a shared pair of characters is
    then no proof, the other text must do that very thing.
    """

    start: int
    end: int
    words: str
    pairs: frozenset[str]
    word: str = ""


class Reversal(NamedTuple):
    """Two texts by their numbers: the first ends what the second does, each with the words that say so."""

    ending: int
    doing: int
    ended: Stretch
    done: Stretch


def object_pairs(text: str) -> frozenset[str]:
    """The word-like pairs of characters of an object, without those too general to tell."""
    runs = _LOOSE.split(text)
    return frozenset(run[at : at + 2] for run in runs for at in range(len(run) - 1)) - _STOP


def common(one: str, other: str) -> str:
    """The longest run of characters that two objects share."""
    best = ""
    for start in range(len(one)):
        for end in range(start + len(best) + 1, len(one) + 1):
            if one[start:end] in other:
                best = one[start:end]
    return best


@lru_cache(maxsize=4_096)
def ended(text: str) -> tuple[Stretch, ...]:
    """What a text puts an end to or makes less of; evils, which nobody wants to keep, are none."""
    return tuple(_ended(found) for found in _ENDED.finditer(text) if not _EVIL.search(found["object"]))


def _ended(found: re.Match[str]) -> Stretch:
    plain = _PLAIN.search(found["object"])
    pairs = object_pairs(plain["word"]) if plain else frozenset[str]()
    if plain and len(pairs) == 1:
        return Stretch(found.start(), found.end(), found[0], pairs, plain["word"])
    return Stretch(found.start(), found.end(), found[0], object_pairs(found["object"]))


@lru_cache(maxsize=4_096)
def done(text: str) -> tuple[Stretch, ...]:
    """The clauses in which a text has something done, without what it ends or forbids."""
    ends = ended(text)
    return tuple(
        Stretch(found.start(), found.end(), found[0], object_pairs(found[0]))
        for found in _CLAUSE.finditer(text)
        if _DOES.search(found[0])
        and not _REFUSES.search(found[0])
        and all(found.end() <= end.start or end.end <= found.start() for end in ends)
    )


@lru_cache(maxsize=512)
def _doing(word: str, *, is_lessened: bool) -> re.Pattern[str]:
    """How one word is done: any doing contradicts an end to it, only more of it contradicts less of it."""
    verbs = _DATA["reversal"]["more" if is_lessened else "does"]
    return re.compile(f"(?:{verbs}){_DATA['reversal']['between']}{re.escape(word)}{_DATA['reversal']['after']}")


def _least(end: Stretch) -> float:
    return 1 if end.word else max(_LEAST, _SHARE * len(end.pairs))


def _meets(end: Stretch, pairs: frozenset[str]) -> bool:
    return len(end.pairs & pairs) >= _least(end)


def _answering(end: Stretch, clauses: Sequence[Stretch]) -> Sequence[Stretch]:
    """The clauses that may do what is ended: where it is one word, those that do that very thing."""
    if not end.word:
        return clauses
    doing = _doing(end.word, is_lessened=bool(_LESSENS.match(end.words)))
    return [clause for clause in clauses if doing.search(clause.words)]


def _meeting(
    ends: Sequence[Stretch], clauses: Sequence[Stretch], own: Sequence[Stretch]
) -> tuple[Stretch, Stretch] | None:
    """What one text ends and the other does, unless the other ends it too (``own``)."""
    for end in ends:
        answering = _answering(end, clauses)
        shared = end.pairs & frozenset[str]().union(*(clause.pairs for clause in answering))
        if _meets(end, shared) and not any(_meets(end, each.pairs) for each in own):
            return end, max(answering, key=lambda clause: len(clause.pairs & end.pairs))
    return None


def are_reversed(one: str, other: str) -> bool:
    """Whether one of two texts ends what the other does; which comes first does not matter."""
    first, second = ended(one), ended(other)
    return bool(_meeting(first, done(other), second) or _meeting(second, done(one), first))


def find(texts: Sequence[str]) -> Iterator[Reversal]:
    """Every two of the texts of which one ends what the other does, in their order.

    Each text is read once; only texts that share enough pairs of characters with an ended object are looked at. Of what
    one text ends the first ``_AT_MOST`` doings are told: more of them are the same contradiction again.
    """
    ends, does = [ended(text) for text in texts], [done(text) for text in texts]
    wanted = {pair for each in ends for end in each for pair in end.pairs}
    doing: dict[str, list[int]] = defaultdict(list)
    for number, clauses in enumerate(does):
        for pair in frozenset[str]().union(*(clause.pairs for clause in clauses)) & wanted:
            doing[pair].append(number)
    for number, each in enumerate(ends):
        near = set[int]()
        for end in each:
            shared = Counter(other for pair in end.pairs for other in doing[pair])
            near.update(other for other, pairs in shared.items() if pairs >= _least(end))
        told = 0
        for other in sorted(near - {number}):
            met = _meeting(each, does[other], ends[other])
            if met and told < _AT_MOST:
                told += 1
                yield Reversal(number, other, *met)
