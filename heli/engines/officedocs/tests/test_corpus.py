"""Every file of the corpus is refused clearly or read rightly, in bounded time and memory."""

from __future__ import annotations

import contextlib
import time
import tracemalloc

import pytest

from heli.engines.officedocs.reading import Unreadable, read
from heli.engines.officedocs.tests.corpus import CORPUS, Case, Reads, Refused

MOST_SECONDS = 60.0
MOST_MEMORY = 1_000 * 1024 * 1024


def test_corpus_is_large_and_names_are_unique() -> None:
    assert len(CORPUS) >= 70
    assert len({case.name for case in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_every_file_is_refused_clearly_or_read_rightly(case: Case) -> None:
    data = case.make()
    began = time.monotonic()

    if isinstance(case.expect, Refused):
        with pytest.raises(Unreadable) as caught:
            read(data, case.filename)
        _check_refusal(caught.value, case.expect)
    else:
        _check_reading(case, data, case.expect)

    assert time.monotonic() - began < MOST_SECONDS


def _check_refusal(problem: Unreadable, expect: Refused) -> None:
    assert problem.code == expect.code
    assert expect.where in problem.text("en")
    for language in ("zh-hans", "en"):
        assert problem.what(language)
        assert problem.how_to_mend(language)
        assert "{" not in problem.text(language)


def _check_reading(case: Case, data: bytes, expect: Reads) -> None:
    document = read(data, case.filename)
    texts = [block.text for block in document.blocks]
    assert document.kind == expect.kind
    assert [text for text in expect.texts if text not in texts] == []
    assert sorted(note.code for note in document.notes) == sorted(expect.notes)
    assert expect.blocks is None or len(texts) == expect.blocks
    left = [piece.text for piece in document.left_out]
    assert [text for text in expect.left_out if text not in left] == []
    for language in ("zh-hans", "en"):
        assert all(block.place.text(language) for block in document.blocks[:50])
        assert all(note.text(language) for note in document.notes)
        assert all(piece.why(language) for piece in document.left_out[:50])


@pytest.mark.parametrize(
    "name",
    ["zip bomb with lying sizes", "area of 17 billion cells", "merge over everything", "billion laughs", "sheet bomb"],
)
def test_traps_take_little_memory(name: str) -> None:
    case = next(case for case in CORPUS if case.name == name)
    data = case.make()
    tracemalloc.start()

    with contextlib.suppress(Unreadable):
        read(data, case.filename)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < MOST_MEMORY / 4
