"""What one rule moves by one reading, exactly, with the figures of its arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from heli.engines.scoring.readings import Reading
from heli.engines.scoring.standard import ZERO, ScoreRule, rounded

_HUNDRED = Fraction(100)


@dataclass(frozen=True, slots=True)
class Amount:
    """How many points a rule moves, without a sign, and before its bound (``raw``); ``percent`` is what was reached.

    ``times`` is how often the points count: events, steps, or the part that was done.
    """

    points: Decimal
    raw: Decimal
    times: Fraction = Fraction(0)
    percent: Fraction | None = None

    @property
    def is_bounded(self) -> bool:
        """Whether the bound of the rule took effect."""
        return self.raw > self.points


def amount_of(rule: ScoreRule, reading: Reading) -> Amount:
    """Return what a rule moves by its reading, which was checked before."""
    percent = None
    if rule.kind == "levels":
        raw = dict(rule.levels)[reading.level]
        return Amount(_within(raw, rule.limit), raw)
    if rule.kind in ("range", "judged"):
        raw = reading.mark or ZERO
        return Amount(_within(raw, rule.limit), raw)
    if rule.kind == "per_event":
        times = Fraction(reading.count or ZERO)
    elif rule.kind in ("once", "award"):
        times = Fraction(1 if reading.happened else 0)
    else:
        percent = reached(reading)
        times = min(percent, _HUNDRED) / _HUNDRED if rule.kind == "share" else steps(rule, percent)
    raw = rounded(Fraction(abs(rule.points or ZERO)) * times)
    return Amount(_within(raw, rule.limit), raw, times, percent)


def reached(reading: Reading) -> Fraction:
    """Return what was reached in percent; where nothing was due, all of it."""
    if reading.value is not None:
        return Fraction(reading.value)
    if not reading.required:
        return _HUNDRED
    return Fraction(reading.done or ZERO) * 100 / Fraction(reading.required)


def steps(rule: ScoreRule, percent: Fraction) -> Fraction:
    """Return how many steps lie between what was reached and the target."""
    target = Fraction(rule.target)
    missing = max(Fraction(0), percent - target if rule.is_above else target - percent)
    count = missing / Fraction(rule.step)
    if rule.steps == "proportional":
        return count
    whole = count.numerator // count.denominator
    return Fraction(whole if rule.steps == "whole" or whole == count else whole + 1)


def _within(raw: Decimal, limit: Decimal | None) -> Decimal:
    return raw if limit is None else min(raw, limit)
