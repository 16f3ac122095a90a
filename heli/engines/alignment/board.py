"""One board out of the papers of both lines: items, duplicates and related items, gaps, conflicts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from typing import Any, Literal, NamedTuple

from heli.engines.alignment import apart, conflicts, crowds, gaps, key_links, splitting, verdicts, wordlists
from heli.engines.alignment.conflicts import Conflict, Pair
from heli.engines.alignment.gaps import Gap, SourceObligation
from heli.engines.alignment.items import Item, Line, SourceBlock, Split
from heli.engines.alignment.reasons import place_words, sentence
from heli.engines.alignment.verdicts import Verdict

UPPER_PREFIX = "U"
_RELATED_TO = 0.79
"""Highest score of related items; duplicates begin above."""
_ALL_PAIRS = 1000
"""Pairs up to which none is left out; beyond it the nearest of each item are looked at."""
_TELLS_APART = frozenset({"contained_in_a", "contained_in_b", "other_action", "other_object"})
"""Reasons whose sentences speak of the first and of the second text."""
_BY_WORDS = "near_words"
"""Reason of a verdict that rests on shared words and on no shared duty."""
_TOP, _TOP_OF_MANY, _MANY_PAIRS = 5, 3, 4_000_000
"""Nearest items that are judged for each: of ordinary papers, and of so many items that more would only repeat."""
_PARTS = 3
"""Items of one paper that one item can be the same as; more of them are its parts."""
_PER_LINK = 40
"""Pairs a key link shared by very many items may add; beyond it only the pairs that the texts themselves give."""


class Paper(NamedTuple):
    """A read document: its file name and its blocks in reading order."""

    file: str
    blocks: Sequence[SourceBlock]


@dataclass(frozen=True, slots=True)
class Match:
    """Two items that are the same duty or have to do with each other; the pair's verdict holds reason and evidence."""

    a: str
    b: str
    verdict: Literal["duplicate", "related"]
    score: float
    detail: Verdict
    is_across: bool

    def reason(self, language: str = "zh") -> str:
        """Return why, and which item is meant where the sentence tells the two texts apart."""
        said = self.detail.reason.text(language)
        if self.detail.reason.code not in _TELLS_APART:
            return said
        return sentence("matches", "told_apart", language, reason=said, a=self.a, b=self.b)


@dataclass(frozen=True, slots=True)
class Board:
    """What the clerks decide on. ``upper`` are the items of the papers from above; ``splits`` the papers by file."""

    items: tuple[Item, ...]
    matches: tuple[Match, ...]
    gaps: tuple[Gap, ...]
    conflicts: tuple[Conflict, ...]
    upper: tuple[Item, ...]
    splits: tuple[tuple[str, Line | Literal["upper"], Split], ...]
    obligations: dict[str, tuple[str, ...]]
    key_links: dict[str, tuple[str, ...]]

    def as_json(self, language: str = "zh") -> dict[str, list[dict[str, Any]]]:
        """Return the board as the contract for scripts has it: items, matches, gaps, conflicts; ISO dates."""
        return {
            "items": [self._item(item, language) for item in (*self.items, *self.upper)],
            "matches": [
                {"a": m.a, "b": m.b, "verdict": m.verdict, "score": m.score, "reason": m.reason(language)}
                for m in self.matches
            ],
            "gaps": [
                {
                    "key_link": gap.key_link,
                    "obligation": gap.obligation,
                    "title": gap.title if language == "zh" else gap.title_en,
                    "source": gap.rule(language),
                    "reason": gap.reason.text(language),
                }
                for gap in self.gaps
            ],
            "conflicts": [
                {"kind": found.kind, "items": list(found.items), "reason": found.reason.text(language)}
                for found in self.conflicts
            ],
        }

    def _item(self, item: Item, language: str) -> dict[str, Any]:
        is_upper = item.id.startswith(UPPER_PREFIX)
        return {
            "id": item.id,
            "line": "upper" if is_upper else item.line,
            "text": item.text,
            "file": item.file,
            "place": place_words(item.place, language),
            "owner": item.owner,
            "start": item.when.start,
            "end": item.when.end,
            "period": item.when.period or None,
            "quantity": quantity_words(item) or None,
            "obligations": list(self.obligations.get(item.id, ())),
        }


def quantity_words(item: Item) -> str:
    """The amounts of an item in the words of the source."""
    joint = wordlists.load("reasons_board.toml")["joints"]["list"]["zh"]
    said = [q.text if not q.scope or q.scope in q.text else q.scope + q.text for q in item.quantities]
    return str(joint).join(dict.fromkeys(said))


@cache
def _codes() -> dict[str, re.Pattern[str]]:
    """The wordings by which a code of a link is told from the others."""
    words = wordlists.load("key_links.toml")
    gap = re.compile(r"\{n(\d+)\}")
    return {
        code: re.compile(gap.sub(lambda found: r"[^\u3002\uff1b;]{0," + found[1] + "}", source))
        for code, source in words["codes"].items()
    }


def obligations_of(text: str, links: Sequence[str]) -> tuple[str, ...]:
    """Return the codes of the duties an item serves, by the key links it deploys and the wordings of each code."""
    if not links:
        return ()
    folded, codes = key_links.fold(text), _codes()
    found: list[str] = []
    for link in key_links.key_links():
        if link.name in links and link.obligations:
            served = [code for code in link.obligations if code in codes and codes[code].search(folded)]
            found += served or [link.obligations[0]]
    return tuple(dict.fromkeys(found))


def _items(papers: Sequence[Paper], line: Line, year: int, prefix: str) -> tuple[list[Item], list[tuple[str, Split]]]:
    """Split the papers of a line and number their items through."""
    items: list[Item] = []
    splits = []
    for paper in papers:
        split = splitting.split(paper.blocks, line, year, paper.file)
        numbered = tuple(
            replace(item, id=f"{prefix}{len(items) + number}") for number, item in enumerate(split.items, 1)
        )
        items += numbered
        splits.append((paper.file, replace(split, items=numbered)))
    return items, splits


def _across(a: Sequence[Item], b: Sequence[Item]) -> list[Match]:
    """Duplicates and related items between two lists; every pair of two short lists is looked at."""
    texts_a, texts_b = [item.text for item in a], [item.text for item in b]
    if len(a) * len(b) <= _ALL_PAIRS:
        found = [
            (i, j, verdicts.compare(one, other)) for i, one in enumerate(texts_a) for j, other in enumerate(texts_b)
        ]
    else:
        found = crowds.compare_many(texts_a, texts_b, top=_TOP if len(a) * len(b) <= _MANY_PAIRS else _TOP_OF_MANY)
    return [_match(a[i], b[j], verdict, is_across=True) for i, j, verdict in found if _is_told(a[i], b[j], verdict)]


def _is_told(a: Item, b: Item, verdict: Verdict) -> bool:
    """Whether a pair belongs on the board: the same or related, and not by a few common words alone."""
    if verdict.verdict == "different":
        return False
    by_words = verdict.verdict == "related" and verdict.reason.code == _BY_WORDS
    return not by_words or bool(set(key_links.links_of(a.text)) & set(key_links.links_of(b.text)))


def _within(items: Sequence[Item]) -> list[Match]:
    """Duplicates inside one line; steps of one task are none."""
    texts = [item.text for item in items]
    if len(items) ** 2 <= 2 * _ALL_PAIRS:
        found = [(i, j, verdicts.compare(texts[i], texts[j])) for i, j in combinations(range(len(items)), 2)]
    else:
        found = crowds.compare_within(texts, top=_TOP if len(items) ** 2 <= _MANY_PAIRS else _TOP_OF_MANY)
    return [
        _match(items[i], items[j], verdict, is_across=False)
        for i, j, verdict in found
        if verdict.verdict == "same" and not apart.are_steps(items[i], items[j], verdict, j - i)
    ]


def _match(a: Item, b: Item, verdict: Verdict, *, is_across: bool) -> Match:
    detail = apart.told_apart(a, b, verdict) if verdict.verdict == "same" else verdict
    kind: Literal["duplicate", "related"] = "duplicate" if detail.verdict == "same" else "related"
    return Match(
        a.id, b.id, kind, detail.score if kind == "duplicate" else min(detail.score, _RELATED_TO), detail, is_across
    )


def _without_wholes(matches: Sequence[Match], by_id: dict[str, Item]) -> list[Match]:
    """Matches in which no item is the same as many of one paper: it is their whole, and they are its parts."""

    def sides(match: Match) -> list[tuple[str, str]]:
        if match.verdict == "related" or match.score >= apart.IDENTICAL:
            return []
        return [(match.a, by_id[match.b].file), (match.b, by_id[match.a].file)]

    counts = Counter(side for match in matches for side in sides(match))
    return [
        replace(match, verdict="related", score=_RELATED_TO, detail=apart.as_related(match.detail, "one_of_many"))
        if any(counts[side] > _PARTS for side in sides(match))
        else match
        for match in matches
    ]


def _linked(a: Sequence[Item], b: Sequence[Item], links: dict[str, tuple[str, ...]]) -> list[tuple[Item, Item, str]]:
    """Pairs across two lists that deploy the same key link."""
    by_link: dict[str, list[Item]] = defaultdict(list)
    for item in b:
        for link in links[item.id]:
            by_link[link].append(item)
    pairs = []
    for item in a:
        for link in links[item.id]:
            others = by_link.get(link, ())
            if len(others) <= _PER_LINK:
                pairs += [(item, other, link) for other in others]
    return pairs


def _pairs(matches: Sequence[Match], by_id: dict[str, Item], linked: Sequence[tuple[Item, Item, str]]) -> list[Pair]:
    """What conflicts are looked for in: the matches, and what shares a key link without matching."""
    shared: dict[tuple[str, str], list[str]] = defaultdict(list)
    for a, b, link in linked:
        shared[a.id, b.id].append(link)
    pairs = []
    for match in matches:
        names = tuple(shared.pop((match.a, match.b), ()))
        is_upper = match.b.startswith(UPPER_PREFIX)
        pairs.append(Pair(by_id[match.a], by_id[match.b], match.verdict == "duplicate", names, is_upper))
    pairs += [
        Pair(by_id[a], by_id[b], is_same=False, links=tuple(names), is_upper=b.startswith(UPPER_PREFIX))
        for (a, b), names in shared.items()
    ]
    return pairs


def align(
    party: Sequence[Paper],
    integrity: Sequence[Paper],
    upper: Sequence[Paper] = (),
    *,
    year: int,
    unit_type: str = "",
    catalogue: Sequence[SourceObligation] = (),
) -> Board:
    """Align the papers of both lines, and hold them against those from above and against the rulebook.

    ``year`` is the plan's year; ``unit_type`` says whose duties apply (see ``gaps.unit_type``, which raises
    ``ValueError`` for an unknown one). Pure: the same papers give the same board. Nothing is decided here.
    """
    party_items, party_splits = _items(party, "party", year, splitting.PREFIX["party"])
    integrity_items, integrity_splits = _items(integrity, "integrity", year, splitting.PREFIX["integrity"])
    upper_items, upper_splits = _items(upper, "party", year, UPPER_PREFIX)
    splits = [split for _, split in (*party_splits, *integrity_splits)]
    headings = [heading.text for split in splits for heading in split.headings]
    headings += [left.source for split in splits for left in split.left_out if left.reason == "lead"]
    board = align_items(
        [*party_items, *integrity_items], upper_items, headings=headings, unit_type=unit_type, catalogue=catalogue
    )
    return replace(
        board,
        splits=(
            *((file, "party", split) for file, split in party_splits),
            *((file, "integrity", split) for file, split in integrity_splits),
            *((file, "upper", split) for file, split in upper_splits),
        ),
    )


def align_items(
    own: Sequence[Item],
    upper: Sequence[Item] = (),
    *,
    headings: Sequence[str] = (),
    unit_type: str = "",
    catalogue: Sequence[SourceObligation] = (),
) -> Board:
    """Align items that are split already (and perhaps changed by hand); ids are the caller's, upper ones begin with U.

    Like ``align`` otherwise; the board's ``splits`` are empty.
    """
    unit = gaps.unit_type(unit_type)
    party_items = [item for item in own if item.line == "party"]
    integrity_items = [item for item in own if item.line == "integrity"]
    by_id = {item.id: item for item in (*own, *upper)}
    links = {item.id: key_links.links_of(item.text) for item in by_id.values()}
    found = [
        *_across(party_items, integrity_items),
        *_within(party_items),
        *_within(integrity_items),
        *(_across(own, upper) if upper else ()),
    ]
    matches = _without_wholes(found, by_id)
    linked = [*_linked(party_items, integrity_items, links), *_linked(own, upper, links)]
    codes = {item.id: obligations_of(item.text, links[item.id]) for item in by_id.values()}
    served = {code for item in own for code in codes[item.id]}
    return Board(
        items=tuple(own),
        matches=tuple(matches),
        gaps=tuple(gaps.find_gaps(own, headings, unit, catalogue, [links[item.id] for item in own], served)),
        conflicts=tuple(conflicts.find_conflicts(_pairs(matches, by_id, linked), own)),
        upper=tuple(upper),
        splits=(),
        obligations=codes,
        key_links=links,
    )
