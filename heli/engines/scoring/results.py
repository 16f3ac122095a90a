"""Scores of many units as ``heli score`` prints them: JSON, or lines for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from heli.engines.scoring.checks import line_share
from heli.engines.scoring.fact_files import UnitFacts, Units
from heli.engines.scoring.grid import Totals, thousandths
from heli.engines.scoring.problems import Problem, Refused, plain
from heli.engines.scoring.rubric import as_number
from heli.engines.scoring.scores import Explained, Item, Sheet, score
from heli.engines.scoring.standard import PLACES, ZERO, Standard
from heli.engines.scoring.tree import NONE, Mixing, NoTree, Rolled, Tree, roll
from heli.engines.scoring.words import arithmetic_words, fact_words, line_words, rule_words, say

_SHORT = 40


@dataclass(frozen=True, slots=True)
class Scored:
    """Every unit's sheet (None where it is not assessed itself), and the roll-up where units stand below others."""

    standard: Standard
    units: Units
    sheets: Sequence[Sheet | None]
    rolled: Rolled | None

    @property
    def is_final(self) -> bool:
        """Whether every reading of every assessed unit is there."""
        return all(sheet is None or sheet.is_final for sheet in self.sheets)


def score_units(standard: Standard, units: Units) -> Scored:
    """Score every unit and roll the scores up. Raises ``Refused``."""
    listed = list(units.values())
    for unit in listed:
        _check_applies(standard, unit)
    sheets = [score(standard, unit.readings, unit.kind) if unit.is_assessed else None for unit in listed]
    if not any(unit.parent for unit in listed):
        return Scored(standard, units, sheets, None)
    at = {unit.id: place for place, unit in enumerate(listed)}
    parents = [at.get(unit.parent, len(listed)) if unit.parent else NONE for unit in listed]
    weights = [1 if unit.weight is None else unit.weight for unit in listed]
    try:
        tree = Tree(np.array(parents, np.int64), np.array(weights, np.int64))
    except NoTree as problem:
        wrong = listed[problem.unit]
        raise Refused("tree", wrong.place, unit=wrong.id, parent=wrong.parent) from problem
    low = np.array([thousandths(sheet.total) if sheet else 0 for sheet in sheets], np.int64)
    high = np.array([thousandths(sheet.highest) if sheet else 0 for sheet in sheets], np.int64)
    own = np.array([sheet is not None for sheet in sheets], np.bool_)
    rolled = roll(tree, Totals(low, high), Mixing(standard.own, standard.children), own)
    return Scored(standard, units, sheets, rolled)


def _check_applies(standard: Standard, unit: UnitFacts) -> None:
    """Refuse a fact about what does not apply to its unit: it would change nothing and nobody would know."""
    left_out = {each.code for each in standard.indicators if not each.applies(unit.kind)}
    for reading in unit.readings:
        if reading.indicator in left_out:
            params = {"indicator": reading.indicator, "unit": unit.id, "kind": unit.kind}
            raise Refused("reading_not_meant", reading.place, **params)


def as_json(scored: Scored, language: str) -> dict[str, Any]:
    """Return the contract of ``heli score --json``."""
    standard = scored.standard
    listed = list(scored.units.values())
    units = [_unit_json(scored, listed, at, language) for at in range(len(listed))]
    shares = {line: as_number(round(line_share(standard, line), 2)) for line in ("party", "integrity")}
    return {
        "standard": {
            "name": standard.name,
            "full": as_number(standard.full),
            "indicators": len(standard.indicators),
            "shares": shares,
        },
        "units": units,
    }


def _unit_json(scored: Scored, listed: Sequence[UnitFacts], at: int, language: str) -> dict[str, Any]:
    unit, sheet = listed[at], scored.sheets[at]
    told: dict[str, Any] = {"unit": unit.id, "name": unit.name or unit.id, "kind": unit.kind, "parent": unit.parent}
    if sheet is not None:
        told |= _sheet_json(sheet, language)
    if scored.rolled is not None:
        told["with_children"] = _rolled_json(scored, listed, at)
    return told


def _rolled_json(scored: Scored, listed: Sequence[UnitFacts], at: int) -> dict[str, Any] | None:
    rolled = scored.rolled
    if rolled is None or not rolled.is_known[at]:
        return None
    worst = int(rolled.lowest_child[at])
    low, high = _points(rolled.total[at]), _points(rolled.highest[at])
    child = None if worst == NONE else {"unit": listed[worst].id, "total": as_number(_points(rolled.total[worst]))}
    return {"total": as_number(low), "highest": as_number(high), "open": as_number(high - low), "lowest_child": child}


def _points(value: Any) -> Decimal:
    return Decimal(int(value)).scaleb(-PLACES)


def _sheet_json(sheet: Sheet, language: str) -> dict[str, Any]:
    lost = [line for line in sheet.lines if line.points < 0 and line.kind != "open"]
    return {
        "total": as_number(sheet.total),
        "highest": as_number(sheet.highest),
        "open": as_number(sheet.open),
        "full": as_number(sheet.full),
        "is_final": sheet.is_final,
        "vetoed": bool(sheet.vetoes),
        "lines": {
            share.line: {
                "points": as_number(share.points),
                "full": as_number(share.full),
                "open": as_number(share.open),
                "share": _part(share.points, sheet),
            }
            for share in sheet.shares
        },
        "indicators": [_item_json(item) for item in sheet.items],
        "deductions": [_line_json(line, language) for line in lost],
        "explanation": [_line_json(line, language) for line in sheet.lines],
        "missing": [_line_json(line, language) for line in (*sheet.lines, *sheet.undecided) if line.missing],
    }


def _part(points: Decimal, sheet: Sheet) -> int | float | None:
    """Return the percentage that a line has of what all lines bring."""
    whole = sum((share.points for share in sheet.shares), ZERO)
    return as_number(round(points * 100 / whole, 2)) if whole > 0 else None


def _item_json(item: Item) -> dict[str, Any]:
    each = item.indicator
    return {
        "code": each.code,
        "level1": each.level1,
        "level2": each.level2,
        "requirement": each.requirement,
        "line": each.line,
        "role": each.role,
        "full": as_number(each.points),
        "won": as_number(item.won),
        "lost": as_number(item.lost),
        "open": as_number(item.open),
    }


def _line_json(line: Explained, language: str) -> dict[str, Any]:
    rule, reading = line.rule, line.reading
    return {
        "indicator": line.code,
        "rule_number": line.number,
        "kind": line.kind,
        "points": as_number(line.points),
        "open": as_number(line.open),
        "rule": rule_words(rule, language) if rule else "",
        "facts": fact_words(rule, reading, language) if rule and reading else "",
        "arithmetic": arithmetic_words(rule, line.amount, language) if rule and line.amount else "",
        "evidence": list(line.evidence),
        "text": line_words(line, language),
    }


def report_lines(scored: Scored, name: str, language: str) -> list[str]:
    """Return the scores for people: each unit, its lines, and every point lost, won beside, or not yet known."""
    standard = scored.standard
    head = {"units": len(scored.units), "indicators": len(standard.indicators), "full": plain(standard.full)}
    lines = [say("report", "head", language, name=standard.name or name, **head)]
    listed = list(scored.units.values())
    for at, (unit, sheet) in enumerate(zip(listed, scored.sheets, strict=True)):
        lines += _unit_lines(standard, unit.name or unit.id, sheet, language)
        rolled = _rolled_json(scored, listed, at)
        if rolled and rolled["lowest_child"]:
            worst = rolled["lowest_child"]
            params = {"total": rolled["total"], "worst": worst["unit"], "points": worst["total"]}
            lines.append(say("report", "rolled", language, **params))
    return lines


def _unit_lines(standard: Standard, name: str, sheet: Sheet | None, language: str) -> list[str]:
    if sheet is None:
        return []
    head = say("report", "unit", language, unit=name, total=plain(sheet.total))
    if sheet.open:
        head += say("report", "open", language, open=plain(sheet.open), highest=plain(sheet.highest))
    shares = [
        say("report", "share", language, line=Problem.words(share.line).text(language), points=plain(share.points),
            full=plain(share.full))
        for share in sheet.shares if share.full or share.points
    ]  # fmt: skip
    told = [line for line in (*sheet.lines, *sheet.undecided) if line.kind not in ("base", "nil")]
    return [
        head,
        say("report", "lines", language, lines="  ".join(shares)),
        *(_told(standard, line, language) for line in told),
    ]


def _told(standard: Standard, line: Explained, language: str) -> str:
    asked = {each.code: each.requirement for each in standard.indicators}
    about = _short(asked[line.code]) if line.code else say("report", "whole", language)
    points = f"{line.points.normalize():+f}"
    text = line_words(line, language)
    return say("report", "item", language, code=line.code, requirement=about, points=points, text=text)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHORT else words[: _SHORT - 1] + "\u2026"
