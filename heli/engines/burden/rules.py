"""Counts of meetings, photos, pages, sign-ins, study minutes and clicks, and a compulsory photo or position.

Whoever asks for something (tasks) and whoever scores something (assessments) reads the same list:
``data/burden_rules.csv``. There is no switch that turns a rule off.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BurdenRule:
    """Something that may not be asked, why in both languages, and the patterns that tell it."""

    code: str
    what_zh: str
    what_en: str
    basis_zh: str
    basis_en: str
    remedy_zh: str
    remedy_en: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class BurdenFinding:
    """A rule that a text breaks, and the words that break it."""

    rule: BurdenRule
    words: str


@cache
def burden_rules() -> tuple[BurdenRule, ...]:
    """Return the shipped rules."""
    return read_rules(Path(__file__).parent / "data" / "burden_rules.csv")


def read_rules(path: Path) -> tuple[BurdenRule, ...]:
    """Return the rules of a data file of this form; other lists of what may not be asked are kept in it too."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(
        BurdenRule(
            pattern=re.compile(f"{row.pop('pattern_zh')}|{row.pop('pattern_en')}", re.IGNORECASE),
            **{name: value for name, value in row.items() if name in BurdenRule.__slots__},
        )
        for row in rows
    )


def burden_findings(texts: Iterable[str]) -> list[BurdenFinding]:
    """Return every rule that one of the texts breaks, each once, in the order of the data file."""
    return find(burden_rules(), texts)


def find(known: Sequence[BurdenRule], texts: Iterable[str]) -> list[BurdenFinding]:
    """Return which of the rules one of the texts breaks, each once, in the order of the rules."""
    joined = "\n".join(_plain(text) for text in texts)
    found = ((rule, rule.pattern.search(joined)) for rule in known)
    return [BurdenFinding(rule, match[0].strip()) for rule, match in found if match]


def _plain(text: str) -> str:
    """Return the text without spaces between Chinese characters, so that a gap hides nothing."""
    return re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f]|\d)|(?<=\d)\s+(?=[^\x00-\x7f])", "", text)
