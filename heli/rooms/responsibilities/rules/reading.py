"""What rows of an imported list mean: which column says what, which kind, line and posts are named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from heli.rooms.responsibilities.rules.selecting import PostFacts

_CODE = re.compile(r"\b[A-Z]\d{2}\b")
_SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Source:
    """A block of the file: its place in words, its kind, text, and header–value pairs of a row."""

    place: str
    kind: str
    text: str
    cells: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReadRow:
    """What a row was understood as. ``doubts`` are codes of what a person has to look at; ``is_item`` False is kept
    out, with its doubt as the reason."""

    place: str
    text: str
    is_item: bool
    text_en: str = ""
    kind: str = ""
    line: str = ""
    accountable: int | None = None
    supporting: tuple[int, ...] = ()
    named: str = ""
    evidence: str = ""
    obligations: tuple[str, ...] = ()
    source: str = ""
    article: str = ""
    doubts: tuple[str, ...] = ()


def read_rows(
    blocks: Iterable[Source],
    posts: Sequence[PostFacts],
    labels: Mapping[str, str],
    words: Mapping[str, Any],
    known_codes: Iterable[str] = (),
) -> list[ReadRow]:
    """Return every block understood as an item or left out with the reason; nothing disappears.

    ``labels`` maps names of posts, as people write them, to kinds of posts. A heading gives kind and post to the
    rows below it where they say none themselves.
    """
    known, heading, rows = set(known_codes), "", []
    for block in blocks:
        if block.kind == "heading":
            heading = block.text
            rows.append(ReadRow(block.place, block.text, is_item=False, doubts=("heading",)))
            continue
        found = _values(block, words)
        rows.append(_row(block, found, heading, posts, labels, words, known))
    return rows


def _values(block: Source, words: Mapping[str, Any]) -> dict[str, str]:
    if not block.cells:
        return {"text": re.sub(words["text"]["numbering"], "", block.text).strip()}
    found: dict[str, str] = {}
    for header, value in block.cells:
        column = _longest(header.lower(), words["columns"])
        if column and value.strip():
            found.setdefault(column, value.strip())
    if "text" not in found:
        rest = [value for header, value in block.cells if not _longest(header.lower(), words["columns"])]
        found["text"] = max(rest, key=len, default="").strip()
    return found


def _row(
    block: Source,
    found: Mapping[str, str],
    heading: str,
    posts: Sequence[PostFacts],
    labels: Mapping[str, str],
    words: Mapping[str, Any],
    known: set[str],
) -> ReadRow:
    text, doubts = found["text"], []
    if len(text) < _SHORTEST:
        return ReadRow(block.place, text or block.text, is_item=False, doubts=("too_short",))
    kind = _longest(found.get("kind", "").lower(), words["kinds"]) or _longest(heading.lower(), words["kinds"])
    line = _longest(found.get("line", "").lower(), words["lines"])
    if not line:
        line = guess_line(text, words)
        doubts.append("line_guessed")
    named = found.get("accountable", "")
    accountable, rest = _posts(named or heading, posts, labels, words)
    if accountable is None:
        doubts.append("post_unknown" if named else "post_missing")
    named_helpers = _names(found.get("supporting", ""), words)
    first, others = _posts(found.get("supporting", ""), posts, labels, words)
    if len([pk for pk in (first, *others) if pk is not None]) < len(named_helpers):
        doubts.append("support_unknown")
    helping = tuple(dict.fromkeys(pk for pk in (first, *others, *rest) if pk is not None and pk != accountable))
    codes = tuple(dict.fromkeys(_CODE.findall(found.get("obligations", ""))))
    if known and any(code not in known for code in codes):
        doubts.append("obligation_unknown")
    if not kind:
        doubts.append("kind_guessed")
    return ReadRow(
        block.place, text, is_item=True, text_en=found.get("text_en", ""), kind=kind or "dual_duty", line=line,
        accountable=accountable, supporting=helping, named=named, evidence=found.get("evidence", ""),
        obligations=tuple(code for code in codes if not known or code in known), source=found.get("source", ""),
        article=found.get("article", ""), doubts=tuple(doubts),
    )  # fmt: skip


def guess_line(text: str, words: Mapping[str, Any]) -> str:
    """Return the line a text speaks of by its words; both where it speaks of both or of neither."""
    lowered = text.lower()
    said = {line for line, marks in words["line_words"].items() if any(mark in lowered for mark in marks)}
    return said.pop() if len(said) == 1 else "both"


def _longest(text: str, table: Mapping[str, Sequence[str]]) -> str:
    """Return the entry of the table whose longest word stands in the text, or an empty string."""
    best, length = "", 0
    for name, marks in table.items():
        for mark in marks:
            if len(mark) > length and mark in text:
                best, length = name, len(mark)
    return best


def _posts(
    text: str, posts: Sequence[PostFacts], labels: Mapping[str, str], words: Mapping[str, Any]
) -> tuple[int | None, list[int]]:
    """Return the first post named and the others; a name fits a title, else the one post of the kind it means."""
    found: list[int] = []
    for name in _names(text, words):
        post = _post_named(name, posts, labels)
        if post is not None and post not in found:
            found.append(post)
    return (found[0], found[1:]) if found else (None, [])


def _names(text: str, words: Mapping[str, Any]) -> list[str]:
    parts = re.split("|".join(map(re.escape, words["text"]["names"])), text)
    return [part.strip() for part in parts if part.strip()]


def _post_named(name: str, posts: Sequence[PostFacts], labels: Mapping[str, str]) -> int | None:
    if len(name) < 2:
        return None
    exact = [post.id for post in posts if post.title == name]
    holding = exact or [post.id for post in posts if name in post.title]
    if len(holding) == 1:
        return holding[0]
    matches = sorted((label for label in labels if label in name), key=len)
    kind = labels[matches[-1]] if matches else ""
    of_kind = [post.id for post in posts if post.kind == kind]
    return of_kind[0] if len(of_kind) == 1 else None
