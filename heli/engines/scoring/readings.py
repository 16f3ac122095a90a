"""What is known of a unit: readings with the records behind them, put together in any order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from heli.engines.scoring import standard as standards
from heli.engines.scoring.problems import Problem, Refused
from heli.engines.scoring.standard import Indicator, ScoreRule, Standard

MOST_DUE = 1_000_000
MOST_PERCENT = 10_000
Known = Mapping[tuple[str, int], "Reading"]


class BadReading(Refused):
    """A reading that cannot be meant."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A fact about one rule (``rule`` counts from 1) of one indicator; which figures it needs, the kind of rule says.

    ``count`` of events; ``done`` of ``required``, or ``value`` in percent; ``happened``; ``level``; or a ``mark`` with
    the person and the reason. ``evidence`` are ids of the records behind it.
    """

    indicator: str
    rule: int = 1
    count: Decimal | None = None
    done: Decimal | None = None
    required: Decimal | None = None
    value: Decimal | None = None
    happened: bool | None = None
    level: str = ""
    mark: Decimal | None = None
    by: str = ""
    reason: str = ""
    note: str = ""
    evidence: tuple[str, ...] = ()
    place: Any = field(default=None, compare=False)


FIGURES: dict[str, tuple[str, ...]] = {
    "per_event": ("count",),
    "once": ("happened",),
    "award": ("happened",),
    "ratio": ("value", "done"),
    "share": ("value", "done"),
    "levels": ("level",),
    "range": ("mark",),
    "judged": ("mark",),
    "zero": ("happened",),
    "veto": ("happened",),
}
"""Which figure each kind of rule is read from; the first that is given."""


def given(reading: Reading) -> tuple[str, ...]:
    """Return the names of the figures that a reading gives."""
    names = ("count", "done", "value", "happened", "level", "mark")
    return tuple(name for name in names if getattr(reading, name) not in (None, ""))


def combine(standard: Standard, readings: Iterable[Reading]) -> Known:
    """Return one reading for each rule that anything is known of; any order and any batches give the same.

    Counts and shares of several readings add up, and what happened once has happened. Raises ``BadReading``.
    """
    indicators = {each.code: each for each in standard.indicators}
    known: dict[tuple[str, int], Reading] = {}
    for reading in sorted(readings, key=_order):
        rule = _rule(indicators, reading)
        _check(rule, reading, indicators[reading.indicator])
        key = (reading.indicator, reading.rule)
        known[key] = _together(known[key], reading) if key in known else _plain(reading)
    for (code, number), reading in known.items():
        _check_sum(indicators[code].rules[number - 1], reading)
    return known


def _order(reading: Reading) -> tuple[str, ...]:
    figures = (reading.count, reading.done, reading.required, reading.value, reading.happened, reading.mark)
    words = (reading.level, reading.by, reading.reason, reading.note, *reading.evidence)
    return (reading.indicator, str(reading.rule), *map(str, figures), *words)


def _plain(reading: Reading) -> Reading:
    return _with(reading, evidence=tuple(sorted(set(reading.evidence))))


# Figures of several readings of one rule are added up, or there is just one.
_ADDED, _SINGLE = ("count", "done", "required", "happened"), ("value", "level", "mark")


def _together(one: Reading, other: Reading) -> Reading:
    given = _given(one)
    if given != _given(other) or not given.isdisjoint(_SINGLE):
        raise BadReading("reading_twice", other.place, indicator=other.indicator)
    return _with(
        one,
        count=_sum(one.count, other.count),
        done=_sum(one.done, other.done),
        required=_sum(one.required, other.required),
        happened=bool(one.happened or other.happened) if one.happened is not None else None,
        note="\n".join(sorted({*filter(None, (*one.note.split("\n"), *other.note.split("\n")))})),
        evidence=tuple(sorted({*one.evidence, *other.evidence})),
    )


def _given(reading: Reading) -> frozenset[str]:
    """Return the names of the figures a reading gives."""
    return frozenset(name for name in (*_ADDED, *_SINGLE) if getattr(reading, name) not in (None, ""))


def _with(reading: Reading, **changed: Any) -> Reading:
    values = {name: getattr(reading, name) for name in Reading.__slots__}
    return Reading(**{**values, **changed})


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


def _rule(indicators: Mapping[str, Indicator], reading: Reading) -> ScoreRule:
    indicator = indicators.get(reading.indicator)
    if indicator is None:
        raise BadReading("reading_unknown", reading.place, indicator=reading.indicator)
    if not 1 <= reading.rule <= len(indicator.rules):
        params = {"indicator": reading.indicator, "rule": reading.rule, "rules": len(indicator.rules)}
        raise BadReading("reading_rule", reading.place, **params)
    return indicator.rules[reading.rule - 1]


def _check(rule: ScoreRule, reading: Reading, indicator: Indicator) -> None:
    figures = given(reading)
    params: dict[str, Any] = {"indicator": reading.indicator, "rule": reading.rule, "needs": Problem.words(rule.kind)}
    if len(figures) != 1 or figures[0] not in FIGURES[rule.kind]:
        raise BadReading("reading_figure", reading.place, **params)
    if figures == ("done",) and reading.required is None:
        raise BadReading("reading_required", reading.place, **params)
    for name in ("count", "done", "required", "value", "mark"):
        _check_number(name, reading, params)
    if rule.kind == "levels" and reading.level not in dict(rule.levels):
        known = "、".join(name for name, _points in rule.levels)
        raise BadReading("reading_level", reading.place, **{**params, "level": reading.level, "known": known})
    if reading.mark is not None:
        _check_mark(rule, reading, indicator, params)


def _check_number(name: str, reading: Reading, params: dict[str, Any]) -> None:
    value: Decimal | None = getattr(reading, name)
    if value is None:
        return
    one_place = name in ("done", "required")
    fits = value.is_finite() and 0 <= value <= (MOST_PERCENT if name == "value" else MOST_DUE)
    if not fits or not standards.is_exact(value.scaleb(-2) if one_place else value):
        raise BadReading("reading_number", reading.place, **{**params, "value": value})


def _check_mark(rule: ScoreRule, reading: Reading, indicator: Indicator, params: dict[str, Any]) -> None:
    most = rule.most if rule.most is not None else indicator.points
    if reading.mark is not None and reading.mark > most:
        params = {**params, "mark": reading.mark, "most": most}
        raise BadReading("reading_mark", reading.place, **params)
    if not reading.by.strip() or not reading.reason.strip():
        raise BadReading("reading_reason", reading.place, **params)


def _check_sum(rule: ScoreRule, reading: Reading) -> None:
    for name in ("count", "done", "required"):
        value: Decimal | None = getattr(reading, name)
        if value is not None and value > MOST_DUE:
            params = {"indicator": reading.indicator, "rule": reading.rule, "needs": Problem.words(rule.kind)}
            raise BadReading("reading_number", reading.place, **{**params, "value": value})
