"""Rows of plan tables: which column holds the duty, its measures, its owner, its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from heli.engines.alignment import slots
from heli.engines.alignment.figures import readable
from heli.engines.alignment.items import SourceBlock


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
        cells.append(Cell(slots.role_of(readable(header)) if header else "", header, text, offsets))
    return cells


def is_header_row(cells: Sequence[Cell]) -> bool:
    """Whether a row repeats column names and deploys nothing."""
    named = [cell for cell in cells if slots.role_of(cell.text)]
    return len(cells) >= 2 and len(named) == len(cells)


def duty_cells(cells: Sequence[Cell]) -> tuple[list[Cell], list[Cell]]:
    """Return (cells that head the duty, cells that hold it).

    Measures are the duty under the task where both are given and the task is a short name; where no column has a
    known name, the longest cell is the duty.
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
    described = [cell for cell in cells if cell.role in ("category", "deliverable")]
    if described:
        return described[:-1], described[-1:]
    return [], []


def labelled_parts(cells: Sequence[Cell]) -> list[tuple[str, str]]:
    """Return the owner, time and deliverable cells as (role, words)."""
    return [(cell.role, cell.text) for cell in cells if cell.role in slots.SLOT_ROLES]


def heading_text(cell: Cell) -> str:
    """The words of a cell that heads others, on one line."""
    return " ".join(cell.text.split())
