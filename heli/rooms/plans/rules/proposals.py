"""From the engine's board to findings: the same facts with both languages, marks and a name that survives."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any

from heli.engines.alignment import lexicon
from heli.engines.alignment.board import Board, Match
from heli.engines.alignment.conflicts import Conflict
from heli.engines.alignment.gaps import Gap
from heli.engines.alignment.items import Item
from heli.rooms.plans.enums import FindingKind
from heli.rooms.plans.rules.grouping import groups

LANGUAGES = ("zh", "en")
_QUOTED_ID = re.compile(r"(?<![A-Za-z0-9])([PIU])(\d+)(?![A-Za-z0-9])")
# What a conflict's card may be folded into: the card that says the two are the same duty.
_FOLDS = ("owner", "date", "quantity")
_OVERLOAD = "overload"


@dataclass(frozen=True, slots=True)
class Link:
    """An item by the engine's id, with the characters that show the finding: (start, end, same|near).

    ``reason`` says of a counterpart in a group why it conflicts with what the group shares.
    """

    item: str
    marks: tuple[tuple[int, int, str], ...] = ()
    reason: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A finding before it is a row."""

    kind: FindingKind
    subkind: str
    title: dict[str, str]
    reason: dict[str, str]
    signature: str
    links: tuple[Link, ...] = ()
    score: float | None = None
    obligation: str = ""
    key_link: str = ""
    source: dict[str, str] = field(default_factory=dict)
    upper: str = ""


@dataclass(frozen=True, slots=True)
class Groups:
    """The cards of conflicts there are, each with its kinds of conflict as one word: the items that several shared, and
    the cards a person decided on by their items, the shared one first."""

    shared: tuple[tuple[str, str], ...] = ()
    settled: tuple[tuple[str, tuple[str, ...]], ...] = ()


_NONE = Groups()


def proposals(board: Board, known: Groups = _NONE) -> list[Proposal]:
    """Return what the board proposes, most pressing first: twice, conflicts, from above, missing, related.

    Two items have one card, whatever there is to say about them, so that no two cards can contradict each other.
    Conflicts of one kind that share an item have one card together. What is ``known`` stays together where it can;
    what a person decided on is not mixed with others.
    """
    by_id = {item.id: item for item in (*board.items, *board.upper)}
    upper = _ids(board.upper)
    opposed = {frozenset(conflict.items) for conflict in board.conflicts if conflict.kind == "goal"}
    shown = [
        match
        for match in board.matches
        if match.verdict != "related" or not (match.b in upper or {match.a, match.b} in opposed)
    ]
    folded, own_conflicts = _fold(board, shown)
    found = [
        _pair(match, by_id, folded.get(frozenset((match.a, match.b)), []))
        for match in sorted(shown, key=lambda match: -match.score)
    ]
    found += [_conflict(conflicts, by_id, hub) for hub, conflicts in _grouped(own_conflicts, upper, known)]
    found += [_gap(gap) for gap in sorted(board.gaps, key=lambda gap: not gap.is_core)]
    order = list(FindingKind)
    found.sort(key=lambda proposal: order.index(proposal.kind))
    return _distinct(found)


def _ids(items: Iterable[Item]) -> set[str]:
    return {item.id for item in items}


def _fold(board: Board, shown: Sequence[Match]) -> tuple[dict[frozenset[str], list[Conflict]], list[list[Conflict]]]:
    """Conflicts of a pair that has a card are settled on it; the others have a card of their own, one a pair."""
    paired = {frozenset((match.a, match.b)) for match in shown}
    folded: dict[frozenset[str], list[Conflict]] = defaultdict(list)
    rest: dict[tuple[str, ...], list[Conflict]] = defaultdict(list)
    for conflict in board.conflicts:
        pair = frozenset(conflict.items)
        if conflict.kind not in _FOLDS:
            rest[(conflict.kind, *conflict.items)].append(conflict)
        elif pair in paired:
            folded[pair].append(conflict)
        else:
            rest[tuple(sorted(pair))].append(conflict)
    return folded, list(rest.values())


def _grouped(own: Sequence[list[Conflict]], upper: set[str], known: Groups) -> list[tuple[str, list[Conflict]]]:
    """Return the conflicts that come on one card, each with the item they share; empty where they share none."""
    by_pair: dict[tuple[str, ...], dict[frozenset[str], list[Conflict]]] = defaultdict(dict)
    found: list[tuple[str, list[Conflict]]] = []
    for conflicts in own:
        kinds = tuple(dict.fromkeys(conflict.kind for conflict in conflicts))
        items = conflicts[0].items
        if len(items) == 2 and _OVERLOAD not in kinds:
            by_pair[kinds][frozenset(items)] = conflicts
        else:
            found.append(("", conflicts))
    for named, pairs in by_pair.items():
        ordered = [(conflicts[0].items[0], conflicts[0].items[1]) for conflicts in pairs.values()]
        before = [item for of, item in known.shared if of == _subkind(named)]
        settled = [items for of, items in known.settled if of == _subkind(named)]
        for hub, *others in groups(ordered, hubs=upper, before=before, settled=settled):
            of_group = [conflict for other in others for conflict in pairs[frozenset((hub, other))]]
            found.append((hub if len(others) > 1 else "", of_group))
    place = {id(conflict): number for number, conflict in enumerate(each for listed in own for each in listed)}
    return sorted(found, key=lambda each: min(place[id(conflict)] for conflict in each[1]))


def _subkind(kinds: Iterable[str]) -> str:
    return ",".join(kinds)[:20]


def _pair(match: Match, by_id: Mapping[str, Item], folded: Sequence[Conflict]) -> Proposal:
    is_upper = match.b.startswith("U")
    kind = FindingKind.UPPER if is_upper else FindingKind(match.verdict)
    if kind == FindingKind.RELATED and folded:
        kind = FindingKind.CONFLICT
    a, b = by_id[match.a], by_id[match.b]
    more = {conflict.kind: conflict for conflict in folded}
    links = [Link(match.a, _marks(match.detail.spans_a))]
    if not is_upper:
        links.append(Link(match.b, _marks(match.detail.spans_b)))
    return Proposal(
        kind=kind,
        subkind=_subkind(more),
        title=_title(match, a),
        reason={tag: _joined([_sided(match, tag), *_folded_words(more, tag)], tag) for tag in LANGUAGES},
        score=round(match.score, 4),
        links=tuple(links),
        signature=_signature(kind, a.text, b.text),
        upper=match.b if is_upper else "",
    )


def _conflict(conflicts: Sequence[Conflict], by_id: Mapping[str, Item], hub: str) -> Proposal:
    """The card of what conflicts between the same items, in one thing or in several, or with one shared item."""
    kinds = list(dict.fromkeys(each.kind for each in conflicts))
    items = list(dict.fromkeys([hub] * bool(hub) + [pk for each in conflicts for pk in each.items]))
    marks: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for evidence in (evidence for each in conflicts for evidence in each.evidence):
        if evidence.end > evidence.start:
            marks[evidence.item].append((evidence.start, evidence.end, "same"))
    own = [pk for pk in items if not pk.startswith("U")]
    reasons = _reasons_beside(conflicts, hub) if hub else {}
    said = {tag: _joined([each.reason.text(tag) for each in conflicts], tag) for tag in LANGUAGES}
    texts = [by_id[pk].text for pk in items]
    return Proposal(
        kind=FindingKind.CONFLICT,
        subkind=_subkind(kinds),
        title=dict.fromkeys(LANGUAGES, _short(by_id[hub or own[0]].text)),
        reason={tag: _words()[tag]["shared"] for tag in LANGUAGES} if hub else said,
        links=tuple(Link(pk, tuple(dict.fromkeys(marks[pk])), reasons.get(pk, {})) for pk in own),
        signature=conflict_signature(",".join(kinds), texts, is_shared=bool(hub)),
        upper=next((pk for pk in items if pk.startswith("U")), ""),
    )


def _reasons_beside(conflicts: Sequence[Conflict], hub: str) -> dict[str, dict[str, str]]:
    """Return why each counterpart conflicts with the item that all of them share."""
    of: dict[str, list[Conflict]] = defaultdict(list)
    for conflict in conflicts:
        of[next(pk for pk in conflict.items if pk != hub)].append(conflict)
    return {
        pk: {tag: _joined([each.reason.text(tag) for each in listed], tag) for tag in LANGUAGES}
        for pk, listed in of.items()
    }


def _gap(gap: Gap) -> Proposal:
    return Proposal(
        kind=FindingKind.GAP,
        subkind="key_link" if gap.key_link else "obligation",
        title={"zh": gap.title, "en": gap.title_en},
        reason={tag: _readable(gap.reason.text(tag), tag) for tag in LANGUAGES},
        obligation=gap.obligation,
        key_link=gap.key_link,
        source={"zh": gap.source, "en": gap.source, "article": gap.article, "confidence": gap.confidence},
        signature=_signature(FindingKind.GAP, gap.key_link, gap.obligation),
    )


def _title(match: Match, a: Item) -> dict[str, str]:
    """The matter by its name in the lexicon, else the longest words both share."""
    concepts = lexicon.load().concepts
    for code in match.detail.reason.params.values():
        if code in concepts:
            return {"zh": concepts[code].name_zh, "en": concepts[code].name_en}
    shared = [a.text[span.start : span.end] for span in match.detail.spans_a if span.role == "shared"]
    return dict.fromkeys(LANGUAGES, _short(max(shared, key=len, default="") or a.text))


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 18 else plain[:17] + "…"


def _marks(spans: Iterable[Any]) -> tuple[tuple[int, int, str], ...]:
    return tuple((span.start, span.end, "same" if span.role == "shared" else "near") for span in spans)


def _folded_words(kinds: Iterable[str], language: str) -> list[str]:
    """Say in which slots a pair differs; what each side says stands in the table below the sentence."""
    words = _words()[language]
    named = [words["differs"][kind] for kind in kinds]
    return [words["differ"].format(slots=words["joint"].join(named))] if named else []


def _sided(match: Match, language: str) -> str:
    """Return the pair's reason with both items' ids where the engine says "the first" and "the second"."""
    text = match.detail.reason.text(language)
    for side, pk in (("a", match.a), ("b", match.b)):
        for word in _words()[language][side]:
            text = text.replace(word, pk)
    return text


@cache
def _words() -> dict[str, Any]:
    source = resources.files("heli.rooms.plans").joinpath("data", "sides.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _joined(sentences: Iterable[str], language: str) -> str:
    end = _words()[language]["end"]
    whole = (_readable(sentence, language).rstrip(end) + end for sentence in sentences)
    return ("" if language == "zh" else " ").join(whole)


def _readable(sentence: str, language: str) -> str:
    """Say items as the board numbers them instead of by the engine's ids."""
    return _QUOTED_ID.sub(lambda found: f"{_words()[language]['lines'][found[1]]}{found[2]}", sentence)


def conflict_signature(subkind: str, texts: Sequence[str], *, is_shared: bool) -> str:
    """Return the name of a conflict by what it is about; with ``is_shared`` the first text stands for itself."""
    ordered = [texts[0], *sorted(texts[1:])] if is_shared else sorted(texts)
    return _signature(FindingKind.CONFLICT, subkind, *ordered)


def shares_an_item(kind: str, subkind: str, texts: int) -> bool:
    """Return whether a finding about so many texts is a group: conflicts of several with the first of them."""
    return kind == FindingKind.CONFLICT and subkind != _OVERLOAD and texts > 2


def _signature(*parts: str) -> str:
    plain = json.dumps([" ".join(str(part).split()) for part in parts], ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def numbered_signature(signature: str, number: int) -> str:
    """Return the name of the second, third … finding about equal texts."""
    return _signature(signature, str(number))


def _distinct(found: Sequence[Proposal]) -> list[Proposal]:
    """Give findings about equal texts names of their own, in a stable order."""
    seen: Counter[str] = Counter()
    result = []
    for proposal in found:
        seen[proposal.signature] += 1
        times = seen[proposal.signature]
        result.append(
            replace(proposal, signature=numbered_signature(proposal.signature, times)) if times > 1 else proposal
        )
    return result
