"""Plain text, Markdown and separated values."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from heli.engines.officedocs.document import Block, LeftOut, Place
from heli.engines.officedocs.problems import Unreadable
from heli.engines.officedocs.structure import classify, mark_of
from heli.engines.officedocs.tables import Grid, add_grid, find_header, is_line_of_names, is_often_blank
from heli.engines.officedocs.texts import clean, decode, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heli.engines.officedocs.document import Draft
    from heli.engines.officedocs.limits import Limits

DELIMITERS = (",", "\t", ";", "|")
SNIFF_RECORDS = 60
LONGEST_CELL = 60
GAPS = (
    re.compile("[ \u00a0]?[|\uff5c][ \u00a0]?"),
    re.compile("[ \u00a0]{2,}|[ \u00a0]?\u3000[ \u00a0\u3000]*"),
    re.compile("[ \u00a0\u3000]+"),
)
"""What parts columns in plain text: bars, wide blanks, or any blanks."""
LONGEST_HEAD, LONGEST_ROW, SHORTEST_ROW = 200, 2000, 2
# Lines are matched with their blanks collapsed and every repetition bounded: no line can make a pattern slow.
MD_HEADING = re.compile(r"(#{1,6}) (.*)")
MD_ENTRY = re.compile(r"(?:[-*+]|(\d{1,9}[.)])) (?:\[[ xX]\] )?(.*)")
MD_RULE = re.compile(r"-{3,}|\*{3,}|_{3,}|`{3,}.*|~{3,}.*|=+")
MD_TABLE_RULE = re.compile(r"\|?(?::?-+:?\|)+(?::?-+:?)?")
MD_EMPHASIS = re.compile(r"(\*\*|__|\*|`)(?=\S)(.{1,300}?)(?<=\S)\1")
MD_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\([^)]{0,600}\)")


def read_text(data: bytes, draft: Draft, limits: Limits) -> None:
    """Add the lines of a text file; headings and lists are told by their numbering, columns by their tabs.

    Rows pasted from a worksheet are read as the worksheet would be, quoted cells with line breaks included.
    """
    raw = split_lines(decode(data, draft), limits)
    lines: list[tuple[int, str]] = []
    at = 0
    for begins, ends, rows in _tables(raw):
        lines += _cleaned(raw, at, begins, draft)
        _flush_lines(lines, draft)
        add_grid(Grid([(number, [clean(cell, draft) for cell in cells]) for number, cells in rows]), _line, draft)
        at = ends
    lines += _cleaned(raw, at, len(raw), draft)
    _flush_lines(lines, draft)
    if not draft.blocks:
        raise Unreadable("no_text")


def _cleaned(raw: list[str], begins: int, ends: int, draft: Draft) -> list[tuple[int, str]]:
    return [(at + 1, text) for at in range(begins, ends) if (text := clean(raw[at], draft))]


Rows = list[tuple[int, list[str]]]
"""Rows of a table: the number of the line each begins in, and its cells."""


def _tables(raw: list[str]) -> Iterator[tuple[int, int, Rows]]:
    """Yield (first line, line after the last, rows) of every stretch of lines that tabs or blanks make a table."""
    at = 0
    while at < len(raw):
        if "\t" not in raw[at]:
            ends, rows = _spaced_rows(raw, at)
            if rows:
                yield at, ends, rows
            at = ends if rows else at + 1
            continue
        begins, rows = at, []
        while at < len(raw) and ("\t" in raw[at] or _is_gap_of_rows(raw, at)):
            if not raw[at].strip():
                at += 1
                continue
            ends = _record_end(raw, at)
            rows.append((at + 1, _cells(raw[at:ends])))
            at = ends
        if _is_table(rows):
            yield begins, at, rows


def _is_gap_of_rows(raw: list[str], at: int) -> bool:
    """Return whether a line is blank and parts nothing: the next one is a row again."""
    return not raw[at].strip() and at + 1 < len(raw) and "\t" in raw[at + 1].strip()


def _spaced_rows(raw: list[str], at: int) -> tuple[int, Rows]:
    """Return the line after a table whose columns bars or blanks part, and its rows; none without a line of names.

    A row that lacks cells has no remark, or repeats after its number what stands above, as merged cells do when pasted.
    """
    head = raw[at].strip() if len(raw[at]) <= LONGEST_HEAD else ""
    edge = "|" if head[:1] == "|" else ""
    gap = next((gap for gap in GAPS if is_line_of_names(gap.split(head.strip(edge)))), None)
    if gap is None:
        return at + 1, []
    names = gap.split(head.strip(edge).strip())
    ends, rows = at + 1, [(at + 1, names)]
    for number in range(at + 2, len(raw) + 1):
        line = raw[number - 1].strip()
        if not line:
            continue
        cells = gap.split(line.strip(edge).strip()) if len(line) <= LONGEST_ROW else []
        missing = len(names) - len(cells)
        if missing < 0 or len(cells) < SHORTEST_ROW or (missing and not _may_lack(names, cells)):
            break
        ends = number
        late = min(missing, sum(map(is_often_blank, names[-1:])))
        rows.append((number, [cells[0], *[""] * (missing - late), *cells[1:], *[""] * late]))
    return ends, rows if len(rows) > SHORTEST_ROW else []


def _may_lack(names: list[str], cells: list[str]) -> bool:
    """Return whether cells may be missing: after a number of the row, or of the last column alone."""
    return cells[0].isdecimal() or (len(cells) == len(names) - 1 and is_often_blank(names[-1]))


def _record_end(raw: list[str], at: int) -> int:
    """Return the line after a record: a quoted cell may hold line breaks, up to ``LONGEST_CELL`` lines."""
    quotes = raw[at].count('"')
    for ends in range(at + 1, min(at + LONGEST_CELL, len(raw)) + 1):
        if quotes % 2 == 0:
            return ends
        quotes += raw[ends].count('"') if ends < len(raw) else 0
    return at + 1


def _cells(lines: list[str]) -> list[str]:
    """Return the cells of one record; a quotation mark inside a cell stands for itself."""
    joined = "\n".join(lines)
    quoted = joined.count('"') % 2 == 0
    rows = csv.reader(io.StringIO(joined), delimiter="\t", quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE)
    return [cell for row in rows for cell in row]


def _is_table(rows: Rows) -> bool:
    """Return whether tabs part columns: three cells and more in most rows, or two below names of columns.

    A tab after a number ("1.<tab>Hold a meeting") or before an indented line parts no columns.
    """
    filled = [[cell for cell in cells if cell.strip()] for _, cells in rows]
    several = [cells for cells in filled if len(cells) > 1]
    if len(several) < 2 or len(several) * 2 < len(filled):
        return False
    wide = sum(len(cells) >= 3 for cells in several)
    return wide * 2 >= len(several) or (
        find_header(Grid(rows)) is not None and not any(mark_of(f"{cells[0]} x")[0] for cells in several[1:])
    )


def add_lines(lines: list[tuple[int, str]], draft: Draft) -> None:
    """Add numbered lines as headings, list entries and paragraphs."""
    for (number, text), (kind, level, mark) in zip(lines, classify([text for _, text in lines]), strict=True):
        draft.blocks.append(Block(text, kind, level, Place("line", line=number), number=mark))


def read_markdown(data: bytes, draft: Draft, limits: Limits) -> None:
    """Add the lines of a Markdown file: headings, nested lists, pipe tables, all else by its numbering."""
    lines = split_lines(decode(data, draft), limits)
    plain: list[tuple[int, str]] = []
    table: list[tuple[int, list[str]]] = []
    for number, line in enumerate([*lines, ""], start=1):
        body = " ".join(line.split())
        if len(body) > 1 and body[0] == body[-1] == "|":
            _flush_lines(plain, draft)
            if MD_TABLE_RULE.fullmatch(body.replace(" ", "")):
                draft.left_out.append(LeftOut(body, _line(number), "rule"))
            else:
                table.append((number, [clean(_unmark(cell), draft) for cell in body[1:-1].split("|")]))
            continue
        if table:
            add_grid(Grid(table, header_rows=1), _line, draft)
            table = []
        _markdown_line(number, line, body, plain, draft)
    _flush_lines(plain, draft)
    if not draft.blocks:
        raise Unreadable("no_text")


def _line(number: int) -> Place:
    return Place("line", line=number)


def _markdown_line(number: int, line: str, body: str, plain: list[tuple[int, str]], draft: Draft) -> None:
    if MD_RULE.fullmatch(body.replace(" ", "")):
        _flush_lines(plain, draft)
        draft.left_out.append(LeftOut(body, _line(number), "rule"))
    elif heading := MD_HEADING.fullmatch(body):
        _flush_lines(plain, draft)
        if text := clean(_unmark(heading[2].rstrip("# ")), draft):
            draft.blocks.append(Block(text, "heading", len(heading[1]), _line(number)))
    elif entry := MD_ENTRY.fullmatch(body):
        _flush_lines(plain, draft)
        mark = entry[1] or ""
        if text := clean(f"{mark} {_unmark(entry[2])}", draft):
            indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
            draft.blocks.append(Block(text, "list", 1 + min(indent // 2, 8), _line(number), number=mark))
    elif text := clean(_unmark(body.lstrip("> ")), draft):
        plain.append((number, text))


def _flush_lines(plain: list[tuple[int, str]], draft: Draft) -> None:
    if plain:
        add_lines(plain, draft)
        plain.clear()


def _unmark(text: str) -> str:
    return MD_EMPHASIS.sub(r"\2", MD_LINK.sub(r"\1", text))


def read_separated(data: bytes, draft: Draft, limits: Limits) -> None:
    """Add the records of a csv or tsv file as rows with header → value cells."""
    rows = [(number, [clean(cell, draft) for cell in cells]) for number, cells in records(data, draft, limits)]
    rows = [(number, cells) for number, cells in rows if any(cells)]
    if not rows:
        raise Unreadable("no_text")
    add_grid(Grid(rows), lambda row: Place("sheet_row", row=row), draft)


def records(data: bytes, draft: Draft, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """Yield (record number from 1, cells) of separated values in any supported encoding and delimiter.

    Raises Unreadable: too_many_rows (before anything is taken apart, where no cell is quoted), too_many_cells,
    line_too_long, csv_quotes where a quotation mark never closes.
    """
    text = decode(data, draft)
    if text.count("\n") > limits.rows_with_heads and '"' not in text:
        raise Unreadable("too_many_rows", limit=limits.rows)
    lines = [line + "\n" for line in split_lines(text, limits)]
    delimiter = sniff(lines)
    csv.field_size_limit(limits.line_characters * 10)
    strict = _quotes_are_strict(lines, delimiter, limits.rows_with_heads)
    reader = csv.reader(lines, delimiter=delimiter, strict=strict)
    total = start = 0
    try:
        for number, cells in enumerate(reader, start=1):
            total += len(cells)
            if number > limits.rows_with_heads:
                raise Unreadable("too_many_rows", limit=limits.rows)
            if total > limits.cells:
                raise Unreadable("too_many_cells", sheet="", limit=limits.cells)
            yield number, cells
            start = reader.line_num
    except csv.Error as error:
        raise Unreadable("csv_quotes", line=start + 1) from error


def _quotes_are_strict(lines: list[str], delimiter: str, most: int) -> bool:
    """Return False where the first ``most`` records have loose quotation marks inside cells, read as they stand.

    A quotation mark that never closes is not loose: it would swallow all that follows, so strict reading names it.
    """
    try:
        for _ in islice(csv.reader(lines, delimiter=delimiter, strict=True), most):
            pass
    except csv.Error as error:
        return "end of data" in str(error)
    return True


def sniff(lines: list[str]) -> str:
    """Return the delimiter that splits the first records most evenly into most columns; a comma if none does."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        try:
            widths = [len(cells) for cells in csv.reader(lines[:SNIFF_RECORDS], delimiter=delimiter) if any(cells)]
        except csv.Error:
            continue
        if not widths:
            continue
        width, count = Counter(widths).most_common(1)[0]
        score = (count / len(widths)) * min(width, 20) if width > 1 else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    return best
