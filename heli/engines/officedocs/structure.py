"""Headings and list entries told by their numbering, for sources that name no styles."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from heli.engines.officedocs.sentences import load_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heli.engines.officedocs.document import BlockKind

HEADING_LENGTH = 45
TITLE_LENGTH = 60
DEEPEST_HEADING = 2


@cache
def _marks() -> tuple[tuple[re.Pattern[str], int], ...]:
    return tuple((re.compile(mark["pattern"]), int(mark["level"])) for mark in load_data("marks.toml")["mark"])


@cache
def _sentence_ends() -> tuple[str, ...]:
    return tuple(load_data("marks.toml")["ends"]["sentence"])


@cache
def _title_words() -> tuple[str, ...]:
    return tuple(load_data("marks.toml")["title"]["words"])


def mark_of(text: str) -> tuple[str, int]:
    """Return (printed mark, level from 1) of a numbered line, ("", 0) of a plain one."""
    for pattern, level in _marks():
        found = pattern.match(text)
        if found and found.end() < len(text):
            return found.group().strip(), level
    return "", 0


def could_head(text: str, longest: int = HEADING_LENGTH) -> bool:
    """Return whether a line is short enough for a heading and does not end like a sentence."""
    return (
        len(text) <= longest
        and not text.endswith(_sentence_ends())
        and not any(end in text for end in _sentence_ends()[:2])
    )


def classify(texts: Sequence[str]) -> list[tuple[BlockKind, int, str]]:
    """Return (kind, level, mark) per line.

    A line numbered as chapter, section, first or second level heads what follows when it is short, is no sentence,
    and the next line is of a deeper level or plain; in a row of equals it is a list entry. Lines with western
    numbers are always list entries, since plans number their duties so. The first line is the title if it
    is short and plain, and speaks of a plan, a list or the like, or numbers follow.
    """
    marked = [mark_of(text) for text in texts]
    result: list[tuple[BlockKind, int, str]] = []
    for index, text in enumerate(texts):
        mark, level = marked[index]
        following = marked[index + 1][1] if index + 1 < len(texts) else level
        if not level:
            title = index == 0 and len(texts) > 1 and could_head(text, TITLE_LENGTH)
            title = title and (marked[1][1] > 0 or any(word in text.lower() for word in _title_words()))
            result.append(("heading", 1, "") if title else ("paragraph", 0, ""))
        elif level <= DEEPEST_HEADING and could_head(text) and (following == 0 or following > level):
            result.append(("heading", level + 1, mark))
        else:
            result.append(("list", level, mark))
    return result
