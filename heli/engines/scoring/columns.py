"""A document's tables as rows of a standard: which column is which, what merged or blank cells carry on."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

from heli.engines.alignment.items import SourceBlock
from heli.engines.scoring.grammar import read_rules
from heli.engines.scoring.mentions import DATA as GRAMMAR
from heli.engines.scoring.mentions import find_mentions
from heli.engines.scoring.rubric import Row

Role = Literal["level1", "level2", "requirement", "scoring", "points", "other"]

_DATA = tomllib.loads((Path(__file__).parent / "data" / "columns.toml").read_text("utf-8"))
_NAMES: dict[str, Role] = {name: role for role, names in _DATA["columns"].items() for name in names}
_CONTAINED: tuple[Role, ...] = ("scoring", "points", "other", "requirement", "level2", "level1")
"""Where a header names several things, the first of these is what its cells hold."""
_NOISE = re.compile(_DATA["rows"]["noise"])
_TOTAL = re.compile(_DATA["rows"]["total"])
_FULL_MARKS = re.compile(_DATA["rows"]["signed"])
_INSIDE = re.compile(_DATA["rows"]["inside"])
_DEDUCTING = re.compile(GRAMMAR["sides"]["deducting"])
_WITH_POINTS = re.compile(_DATA["rows"]["with_points"])
_STANDARD = re.compile(_DATA["rows"]["standard"])
_AT_END = re.compile(_DATA["rows"]["at_end"])
_JOINT = _DATA["rows"]["joint"]
Keeps = Callable[[Sequence[tuple[str, str]]], bool]
_LONGEST_HEADER = 24


@dataclass
class _Above:
    """What the rows and headings above say for cells that are blank: merged cells, groups written once."""

    levels: dict[Role, str] = field(default_factory=dict)
    headings: list[str] = field(default_factory=list)

    def enter(self, text: str, level: int) -> None:
        """Take a heading; deeper ones end with it, and so does what rows said."""
        self.headings = [*self.headings[: max(level - 1, 0)], text]
        self.levels.clear()

    def fill(self, said: Mapping[Role, str], role: Role) -> str:
        """Return the row's own words for a level, else those of the row above while its group goes on."""
        own = said.get(role, "")
        if own and role == "level1" and own != self.levels.get("level1"):
            self.levels.clear()
        if own:
            self.levels[role] = own
        return self.levels.get(role, "")


def _never(_cells: Sequence[tuple[str, str]]) -> bool:
    return False


def read_rubric(blocks: Iterable[SourceBlock]) -> tuple[Row, ...]:
    """Return the rows of the scoring tables of a document in their order; () where it holds none.

    A document without tables is read by its paragraphs: each that speaks of points is a row below its headings.
    """
    return tuple(row for row, _block in read_rows(blocks))


def read_rows(blocks: Iterable[SourceBlock], *, is_kept: Keeps = _never) -> list[tuple[Row, SourceBlock]]:
    """Return the rows, each with the block it was read from; ``is_kept`` keeps cells that say nothing themselves."""
    listed = list(blocks)
    has_rows = any(block.kind == "row" for block in listed)
    above = _Above()
    rows: list[tuple[Row, SourceBlock]] = []
    for block in listed:
        if block.kind == "heading":
            above.enter(block.text, block.level)
        elif block.kind == "row":
            rows += ((row, block) for row in _table_row(block.cells, above, is_kept=is_kept(block.cells)))
        elif not has_rows and _speaks_of_points(block.text):
            rows.append((_text_row(block.text, above), block))
    return rows


def total_of(cells: Sequence[tuple[str, str]]) -> Decimal | None:
    """Return what a row states as the sum of all full marks, None where it is no such row."""
    said = [value for _header, value in cells if value]
    if not said or not _TOTAL.match(said[0]):
        return None
    found = [number for value in said if (number := _FULL_MARKS.match(value) or _AT_END.search(value))]
    return Decimal(found[0]["n"]) if found else None


def points_inside(heading: str) -> Decimal | None:
    """Return the points that a heading names in brackets, None where it names none."""
    inside = _INSIDE.search(heading)
    return Decimal(inside["n"]) if inside else None


def plain_header(header: str) -> str:
    """Return the name of a column without blanks, brackets and case."""
    return _NOISE.sub("", header).lower()


@cache
def role_of(header: str) -> Role | Literal[""]:
    """Return what a column holds by its name, "" where the name says nothing known."""
    plain = plain_header(header)
    if plain in _NAMES:
        return _NAMES[plain]
    content = _WITH_POINTS.match(plain)
    if content and role_of(content["what"]):
        return role_of(content["what"])
    last = plain.rpartition("/")[2]
    if last != plain:
        return role_of(last)
    if len(plain) > _LONGEST_HEADER:
        return ""
    inside = {role for name, role in _NAMES.items() if name in plain and not name.isascii()}
    return next((role for role in _CONTAINED if role in inside), "")


def _table_row(cells: Sequence[tuple[str, str]], above: _Above, *, is_kept: bool) -> list[Row]:
    said: dict[Role, str] = {}
    scoring_header = ""
    for header, value in cells:
        role = role_of(header) or _by_words(value)
        if role == "requirement" and role in said and _STANDARD.search(header) and _speaks_of_points(value):
            role = "scoring"  # what is asked and a standard beside it: the second says how points go
        said[role] = f"{said[role]}{_JOINT}{value}" if role in said else value
        scoring_header = header if role == "scoring" else scoring_header
    if not said or _TOTAL.match(next(iter(said.values()))):
        return []
    level1, level2 = above.fill(said, "level1"), above.fill(said, "level2")
    if not said.get("requirement") and not said.get("scoring") and not is_kept:
        return []
    requirement = above.fill(said, "requirement")
    text = said.get("scoring") or (requirement if _speaks_of_points(requirement) else "")
    maximum = _maximum(said, requirement)
    heads = above.headings
    return [
        Row(
            level1 or (heads[0] if heads else ""),
            level2 or (heads[1] if len(heads) > 1 and not level1 else ""),
            requirement,
            maximum,
            text,
            read_rules(text, requirement, maximum, takes_points=_takes_points(scoring_header)),
        )
    ]


def _text_row(text: str, above: _Above) -> Row:
    heads = above.headings
    inside = _INSIDE.search(text)
    maximum = Decimal(inside["n"]) if inside else None
    rules = read_rules(text, text, maximum)
    return Row(heads[0] if heads else "", heads[1] if len(heads) > 1 else "", text, maximum, text, rules)


def _by_words(value: str) -> Role:
    """What a cell below no known name holds: a rule where it speaks of points, else what is asked."""
    if _FULL_MARKS.match(value):
        return "points"
    return "scoring" if _speaks_of_points(value) else "requirement"


def _speaks_of_points(text: str) -> bool:
    return any(mention.kind in ("points", "veto", "zero", "full", "share") for mention in find_mentions(text))


def _maximum(said: Mapping[Role, str], requirement: str) -> Decimal | None:
    named = _FULL_MARKS.match(said.get("points", ""))
    if named:
        return Decimal(named["n"])
    inside = None if "points" in said else _INSIDE.search(requirement)
    return Decimal(inside["n"]) if inside else None


def _takes_points(header: str) -> bool:
    return bool(_DEDUCTING.search(header))
