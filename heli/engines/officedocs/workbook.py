"""Workbooks: checked, repacked without what is not needed, then read by calamine."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from functools import partial
from typing import TYPE_CHECKING

from python_calamine import CalamineWorkbook, SheetVisibleEnum

from heli.engines.officedocs.archive import shown
from heli.engines.officedocs.area import check_area, column_letters, column_number
from heli.engines.officedocs.document import Place
from heli.engines.officedocs.percents import as_percent, percent_cells
from heli.engines.officedocs.problems import Unreadable
from heli.engines.officedocs.tables import Grid, Row, add_grid
from heli.engines.officedocs.texts import UNCLEAN, clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_calamine import CalamineSheet

    from heli.engines.officedocs.archive import Package
    from heli.engines.officedocs.document import Draft
    from heli.engines.officedocs.limits import Limits

FORMULA = re.compile(rb"<(?:\w+:)?f[\s>]")
ENCODING = re.compile(rb"""^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*encoding\s*=\s*["']([^"']*)["']""")
KEPT = re.compile(r"\[content_types\]\.xml|_rels/\.rels|xl/(?:_rels/)?[^/]+\.(?:xml|rels)|xl/worksheets/[^/]+\.xml")
Merge = tuple[tuple[int, int], tuple[int, int]]
Cell = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta


def read_workbook(package: Package, draft: Draft, limits: Limits) -> None:
    """Add every sheet of a workbook to the draft; hidden sheets are read too and noted."""
    _note_extras(package, draft)
    percents = percent_cells(package, limits)
    total = 0
    for sheet, visible in open_sheets(package, limits):
        name = clean(sheet.name, draft)
        if not visible:
            draft.add_note("hidden_sheet", sheet=name)
        rows, spans = sheet_rows(sheet, draft, percents.get(sheet.name, set()))
        total += sum(len(cells) for _, cells in rows)
        if total > limits.cells:
            raise Unreadable("too_many_cells", sheet=name, limit=limits.cells)
        if rows:
            add_grid(Grid(rows, spans=spans), partial(_place, name), draft)
        else:
            draft.add_note("empty_sheet", sheet=name)
    if not draft.blocks:
        raise Unreadable("no_text")


def _place(sheet: str, row: int) -> Place:
    return Place("sheet_row", sheet=sheet, row=row)


def _note_extras(package: Package, draft: Draft) -> None:
    names = package.names()
    if any(name.endswith("vbaproject.bin") for name in names):
        draft.add_note("macros_ignored")
    if any(name.startswith("xl/externallinks/") for name in names) or package.has_external_relations():
        draft.add_note("links_ignored")
    if any(name.startswith("xl/media/") for name in names):
        draft.add_note("pictures_ignored")
    sheets = [name for name in names if name.startswith("xl/worksheets/") and name.endswith(".xml")]
    if any(FORMULA.search(package.read(name)) for name in sheets):
        draft.add_note("formulas_as_values")


def open_sheets(package: Package, limits: Limits) -> Iterator[tuple[CalamineSheet, bool]]:
    """Yield (sheet, is it visible) in workbook order; the sheets' used areas were checked before.

    Raises Unreadable: corrupt_workbook, sheet_area, xml_entities, no_sheets.
    """
    try:
        book = CalamineWorkbook.from_object(_repacked(package, limits))
        metadata = list(book.sheets_metadata)
    except Unreadable:
        raise
    except BaseException as error:
        raise _corrupt(error) from error
    if not metadata:
        raise Unreadable("no_sheets")
    for sheet in metadata:
        try:
            opened = book.get_sheet_by_name(sheet.name)
        except BaseException as error:
            raise _corrupt(error) from error
        yield opened, sheet.visible == SheetVisibleEnum.Visible


def _corrupt(error: BaseException) -> Unreadable:
    """Return the problem for calamine's errors and for its panics, which are no `Exception`."""
    if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit)):
        raise error
    return Unreadable("corrupt_workbook", detail=shown(str(error)))


def _repacked(package: Package, limits: Limits) -> io.BytesIO:
    """Return the workbook with only the parts a reading needs, stored plainly.

    So calamine sees exactly the bytes that were checked, whatever the original container said.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as small:
        for name in package.names():
            if not KEPT.fullmatch(name):
                continue
            content = package.read(name)
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                raise Unreadable("xml_entities", part=shown(name))
            encoding = ENCODING.match(content[:200])
            if encoding and encoding.group(1).lower() not in (b"utf-8", b"us-ascii", b"ascii"):
                raise Unreadable("corrupt_part", part=shown(name))
            if name.startswith("xl/worksheets/"):
                check_area(name, content, limits)
            elif name.endswith("sharedstrings.xml"):
                content = content.replace(b"uniqueCount", b"count")  # believed and reserved before it is checked
            small.writestr(package.stored_name(name), content)
    target.seek(0)
    return target


def raw_sheet(sheet: CalamineSheet) -> tuple[list[list[Cell]], tuple[int, int], list[Merge]]:
    """Return (values, (row, column) of the first from 0, merged ranges) of a sheet; no values if it is empty."""
    try:
        values = sheet.to_python(skip_empty_area=True)
        start = sheet.start
        merges = sheet.merged_cell_ranges or []
    except BaseException as error:
        raise _corrupt(error) from error
    return (values, start, merges) if start is not None else ([], (0, 0), [])


def sheet_rows(
    sheet: CalamineSheet, draft: Draft, percents: set[tuple[int, str]]
) -> tuple[list[Row], frozenset[tuple[int, int]]]:
    """Return (row number, cells as text) of rows that hold something, merged cells filled, and the spans.

    A span is (row number, column index) of a cell that only repeats the one to its left. `percents` are (row number,
    column letters) of cells shown as percentages.
    """
    values, (first_row, first_column), merges = raw_sheet(sheet)
    if not values:
        return [], frozenset()
    texts = cell_texts(values, draft)
    for number, letters in percents:
        row, column = number - 1 - first_row, column_number(letters) - 1 - first_column
        if 0 <= row < len(values) and 0 <= column < len(values[row]):
            value = values[row][column]
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                texts[row][column] = as_percent(value)
    spans = _fill_merges(texts, merges, first_row, first_column)
    rows = [(first_row + index + 1, cells) for index, cells in enumerate(texts) if any(cells)]
    return rows, spans


def _fill_merges(
    texts: list[list[str]], merges: list[Merge], first_row: int, first_column: int
) -> frozenset[tuple[int, int]]:
    spans: set[tuple[int, int]] = set()
    height, width = len(texts), len(texts[0])
    budget = 2 * height * width + len(merges)
    for (top, left), (bottom, right) in merges:
        row, column = top - first_row, left - first_column
        if not (0 <= row < height and 0 <= column < width) or not texts[row][column]:
            continue
        value = texts[row][column]
        budget -= (min(bottom - first_row + 1, height) - row) * (min(right - first_column + 1, width) - column)
        if budget < 0:
            raise Unreadable("merges_overlap", area=f"{column_letters(left + 1)}{top + 1}")
        for below in range(row, min(bottom - first_row + 1, height)):
            for beside in range(column, min(right - first_column + 1, width)):
                if not texts[below][beside]:
                    texts[below][beside] = value
                    if beside > column:
                        spans.add((first_row + below + 1, beside))
    return frozenset(spans)


def cell_texts(values: list[list[Cell]], draft: Draft) -> list[list[str]]:
    """Return the cells as text, most of which is clean already."""
    unclean = UNCLEAN.search
    return [
        [value.strip() if type(value) is str and unclean(value) is None else cell_text(value, draft) for value in row]
        for row in values
    ]


def cell_text(value: Cell, draft: Draft) -> str:
    """Return a cell as text: whole numbers without a point, dates as ISO, truth as TRUE or FALSE."""
    if isinstance(value, str):
        if "\n" in value:
            return "\n".join(line for part in value.splitlines() if (line := clean(part, draft)))
        return clean(value, draft)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)
