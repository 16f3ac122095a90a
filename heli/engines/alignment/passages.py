"""Lines of a document as they were meant: wrapped lines joined, each character with the way back to its block."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from heli.engines.alignment import dates, wordlists
from heli.engines.alignment.figures import readable
from heli.engines.alignment.items import SourceBlock, Span

_NAME = "slots_splitting.toml"
_DATA = wordlists.load(_NAME)
_MARKERS = [(name, re.compile(wordlists.expand(source, _DATA["words"]))) for name, source in _DATA["markers"].items()]
_TERMINAL = wordlists.pattern(_NAME, "patterns", "terminal")
_STAR = wordlists.pattern(_NAME, "patterns", "star")
_LABELLED = re.compile(wordlists.load("slots_labels.toml")["patterns"]["colon"])
_LEVELS = [(re.compile(level["number"]), level["first"], level["second"]) for level in _DATA["level"]]
_TAIL_TIME = wordlists.pattern(_NAME, "patterns", "tail_time")
_TAIL = 40
"""Characters at the end of a line in which the time of the next line is looked for."""
_LONGEST = 4000
"""Characters up to which wrapped lines are joined; what is longer is no sentence."""
_SMALL = re.compile(r"[ \t\u3000\xa0]*")


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of running text and where each stretch of it stands: (offset in text, block, start in block, length)."""

    text: str
    pieces: tuple[tuple[int, int, int, int], ...]
    block: SourceBlock

    def spans(self, begins: int, ends: int) -> tuple[Span, ...]:
        """Return where ``text[begins:ends]`` stands in the blocks."""
        found = []
        for at, block, start, length in self.pieces:
            low, high = max(begins, at), min(ends, at + length)
            if low < high:
                found.append(Span(block, start + low - at, start + high - at))
        return tuple(found)


def marker(text: str) -> tuple[str, int]:
    """Return the kind of number a line begins with and where its words begin; ("", 0) without a number."""
    lead = _SMALL.match(text)
    begins = lead.end() if lead else 0
    for name, pattern in _MARKERS:
        found = pattern.match(text, begins)
        if found:
            star = _STAR.match(text[found.end() :])
            return name, found.end() + (star.end() if star else 0)
    return "", begins


def _wrap_width(lengths: list[int]) -> int:
    """The width at which lines were wrapped, or 0 when the document shows none."""
    widths = _DATA["widths"]
    counts = Counter(length for length in lengths if length >= widths["shortest_wrap"])
    if not counts:
        return 0
    longest = max(counts)
    near = sum(count for length, count in counts.items() if length >= longest - widths["slack"])
    return longest if near >= 3 and near * 4 >= len(lengths) else 0


def _continues(previous: str, text: str, width: int) -> bool:
    """Whether ``text`` goes on with the sentence of the wrapped line ``previous``."""
    if len(previous.strip()) < width - _DATA["widths"]["slack"] or _TERMINAL.search(previous[-_TAIL:].rstrip()):
        return False
    return not marker(text)[0] and not text[:1].isspace()


def _breaks_softly(previous: str, text: str) -> bool:
    """Whether a line break inside a paragraph parts nothing: the line before it is long and not at its end."""
    if len(previous.strip()) < _DATA["widths"]["part"] or _TERMINAL.search(previous[-_TAIL:].rstrip()):
        return False
    return not marker(text)[0] and not _LABELLED.search(text) and not _LABELLED.search(previous)


def _run_together(text: str) -> list[tuple[int, int]]:
    """Cut a line that holds a whole plan ("I. ... II. ...") before the numbers of its upper levels."""
    cuts: set[int] = set()
    for pattern, first, second in _LEVELS if len(text) >= _DATA["widths"]["run_together"] else ():
        found = [(match.start(), match[0]) for match in pattern.finditer(text)]
        if {first, second} <= {number for _, number in found}:
            cuts.update(start for start, _ in found)
    edges = [0, *sorted(cuts - {0}), _tail_time(text), len(text)]
    return [(a, b) for a, b in pairwise(edges) if a < b]


def _tail_time(text: str) -> int:
    """Where a time begins that stands after the last full stop of a line and belongs to the next; else the end."""
    begins = max(len(text) - _TAIL, 0)
    found = _TAIL_TIME.search(text, begins)
    if not found or not dates.find_mentions(found["time"], 2000, 1):
        return len(text)
    return found.start("time")


def passages(blocks: Sequence[SourceBlock]) -> list[Passage]:
    """Turn blocks into passages: one a block, except that lines wrapped by the paper's width are joined.

    Text with line breaks inside (cells and paragraphs of office files) becomes one passage a line.
    """
    plain = [block.text for block in blocks if block.kind == "paragraph"]
    width = _wrap_width([len(text.strip()) for text in plain])
    result: list[Passage] = []
    last_line = ""
    for number, block in enumerate(blocks):
        if block.kind == "row":
            result.append(Passage(readable(block.text), ((0, number, 0, len(block.text)),), block))
            last_line = ""
            continue
        at = 0
        words = readable(block.text)
        for line in words.splitlines(keepends=True) or [words]:
            text = line.rstrip()
            if text.strip():
                wrapped = width and block.kind == "paragraph" and last_line and _continues(last_line, text, width)
                joins = wrapped or (at and result and _breaks_softly(result[-1].text, text))
                if joins and len(result[-1].text) < _LONGEST:
                    result[-1] = _append(result[-1], text, number, at)
                else:
                    result += [Passage(text[a:b], ((0, number, at + a, b - a),), block) for a, b in _run_together(text)]
                last_line = text if block.kind == "paragraph" else ""
            at += len(line)
    return result


def _append(passage: Passage, text: str, block: int, start: int) -> Passage:
    piece = (len(passage.text), block, start, len(text))
    return Passage(passage.text + text, (*passage.pieces, piece), passage.block)
