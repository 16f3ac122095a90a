"""Tables in and out: rosters and registers from xlsx or csv, workbooks for people to work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from heli.engines.officedocs.area import column_letters
from heli.engines.officedocs.detection import detect, display_name
from heli.engines.officedocs.document import Draft, Note
from heli.engines.officedocs.limits import HEAD_ROWS, Limits
from heli.engines.officedocs.plain import records
from heli.engines.officedocs.problems import Unreadable
from heli.engines.officedocs.texts import clean
from heli.engines.officedocs.workbook import cell_texts, open_sheets, raw_sheet
from heli.engines.officedocs.workbookout import Column, Sheet, write_xlsx

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["Column", "Sheet", "Table", "TableRow", "read_table", "write_xlsx"]

Merge = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row that holds something: its number in the source, from 1, and a text per header."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one header row. `headers` are the caller's names where a header or alias matched them.

    `columns` holds for each header the column's letters in the source, to name a cell in a message.
    """

    headers: tuple[str, ...]
    rows: tuple[TableRow, ...]
    columns: tuple[str, ...]
    header_row: int
    sheet: str = ""
    notes: tuple[Note, ...] = ()

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield (row number, header → text) for every row."""
        for row in self.rows:
            yield row.number, dict(zip(self.headers, row.cells, strict=True))

    def cell(self, row: TableRow, header: str) -> str:
        """Return the name of a cell as people read it, for instance "C12"."""
        return f"{self.columns[self.headers.index(header)]}{row.number}"


@dataclass
class _Raw:
    """Rows as read: texts from column `left`, first row numbered `top`; all numbers from 1."""

    rows: list[list[str]]
    top: int
    left: int
    merges: list[Merge]
    sheet: str

    def cell(self, row: int, column: int) -> str:
        """Return the name of the cell at these indexes of `rows`."""
        return f"{column_letters(self.left + column)}{self.top + row}"


def read_table(
    data: bytes,
    filename: str,
    *,
    required: Sequence[str],
    aliases: Mapping[str, Sequence[str]] | None = None,
    limits: Limits | None = None,
) -> Table:
    """Return the table of the first visible sheet, or of a csv, whose header row names all `required` columns.

    `aliases` maps a column's name to other headers it goes by; names compare without blanks and case. The header
    row may stand below title rows. Empty rows are left out. Raises Unreadable, naming the cell, for merged cells
    in the table, duplicate heads, data below an empty head, missing columns and numbers too long for a
    spreadsheet; and whatever makes the file itself unreadable.
    """
    limits = limits or Limits()
    draft = Draft()
    try:
        raw = _load(data, filename, draft, limits)
        names = _names(required, aliases or {})
        header = _find_header(raw, required, names)
        table = _table(raw, header, names, draft)
        if len(table.rows) > limits.rows:
            raise Unreadable("too_many_rows", limit=limits.rows)
        return table
    except Unreadable as problem:
        problem.params.setdefault("name", display_name(filename))
        raise


def _names(required: Sequence[str], aliases: Mapping[str, Sequence[str]]) -> dict[str, str]:
    names = {_key(name): name for name in (*required, *aliases)}
    for name, others in aliases.items():
        for other in others:
            names.setdefault(_key(other), name)
    return names


def _key(header: str) -> str:
    return "".join(header.split()).casefold().strip("*\uff0a:\uff1a")


def _load(data: bytes, filename: str, draft: Draft, limits: Limits) -> _Raw:
    kind, package = detect(data, filename, limits)
    if kind == "xlsx" and package is not None:
        for sheet, visible in open_sheets(package, limits):
            values, start, merges = raw_sheet(sheet)
            if visible and len(values) > limits.rows_with_heads:
                raise Unreadable("too_many_rows", limit=limits.rows)
            if visible and values:
                rows = cell_texts(values, draft)
                raw = _Raw(rows, start[0] + 1, start[1] + 1, merges, sheet.name)
                _check_numbers(values, raw)
                return raw
        raise Unreadable("no_text")
    if kind not in ("csv", "txt"):
        raise Unreadable("no_table", kind=kind)
    rows = [[clean(cell, draft) for cell in cells] for _, cells in records(data, draft, limits)]
    if not any(any(row) for row in rows):
        raise Unreadable("no_text")
    width = max(len(row) for row in rows)
    return _Raw([row + [""] * (width - len(row)) for row in rows], 1, 1, [], "")


def _check_numbers(values: Sequence[Sequence[object]], raw: _Raw) -> None:
    """Refuse numbers of sixteen and more digits: a spreadsheet has already rounded them."""
    for row, cells in enumerate(values):
        for column, value in enumerate(cells):
            if type(value) is float and abs(value) >= 1e15:
                raise Unreadable("long_number", cell=raw.cell(row, column))


def _find_header(raw: _Raw, required: Sequence[str], names: dict[str, str]) -> int:
    best, best_found, first = -1, set[str](), -1
    for index, cells in enumerate(raw.rows[:HEAD_ROWS]):
        found = {names[_key(cell)] for cell in cells if _key(cell) in names}
        if first < 0 and len({cell for cell in cells if cell}) > 1:
            first = index
        if len(found) > len(best_found):
            best, best_found = index, found
    missing = [name for name in required if name not in best_found]
    if missing:
        row = best if best >= 0 else max(first, 0)
        seen = [cell for cell in raw.rows[row] if cell][:20]
        raise Unreadable("missing_columns", missing=_listed(missing), found=_listed(seen), row=raw.top + row)
    return best


def _listed(names: Sequence[str]) -> str:
    return " / ".join(names)


def _table(raw: _Raw, header: int, names: dict[str, str], draft: Draft) -> Table:
    _check_merges(raw, header)
    heads = raw.rows[header]
    body = raw.rows[header + 1 :]
    kept: list[int] = []
    headers: dict[str, int] = {}
    for column, head in enumerate(heads):
        if not head:
            _check_empty_head(raw, header, column)
            continue
        name = names.get(_key(head), " ".join(head.split()))
        if name in headers:
            raise Unreadable(
                "duplicate_head", head=name, first=raw.cell(header, headers[name]), second=raw.cell(header, column)
            )
        headers[name] = column
        kept.append(column)
    top = raw.top + header + 1
    rows = tuple(
        TableRow(top + index, tuple([cells[column] for column in kept]))
        for index, cells in enumerate(body)
        if any(cells)
    )
    letters = tuple(column_letters(raw.left + column) for column in kept)
    return Table(tuple(headers), rows, letters, raw.top + header, raw.sheet, tuple(draft.notes))


def _check_empty_head(raw: _Raw, header: int, column: int) -> None:
    for index in range(header + 1, len(raw.rows)):
        if raw.rows[index][column]:
            raise Unreadable("empty_head", cell=raw.cell(header, column), value=raw.cell(index, column))


def _check_merges(raw: _Raw, header: int) -> None:
    """Refuse merged cells from the header row down, within the columns in use: whose value is it?"""
    for (top, left), (bottom, right) in raw.merges:
        inside = bottom + 1 >= raw.top + header and left + 1 < raw.left + len(raw.rows[header])
        used = top + 1 < raw.top + len(raw.rows) and right + 1 >= raw.left
        if inside and used:
            area = f"{column_letters(left + 1)}{top + 1}:{column_letters(right + 1)}{bottom + 1}"
            raise Unreadable("merged_cells", area=area)
