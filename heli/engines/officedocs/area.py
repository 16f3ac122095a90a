"""How far a worksheet's cells reach, found before anything fills the area between them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.parsers import expat

from heli.engines.officedocs.archive import shown
from heli.engines.officedocs.problems import Unreadable

if TYPE_CHECKING:
    from heli.engines.officedocs.limits import Limits

CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"([^>]{0,200})>(</c>)?')
BEYOND_AZ = re.compile(rb'<c r="(?!A?[A-Z]\d{1,7}")')
LATE_ROW = re.compile(rb'<c r="[A-Z]{1,2}(\d{6,7})"')
ODD_TAGS = (b"<c>", b"<c\n", b"<c\r", b"<c\t", b"<row\n", b"<row\r", b"<row\t", b":c", b":row", b"<!")
CELL_NAME = re.compile(r"([A-Z]{1,3})(\d{1,7})")
COLUMNS_TO_AZ = 52
LAST_SHORT_ROW = 99_999
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


def check_area(part: str, content: bytes, limits: Limits) -> None:
    """Refuse a sheet whose filled cells span an area that would not fit into memory: calamine fills it all.

    Raises Unreadable: sheet_area naming the farthest cell, corrupt_part for cells no spreadsheet has.
    """
    plain = _is_plainly_written(content)
    if plain and not BEYOND_AZ.search(content):
        last = max(map(int, LATE_ROW.findall(content)), default=LAST_SHORT_ROW)
        if last * COLUMNS_TO_AZ <= limits.cells:
            return
    cells = CELL.findall(content) if plain else []
    if plain and len(cells) == content.count(b'<c r="'):
        filled = [(letters, row) for letters, row, rest, end in cells if not rest.endswith(b"/") and not end]
        rows = {int(row) for row in {row for _, row in filled}}
        columns = {column_number(letters.decode()) for letters in {letters for letters, _ in filled}}
    else:
        rows, columns = _positions(part, content)
    if not rows:
        return
    if max(rows) > LAST_ROW or max(columns) > LAST_COLUMN:
        raise Unreadable("corrupt_part", part=shown(part))
    if (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1) > limits.cells:
        cell = f"{column_letters(max(columns))}{max(rows)}"
        raise Unreadable("sheet_area", cell=cell, part=shown(part), limit=limits.cells)


def _is_plainly_written(content: bytes) -> bool:
    """Return whether every cell and row names its place first, as all common programs write them."""
    cells, rows = content.count(b'<c r="'), content.count(b'<row r="')
    return (
        content.count(b"<c ") == cells
        and content.count(b"<row ") == rows
        and content.count(b" r=") == cells + rows
        and not any(tag in content for tag in ODD_TAGS)
    )


def _positions(part: str, content: bytes) -> tuple[set[int], set[int]]:
    """Return rows and columns of all cells, counted as calamine counts cells that do not name their place."""
    rows: set[int] = set()
    columns: set[int] = set()
    row, column = 1, 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        local = tag.rpartition(":")[2]
        if local == "row":
            row, column = int(attributes.get("r", row)), 0
        elif local == "c":
            place = CELL_NAME.fullmatch(attributes["r"]) if "r" in attributes else None
            if place is None and "r" in attributes:
                raise ValueError
            column = column_number(place[1]) if place else column + 1
            columns.add(column)
            rows.add(int(place[2]) if place else row)

    def end(tag: str) -> None:
        nonlocal row
        if tag.rpartition(":")[2] == "row":
            row += 1

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(content, True)  # noqa: FBT003 - expat takes no keyword
    except (expat.ExpatError, ValueError) as error:
        raise Unreadable("corrupt_part", part=shown(part)) from error
    return rows, columns


def column_number(letters: str) -> int:
    """Return 1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Return A for 1, AA for 27."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
