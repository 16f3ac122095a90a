"""What a reading returns: a document of blocks, each with its place in the source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from heli.engines.officedocs.sentences import sentence

BlockKind = Literal["heading", "paragraph", "list", "row"]
PlaceKind = Literal["line", "paragraph", "table_row", "sheet_row", "page_line", "footnote"]
LeftOutReason = Literal[
    "page_header", "page_footer", "page_number", "table_header", "contents", "comment", "rule", "image"
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands in its source; every number counts from 1 and 0 means "does not apply".

    `line` of a text file or of a pdf page; `paragraph` of a docx body, empty ones not counted; `table` and
    `row` of a docx or pdf table; `sheet` and `row` of a workbook (no sheet name for csv).
    """

    kind: PlaceKind
    line: int = 0
    paragraph: int = 0
    page: int = 0
    table: int = 0
    row: int = 0
    sheet: str = ""
    note: int = 0

    def text(self, language: str) -> str:
        """Return the place in words, for instance "page 3, line 12"."""
        code: str = self.kind
        if self.kind == "table_row" and self.page:
            code = "page_table_row"
        elif self.kind == "sheet_row" and not self.sheet:
            code = "row"
        params: dict[str, object] = {
            "line": self.line,
            "paragraph": self.paragraph,
            "page": self.page,
            "table": self.table,
            "row": self.row,
            "sheet": self.sheet,
            "note": self.note,
        }
        return sentence("place", code, language, params)


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list entry or table row of the source.

    `text` holds what a reader sees, a printed number included; `number` repeats that number where the source
    counts by itself. `level` is 1 for the highest heading or the outermost list and 0 for plain text.
    `cells` are (header, value) pairs of a row in column order; a header is "" where the table names none.
    """

    text: str
    kind: BlockKind
    level: int
    place: Place
    cells: tuple[tuple[str, str], ...] = ()
    number: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line of the source that is no block, with the reason: nothing disappears silently."""

    text: str
    place: Place
    reason: LeftOutReason

    def why(self, language: str) -> str:
        """Return the reason in words."""
        return sentence("left_out", self.reason, language, {})


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader of the result should know, for instance that macros were ignored."""

    code: str
    params: tuple[tuple[str, object], ...] = ()

    def text(self, language: str) -> str:
        """Return the note in words."""
        return sentence("note", self.code, language, dict(self.params))


def note(code: str, **params: object) -> Note:
    """Return a note; its sentence stands in the data file under `note.<code>`."""
    return Note(code, tuple(sorted(params.items())))


@dataclass(frozen=True, slots=True)
class Document:
    """A file as blocks in reading order. `kind` is docx, xlsx, pdf, csv, md or txt, by content, not by name."""

    name: str
    kind: str
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


@dataclass(slots=True)
class Draft:
    """What a format's reader gathers before it becomes a `Document`."""

    blocks: list[Block] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def add_note(self, code: str, **params: object) -> None:
        """Add a note once, however often it applies."""
        fresh = note(code, **params)
        if fresh not in self.notes:
            self.notes.append(fresh)
