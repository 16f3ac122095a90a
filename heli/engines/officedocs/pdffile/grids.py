"""Cells with positions to a full grid of rows and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heli.engines.officedocs.structure import mark_of
from heli.engines.officedocs.texts import clean, join_wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from heli.engines.officedocs.document import Draft

NEAR = 2.0

Box = tuple[float, float, float, float, str]


def table_rows(cells: list[Box], draft: Draft) -> list[tuple[list[str], set[int]]]:
    """Return per row its texts, merged cells filled, and the columns that only repeat the cell to their left."""
    columns, lines = _edges(cell[0] for cell in cells), _edges(cell[1] for cell in cells)
    grid = [[""] * len(columns) for _ in lines]
    repeated: list[set[int]] = [set() for _ in lines]
    for x0, top, x1, bottom, text in cells:
        value = joined_cell(text, draft)
        first = True
        for column, edge in enumerate(columns):
            if not x0 - NEAR <= edge < x1 - NEAR:
                continue
            for row, height in enumerate(lines):
                if top - NEAR <= height < bottom - NEAR:
                    grid[row][column] = value
                    if not first:
                        repeated[row].add(column)
            first = False
    return list(zip(grid, repeated, strict=True))


def _edges(values: Iterable[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > NEAR:
            edges.append(value)
    return edges


def joined_cell(text: str, draft: Draft) -> str:
    """Return a cell's text with lines that only wrap joined; a line that starts with a number stays a line."""
    joined: list[str] = []
    for raw in text.split("\n"):
        line = clean(raw, draft)
        if not line:
            continue
        if joined and not mark_of(line)[1]:
            joined[-1] = join_wrapped(joined[-1], line)
        else:
            joined.append(line)
    return "\n".join(joined)
