"""What a document becomes: items (duties), headings and what was left out, each with its place in the source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Line = Literal["party", "integrity"]


class SourceBlock(Protocol):
    """One block of a read document, in reading order. Any reader whose blocks look so may be used."""

    @property
    def text(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def level(self) -> int: ...
    @property
    def place(self) -> Any: ...
    @property
    def cells(self) -> Sequence[tuple[str, str]]: ...


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range ``[start, end)`` of characters in the text of block number ``block``."""

    block: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands: its block's place as the reader gave it, the part of the block, the headings above."""

    source: Any
    part: int = 0
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount: ``low`` to ``high`` (equal for one number) of a unit, its bound, and whom or when it counts for."""

    low: float
    high: float
    unit: str
    bound: Literal["min", "max", "exact"]
    scope: str
    text: str
    start: int = 0
    end: int = 0
    topic: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """Time of a duty: ISO dates (inclusive, either may be missing), rhythm, and the words it was read from.

    ``period`` is day|week|month|two_months|quarter|half|year|term|event|ongoing or empty for a single stretch of time.
    ``windows`` are the stretches when there are several ("in June and in December").
    """

    start: str | None = None
    end: str | None = None
    period: str = ""
    words: str = ""
    windows: tuple[tuple[str | None, str | None], ...] = ()
    is_deadline: bool = False


@dataclass(frozen=True, slots=True)
class Owner:
    """Who answers for a duty: ``role`` lead|assist|subject; ``labelled`` where the source names the role itself."""

    name: str
    role: Literal["lead", "assist", "subject"]
    labelled: bool = True


@dataclass(frozen=True, slots=True)
class Item:
    """One duty of one document.

    ``text`` is the duty in the words of the source without number, label and slots in brackets; ``source`` is every
    character it came from; ``spans`` say where those stand in the blocks.
    """

    id: str
    line: Line
    text: str
    source: str
    file: str
    place: Place
    spans: tuple[Span, ...]
    owners: tuple[Owner, ...] = ()
    when: When = field(default_factory=When)
    quantities: tuple[Quantity, ...] = ()
    deliverable: str = ""
    headings: tuple[str, ...] = ()
    marker: str = ""

    @property
    def owner(self) -> str | None:
        """Whom the source names as answerable, the lead before the subject of the sentence; ``None`` when nobody."""
        for role in ("lead", "subject"):
            names = [owner.name for owner in self.owners if owner.role == role]
            if names:
                return "、".join(names)
        return None


@dataclass(frozen=True, slots=True)
class Heading:
    """A title or heading: ``level`` 0 is the title of the document."""

    text: str
    source: str
    level: int
    place: Place
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Text that deploys nothing, shown with the reason why (a key of the sentences in ``reasons_board.toml``)."""

    source: str
    reason: str
    place: Place
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """A document taken apart. Items, headings and left-out text together hold every non-space character of it."""

    items: tuple[Item, ...]
    headings: tuple[Heading, ...]
    left_out: tuple[LeftOut, ...]
