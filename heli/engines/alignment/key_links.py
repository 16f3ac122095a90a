"""Which key links a paper deploys, read from its sentences and headings, each with its evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from heli.engines.alignment import wordlists
from heli.engines.alignment.figures import readable

_NAME = "key_links.toml"
MAX_CHARS = 20_000
"""Characters of one text that are read."""

_GAP = re.compile(r"\{n(\d+)\}")
_CLAUSE = re.compile(r"[^\u3002\uff1b;\uff01\uff1f!?\n\r\uff5c|]+")
_DROPPED = str.maketrans("", "", " \t\u3000\xa0\u201c\u201d\u2018\u2019\"'\u300c\u300d\u3010\u3011*")
_NARROW = str.maketrans({chr(0xFF10 + digit): str(digit) for digit in range(10)} | {"\uff0e": "."})


@dataclass(frozen=True, slots=True)
class KeyLink:
    """A duty no year may miss: names, the line it belongs to, its rules, and whose plan should hold it."""

    name: str
    en: str
    line: str
    is_core: bool
    units: tuple[str, ...]
    obligations: tuple[str, ...]
    source: str
    article: str
    deploys: re.Pattern[str]
    decoys: re.Pattern[str] | None
    near: re.Pattern[str] | None
    is_asked: bool


@dataclass(frozen=True, slots=True)
class KeyLinkHit:
    """Whether a paper deploys a key link, and the clause that shows it (empty when it does not)."""

    key_link: str
    present: bool
    evidence: str


def _gap(found: re.Match[str]) -> str:
    return r"[^\u3002\uff1b;]{0," + found[1] + "}"


def _compile(sources: Sequence[str], words: dict[str, str]) -> re.Pattern[str]:
    source = "|".join(f"(?:{part})" for part in sources)
    return re.compile(wordlists.expand(_GAP.sub(_gap, source), words))


def _link(entry: dict[str, Any], data: dict[str, Any]) -> KeyLink:
    decoys = [*data["decoys"].values(), *entry.get("decoys", [])]
    near = entry.get("decoys") or entry.get("near")
    return KeyLink(
        name=entry["name"],
        en=entry["en"],
        line=entry["line"],
        is_core=entry.get("core", False),
        units=tuple(entry["units"]),
        obligations=tuple(entry["obligations"]),
        source=entry["source"],
        article=entry["article"],
        deploys=_compile(entry["deploys"], data["words"]),
        decoys=_compile(decoys, data["words"]),
        near=_compile([*entry.get("decoys", []), *entry.get("near", [])], data["words"]) if near else None,
        is_asked=entry.get("asked", True),
    )


@cache
def key_links() -> tuple[KeyLink, ...]:
    """Return every key link of the shipped list, the twenty core ones first."""
    data = wordlists.load(_NAME)
    links = [_link(entry, data) for entry in data["key_link"]]
    return tuple(sorted(links, key=lambda link: not link.is_core))


def clauses(text: str) -> list[str]:
    """Return the clauses of a text as written."""
    return [clause.strip() for clause in _CLAUSE.findall(text[:MAX_CHARS]) if clause.strip()]


def fold(clause: str) -> str:
    """Return a clause without spaces and quotation marks, figures half-width."""
    return readable(clause).translate(_DROPPED).translate(_NARROW)


def deploys(link: KeyLink, folded: str) -> bool:
    """Whether a folded clause deploys ``link``: a wording found, and still found once the decoys are out."""
    if not link.deploys.search(folded):
        return False
    if link.decoys is None or not link.decoys.search(folded):
        return True
    return bool(link.deploys.search(link.decoys.sub("\uff0c", folded)))


def links_of(text: str, links: Sequence[KeyLink] | None = None) -> tuple[str, ...]:
    """Return the names of the key links that one text deploys."""
    parts = [fold(clause) for clause in clauses(text)]
    return tuple(link.name for link in links or key_links() if any(deploys(link, part) for part in parts))


def find_key_links(texts: Iterable[str], *, core_only: bool = False) -> list[KeyLinkHit]:
    """Return one hit for every key link over the texts of a paper (items, headings, anything it says).

    The evidence is the clause of the paper as written, the shortest of those that deploy the link.
    """
    parts = [(clause, fold(clause)) for text in texts for clause in clauses(text)]
    hits = []
    for link in key_links():
        if core_only and not link.is_core:
            continue
        found = [clause for clause, folded in parts if deploys(link, folded)]
        hits.append(KeyLinkHit(link.name, bool(found), min(found, key=len, default="")))
    return hits
