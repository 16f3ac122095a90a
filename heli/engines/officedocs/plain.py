"""Plain text, Markdown and separated values."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import TYPE_CHECKING

from heli.engines.officedocs.document import Block, LeftOut, Place
from heli.engines.officedocs.problems import Unreadable
from heli.engines.officedocs.structure import classify
from heli.engines.officedocs.tables import Grid, add_grid
from heli.engines.officedocs.texts import clean, decode, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heli.engines.officedocs.document import Draft
    from heli.engines.officedocs.limits import Limits

DELIMITERS = (",", "\t", ";", "|")
SNIFF_RECORDS = 60
# Lines are matched with their blanks collapsed and every repetition bounded: no line can make a pattern slow.
MD_HEADING = re.compile(r"(#{1,6}) (.*)")
MD_ENTRY = re.compile(r"(?:[-*+]|(\d{1,9}[.)])) (?:\[[ xX]\] )?(.*)")
MD_RULE = re.compile(r"-{3,}|\*{3,}|_{3,}|`{3,}.*|~{3,}.*|=+")
MD_TABLE_RULE = re.compile(r"\|?(?::?-+:?\|)+(?::?-+:?)?")
MD_EMPHASIS = re.compile(r"(\*\*|__|\*|`)(?=\S)(.{1,300}?)(?<=\S)\1")
MD_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\([^)]{0,600}\)")


def read_text(data: bytes, draft: Draft, limits: Limits) -> None:
    """Add the lines of a text file; headings and lists are told by their numbering."""
    add_lines(numbered_lines(data, draft, limits), draft)


def numbered_lines(data: bytes, draft: Draft, limits: Limits) -> list[tuple[int, str]]:
    """Return (line number, cleaned text) of the lines that hold text; Unreadable no_text if none does."""
    raw = split_lines(decode(data, draft), limits)
    lines = [(number, text) for number, line in enumerate(raw, start=1) if (text := clean(line, draft))]
    if not lines:
        raise Unreadable("no_text")
    return lines


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

    Raises Unreadable: too_many_cells, line_too_long, csv_quotes where a quotation mark never closes.
    """
    text = decode(data, draft)
    lines = [line + "\n" for line in split_lines(text, limits)]
    delimiter = sniff(lines)
    csv.field_size_limit(limits.line_characters * 10)
    strict = _quotes_are_strict(lines, delimiter)
    reader = csv.reader(lines, delimiter=delimiter, strict=strict)
    total = start = 0
    try:
        for number, cells in enumerate(reader, start=1):
            total += len(cells)
            if total > limits.cells:
                raise Unreadable("too_many_cells", sheet="", limit=limits.cells)
            yield number, cells
            start = reader.line_num
    except csv.Error as error:
        raise Unreadable("csv_quotes", line=start + 1) from error


def _quotes_are_strict(lines: list[str], delimiter: str) -> bool:
    """Return False for files with loose quotation marks inside cells, which are read as they stand.

    A quotation mark that never closes is not loose: it would swallow all that follows, so strict reading names it.
    """
    try:
        for _ in csv.reader(lines, delimiter=delimiter, strict=True):
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
