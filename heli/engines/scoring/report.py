"""A scoring table read as rules, as lines of text for the terminal."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from heli.engines.scoring.rubric import Row, Rule

_LONGEST = 60


@cache
def _sentences() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "data" / "report.toml").read_text("utf-8"))


def _say(code: str, language: str, **params: object) -> str:
    return _sentences()[code][language].format(**params)


def rubric_lines(rows: Sequence[Row], file: str, language: str = "zh") -> list[str]:
    """Return the report on a scoring table: how many rows are clear, and each row with its rules."""
    judged = sum(all(rule.kind == "judged" for rule in row.rules) for row in rows)
    lines = [_say("head", language, file=file, rows=len(rows), clear=len(rows) - judged, judged=judged)]
    for number, row in enumerate(rows, 1):
        where = " / ".join(part for part in (row.level1, row.level2) if part)
        full = "" if row.maximum is None else _say("maximum", language, points=_plain(row.maximum))
        place = f"[{where}] " if where else ""
        said = _short(row.requirement or row.text)
        lines.append(_say("row", language, number=number, where=place, requirement=said, maximum=full))
        lines += [f"   {_rule(rule, language)}" for rule in row.rules]
    return lines


def _rule(rule: Rule, language: str) -> str:
    points = "" if rule.points is None else f"{rule.points.normalize():+f}"
    words = _say(rule.kind, language, points=points, unit=rule.unit)
    if rule.limit is not None:
        words += _say("limit", language, points=_plain(rule.limit))
    return words + _say("when", language, when=_short(rule.when))


def _plain(value: object) -> str:
    return f"{value:f}"


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "\u2026"
