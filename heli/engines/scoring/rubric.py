"""What a scoring table says: its rows, and the rules that its words state."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

RuleKind = Literal["per_event", "once", "award", "ratio", "range", "zero", "veto", "judged"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a row.

    ``points`` are signed: taken (negative) or given (positive); a range holds its outer bound, a ratio what each step
    costs; None for zero, veto and judged. ``unit`` is what is counted, in the table's own word ("例", "百分点").
    ``limit`` is how many points at most the rule moves, without a sign; None where the words set no bound.
    ``when`` are the words that say when the rule applies. ``is_beside``: given beside the full marks ("加", "奖").
    Rules with the same ``together`` have their limit from the same words: it bounds them together.
    """

    kind: RuleKind
    when: str
    points: Decimal | None = None
    unit: str = ""
    limit: Decimal | None = None
    is_beside: bool = field(default=False, compare=False)
    together: int = field(default=0, compare=False)

    def as_json(self) -> dict[str, object]:
        """Return the rule as `heli rubric --json` prints it."""
        return {
            "kind": self.kind,
            "when": self.when,
            "points": as_number(self.points),
            "unit": self.unit,
            "limit": as_number(self.limit),
        }


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: where it stands in the standard, its full marks (None where the table names none),
    the scoring words as they stand, and the rules read from them, at least one."""

    level1: str
    level2: str
    requirement: str
    maximum: Decimal | None
    text: str
    rules: tuple[Rule, ...]

    def as_json(self) -> dict[str, object]:
        """Return the row as `heli rubric --json` prints it."""
        return {
            "level1": self.level1,
            "level2": self.level2,
            "requirement": self.requirement,
            "max": as_number(self.maximum),
            "text": self.text,
            "rules": [rule.as_json() for rule in self.rules],
        }


def as_number(value: Decimal | None) -> int | float | None:
    """A figure as JSON writes it: whole where it is whole; the shortest decimal that reads back as the same float."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
