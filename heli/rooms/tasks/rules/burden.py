"""What nobody may ask for: counts of meetings, photos, pages, sign-ins, study minutes and clicks, or a compulsory
photo or position (DESIGN, invariant 7); and what is known already (invariant 1).

The patterns and the rules behind them stand in ``data/burden_rules.csv`` and ``data/known_facts.csv``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data"


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
    return _rules("burden_rules.csv")


@cache
def known_facts() -> tuple[BurdenRule, ...]:
    """Return what a form may not ask for because every site has it recorded, and where it stands."""
    return _rules("known_facts.csv")


def _rules(name: str) -> tuple[BurdenRule, ...]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
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
    return _findings(burden_rules(), texts)


def known_findings(texts: Iterable[str]) -> list[BurdenFinding]:
    """Return every known fact that one of the texts asks for, each once, in the order of the data file."""
    return _findings(known_facts(), texts)


def _findings(known: Sequence[BurdenRule], texts: Iterable[str]) -> list[BurdenFinding]:
    joined = "\n".join(_plain(text) for text in texts)
    found = ((rule, rule.pattern.search(joined)) for rule in known)
    return [BurdenFinding(rule, match[0].strip()) for rule, match in found if match]


def _plain(text: str) -> str:
    """Return the text without spaces between Chinese characters, so that a gap hides nothing."""
    return re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f]|\d)|(?<=\d)\s+(?=[^\x00-\x7f])", "", text)
