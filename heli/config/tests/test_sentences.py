"""What the terminal says is complete in both languages."""

from __future__ import annotations

import csv
import re
import string
from pathlib import Path

import pytest

from heli.config import sentences

ROWS = list(
    csv.DictReader(Path(sentences.__file__).with_name("sentences.csv").read_text(encoding="utf-8").splitlines())
)
SOURCES = "".join(
    path.read_text(encoding="utf-8")
    for path in Path(sentences.__file__).parent.rglob("*.py")
    if "tests" not in path.parts
)


def _names(text: str) -> set[str]:
    return {name for _text, name, _format, _conversion in string.Formatter().parse(text) if name}


def test_codes_are_unique() -> None:
    codes = [row["code"] for row in ROWS]

    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["code"])
def test_both_languages_say_the_same_with_the_same_values(row: dict[str, str]) -> None:
    assert row["zh"]
    assert row["en"]
    assert _names(row["zh"]) == _names(row["en"])


def test_every_sentence_that_is_asked_for_is_there() -> None:
    asked = set(re.findall(r'(?:say|_tell|BackupRefused)\(\s*"([a-z_]+\.[a-z_.]+)"', SOURCES))

    assert asked - {row["code"] for row in ROWS} == set()


@pytest.mark.parametrize(
    ("locale", "language"), [("zh_CN.UTF-8", "zh"), ("en_US.UTF-8", "en"), ("C", "en"), ("", "en")]
)
def test_the_language_is_that_of_the_terminal(monkeypatch: pytest.MonkeyPatch, locale: str, language: str) -> None:
    for name in ("HELI_LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", locale)

    assert sentences.language() == language
