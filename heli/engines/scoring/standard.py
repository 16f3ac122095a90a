"""A standard that can be computed: indicators with points and rules, and what holds for the whole of it.

Points are exact decimals with at most three places; what a rule moves is rounded half up to them, so that the sum of
all lines is the score and nothing is lost between.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, get_args

Line = Literal["party", "integrity", "both"]
Role = Literal["scored", "bonus", "penalty", "veto"]
Kind = Literal[
    "per_event", "once", "award", "ratio", "share", "levels", "range", "judged", "zero", "veto"
]  # fmt: skip
Steps = Literal["proportional", "whole", "started"]

LINES: tuple[Line, ...] = get_args(Line)
KINDS: tuple[Kind, ...] = get_args(Kind)
STEPS: tuple[Steps, ...] = get_args(Steps)
PLACES = 3
SCALE = 10**PLACES
MOST_POINTS = 1_000
MOST_COUNT = 1_000_000
ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class ScoreRule:
    """One rule of an indicator; what it moves is taken (negative ``points``) or given (positive).

    per_event: ``points`` for each ``unit`` counted. once, award: ``points`` where it happened, or is done.
    ratio: ``points`` for each ``step`` percentage points below ``target`` percent (above it where ``is_above``); a part
    of a step counts in proportion, not at all ("whole") or as a step ("started"). share: ``points`` times done of what
    was due. levels: the points of the level reached. range, judged: a mark that a person gives with a reason, at most
    ``points``. zero: the indicator has no points. veto: the total is at most ``limit``.
    ``limit`` is how many points the rule moves at most, without a sign; rules of one indicator with the same number in
    ``together`` (not 0) move at most that many between them.
    """

    kind: Kind
    when: str = ""
    points: Decimal | None = None
    unit: str = ""
    limit: Decimal | None = None
    target: Decimal = HUNDRED
    step: Decimal = Decimal(1)
    steps: Steps = "proportional"
    is_above: bool = False
    levels: tuple[tuple[str, Decimal], ...] = ()
    together: int = 0

    @property
    def takes(self) -> bool:
        """Whether the rule takes points."""
        return self.points is not None and self.points < 0

    @property
    def moves(self) -> bool:
        """Whether the rule takes or gives points by itself."""
        return self.kind not in ("zero", "veto")

    @property
    def most(self) -> Decimal | None:
        """How many points the rule moves at most; None where it counts without a bound."""
        if self.kind in ("per_event", "ratio"):
            return self.limit
        size = max((points for _name, points in self.levels), default=abs(self.points or ZERO))
        return size if self.limit is None else min(size, self.limit)


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is assessed, with its full marks. ``applies_to`` are kinds of unit, none for all.

    A bonus gives beside the full marks and a penalty takes from the total, each at most ``limit``; a veto dominates.
    """

    code: str
    requirement: str
    points: Decimal
    line: Line
    rules: tuple[ScoreRule, ...]
    level1: str = ""
    level2: str = ""
    role: Role = "scored"
    limit: Decimal | None = None
    applies_to: tuple[str, ...] = ()
    text: str = ""
    place: Any = field(default=None, compare=False)

    @property
    def is_earned(self) -> bool:
        """Whether points start from nothing and are won; otherwise they start full and are lost."""
        return any(rule.moves and not rule.takes for rule in self.rules)

    def applies(self, kind: str) -> bool:
        """Whether units of this kind are assessed by it."""
        return not self.applies_to or kind in self.applies_to


@dataclass(frozen=True, slots=True)
class Standard:
    """The standard of one round.

    ``total`` is what the scored indicators give together, None where none is stated; ``stated`` are the points that
    headings name for what stands below them. A unit to which not everything applies has its points scaled to the
    total. Under a veto the total is at most ``veto_limit``. ``own`` and ``children`` weigh a unit's own work and the
    mean of the units below it.
    """

    indicators: tuple[Indicator, ...]
    name: str = ""
    total: Decimal | None = None
    stated: tuple[tuple[tuple[str, ...], Decimal], ...] = ()
    shares: tuple[tuple[Line, Decimal], ...] = ()
    bonus_limit: Decimal | None = None
    penalty_limit: Decimal | None = None
    veto_limit: Decimal = ZERO
    own: int = 1
    children: int = 1

    @property
    def full(self) -> Decimal:
        """The stated total, else the sum of all full marks."""
        return self.sum() if self.total is None else self.total

    def sum(self, kind: str | None = None) -> Decimal:
        """Return the sum of the full marks, of one kind of unit where it is named."""
        return total(each.points for each in self.indicators if kind is None or each.applies(kind))

    def of_role(self, role: Role) -> Sequence[Indicator]:
        """Return the indicators of a role in their order."""
        return [each for each in self.indicators if each.role == role]

    def kinds_of_unit(self) -> tuple[str, ...]:
        """Return the kinds of unit that indicators name, each once."""
        return tuple(dict.fromkeys(kind for each in self.indicators for kind in each.applies_to))


def total(values: Iterable[Decimal]) -> Decimal:
    """Return the exact sum."""
    return sum(values, ZERO)


def rounded(value: Fraction) -> Decimal:
    """Return a number that is not negative, rounded half up to ``PLACES``."""
    scaled = value * SCALE
    return Decimal((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)).scaleb(-PLACES)


def is_exact(value: Decimal) -> bool:
    """Whether a figure has no more places than points have."""
    return value.is_finite() and value == value.quantize(Decimal(1).scaleb(-PLACES))
