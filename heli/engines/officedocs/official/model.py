"""What an official document says, without a word about how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence


@dataclass(frozen=True)
class Section:
    """A heading of level 1 to 4, or a plain paragraph of level 0.

    Headings are numbered by the writer: level 1 in Chinese numerals, 2 in brackets, 3 and 4 with figures. `body`
    runs on behind the heading in the same paragraph, as is customary from level 2 down.
    """

    level: int
    text: str
    body: str = ""


@dataclass(frozen=True)
class OfficialTable:
    """A table with one head row, repeated on every page. `widths` are shares of the text width, one per column."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    widths: Sequence[float] = ()
    landscape: bool = False


@dataclass(frozen=True)
class Attachment:
    """A document attached: its name in the list, and its own content on a new page where it has any."""

    name: str
    content: Sequence[Section | OfficialTable] = ()


@dataclass(frozen=True)
class RedHead:
    """The red head: the issuing body's mark, the document's number, and for upward documents who signs."""

    mark: str
    number: str = ""
    signer: str = ""
    secrecy: str = ""
    urgency: str = ""


@dataclass(frozen=True)
class OfficialDocument:
    """One official document, in the order in which it is read.

    `frame` chooses the page margins: "printed" by GB/T 9704-2012, "electronic" by GB/T 33476.2-2016. `free_fonts`
    names the free substitutes in the file instead of the licensed fonts of the standard.
    """

    title: str
    content: Sequence[Section | OfficialTable] = ()
    addressee: str = ""
    attachments: Sequence[Attachment | str] = ()
    issuer: str = ""
    date: datetime.date | None = None
    note: str = ""
    head: RedHead | None = None
    frame: Literal["printed", "electronic"] = "printed"
    free_fonts: bool = False
