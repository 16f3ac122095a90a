"""A board as a workbook that clerks can print and send: alignment, items, gaps, conflicts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import IO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from heli.engines.alignment.board import Board, quantity_words
from heli.engines.alignment.items import Item
from heli.engines.alignment.reasons import place_words, sentence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LONGEST_CELL = 32_000
_WIDTHS = {
    "number": 6,
    "verdict": 10,
    "score": 8,
    "id_a": 8,
    "text_a": 42,
    "owner_a": 16,
    "when_a": 14,
    "id_b": 8,
    "text_b": 42,
    "owner_b": 16,
    "when_b": 14,
    "reason": 48,
    "conflict": 14,
    "decision": 18,
    "id": 8,
    "line": 10,
    "text": 50,
    "heading": 26,
    "file": 24,
    "place": 14,
    "owner": 18,
    "assist": 16,
    "start": 12,
    "end": 12,
    "period": 10,
    "quantity": 18,
    "deliverable": 32,
    "obligations": 14,
    "key_links": 22,
    "key_link": 24,
    "obligation": 12,
    "title": 28,
    "source": 34,
    "article": 10,
    "confidence": 14,
    "kind": 12,
    "items": 16,
}
_LINE = Side(style="thin", color="D0CBC4")

Row = Sequence[object]


def safe(value: object) -> object:
    """Return a cell value that no spreadsheet takes for a formula and no XML parser refuses."""
    if not isinstance(value, str):
        return value
    text = _CONTROL.sub("", value)[:_LONGEST_CELL]
    return "'" + text if text.startswith(_FORMULA) else text


def write_board(board: Board, target: IO[bytes], language: str = "zh") -> None:
    """Write the board as an xlsx workbook into a binary stream."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for code, columns, rows in (
        _alignment(board, language),
        _items(board, language),
        _gaps(board, language),
        _conflicts(board, language),
    ):
        _fill(book.create_sheet(sentence("sheets", code, language)), columns, rows, language)
    book.save(target)


def _fill(sheet: Worksheet, columns: Sequence[str], rows: Iterable[Row], language: str) -> None:
    """Write one table: frozen head, filter, widths, wrapped cells, landscape and the head on every printed page."""
    sheet.append([sentence("columns", column, language) for column in columns])
    for row in rows:
        sheet.append([safe(value) for value in row])
    border = Border(bottom=_LINE)
    top = Alignment(wrap_text=True, vertical="top")
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            cell.alignment, cell.border = top, border
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="F3EEE8")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    for number, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS[column]
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if sheet.oddFooter is not None:
        sheet.oddFooter.center.text = "&P / &N"


def _alignment(board: Board, language: str) -> tuple[str, Sequence[str], list[Row]]:
    by_id = {item.id: item for item in (*board.items, *board.upper)}
    kinds: dict[frozenset[str], list[str]] = {}
    for conflict in board.conflicts:
        kinds.setdefault(frozenset(conflict.items), []).append(sentence("kinds", conflict.kind, language))
    ranked = sorted(board.matches, key=lambda match: (match.verdict != "duplicate", not match.is_across, -match.score))
    rows: list[Row] = []
    for number, match in enumerate(ranked, 1):
        a, b = by_id[match.a], by_id[match.b]
        found = ", ".join(dict.fromkeys(kinds.get(frozenset((a.id, b.id)), [])))
        verdict = sentence("kinds", match.verdict, language)
        reason = match.reason(language)
        rows.append(
            (
                number,
                verdict,
                round(match.score, 2),
                a.id,
                a.text,
                a.owner,
                a.when.words,
                b.id,
                b.text,
                b.owner,
                b.when.words,
                reason,
                found,
                "",
            )
        )
    columns = (
        "number",
        "verdict",
        "score",
        "id_a",
        "text_a",
        "owner_a",
        "when_a",
        "id_b",
        "text_b",
        "owner_b",
        "when_b",
        "reason",
        "conflict",
        "decision",
    )
    return "alignment", columns, rows


def _items(board: Board, language: str) -> tuple[str, Sequence[str], list[Row]]:
    columns = (
        "id",
        "line",
        "text",
        "heading",
        "file",
        "place",
        "owner",
        "assist",
        "start",
        "end",
        "period",
        "quantity",
        "deliverable",
        "obligations",
        "key_links",
    )
    rows = [_item_row(item, board, language, is_upper=False) for item in board.items]
    rows += [_item_row(item, board, language, is_upper=True) for item in board.upper]
    return "items", columns, rows


def _item_row(item: Item, board: Board, language: str, *, is_upper: bool) -> Row:
    assist = ", ".join(owner.name for owner in item.owners if owner.role == "assist")
    period = sentence("periods", item.when.period, language) if item.when.period else ""
    return (
        item.id,
        sentence("lines", "upper" if is_upper else item.line, language),
        item.text,
        " / ".join(item.headings[1:]),
        item.file,
        place_words(item.place, language),
        item.owner,
        assist,
        item.when.start,
        item.when.end,
        period,
        quantity_words(item),
        item.deliverable,
        ", ".join(board.obligations.get(item.id, ())),
        ", ".join(board.key_links.get(item.id, ())),
    )


def _gaps(board: Board, language: str) -> tuple[str, Sequence[str], list[Row]]:
    columns = ("number", "key_link", "obligation", "title", "source", "confidence", "reason", "decision")
    rows: list[Row] = []
    for number, gap in enumerate(board.gaps, 1):
        sure = sentence("confidences", gap.confidence, language) if gap.confidence else ""
        title = gap.title if language == "zh" else gap.title_en
        rows.append(
            (number, gap.key_link, gap.obligation, title, gap.rule(language), sure, gap.reason.text(language), "")
        )
    return "gaps", columns, rows


def _conflicts(board: Board, language: str) -> tuple[str, Sequence[str], list[Row]]:
    columns = ("number", "kind", "items", "reason", "decision")
    rows: list[Row] = [
        (number, sentence("kinds", found.kind, language), ", ".join(found.items), found.reason.text(language), "")
        for number, found in enumerate(board.conflicts, 1)
    ]
    return "conflicts", columns, rows
