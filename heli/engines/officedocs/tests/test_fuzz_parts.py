"""Damage inside the parts, where a repaired zip no longer gives it away."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heli.engines.officedocs.reading import Document, Limits, Unreadable, read
from heli.engines.officedocs.tests.corpus.containers import (
    book_members,
    numbered,
    numbering_part,
    p,
    sheet_xml,
    tbl,
    tc,
    tr,
    word_members,
    zip_of,
)

WORD = word_members(
    p("要点")
    + numbered("讲党课。", 1)
    + tbl(tr("任务", tc("部门", '<w:gridSpan w:val="2"/>')), tr("谈话", "甲", "乙")),
    numbering=numbering_part(("chineseCounting", "%1、"), ("decimal", "%1.%2")),
)
BOOK = book_members(
    {
        "表": sheet_xml(
            [["任务", "部门"], ["讲党课", 0.5], [3, None]], extra='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'
        )
    }
)
VALUES = [
    "",
    "0",
    "-1",
    "1",
    "9",
    "99999999999",
    "A1",
    "XFD1048576",
    "ZZZ9",
    "true",
    "rId99",
    "&#0;",
    "%9%8",
    "../x",
    "é",
]


def _damaged(members: dict[str, bytes | str], seed: int) -> bytes:
    """Return the file with some attribute values and tags of one part exchanged."""
    chance = random.Random(seed)
    name = chance.choice([name for name in members if name.endswith((".xml", ".rels"))])
    text = members[name]
    assert isinstance(text, str)
    for _ in range(chance.randint(1, 6)):
        pieces = text.split('"')
        if len(pieces) > 3 and chance.random() < 0.7:
            pieces[chance.randrange(1, len(pieces) - 1, 2)] = chance.choice(VALUES)
            text = '"'.join(pieces)
        else:
            start = chance.randrange(len(text))
            text = text[:start] + text[start + chance.randint(1, 30) :]
    return zip_of({**members, name: text})


@given(seed=st.integers(0, 2**32), word=st.booleans())
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_damaged_parts_are_read_or_refused(seed: int, word: bool) -> None:
    data = _damaged(WORD if word else BOOK, seed)

    try:
        result: Document | Unreadable = read(data, "a.docx", limits=Limits(cells=100_000))
    except Unreadable as problem:
        result = problem

    assert isinstance(result, (Document, Unreadable))
