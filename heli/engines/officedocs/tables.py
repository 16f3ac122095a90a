"""Rows of any grid to blocks: titles above the table, the header row, header → value cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from heli.engines.officedocs.document import Block, LeftOut
from heli.engines.officedocs.sentences import load_data
from heli.engines.officedocs.structure import could_head

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from heli.engines.officedocs.document import Draft, Place

HEADER_SEARCH_ROWS = 12
HEADER_CELL_LENGTH = 24
LONGEST_NAME = 12
LEAST_NAMES = 3
"""Names of columns from which on a line of plain text is told to be the head of a table."""
BETWEEN_CELLS = " | "
FIELD = re.compile("[^\uff1a:]{2,8}[\uff1a:]")
NUMERIC = re.compile(r"[-+]?[\d,.]+\s*%?|\d{4}-\d{2}-\d{2}([ T].*)?")

Row = tuple[int, list[str]]
"""The row's number in the source and its cells."""


@dataclass(frozen=True)
class Grid:
    """Rows of one table or sheet. `header_rows` is known for tables that mark their heading rows, else 0."""

    rows: list[Row]
    header_rows: int = 0
    spans: frozenset[tuple[int, int]] = frozenset()
    """(row number, column) of cells that only repeat the cell to their left, from a horizontal merge."""


@cache
def _header_words() -> tuple[str, ...]:
    return tuple(load_data("marks.toml")["table"]["header_words"])


def find_header(grid: Grid) -> int | None:
    """Return the index of the header row within `grid.rows`, None where the table seems to have none."""
    if grid.header_rows:
        return min(grid.header_rows, len(grid.rows)) - 1
    for index, (number, cells) in enumerate(grid.rows[:HEADER_SEARCH_ROWS]):
        filled = [cell for cell in cells if cell]
        if not _is_single(number, cells, grid) and not _is_form(filled):
            return index if _looks_like_header(filled, len(cells), grid.rows[index + 1 : index + 6]) else None
    return None


def is_line_of_names(parts: Sequence[str]) -> bool:
    """Return whether the parts of a line are short and most of them names of columns."""
    if len(parts) < LEAST_NAMES or any(len(part) > LONGEST_NAME for part in parts):
        return False
    return 3 * sum(any(word in part.lower() for word in _header_words()) for part in parts) >= 2 * len(parts)


def is_often_blank(name: str) -> bool:
    """Return whether a column of that name is filled in later or now and then ("remarks")."""
    return any(word in name for word in load_data("marks.toml")["table"]["often_blank"])


def _is_single(number: int, cells: Sequence[str], grid: Grid) -> bool:
    """Return whether a row says one thing only: a title, a note, a line merged across."""
    return sum(1 for column, cell in enumerate(cells) if cell and (number, column) not in grid.spans) <= 1


def _is_form(filled: Sequence[str]) -> bool:
    """Return whether a row above the header holds fields of a form ("Filled in by: ... Unit: items")."""
    return all(FIELD.match(cell) for cell in filled)


def _looks_like_header(filled: list[str], width: int, below: Sequence[Row]) -> bool:
    short = all(len(cell) <= HEADER_CELL_LENGTH and could_head(cell, HEADER_CELL_LENGTH) for cell in filled)
    if not short or any(NUMERIC.fullmatch(cell) for cell in filled) or len(filled) * 2 < width:
        return False
    words = sum(any(word in cell.lower() for word in _header_words()) for cell in filled)
    if words * 2 >= len(filled):
        return True
    values = [cell for _, cells in below for cell in cells if cell]
    longer = sum(len(cell) for cell in values) > 2 * len(values) * (sum(map(len, filled)) / len(filled))
    numbers = any(NUMERIC.fullmatch(cell) for cell in values)
    return bool(values) and (longer or numbers)


def header_names(grid: Grid, index: int) -> list[str]:
    """Return the column names of the header row; a second row below a merged heading is joined to it."""
    top = [_flat(cell) for cell in grid.rows[index][1]]
    if index == 0 or not any(number == grid.rows[index - 1][0] for number, _ in grid.spans):
        return top
    if _is_single(*grid.rows[index - 1], grid):
        return top
    above = [_flat(cell) for cell in grid.rows[index - 1][1]]
    return [
        f"{upper}/{lower}" if upper and lower and upper != lower else lower or upper
        for upper, lower in zip(above, top, strict=False)
    ]


def _flat(cell: str) -> str:
    return " ".join(cell.split()) if "\n" in cell else cell


def _second_header(grid: Grid, index: int) -> int:
    """Return the index of the last header row: one further where merged headings have sub-headings below."""
    number, cells = grid.rows[index]
    if grid.header_rows or not any(row == number for row, _ in grid.spans) or index + 1 >= len(grid.rows):
        return index
    below = grid.rows[index + 1][1]
    same = [lower == upper or not lower for upper, lower in zip(cells, below, strict=False)]
    short = all(len(cell) <= HEADER_CELL_LENGTH and not NUMERIC.fullmatch(cell) for cell in below)
    return index + 1 if short and any(same) and not all(same) else index


def add_grid(grid: Grid, place_of: Callable[[int], Place], draft: Draft) -> None:
    """Add the rows of a table to the draft: lines above the header as headings, the header left out, then rows."""
    found = find_header(grid)
    last = -1 if found is None else _second_header(grid, found)
    headers: list[str] = [] if found is None else header_names(grid, last)
    head_cells = [] if found is None else grid.rows[last][1]
    for index, (number, cells) in enumerate(grid.rows):
        if not any(cells):
            continue
        if found is not None and index < found:
            said = [cell for column, cell in enumerate(cells) if cell and (number, column) not in grid.spans]
            _add_title(BETWEEN_CELLS.join(_filled(said)), place_of(number), draft)
        elif index <= last or (found is not None and cells == head_cells):
            draft.left_out.append(LeftOut(BETWEEN_CELLS.join(_filled(cells)), place_of(number), "table_header"))
        elif _is_band(number, cells, grid):
            draft.blocks.append(Block(_filled(cells)[0], "heading", 2, place_of(number)))
        else:
            draft.blocks.append(_row_block(number, cells, headers, grid, place_of))


def _filled(cells: Sequence[str]) -> list[str]:
    return [_flat(cell) for cell in cells if cell]


def _is_band(number: int, cells: Sequence[str], grid: Grid) -> bool:
    """Return whether a row is a heading merged across the table."""
    if len(cells) < 2 or (number, 1) not in grid.spans:
        return False
    return _is_single(number, cells, grid) and could_head(_filled(cells)[0])


def _add_title(text: str, place: Place, draft: Draft) -> None:
    first = not any(block.kind == "heading" for block in draft.blocks)
    if could_head(text, 60):
        draft.blocks.append(Block(text, "heading", 1 if first else 2, place))
    else:
        draft.blocks.append(Block(text, "paragraph", 0, place))


def _row_block(
    number: int, cells: list[str], headers: list[str], grid: Grid, place_of: Callable[[int], Place]
) -> Block:
    named = zip(headers + [""] * (len(cells) - len(headers)), cells, strict=False)
    if grid.spans:
        pairs = tuple([pair for column, pair in enumerate(named) if pair[1] and (number, column) not in grid.spans])
    else:
        pairs = tuple([pair for pair in named if pair[1]])
    text = BETWEEN_CELLS.join([_flat(value) for _, value in pairs])
    return Block(text, "row", 0, place_of(number), pairs)
