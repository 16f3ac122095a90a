"""What no item deploys though this kind of unit owes it: key links and obligations, with rule and nearest miss."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from heli.engines.alignment import key_links, wordlists
from heli.engines.alignment.items import Item
from heli.engines.alignment.key_links import KeyLink
from heli.engines.alignment.reasons import Reason

_DATA = wordlists.load("slots_units.toml")
_NEAR = 0.34
"""Share of the character pairs of a title that an item must hold to be named as the nearest miss."""

_SHARED = 2
"""Character pairs of a title that any nearest miss holds: on the sample papers what held fewer was unrelated."""


class SourceObligation(Protocol):
    """One duty of a rulebook as gaps need it; whatever looks so may be used."""

    @property
    def code(self) -> str: ...
    @property
    def title_zh(self) -> str: ...
    @property
    def title_en(self) -> str: ...
    @property
    def line(self) -> str: ...
    @property
    def unit_kinds(self) -> Sequence[str]: ...
    @property
    def count(self) -> int: ...
    @property
    def count_unit(self) -> str: ...
    @property
    def period(self) -> str: ...
    @property
    def conditions(self) -> Sequence[str]: ...
    @property
    def source(self) -> str: ...
    @property
    def source_en(self) -> str: ...
    @property
    def article(self) -> str: ...
    @property
    def confidence(self) -> str: ...
    @property
    def binding(self) -> str: ...


@dataclass(frozen=True, slots=True)
class UnitType:
    """A kind of unit: the organisations whose duties its plan holds, and the conditions known to hold or not."""

    kinds: frozenset[str]
    own: str
    holds: frozenset[str]
    denied: frozenset[str]


@dataclass(frozen=True, slots=True)
class Gap:
    """A duty that neither line deploys.

    ``key_link`` is empty for a duty outside the key links; ``nearest`` is the id of the item that comes nearest.
    """

    key_link: str
    obligation: str
    title: str
    title_en: str
    source: str
    article: str
    confidence: str
    is_core: bool
    nearest: str
    reason: Reason
    source_en: str = ""

    def rule(self, language: str = "zh") -> str:
        """Return instrument and article in words; an uncertain article is called so, an unknown one left out."""
        source = self.source if language == "zh" else self.source_en or self.source
        return source + _article(self.article).text(language)


def unit_type(name: str) -> UnitType:
    """Read a kind of unit as people write it ("branch without committee").

    An empty name means a grass-roots Party committee, whose plan holds the duties of its branches too. Raises
    ``ValueError`` for an unknown kind.
    """
    plain = re.sub(r"\s", "", name) or _DATA["default"]["name"]
    for entry in _DATA["unit_type"]:
        if any(word in plain for word in entry["names"]):
            denied = {key for key, words in _DATA["denied"].items() if any(word in plain for word in words)}
            holds = {key for key, words in _DATA["held"].items() if any(word in plain for word in words)}
            return UnitType(frozenset(entry["kinds"]), entry["own"], frozenset(holds - denied), frozenset(denied))
    raise ValueError(name)


def unit_type_names() -> list[str]:
    """Return the names of unit types that are understood, for messages."""
    return [entry["names"][0] for entry in _DATA["unit_type"]]


def _applies(link: KeyLink, unit: UnitType) -> bool:
    return unit.own in link.units or (unit.own == "group" and "committee" in link.units)


def _owed(obligation: SourceObligation, unit: UnitType) -> bool:
    """Whether a duty falls on this kind of unit or on those its plan covers, as far as conditions are known."""
    if not unit.kinds & set(obligation.unit_kinds):
        return False
    derived = set(obligation.conditions)
    if derived & unit.denied:
        return False
    if unit.own == "branch":
        return not (derived & set(_DATA["conditions"]["asked_of_branch"])) - unit.holds
    return True


def _pairs(text: str) -> set[str]:
    plain = re.sub(r"\W", "", text)
    return {plain[at : at + 2] for at in range(len(plain) - 1)}


class _Nearest:
    """Finds the item that comes nearest to a duty without deploying it."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.folded = [key_links.fold(item.text) for item in items]

    def find(self, title: str, link: KeyLink | None) -> Item | None:
        """The item with most words near the link, or holding most of the title; ``None`` when none is near."""
        wanted = _pairs(title) - set(_DATA["nearest"]["stop"])
        best: tuple[float, int] | None = None
        for number, text in enumerate(self.folded):
            score = float(sum(pair in text for pair in wanted))
            near = link.near.findall(text) if link and link.near else ()
            # Words near a link alone name what has nothing to do with it (a register of powers for a list of duties).
            if score < _SHARED or (not near and score < _NEAR * len(wanted)):
                continue
            rank = (score + 3 * len(near) - len(text) / 1000, -number)
            best = max(best, rank) if best else rank
        return self.items[-best[1]] if best else None


def _rule(source: str, source_en: str, article: str, binding: str) -> Reason:
    named = {"zh": re.sub(r"\s*;\s*", "；", source), "en": source_en or source}
    if not source:
        return Reason("gaps", "no_source", {})
    if binding == "practice":
        return Reason("gaps", "practice", {"source": named})
    return Reason("gaps", "rule", {"source": named, "article": _article(article)})


def _article(article: str) -> Reason:
    """The article in words: about where the rulebook marks it so, none where it is unknown."""
    numbers = [part.strip() for part in article.replace(",", ";").split(";")]
    known = [number for number in numbers if number and number[0] not in "n-"]
    if not known:
        return Reason("fragments", "empty", {})
    code = "article_about" if known[0].startswith("~") else "article"
    return Reason("gaps", code, {"article": tuple(number.lstrip("~") for number in known)})


def _reason(title: dict[str, str], count: int, near: Item | None, rule: Reason, period: str) -> Reason:
    found = Reason("gaps", "near", {"item": near}) if near else Reason("gaps", "none_near", {})
    note = Reason("gaps", "if_event", {}) if period in _DATA["asked"]["when_due"] else Reason("fragments", "empty", {})
    return Reason("gaps", "missing", {"count": count, "title": title, "near": found, "rule": rule, "note": note})


@cache
def _link_of_code() -> dict[str, KeyLink]:
    """The link whose wordings recognise an obligation, by code."""
    found: dict[str, KeyLink] = {}
    for link in key_links.key_links():
        for code in link.obligations:
            found.setdefault(code, link)
    return found


def _link_gaps(
    unit: UnitType, present: Collection[str], owed: dict[str, SourceObligation] | None, nearest: _Nearest, count: int
) -> list[Gap]:
    """One gap a key link of the core that applies and that nothing deploys."""
    gaps = []
    for link in key_links.key_links():
        if not link.is_core or link.name in present or not _applies(link, unit):
            continue
        obligation = next((owed[code] for code in link.obligations if owed and code in owed), None)
        if owed is not None and obligation is None:
            continue
        source = obligation.source if obligation else link.source
        source_en = obligation.source_en if obligation else ""
        article = obligation.article if obligation else link.article
        binding = obligation.binding if obligation else ""
        near = nearest.find(link.name, link)
        names = {"zh": link.name, "en": link.en}
        gaps.append(
            Gap(
                key_link=link.name,
                obligation=obligation.code if obligation else link.obligations[0],
                title=obligation.title_zh if obligation else link.name,
                title_en=obligation.title_en if obligation else link.en,
                source=source,
                article=article,
                confidence=obligation.confidence if obligation else "",
                is_core=True,
                nearest=near.id if near else "",
                reason=_reason(
                    names,
                    count,
                    near,
                    _rule(source, source_en, article, binding),
                    obligation.period if obligation else "",
                ),
                source_en=source_en,
            )
        )
    return gaps


def _is_asked(obligation: SourceObligation) -> bool:
    """Whether a yearly plan should name the duty: it comes round by itself and a rule stands behind it."""
    asked = _DATA["asked"]
    return (
        obligation.period in asked["periods"]
        and obligation.binding in asked["bindings"]
        and obligation.confidence in asked["confidences"]
    )


def _obligation_gaps(
    unit: UnitType,
    present: Collection[str],
    owed: dict[str, SourceObligation],
    nearest: _Nearest,
    count: int,
    served: Collection[str],
) -> list[Gap]:
    """One gap a further obligation that has wordings of its own and that nothing deploys."""
    gaps = []
    seen: set[str] = set()
    for code, obligation in owed.items():
        link = _link_of_code().get(code)
        if link is None or link.is_core or link.name in present or link.name in seen or code in served:
            continue
        if not link.is_asked or not _is_asked(obligation) or not _applies(link, unit):
            continue
        seen.add(link.name)
        near = nearest.find(obligation.title_zh, link)
        names = {"zh": obligation.title_zh, "en": obligation.title_en}
        rule = _rule(obligation.source, obligation.source_en, obligation.article, obligation.binding)
        gaps.append(
            Gap(
                key_link=link.name,
                obligation=code,
                title=obligation.title_zh,
                title_en=obligation.title_en,
                source=obligation.source,
                article=obligation.article,
                confidence=obligation.confidence,
                is_core=False,
                nearest=near.id if near else "",
                reason=_reason(names, count, near, rule, obligation.period),
                source_en=obligation.source_en,
            )
        )
    return gaps


def find_gaps(
    items: Sequence[Item],
    headings: Sequence[str],
    unit: UnitType,
    catalogue: Sequence[SourceObligation] = (),
    links_of_items: Sequence[Collection[str]] | None = None,
    served: Collection[str] = (),
) -> list[Gap]:
    """Return what neither line deploys, the key links first, then further obligations of the rulebook.

    ``links_of_items`` are the key links each item deploys, where the caller has read them already. Headings deploy
    too ("prepare the second congress"). Without a catalogue only the shipped key links are held against the items.
    """
    read = links_of_items if links_of_items is not None else [key_links.links_of(item.text) for item in items]
    present = {name for names in read for name in names}
    for item in items:
        present.update(key_links.links_of(item.deliverable) if item.deliverable else ())
    for heading in headings:
        present.update(key_links.links_of(heading))
    owed = {obligation.code: obligation for obligation in catalogue if _owed(obligation, unit)}
    nearest = _Nearest(items)
    count = len(items) + len(headings)
    return [
        *_link_gaps(unit, present, owed if catalogue else None, nearest, count),
        *_obligation_gaps(unit, present, owed, nearest, count, served),
    ]
