"""The body of a docx: paragraphs and tables in reading order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache, partial, reduce
from typing import TYPE_CHECKING

from heli.engines.officedocs.document import Block, LeftOut, Place
from heli.engines.officedocs.problems import Unreadable
from heli.engines.officedocs.sentences import load_data
from heli.engines.officedocs.structure import TITLE_LENGTH, classify, could_head
from heli.engines.officedocs.tables import Grid, add_grid
from heli.engines.officedocs.texts import clean, join_wrapped
from heli.engines.officedocs.wordfile.numbering import number_of
from heli.engines.officedocs.wordfile.runs import paragraph_text
from heli.engines.officedocs.wordfile.styles import Style, is_on, overlay, read_style

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from heli.engines.officedocs.document import Draft
    from heli.engines.officedocs.limits import Limits
    from heli.engines.officedocs.wordfile.numbering import Numbering
    from heli.engines.officedocs.wordfile.styles import Styles

COLUMNS = 63
TABLE_DEPTH = 12
WRAPPERS = {"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "AlternateContent", "Choice"}
HEADING_LENGTH = 120
BIGGER = 2


@dataclass
class Line:
    """A paragraph before it is known to be heading, list entry or text."""

    text: str
    place: Place
    style: Style
    number: str = ""
    level: int = 0
    bold: bool = False
    size: int = 0
    contents: bool = False


@dataclass
class Table:
    """A table before its header row is known."""

    number: int
    grid: Grid


@dataclass
class _Cell:
    text: str
    span: int
    continues: bool
    nested: list[Element] = field(default_factory=list)
    merges: bool = False


class BodyReader:
    """Reads one body into a draft. One object reads one document, since numbering counts along."""

    def __init__(self, styles: Styles, numbering: Numbering, draft: Draft, limits: Limits) -> None:
        self._styles = styles
        self._numbering = numbering
        self._draft = draft
        self._limits = limits
        self._items: list[Line | Table] = []
        self._paragraphs = 0
        self._tables = 0
        self._cells = 0
        self._carried = ""

    def read(self, body: Element) -> None:
        """Add the body's blocks to the draft."""
        self._walk(body, 0, 0)
        lines = [item for item in self._items if isinstance(item, Line)]
        kinds = iter(classify([line.text for line in lines]))
        usual = Counter(line.size for line in lines if line.size).most_common(1)
        body_size = usual[0][0] if usual else 0
        for item in self._items:
            if isinstance(item, Table):
                add_grid(item.grid, partial(_row_place, item.number), self._draft)
            else:
                self._add_line(item, next(kinds), body_size)

    def _add_line(self, line: Line, guess: tuple[str, int, str], body_size: int) -> None:
        if line.contents:
            self._draft.left_out.append(LeftOut(line.text, line.place, "contents"))
            return
        kind, level, mark = guess
        number = line.number or mark
        styled = self._styles.heading_level(line.style) if len(line.text) <= HEADING_LENGTH else 0
        if styled:
            kind, level = "heading", styled
        elif _looks_like_heading(line, body_size):
            kind, level = "heading", level if kind == "heading" else (level + 1 if level else 1)
        elif line.number and kind != "heading":
            kind, level = "list", line.level
        self._draft.blocks.append(Block(line.text, kind, level, line.place, number=number))  # type: ignore[arg-type]

    def _walk(self, parent: Element, depth: int, tables: int) -> None:
        if depth > self._limits.xml_depth or tables > TABLE_DEPTH:
            raise Unreadable("too_deep")
        for child in parent:
            if child.tag == "p":
                self._add_paragraph(child, depth, tables)
            elif child.tag == "tbl":
                self._add_table(child, depth, tables)
            elif child.tag in WRAPPERS:
                self._walk(child, depth + 1, tables)
            elif child.tag == "altChunk":
                self._draft.add_note("embedded_ignored")

    def _add_paragraph(self, paragraph: Element, depth: int, tables: int) -> None:
        text, style, line = self._paragraph(paragraph)
        place = Place("paragraph", paragraph=self._paragraphs + 1)
        if line is not None and text:
            self._paragraphs += 1
            whole = bool(self._styles.heading_level(style)) or bool(style.centred)
            pieces = [reduce(join_wrapped, text.split("\n"))] if whole else text.split("\n")
            for index, piece in enumerate(piece for piece in pieces if piece):
                number = line.number if index == 0 else ""
                self._items.append(Line(piece, place, style, number, line.level, line.bold, line.size, line.contents))
        for box in self._boxes:
            self._walk(box, depth + 1, tables)

    def _paragraph(self, paragraph: Element) -> tuple[str, Style, Line | None]:
        """Return (text with its printed number, resolved style, looks); a deleted paragraph mark joins the next."""
        properties = paragraph.find("pPr")
        style_id, direct, mark_deleted = self._styles.default, Style(), False
        if properties is not None:
            reference = properties.find("pStyle")
            style_id = reference.get("val", "") if reference is not None else style_id
            direct = read_style(properties)
            mark_deleted = properties.find("rPr/del") is not None
        named_style = self._styles.get(style_id)
        style = replace(overlay(named_style, direct), name=named_style.name)
        found = paragraph_text(paragraph, style, self._limits.xml_depth)
        self._boxes = found.boxes
        if found.has_changes:
            self._draft.add_note("changes_accepted")
        if found.has_hidden:
            self._draft.add_note("hidden_text")
        parts = (clean(part, self._draft) for part in (self._carried + found.text).split("\n"))
        text = "\n".join(part for part in parts if part)
        self._carried = text if mark_deleted else ""
        if mark_deleted or not text:
            return "", style, None
        number, level = self._number(style_id, direct, style)
        line = Line(text, Place("paragraph"), style, number, level, found.bold, found.size, _is_contents(style.name))
        return _joined(number, text), style, line

    def _number(self, style_id: str, direct: Style, style: Style) -> tuple[str, int]:
        """Return (printed number, list level from 1) of a paragraph, ("", 0) where it has none."""
        number_id = style.number_id
        if not number_id or number_id == "0":
            return "", 0
        index = direct.number_level
        if index is None and direct.number_id is None:
            index = self._numbering.level_of_style(number_id, self._styles.numbering_style(style_id))
        if index is None:
            index = style.number_level or 0
        printed = self._numbering.next_number(number_id, min(max(index, 0), 8))
        return (printed or "", index + 1) if printed is not None else ("", 0)

    def _add_table(self, table: Element, depth: int, tables: int) -> None:
        rows, header_rows = self._rows(table, depth)
        if rows and max(sum(cell.span for cell in cells) for cells in rows) == 1:
            self._walk_cells(table, depth, tables)
            return
        self._tables += 1
        number = self._tables
        nested = [element for cells in rows for cell in cells for element in cell.nested]
        grid = _grid(rows, header_rows)
        self._cells += sum(len(cells) for _, cells in grid.rows)
        if self._cells > self._limits.cells:
            raise Unreadable("too_many_cells", sheet="", limit=self._limits.cells)
        self._items.append(Table(number, grid))
        for element in nested:
            self._walk_one_table(element, depth, tables)

    def _walk_one_table(self, table: Element, depth: int, tables: int) -> None:
        if tables >= TABLE_DEPTH:
            raise Unreadable("too_deep")
        self._add_table(table, depth + 1, tables + 1)

    def _walk_cells(self, table: Element, depth: int, tables: int) -> None:
        """Read a table of one column as what it is: a frame around paragraphs."""
        for row in _unwrapped(table, "tr", depth, self._limits.xml_depth):
            for cell in _unwrapped(row, "tc", depth, self._limits.xml_depth):
                self._walk(cell, depth + 1, tables + 1)

    def _rows(self, table: Element, depth: int) -> tuple[list[list[_Cell]], int]:
        rows: list[list[_Cell]] = []
        header_rows = 0
        for row in _unwrapped(table, "tr", depth, self._limits.xml_depth):
            properties = row.find("trPr")
            if properties is not None and properties.find("del") is not None:
                self._draft.add_note("changes_accepted")
                continue
            cells = [_Cell("", 1, continues=False) for _ in range(_before(properties))]
            cells += [self._cell(cell, depth) for cell in _unwrapped(row, "tc", depth, self._limits.xml_depth)]
            head = properties.find("tblHeader") if properties is not None else None
            if head is not None and is_on(head.get("val", "1")) and header_rows == len(rows):
                header_rows += 1
            rows.append(cells[:COLUMNS])
        return rows, header_rows if header_rows < len(rows) else 0

    def _cell(self, cell: Element, depth: int) -> _Cell:
        properties = cell.find("tcPr")
        span, continues, merges = 1, False, False
        for child in properties if properties is not None else ():
            if child.tag == "gridSpan":
                span = min(max(number_of(child, 1), 1), COLUMNS)
            elif child.tag == "vMerge":
                merges = True
                continues = child.get("val", "continue") == "continue"
        result = _Cell("", span, continues, merges=merges)
        texts: list[str] = []
        self._gather(cell, result, texts, depth)
        result.text = "\n".join(text for text in texts if text)
        return result

    def _gather(self, parent: Element, cell: _Cell, texts: list[str], depth: int) -> None:
        if depth > self._limits.xml_depth:
            raise Unreadable("too_deep")
        for child in parent:
            if child.tag == "p":
                texts.append(self._paragraph(child)[0])
                for box in self._boxes:
                    self._gather(box, cell, texts, depth + 1)
            elif child.tag == "tbl":
                cell.nested.append(child)
            elif child.tag in WRAPPERS:
                self._gather(child, cell, texts, depth + 1)


def _row_place(table: int, row: int) -> Place:
    return Place("table_row", table=table, row=row)


def _joined(number: str, text: str) -> str:
    if not number:
        return text
    western = number[-1].isascii() and text[:1].isascii()
    return f"{number} {text}" if western or number[-1].isalnum() or number == "\u2022" else number + text


def _looks_like_heading(line: Line, body_size: int) -> bool:
    in_brackets = line.text[0] in "(\uff08" and line.text[-1] in ")\uff09"
    if in_brackets or not could_head(line.text, TITLE_LENGTH):
        return False
    bigger = bool(body_size) and line.size >= body_size + BIGGER
    return bigger or (line.bold and bool(line.style.centred or len(line.text) <= TITLE_LENGTH // 2))


@cache
def _contents_names() -> tuple[str, ...]:
    return tuple(load_data("marks.toml")["styles"]["contents"])


def _is_contents(style_name: str) -> bool:
    return style_name.lower().startswith(_contents_names())


def _before(properties: Element | None) -> int:
    before = properties.find("gridBefore") if properties is not None else None
    return min(max(number_of(before), 0), COLUMNS) if before is not None else 0


def _unwrapped(parent: Element, tag: str, depth: int, deepest: int) -> list[Element]:
    """Return the children of a tag, looking through content controls and tracked changes."""
    if depth > deepest:
        raise Unreadable("too_deep")
    found: list[Element] = []
    for child in parent:
        if child.tag == tag:
            found.append(child)
        elif child.tag in WRAPPERS:
            found.extend(_unwrapped(child, tag, depth + 1, deepest))
    return found


def _grid(rows: list[list[_Cell]], header_rows: int) -> Grid:
    """Return the rows with merged cells filled, across and down."""
    filled: list[tuple[int, list[str]]] = []
    spans: set[tuple[int, int]] = set()
    above: list[str] = []
    for number, cells in enumerate(rows, start=1):
        texts: list[str] = []
        for cell in cells:
            column = len(texts)
            text = above[column] if cell.continues and column < len(above) else cell.text
            width = min(cell.span, COLUMNS - column)
            texts.extend([text] * width)
            spans.update((number, column + offset) for offset in range(1, width))
        filled.append((number, texts))
        above = texts
    return Grid(filled, header_rows, frozenset(spans))
