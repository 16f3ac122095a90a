"""From a file's bytes to rows: the two engines called, their answers turned into draft items."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from heli.engines.alignment import items as engine
from heli.engines.alignment.splitting import split
from heli.engines.officedocs.document import Document
from heli.engines.officedocs.problems import Unreadable
from heli.engines.officedocs.reading import read, read_pasted
from heli.rooms.plans import rules
from heli.rooms.plans.enums import RowKind
from heli.rooms.plans.models import DraftItem

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class NewPaper:
    """A file as it was handed in, or pasted text (``filename`` empty)."""

    filename: str
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Reading:
    """A paper after both engines: its rows, or what is wrong with it in each language."""

    format: str = ""
    rows: tuple[DraftItem, ...] = ()
    notes: tuple[dict[str, str], ...] = ()
    failure: dict[str, dict[str, str]] | None = None

    @property
    def items(self) -> int:
        return sum(1 for row in self.rows if row.kind == RowKind.ITEM)


def read_paper(paper: NewPaper, *, line: str, year: int) -> Reading:
    """Read and split a paper. Never raises for a bad file: the reading then says what and how to mend it."""
    try:
        document = read(paper.data, paper.filename) if paper.filename else read_pasted(paper.data.decode())
    except Unreadable as problem:
        return Reading(failure={
            language: {"what": problem.what(language), "remedy": problem.how_to_mend(language)}
            for language in LANGUAGES
        })  # fmt: skip
    notes = tuple({language: note.text(language) for language in LANGUAGES} for note in document.notes)
    return Reading(format=document.kind, rows=tuple(rows_of(document, line=line, year=year)), notes=notes)


def rows_of(document: Document, *, line: str, year: int) -> list[DraftItem]:
    """Return every line of the document as an unsaved row, in reading order; nothing is left behind."""
    parts = split(document.blocks, "party" if line == "party" else "integrity", year, document.name)
    rows: list[tuple[tuple[int, int], DraftItem]] = []
    rows += [(_begin(item.spans), item_row(item, year)) for item in parts.items]
    rows += [(_begin(heading.spans), _heading_row(heading)) for heading in parts.headings]
    rows += [(_begin(left.spans), _left_out_row(left)) for left in parts.left_out]
    rows.sort(key=lambda pair: pair[0])
    ordered = [row for _key, row in rows]
    ordered += [
        DraftItem(kind=RowKind.LEFT_OUT, source=left.text, reason=f"file.{left.reason}", place=asdict(left.place))
        for left in document.left_out
    ]
    for position, row in enumerate(ordered, start=1):
        row.position, row.line = position, line
    return ordered


def item_row(item: engine.Item, year: int) -> DraftItem:
    """Return an engine's item as an unsaved row."""
    return DraftItem(
        kind=RowKind.ITEM,
        source=item.source,
        place=place_of(item.place),
        headings=list(item.headings),
        **slots_of(item, rules.read_time(item.when, item.source, year)),
    )


def slots_of(item: engine.Item, time: rules.Time) -> dict[str, Any]:
    """Return the fields of a row that an item's words say: text, owner, dates, amount, deliverable."""
    return {
        "text": item.text.strip() or item.source.strip(),
        "owner": item.owner or "",
        "helpers": "、".join(dict.fromkeys(owner.name for owner in item.owners if owner.role == "assist")),
        **time_fields(time),
        "quantity": "，".join(dict.fromkeys(quantity.text for quantity in item.quantities if quantity.text)),
        "deliverable": item.deliverable,
    }


def time_of(row: DraftItem) -> rules.Time:
    """Return the time of a row as it stands, edits included."""
    return rules.Time(row.start, row.end, row.period, row.when_words)


def time_fields(time: rules.Time) -> dict[str, Any]:
    """Return the fields of a row that hold its time."""
    return {"start": time.start, "end": time.end, "period": time.period, "when_words": time.words}


def engine_item(row: DraftItem) -> engine.Item:
    """Return a row as the engine's item, edits included, for aligning, splitting and merging."""
    from heli.engines.alignment.quantities import find_quantities

    return engine.Item(
        id=str(row.pk),
        line="party" if row.line == "party" else "integrity",
        text=row.text,
        source=row.source,
        file=row.document.filename or row.document.title,
        place=engine.Place(row.place, headings=tuple(row.headings)),
        spans=(),
        owners=(
            *((engine.Owner(row.owner, "lead"),) if row.owner else ()),
            *((engine.Owner(row.helpers, "assist"),) if row.helpers else ()),
        ),
        when=engine.When(
            start=row.start.isoformat() if row.start else None,
            end=row.end.isoformat() if row.end else None,
            period=row.period,
            words=row.when_words,
            is_deadline=row.end is not None and row.start is None,
        ),
        quantities=find_quantities(row.quantity or row.text),
        deliverable=row.deliverable,
        headings=tuple(row.headings),
    )


def place_of(place: engine.Place) -> dict[str, Any]:
    """Return where a text stands as plain data; ``queries.papers.place_text`` says it in words."""
    return {**asdict(place.source), "part": place.part}


def _heading_row(heading: engine.Heading) -> DraftItem:
    return DraftItem(
        kind=RowKind.HEADING,
        text=heading.text,
        source=heading.source,
        level=max(heading.level, 0),
        place=place_of(heading.place),
    )


def _left_out_row(left: engine.LeftOut) -> DraftItem:
    return DraftItem(
        kind=RowKind.LEFT_OUT, source=left.source, reason=f"split.{left.reason}", place=place_of(left.place)
    )


def _begin(spans: Iterable[engine.Span]) -> tuple[int, int]:
    return min(((span.block, span.start) for span in spans), default=(1_000_000_000, 0))
