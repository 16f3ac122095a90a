"""The shipped responsibilities: 59 items of both lines in our own words, with the roles that answer for them.

No database here. ``load`` reads the data files once and complains with file, row and column.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


class CatalogueError(ValueError):
    """A data file cannot be used; the text is ``file:row:column: what is wrong``."""

    def __init__(self, file: str, row: int, column: str, problem: str) -> None:
        super().__init__(f"{file}:{row}:{column}: {problem}")


@dataclass(frozen=True, slots=True)
class Role:
    """Who answers for an item: which posts of which kinds of units.

    ``accountable`` are kinds of posts, best first; ``pick`` is one (the only post of that kind), first (the first
    kind that has a post) or each (an item for every post). Titles have to hold one of ``title_words`` where a post
    does, and none of ``without_words``. ``reach`` other than post means everybody for themselves.
    """

    code: str
    title_zh: str
    title_en: str
    unit_kinds: tuple[str, ...]
    accountable: tuple[str, ...]
    pick: str
    title_words: tuple[str, ...]
    without_words: tuple[str, ...]
    supporting: tuple[str, ...]
    reach: str


@dataclass(frozen=True, slots=True)
class ShippedItem:
    code: str
    role: str
    kind: str
    line: str
    text_zh: str
    text_en: str
    evidence_zh: str
    evidence_en: str
    obligations: tuple[str, ...]
    source_zh: str
    source_en: str
    article: str
    confidence: str
    needs: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    roles: dict[str, Role]
    items: tuple[ShippedItem, ...]

    def items_for(self, unit_kind: str) -> list[tuple[ShippedItem, Role]]:
        """Return the items asked of a kind of unit, each with its role, in the catalogue's order."""
        pairs = ((item, self.roles[item.role]) for item in self.items)
        return [(item, role) for item, role in pairs if unit_kind in role.unit_kinds]


_LISTS = {"unit_kinds", "accountable", "title_words", "without_words", "supporting", "obligations"}
_CHOICES = {
    "kind": {"principal", "first_person", "dual_duty", "oversight"},
    "line": {"party", "integrity", "both"},
    "confidence": {"verified", "verified-secondary", "memory", "memory-low", "practice"},
    "reach": {"post", "members", "staff"},
    "pick": {"one", "first", "each", ""},
}
_REQUIRED = {"code", "role", "text_zh", "text_en", "title_zh", "title_en", "unit_kinds"}


@cache
def load() -> Catalogue:
    """Return the shipped catalogue; raises ``CatalogueError`` for a file that cannot be used."""
    roles = {row["code"]: Role(**row) for row in _rows("roles.csv")}
    items = []
    for number, row in enumerate(_rows("items.csv"), start=2):
        if row["role"] not in roles:
            raise CatalogueError("items.csv", number, "role", f"{row['role']!r} stands in no row of roles.csv")
        items.append(ShippedItem(**row))
    return Catalogue(roles, tuple(items))


@cache
def words() -> dict[str, dict[str, Any]]:
    """Return the words by which imported lists are understood."""
    return tomllib.loads((DATA / "words.toml").read_text(encoding="utf-8"))


def _rows(name: str) -> Iterator[dict[str, Any]]:
    seen = set()
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file, strict=True), start=2):
            if row["code"] in seen:
                raise CatalogueError(name, number, "code", f"{row['code']!r} stands here twice")
            seen.add(row["code"])
            yield {column: _cell(name, number, column, text or "") for column, text in row.items()}


def _cell(name: str, number: int, column: str, text: str) -> Any:
    text = text.strip()
    if column in _REQUIRED and not text:
        raise CatalogueError(name, number, column, "must not be empty")
    if column in _CHOICES and text not in _CHOICES[column]:
        raise CatalogueError(name, number, column, f"{text!r} is not one of {', '.join(sorted(_CHOICES[column]))}")
    return tuple(part for part in text.split(";") if part) if column in _LISTS else text
