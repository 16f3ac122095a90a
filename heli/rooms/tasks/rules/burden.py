"""What nobody may ask for: counts of meetings, photos, pages, sign-ins, study minutes and clicks, or a compulsory
photo or position (DESIGN, invariant 7). The patterns and the rules behind them stand in ``data/burden_rules.csv``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data" / "burden_rules.csv"


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
    """Return the shipped rules; there is no switch that turns one off."""
    with DATA.open(encoding="utf-8", newline="") as file:
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
    joined = "\n".join(_plain(text) for text in texts)
    found = ((rule, rule.pattern.search(joined)) for rule in burden_rules())
    return [BurdenFinding(rule, match[0].strip()) for rule, match in found if match]


def _plain(text: str) -> str:
    """Return the text without spaces between Chinese characters, so that a gap hides nothing."""
    return re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f]|\d)|(?<=\d)\s+(?=[^\x00-\x7f])", "", text)
