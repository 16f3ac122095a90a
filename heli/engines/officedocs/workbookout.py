"""Workbooks written for people: safe text, frozen heads, widths, ready to print."""

from __future__ import annotations

import datetime
import io
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ERROR_START = "#"
# A workbook reads _x0041_ as the letter of that number; the line before it is then written by its own number.
ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
FORBIDDEN_IN_NAME = re.compile(r"[\[\]:*?/\\]")
NAME_LENGTH = 31
CELL_LENGTH = 32_767
NARROWEST, WIDEST = 6, 48
MEASURED_ROWS = 200
A4 = 9
MARGIN_INCHES = 0.5


@dataclass(frozen=True)
class Column:
    """A column: its head, its width in characters (measured when None), whether long text wraps."""

    title: str
    width: float | None = None
    wrap: bool = False


@dataclass(frozen=True)
class Sheet:
    """One sheet: name, columns (a plain head will do), rows of values (text, numbers, dates, truth, None)."""

    name: str
    columns: Sequence[Column | str]
    rows: Iterable[Sequence[object]]


def write_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """Return a workbook of these sheets: head row bold, frozen and repeated in print, A4 landscape, fit to width.

    Text is always written as text: what begins with = + - @ tab or carriage return is marked as quoted, so no
    program takes it for a formula, now or after editing; an error's name, and the signs by which a workbook writes
    letters by number, stay the text they are. Raises ValueError without any sheet.
    """
    if not sheets:
        raise ValueError("write_xlsx got no sheets; a workbook needs at least one")
    book = Workbook(write_only=True)
    taken: set[str] = set()
    for sheet in sheets:
        name = _free_name(sheet.name, taken)
        _write_sheet(book.create_sheet(name), sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _free_name(name: str, taken: set[str]) -> str:
    plain = FORBIDDEN_IN_NAME.sub(" ", ILLEGAL.sub("", name)).strip(" '")[:NAME_LENGTH] or "Sheet"
    candidate, number = plain, 2
    while candidate.casefold() in taken:
        ending = f" ({number})"
        candidate = plain[: NAME_LENGTH - len(ending)] + ending
        number += 1
    taken.add(candidate.casefold())
    return candidate


def _write_sheet(target: Any, sheet: Sheet) -> None:
    columns = [column if isinstance(column, Column) else Column(column) for column in sheet.columns]
    rows = [list(row) for row in sheet.rows]
    for index, column in enumerate(columns):
        width = column.width if column.width is not None else _measured(column.title, rows, index)
        target.column_dimensions[get_column_letter(index + 1)].width = width
    target.freeze_panes = "A2"
    target.print_title_rows = "1:1"
    target.page_setup.paperSize = A4
    target.page_setup.orientation = "landscape"
    target.page_setup.fitToWidth = 1
    target.page_setup.fitToHeight = 0
    target.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    target.page_margins.left = target.page_margins.right = MARGIN_INCHES
    target.oddFooter.center.text = "&P / &N"
    target.append([_head_cell(target, column.title) for column in columns])
    if columns and rows:
        target.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"
    for row in rows:
        target.append([_cell(target, value, columns, index) for index, value in enumerate(row)])


def _measured(title: str, rows: list[list[object]], index: int) -> float:
    texts = [title, *(str(row[index]) for row in rows[:MEASURED_ROWS] if index < len(row) and row[index] is not None)]
    widest = max(_printed_width(line) for text in texts for line in (text.splitlines() or [""]))
    return float(min(max(widest + 2, NARROWEST), WIDEST))


def _printed_width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _head_cell(target: Any, title: str) -> Any:
    cell = _text_cell(target, title)
    line = Side(style="thin", color="999999")
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="EEEEEE")
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    cell.border = Border(bottom=line)
    return cell


def _cell(target: Any, value: object, columns: list[Column], index: int) -> Any:
    wrap = index < len(columns) and columns[index].wrap
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        value = value.replace(tzinfo=None)
    if isinstance(value, (datetime.date, datetime.time)):
        return _date_cell(target, value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = ILLEGAL.sub("", str(value))[:CELL_LENGTH]
    if not wrap and not text.startswith((*FORMULA_STARTS, ERROR_START)):
        return ESCAPE.sub("_x005F_", text)
    cell = _text_cell(target, text)
    if wrap:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _date_cell(target: Any, value: datetime.date | datetime.time) -> Any:
    cell: Any = WriteOnlyCell(target)
    cell.value = value
    if isinstance(value, datetime.datetime):
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, datetime.date):
        cell.number_format = "yyyy-mm-dd"
    return cell


def _text_cell(target: Any, text: str) -> Any:
    """Return a cell that holds text whatever it begins with."""
    cell: Any = WriteOnlyCell(target, value=ESCAPE.sub("_x005F_", ILLEGAL.sub("", text)[:CELL_LENGTH]))
    cell.data_type = "s"
    if text.startswith(FORMULA_STARTS):
        cell.quotePrefix = True
    return cell
