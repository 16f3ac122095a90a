"""Whatever the bytes, `read` returns a document or raises Unreadable."""

from __future__ import annotations

import random
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heli.engines.officedocs.reading import Document, Limits, Unreadable, read
from heli.engines.officedocs.sheets import Table, read_table
from heli.engines.officedocs.tests.corpus import CORPUS

LIMITS = Limits(seconds=5, pdf_isolated=False, line_characters=20_000)
SOUND = [
    "docx",
    "automatic numbers",
    "merged cells",
    "text box",
    "xlsx",
    "merged down",
    "dates and percent",
    "pdf",
    "csv",
    "markdown",
]
NAMES = st.sampled_from(["a.docx", "a.xlsx", "a.csv", "a.pdf", "a.txt", "a.md", "", "../a\x00.docx"])
HEADS = st.sampled_from(
    [b"", b"PK\x03\x04", b"%PDF-1.4\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"{\\rtf", b"MZ"]
)
MANY = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


@cache
def _sound_bytes(name: str) -> bytes:
    return next(case for case in CORPUS if case.name == name).make()


def _read_or_refuse(data: bytes, filename: str) -> Document | Unreadable:
    try:
        return read(data, filename, limits=LIMITS)
    except Unreadable as raised:
        problem = raised
    assert problem.text("zh-hans")
    assert problem.text("en")
    return problem


@given(head=HEADS, data=st.binary(max_size=3_000), filename=NAMES)
@MANY
def test_any_bytes_are_read_or_refused(head: bytes, data: bytes, filename: str) -> None:
    result = _read_or_refuse(head + data, filename)

    assert isinstance(result, (Document, Unreadable))


@given(text=st.text(max_size=2_000), filename=NAMES)
@MANY
def test_any_text_is_read_or_refused(text: str, filename: str) -> None:
    result = _read_or_refuse(text.encode("utf-8", "surrogatepass"), filename)

    assert isinstance(result, (Document, Unreadable))


@pytest.mark.parametrize("name", SOUND)
@given(seed=st.integers(0, 2**32), changes=st.integers(1, 40))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_damaged_files_are_read_or_refused(name: str, seed: int, changes: int) -> None:
    chance = random.Random(seed)
    data = bytearray(_sound_bytes(name))
    for _ in range(changes):
        data[chance.randrange(len(data))] = chance.randrange(256)
    if chance.random() < 0.3:
        del data[chance.randrange(len(data)) :]

    result = _read_or_refuse(bytes(data), f"a.{name}")

    assert isinstance(result, (Document, Unreadable))


@given(data=st.binary(max_size=2_000))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    try:
        result: Table | Unreadable = read_table(data, "a.csv", required=["工号"], limits=LIMITS)
    except Unreadable as problem:
        result = problem

    assert isinstance(result, (Table, Unreadable))
