"""Rows of plan tables: which column holds the duty, its measures, its owner, its time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from heli.engines.alignment import dates, duties, key_links, outline, slots, wordlists
from heli.engines.alignment.figures import readable
from heli.engines.alignment.items import SourceBlock
from heli.engines.alignment.passages import marker

_DATA = wordlists.load("slots_splitting.toml")
_TOTAL = re.compile(_DATA["scoring"]["total"])
_HEADING_ROLES = frozenset({"category", "task"})
_SCORING_COLUMN = re.compile(_DATA["scoring"]["column"])
SCORING = re.compile(_DATA["scoring"]["words"])
"""Words by which a scoring rule is known."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row: what its column announces, its words, and for each of their visible characters its place.

    ``offsets`` are places in the row's text; empty where the row's text does not hold the cell's words.
    """

    role: str
    header: str
    text: str
    offsets: tuple[int, ...]

    def where(self, begins: int, ends: int) -> tuple[int, int]:
        """Return the range of the row's text that holds ``text[begins:ends]``; (0, 0) where that is unknown."""
        first = sum(not character.isspace() for character in self.text[:begins])
        count = sum(not character.isspace() for character in self.text[begins:ends])
        if not self.offsets or not count:
            return 0, 0
        return self.offsets[first], self.offsets[first + count - 1] + 1


def read_cells(block: SourceBlock) -> list[Cell]:
    """Return the cells of a row that hold words, in column order; line breaks and spaces may differ from the row's."""
    row = readable(block.text)
    seen = [offset for offset, character in enumerate(row) if not character.isspace()]
    plain = "".join(row[offset] for offset in seen)
    cells, at = [], 0
    for header, value in block.cells:
        text = readable(value.strip())
        if not text:
            continue
        words = "".join(text.split())
        found = plain.find(words, at)
        offsets = tuple(seen[found : found + len(words)]) if found >= 0 else ()
        at = found + len(words) if found >= 0 else at
        role = slots.role_of(readable(header)) if header else slots.role_of_words(text)
        cells.append(Cell(role, header, text, offsets))
    return cells


def is_header_row(cells: Sequence[Cell]) -> bool:
    """Whether a row repeats column names and deploys nothing."""
    named = [cell for cell in cells if slots.role_of(cell.text)]
    return len(cells) >= 2 and len(named) == len(cells)


def duty_cells(cells: Sequence[Cell]) -> tuple[list[Cell], list[Cell]]:
    """Return (cells that head the duty, cells that hold it).

    Measures are the duty under the task where both are given and the task is a short name; where no column has a
    known name, the longest cell is the duty. What is asked is the duty, not by which rule it is scored.
    """
    tasks = [cell for cell in cells if cell.role == "task"]
    measures = [cell for cell in cells if cell.role == "measure"]
    heads = [cell for cell in cells if cell.role == "category"]
    if tasks and measures:
        return heads + tasks, measures
    if tasks or measures:
        return heads, tasks or measures
    unnamed = [cell for cell in cells if not cell.role and not cell.text.isascii()]
    if unnamed:
        longest = max(unnamed, key=lambda cell: len(cell.text))
        return heads + unnamed[: unnamed.index(longest)], [longest]
    asked = [cell for cell in cells if cell.role == "deliverable" and not _SCORING_COLUMN.search(cell.header)]
    scored = [cell for cell in cells if cell.role == "deliverable" and cell not in asked]
    if asked and scored:
        return heads, asked[-1:]
    described = [cell for cell in cells if cell.role in ("category", "deliverable")]
    return described[:-1], described[-1:]


def with_heads_above(heads: list[Cell], duty: Sequence[Cell], above: Sequence[Cell]) -> list[Cell]:
    """Return the cells that head a duty with those of the row above where this one leaves them blank.

    Cells merged downwards come as blanks when they are pasted. A row that names its own category begins anew.
    """
    if not duty or not duty[0].role or any(cell.role == "category" for cell in heads):
        return heads
    given = {cell.role for cell in (*heads, *duty)}
    return [cell for cell in above if cell.role in _HEADING_ROLES - given] + heads


def labelled_parts(cells: Sequence[Cell]) -> list[tuple[str, str]]:
    """Return the owner, time and deliverable cells as (role, words)."""
    return [(cell.role, cell.text) for cell in cells if cell.role in slots.SLOT_ROLES]


def heading_text(cell: Cell) -> str:
    """The words of a cell that heads others, on one line."""
    return " ".join(cell.text.split())


def is_scored(cells: Sequence[Cell]) -> bool:
    """Whether a row gives or takes points: it is one criterion."""
    return any(cell.role in ("deliverable", "note") and SCORING.search(cell.text) for cell in cells)


def row_reason(cells: Sequence[Cell], duty: Sequence[Cell]) -> str:
    """Why a table row deploys nothing, or an empty string."""
    if is_header_row(cells):
        return "column_heads"
    if any(_TOTAL.fullmatch(cell.text) for cell in cells):
        return "total"
    said = outline.deploys_nothing(cells[0].text) if len(cells) == 1 else ""
    return said or ("" if duty else "no_duty")


def named(heads: Sequence[Cell], words: str) -> str:
    """Put the name of the task before a measure that does not say by itself what it is for."""
    tasks = [heading_text(cell) for cell in heads if cell.role == "task"]
    if not tasks or len(tasks[-1]) > _DATA["widths"]["heading"]:
        return words
    said_above = set(key_links.links_of(tasks[-1]))
    is_bare = len(words) < _DATA["widths"]["part"] or bool(said_above - set(key_links.links_of(words)))
    return f"{tasks[-1]}{_DATA['stops']['colon']}{words}" if is_bare else words


def leading_line(text: str) -> str:
    """Return the first line of a cell where it ends in a colon and numbered lines follow, else an empty string."""
    first, _, rest = text.partition("\n")
    if len(first) > _DATA["widths"]["heading"] or marker(first)[0] or not marker(rest)[0]:
        return ""
    plain = first.strip()
    return plain if plain.endswith(tuple(_DATA["stops"]["colons"])) else ""


def shared_parts(text: str, extra: Sequence[tuple[str, str]], count: int) -> list[tuple[str, str]]:
    """Return the labelled cells that hold for one of ``count`` duties of a row: its own rhythm wins over theirs."""
    says = count > 1 and any(rhythm.period in dates.COUNTED for rhythm in dates.find_rhythms(text))
    return [(role, words) for role, words in extra if not (says and role == "when")]


def cell_lines(text: str, *, is_scored: bool = False) -> list[duties.Range]:
    """Cut a cell into its numbered lines, each into its duties; a scored line is one criterion."""
    starts, at = [0], 0
    for line in text.splitlines(keepends=True):
        if at and marker(line)[0]:
            starts.append(at)
        at += len(line)
    edges = [*(starts[1:] if leading_line(text) else starts), len(text)]
    result = []
    for begins, finish in pairwise(edges):
        result += [(begins, finish)] if is_scored else duties.duty_ranges(text[:finish], begins)
    return result or [(0, len(text))]
