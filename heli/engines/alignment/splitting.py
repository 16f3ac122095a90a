"""Take a document apart into duties, headings and what deploys nothing; nothing invented, nothing lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from heli.engines.alignment import dates, duties, outline, quantities, slots, tables, wordlists
from heli.engines.alignment.items import (
    Heading,
    Item,
    LeftOut,
    Line,
    Place,
    Quantity,
    SourceBlock,
    Span,
    Split,
    When,
)
from heli.engines.alignment.passages import Passage, marker, passages

_DATA = wordlists.load("slots_splitting.toml")
_JOINT = wordlists.load("slots_labels.toml")["patterns"]["joint"]
_EDGES = wordlists.load("slots_labels.toml")["patterns"]["edges"]
PREFIX: dict[str, str] = {"party": "P", "integrity": "I"}


@dataclass(slots=True)
class _Open:
    """A heading that stands above what is read now."""

    kind: str
    text: str
    said: slots.Slots
    month: int | None
    first_item: int


@dataclass(slots=True)
class _Work:
    """The document as far as it is read."""

    line: Line
    year: int
    file: str
    items: list[Item] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    closed: tuple[int, int] = (0, 0)
    """Items that label lines closed last: the first of them, and the one after the last."""
    row_heads: list[tables.Cell] = field(default_factory=list)
    """Cells that head the duty of the row above."""
    days: When | None = None
    """Days without a month that the last unnumbered line began with; lines below without a time share them."""

    def above(self) -> slots.Slots:
        said = slots.Slots()
        for heading in self.open:
            said = heading.said.over(said)
        return said

    def month(self) -> int | None:
        return next((heading.month for heading in reversed(self.open) if heading.month), None)

    def titles(self) -> tuple[str, ...]:
        return tuple(heading.text for heading in self.open)


def _place(passage: Passage, work: _Work, part: int = 0) -> Place:
    return Place(passage.block.place, part, work.titles())


def _read(
    work: _Work, text: str, extra: Sequence[tuple[str, str]] = (), above: slots.Slots | None = None
) -> tuple[str, slots.Slots]:
    """Read a duty with the labelled parts beside it and the headings above."""
    duty, said = slots.read_slots(text, work.year, work.month())
    if extra:
        said = slots.with_values(said, extra, work.year, work.month())
    if not said.quantities and said.deliverable:
        said = replace(said, quantities=_unplaced(quantities.about(said.deliverable, duty)))
    return duty, said.over(work.above() if above is None else above)


def _unplaced(text: str) -> tuple[Quantity, ...]:
    """Amounts read outside the duty's own words: they have no offsets in it."""
    found = quantities.find_quantities(text)
    if tables.SCORING.search(text):
        found = tuple(quantity for quantity in found if quantity.scope.startswith(tuple(_DATA["scoring"]["scopes"])))
    return tuple(replace(quantity, start=0, end=0) for quantity in found)


def _item(
    work: _Work, text: str, said: slots.Slots, source: str, place: Place, spans: tuple[Span, ...], mark: str = ""
) -> Item:
    return Item(
        id=f"{PREFIX[work.line]}{len(work.items) + 1}",
        line=work.line,
        text=text[marker(text)[1] :].strip().strip(_DATA["stops"]["trim"]) or source.strip(),
        source=source,
        file=work.file,
        place=place,
        spans=spans,
        owners=said.owners,
        when=said.when,
        quantities=said.quantities,
        deliverable=said.deliverable,
        headings=place.headings,
        marker=mark,
    )


def _add_heading(work: _Work, node: outline.Node, ends: int | None = None) -> None:
    """Open a heading: a title closes all others, a number kind closes its equals and what is below them."""
    text = node.passage.text[:ends] if ends else node.passage.text
    work.days = None
    words, said = outline.heading_slots(
        text[node.body :].strip(), work.year, work.month(), is_title=node.role == "title"
    )
    words = words.strip().rstrip(_DATA["stops"]["full"])
    if node.role == "title":
        work.open = [
            heading for heading in work.open if heading.kind == "title" and not work.items and not heading.month
        ]
        kind = "title"
    else:
        kind = node.kind or "plain"
        at = next((i for i, heading in enumerate(work.open) if heading.kind == kind), None)
        if at is not None:
            del work.open[at:]
    begins = 0
    work.headings.append(
        Heading(words, text, len(work.open), _place(node.passage, work), node.passage.spans(begins, len(text)))
    )
    work.open.append(_Open(kind, words, said, dates.context_month(words), len(work.items)))


def _close_equals(work: _Work, node: outline.Node) -> None:
    """A numbered duty ends the headings numbered in its own way."""
    at = next((i for i, heading in enumerate(work.open) if heading.kind == node.kind), None)
    if at is not None and node.kind:
        del work.open[at:]


def _add_duties(work: _Work, node: outline.Node) -> None:
    """Turn a passage into one item a duty; a heading sentence at its start becomes a heading."""
    passage = node.passage
    _close_equals(work, node)
    node = replace(node, body=node.body + slots.duty_label_end(node.words))
    depth = len(work.open)
    ends, ranges = _ranges(node)
    if ends:
        _add_heading(work, replace(node, role="heading"), ends)
    if ranges and not ends:
        ranges[0] = (0, ranges[0][1])
    trailing = _trailing_labels(passage.text, ranges)
    above = _leading_time(work, node, ranges)
    if not node.kind:
        above = _share_days(work, node.words, above)
    for part, (begins, finish) in enumerate(ranges, 1):
        source = passage.text[begins:finish]
        body = passage.text[max(begins, node.body) : finish]
        _, own = marker(body)
        duty, said = _read(work, body[own if begins >= node.body and part > 1 else 0 :].strip(), trailing, above)
        place = _place(passage, work, part if len(ranges) > 1 else 0)
        mark = passage.text[: node.body].strip() if part == 1 else body[:own].strip()
        work.items.append(_item(work, duty, said, source, place, passage.spans(begins, finish), mark))
    if ends and node.role != "heading":
        del work.open[depth:]


def _ranges(node: outline.Node) -> tuple[int, list[duties.Range]]:
    """Where a heading sentence ends (0 for none), and the ranges of the duties after it.

    A heading sentence before a single duty is part of that duty.
    """
    text = node.passage.text
    if slots.is_labelled_line(node.words):
        return 0, [(0, len(text))]
    ends = duties.leading_heading(text, node.body) if node.kind else 0
    ranges = duties.duty_ranges(text, ends or node.body)
    if ends and len(ranges) == 1:
        return 0, [(node.body, len(text))]
    return ends, ranges


def _leading_time(work: _Work, node: outline.Node, ranges: list[duties.Range]) -> slots.Slots:
    """What stands above the parts of a passage: the headings, and the time the passage begins with."""
    time = slots.take_time(node.words)[0] if len(ranges) > 1 else ""
    said = slots.Slots(when=dates.read_when(time, work.year, work.month())) if time else slots.Slots()
    return said.over(work.above())


def _share_days(work: _Work, words: str, above: slots.Slots) -> slots.Slots:
    """Give a line below "the 16th to the 22nd: ..." the same days where it says no time of its own."""
    month = work.month()
    mentions = dates.find_mentions(words, work.year, month) if month else ()
    if mentions:
        begins_so = mentions[0].begins <= 1 and not dates.find_mentions(words, work.year)
        work.days = dates.read_when(words, work.year, month) if begins_so else None
    return replace(above, when=work.days) if work.days and not mentions else above


def _trailing_labels(text: str, ranges: list[duties.Range]) -> list[tuple[str, str]]:
    """Labels in the last bracket of a passage hold for all its duties."""
    if len(ranges) < 2:
        return []
    last = text[ranges[-1][0] : ranges[-1][1]]
    return [value for value in slots.take_labels(last).values if value[0] != "deliverable"]


def _add_labels(work: _Work, node: outline.Node) -> None:
    """Give the slots of a label line to the duties it closes, or to the heading it follows."""
    values = slots.take_labels(node.words).values
    source, spans = node.passage.text, node.passage.spans(0, len(node.passage.text))
    under = work.open[-1].first_item if work.open else 0
    if len(work.items) <= under and work.open:
        heading = work.headings[-1]
        work.headings[-1] = replace(heading, source=heading.source + source, spans=heading.spans + spans)
        said = slots.with_values(work.open[-1].said, values, work.year, work.month())
        work.open[-1].said = said
        return
    if not work.items:
        work.left_out.append(LeftOut(source, "labels", _place(node.passage, work), spans))
        return
    last = len(work.items) - 1
    before, after = work.closed
    goes_on = after > last
    first = max(under, before if goes_on else after)
    own = not goes_on and any(owner.labelled for item in work.items[first:last] for owner in item.owners)
    first = last if own else first
    work.closed = (first, last + 1)
    for number in range(first, last + 1):
        item = work.items[number]
        said = slots.with_values(
            slots.Slots(item.owners, item.when, item.quantities, item.deliverable), values, work.year, work.month()
        )
        item = replace(item, owners=said.owners, when=said.when, deliverable=said.deliverable)
        if number == last:
            item = replace(item, source=item.source + source, spans=item.spans + spans)
        work.items[number] = item


def _add_row(work: _Work, node: outline.Node) -> None:
    """Turn a table row into one item a duty of its task or measures column."""
    passage = node.passage
    cells = tables.read_cells(passage.block)
    heads, duty = tables.duty_cells(cells)
    whole = passage.spans(0, len(passage.text))
    reason = tables.row_reason(cells, duty)
    if reason:
        work.left_out.append(LeftOut(passage.text, reason, _place(passage, work), whole))
        return
    extra = tables.labelled_parts([cell for cell in cells if cell not in duty])
    heads = work.row_heads = tables.with_heads_above(heads, duty, work.row_heads)
    titles = tuple(tables.heading_text(cell) for cell in heads)
    is_scored = tables.is_scored(cells)
    parts = [(cell, line) for cell in duty for line in tables.cell_lines(cell.text, is_scored=is_scored)]
    used: list[Span] = []
    for part, (cell, (begins, finish)) in enumerate(parts, 1):
        text = cell.text[begins:finish]
        _, own = marker(text)
        leads = tables.leading_line(cell.text) if begins else ""
        words, said = _read(work, leads + text[own:].strip(), tables.shared_parts(text, extra, len(parts)))
        place = Place(passage.block.place, part if len(parts) > 1 else 0, work.titles() + titles)
        spans = passage.spans(*cell.where(begins, finish)) or whole
        used += spans
        work.items.append(_item(work, tables.named(heads, words), said, text, place, spans, text[:own].strip()))
    first = len(work.items) - len(parts)
    others = _uncovered(whole, used)
    source = passage.text if len(parts) == 1 else _text_of(passage, others) + work.items[first].source
    spans = whole if len(parts) == 1 else (*others, *work.items[first].spans)
    work.items[first] = replace(work.items[first], source=source, spans=spans)


def _text_of(passage: Passage, spans: Iterable[Span]) -> str:
    return "".join(passage.text[span.start : span.end] for span in spans)


def _uncovered(whole: Sequence[Span], used: Sequence[Span]) -> tuple[Span, ...]:
    """What of a block no span covers."""
    result = []
    for span in whole:
        at = span.start
        for other in sorted(used, key=lambda s: s.start):
            if other.start > at:
                result.append(Span(span.block, at, other.start))
            at = max(at, other.end)
        if at < span.end:
            result.append(Span(span.block, at, span.end))
    return tuple(result)


def split(blocks: Sequence[SourceBlock], line: Line, year: int, file: str = "") -> Split:
    """Take ``blocks`` apart into the duties of one line.

    ``year`` is the plan's year for dates written without one. Every non-space character of the blocks stands in an
    item, a heading or the left-out texts. Pure and linear in the length of the document.
    """
    work = _Work(line, year, file)
    for node in outline.outline(passages(blocks)):
        work.row_heads = work.row_heads if node.role == "row" else []
        if node.role in ("title", "heading"):
            _add_heading(work, node)
        elif node.role == "row":
            _add_row(work, node)
        elif node.role == "labels":
            _add_labels(work, node)
        elif node.role == "left":
            text = node.passage.text
            work.left_out.append(
                LeftOut(text, node.reason, _place(node.passage, work), node.passage.spans(0, len(text)))
            )
        else:
            _add_duties(work, node)
    return Split(tuple(work.items), tuple(work.headings), tuple(work.left_out))


def split_item(item: Item, at: int, year: int) -> tuple[Item, Item]:
    """Cut an item in two at offset ``at`` of its source text and read the slots of both anew.

    Labelled owners and the time of the whole hold for a part that says none. Raises ``ValueError`` when one side
    would hold no words. The ids are those of the item followed by "a" and "b".
    """
    sides = item.source[:at], item.source[at:]
    if not all(side.strip() for side in sides):
        raise ValueError(f"an item of {len(item.source)} characters cannot be cut at {at}")
    whole = slots.Slots(tuple(o for o in item.owners if o.labelled), item.when, (), "")
    made = []
    for suffix, side, (low, high) in zip("ab", sides, ((0, at), (at, len(item.source))), strict=True):
        _, own = marker(side)
        duty, said = slots.read_slots(side[own:].strip(), year)
        said = said.over(whole)
        spans = _cut_spans(item.spans, low, high)
        made.append(
            replace(
                item,
                id=item.id + suffix,
                text=duty.strip(_EDGES) or side.strip(),
                source=side,
                spans=spans,
                owners=said.owners,
                when=said.when,
                quantities=said.quantities,
                deliverable=said.deliverable,
            )
        )
    return made[0], made[1]


def _cut_spans(spans: Sequence[Span], low: int, high: int) -> tuple[Span, ...]:
    """The part of ``spans`` that holds characters ``[low, high)`` of their text."""
    result, at = [], 0
    for span in spans:
        length = span.end - span.start
        begins, ends = max(low - at, 0), min(high - at, length)
        if begins < ends:
            result.append(Span(span.block, span.start + begins, span.start + ends))
        at += length
    return tuple(result)


def merge_items(items: Sequence[Item]) -> Item:
    """Join items of one line into one: words in order, owners, amounts and deliverables each once, outer dates.

    The id and place are those of the first. Raises ``ValueError`` for no items or items of two lines.
    """
    if not items or len({item.line for item in items}) != 1:
        raise ValueError("only items of one line can be merged, and at least one is needed")
    first = items[0]
    starts = [item.when.start for item in items if item.when.words]
    ends = [item.when.end for item in items if item.when.end]
    timed = [item.when for item in items if item.when.words]
    when = replace(
        timed[0] if timed else first.when,
        start=min(start for start in starts if start) if starts and all(starts) else None,
        end=max(ends, default=None),
        words=_JOINT.join(dict.fromkeys(time.words for time in timed)),
    )
    return replace(
        first,
        text=_JOINT.join(dict.fromkeys(item.text for item in items)),
        source="".join(item.source for item in items),
        spans=tuple(span for item in items for span in item.spans),
        owners=tuple(dict.fromkeys(owner for item in items for owner in item.owners)),
        when=when,
        quantities=tuple(dict.fromkeys(replace(q, start=0, end=0) for item in items for q in item.quantities)),
        deliverable=_JOINT.join(dict.fromkeys(item.deliverable for item in items if item.deliverable)),
    )
