"""``heli align-pairs``: what the two texts of each row are to each other."""

from __future__ import annotations

import codecs
import csv
import io
import json
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click

from heli.config import papers
from heli.engines.alignment import verdicts

COLUMNS = ("text_a", "text_b")
_LONGEST_CELL = 10_000_000
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@cache
def _sentences() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("pairs.toml").read_text("utf-8"))


def _refuse(code: str, language: str, **params: object) -> None:
    raise papers.Unusable(_sentences()[code][language].format(**params))


def _decode(data: bytes, name: str, language: str) -> str:
    """Text of UTF-8, UTF-16 with a mark, or GB18030."""
    if data.startswith(b"PK\x03\x04"):
        _refuse("workbook", language, name=name)
    encodings = ("utf-16",) if data.startswith(_MARKS) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as problem:
            place = data.count(b"\n", 0, problem.start) + 1
    _refuse("encoding", language, name=name, line=place)
    return ""


def _delimiter(head: str) -> str:
    return max(",\t;", key=head.count)


def _rows(text: str, name: str, language: str) -> Iterator[tuple[str, str]]:
    """The two texts of each row under the header."""
    csv.field_size_limit(_LONGEST_CELL)
    head = text.split("\n", 1)[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(head), strict=True)
    try:
        titles = [title.strip().lower() for title in next(rows, [])]
        missing = [column for column in COLUMNS if column not in titles]
        if missing:
            _refuse("columns", language, name=name, missing=", ".join(missing))
        places = [titles.index(column) for column in COLUMNS]
        for row in rows:
            if not row:
                continue
            if len(row) <= max(places):
                _refuse("short_row", language, name=name, line=rows.line_num)
            yield row[places[0]], row[places[1]]
    except csv.Error:
        _refuse("broken", language, name=name, line=rows.line_num)


@click.command()
@click.argument("file", metavar="PAIRS.csv")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list and nothing else.")
@click.option("--lang", metavar="zh|en", help="Language of the reasons.")
def align_pairs(file: str, *, as_json: bool, lang: str | None) -> None:
    """Say of each row of PAIRS.csv (columns text_a, text_b) whether its texts ask the same, something related, or
    something different, in the order of the rows; - reads pasted text."""
    language = papers.language(lang)
    text = _decode(papers.read_bytes(file, language), file, language)
    found = [verdicts.compare(a, b) for a, b in _rows(text, file, language)]
    if as_json:
        told = [{"verdict": each.verdict, "score": each.score, "reason": each.reason.text(language)} for each in found]
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    words = {code: sentence[language] for code, sentence in _sentences().items()}
    for number, each in enumerate(found, start=1):
        click.echo(f"{number}\t{words[each.verdict]}\t{each.score:.2f}\t{each.reason.text(language)}")
