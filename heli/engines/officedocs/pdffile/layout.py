"""Lines on pages to paragraphs: page heads and feet taken off, wrapped lines joined, tables put together."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from heli.engines.officedocs.document import Block, LeftOut, Place
from heli.engines.officedocs.pdffile.grids import table_rows
from heli.engines.officedocs.sentences import load_data
from heli.engines.officedocs.structure import TITLE_LENGTH, classify, could_head, mark_of
from heli.engines.officedocs.tables import Grid, add_grid
from heli.engines.officedocs.texts import clean, join_wrapped

if TYPE_CHECKING:
    from heli.engines.officedocs.document import Draft

HEAD_SHARE, FOOT_SHARE = 0.125, 0.115
ENOUGH_LINES = 12
FULL_SHARE = 0.2
LARGER = 1.0
DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Line:
    """One printed line; lengths in points from the top left corner of its page."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool
    place: Place


@dataclass(frozen=True)
class Table:
    """One ruled table on one page: its cells as (x0, top, x1, bottom, text)."""

    top: float
    bottom: float
    cells: list[tuple[float, float, float, float, str]]


@dataclass(frozen=True)
class Page:
    """A page as the worker found it."""

    number: int
    width: float
    height: float
    images: int
    lines: list[Line]
    tables: list[Table]

    @classmethod
    def of(cls, number: int, found: dict[str, Any]) -> Page:
        """Return the page of one of the worker's answers."""
        lines = [
            Line(place=Place("page_line", page=number, line=index), **line)
            for index, line in enumerate(found["lines"], start=1)
        ]
        tables = [
            Table(table["top"], table["bottom"], [tuple(cell) for cell in table["cells"]]) for table in found["tables"]
        ]
        return cls(number, found["width"], found["height"], found["images"], lines, tables)


@dataclass
class _Paragraph:
    lines: list[Line]
    text: str


@cache
def _page_number() -> re.Pattern[str]:
    return re.compile(load_data("marks.toml")["pages"]["number"])


def add_pages(pages: list[Page], draft: Draft) -> None:
    """Add the pages' paragraphs and tables in reading order."""
    running = _running_lines(pages)
    left, right = _edges(pages)
    things: list[_Paragraph | list[tuple[int, Table]]] = []
    for page in pages:
        flow: list[Line | Table] = sorted([*page.lines, *page.tables], key=lambda thing: thing.top)
        for thing in flow:
            if isinstance(thing, Table):
                _take_table(thing, page.number, things)
                continue
            reason = _margin_reason(thing, page, running)
            text = clean(thing.text, draft)
            if reason and text:
                draft.left_out.append(LeftOut(text, thing.place, reason))  # type: ignore[arg-type]
            elif text:
                _take_line(thing, text, things, left, right)
    _emit(things, draft)


def _running_lines(pages: list[Page]) -> set[str]:
    """Return the texts, digits blanked, that stand in the margin of at least half of the pages, and of two."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_blanked(line.text) for line in page.lines if _zone(line, page)})
    return {text for text, count in seen.items() if count >= 2 and 2 * count >= len(pages) - 1}


def _blanked(text: str) -> str:
    return DIGITS.sub("#", "".join(text.split()))


def _zone(line: Line, page: Page) -> str:
    if line.bottom < page.height * HEAD_SHARE:
        return "page_header"
    return "page_footer" if line.top > page.height * (1 - FOOT_SHARE) else ""


def _margin_reason(line: Line, page: Page, running: set[str]) -> str:
    zone = _zone(line, page)
    if not zone:
        return ""
    outermost = all(
        other is line or (other.bottom <= line.bottom if zone == "page_footer" else other.top >= line.top)
        for other in page.lines
    )
    if outermost and _page_number().fullmatch("".join(line.text.split())):
        return "page_number"
    return zone if _blanked(line.text) in running else ""


def _edges(pages: list[Page]) -> tuple[float, float]:
    """Return the left and right edge of the text: where full lines end, or, where there are few, equal margins."""
    lines = [line for page in pages for line in page.lines]
    if not lines:
        return 0.0, 0.0
    lefts = Counter(round(line.x0) for line in lines)
    common = [edge for edge, count in lefts.items() if count >= max(2, len(lines) // 20)]
    left = float(min(common or lefts))
    right = sorted(line.x1 for line in lines)[max(int(len(lines) * 0.95) - 1, 0)]
    full = sum(line.x1 > right - line.size for line in lines)
    if len(lines) < ENOUGH_LINES or full < FULL_SHARE * len(lines):
        right = max(right, pages[0].width - left)
    return left, right


def _take_line(line: Line, text: str, things: list[Any], left: float, right: float) -> None:
    last = things[-1] if things and isinstance(things[-1], _Paragraph) else None
    if last is not None and _continues(last, line, text, left, right):
        last.text = join_wrapped(last.text, text)
        last.lines.append(line)
    else:
        things.append(_Paragraph([line], text))


def _continues(paragraph: _Paragraph, line: Line, text: str, left: float, right: float) -> bool:
    """Return whether a line goes on with the paragraph: the line above is full and this one starts no new one."""
    first, above = paragraph.lines[0], paragraph.lines[-1]
    size = max(above.size, 1.0)
    if abs(above.size - line.size) > LARGER or mark_of(text)[1]:
        return False
    same_page = above.place.page == line.place.page
    if same_page and line.top - above.bottom > 1.6 * size:
        return False
    centred = abs((above.x0 - left) - (right - above.x1)) < 2 * size and above.x0 - left > size
    centred_too = abs((line.x0 - left) - (right - line.x1)) < 2 * size and line.x0 - left > size
    if centred and centred_too:
        return same_page and above.size > 15 and len(paragraph.text) + len(text) <= TITLE_LENGTH
    if above.x1 < right - 1.6 * size:
        return False
    if line.x0 <= left + 1.2 * size:
        return True
    return line.x0 > first.x0 + 0.5 * size


def _take_table(table: Table, page: int, things: list[Any]) -> None:
    """Add a table; one that opens a page and has the columns of the one that closed the page before goes on with it."""
    last = things[-1] if things else None
    if isinstance(last, list) and last[-1][0] == page - 1 and _columns(last[-1][1]) == _columns(table):
        last.append((page, table))
    else:
        things.append([(page, table)])


def _columns(table: Table) -> int:
    return len({round(cell[0]) for cell in table.cells})


def _emit(things: list[Any], draft: Draft) -> None:
    paragraphs = [thing for thing in things if isinstance(thing, _Paragraph)]
    usual = Counter(round(line.size) for thing in paragraphs for line in thing.lines).most_common(1)
    body_size = float(usual[0][0]) if usual else 0.0
    guesses = iter(classify([paragraph.text for paragraph in paragraphs]))
    tables = 0
    for thing in things:
        if isinstance(thing, _Paragraph):
            kind, level, mark = next(guesses)
            large = thing.lines[0].size > body_size + LARGER or thing.lines[0].bold
            if kind != "heading" and large and could_head(thing.text, TITLE_LENGTH):
                kind, level = "heading", level + 1 if level else 1
            draft.blocks.append(Block(thing.text, kind, level, thing.lines[0].place, number=mark))
        else:
            tables += 1
            _add_table(thing, tables, draft)


def _add_table(parts: list[tuple[int, Table]], number: int, draft: Draft) -> None:
    rows: list[tuple[int, list[str]]] = []
    spans: set[tuple[int, int]] = set()
    places: list[Place] = []
    for page, table in parts:
        for index, (texts, repeated) in enumerate(table_rows(table.cells, draft), start=1):
            places.append(Place("table_row", page=page, table=number, row=index))
            rows.append((len(places), texts))
            spans.update((len(places), column) for column in repeated)
    add_grid(Grid(rows, spans=frozenset(spans)), lambda row: places[row - 1], draft)
