"""Whether a standard can be used: what is missing, does not add up, or may not score at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from heli.engines import burden
from heli.engines.burden.rules import BurdenFinding, BurdenRule, burden_findings, find, read_rules
from heli.engines.scoring.problems import Problem, Words
from heli.engines.scoring.standard import (
    HUNDRED,
    KINDS,
    LINES,
    MOST_POINTS,
    STEPS,
    ZERO,
    Indicator,
    Line,
    ScoreRule,
    Standard,
    is_exact,
    total,
)

_SIGNED = {"once": -1, "award": 1, "share": 1, "judged": 1}
_GIVEN_BY_PERSONS = ("range", "judged")
MOST_WEIGHT = 1_000
MOST_TOTAL = 100_000


def check_standard(standard: Standard) -> list[Problem]:
    """Return everything that must be mended before a standard scores anybody, in its own order; [] for none."""
    if not standard.indicators:
        return [Problem("no_indicators")]
    found = [*_codes(standard), *chain.from_iterable(_indicator(each, standard) for each in standard.indicators)]
    if all(_is_amount(each.points) for each in standard.indicators):
        found += [*_sums(standard), *_lines(standard)]
    return [*found, *_whole(standard)]


def _codes(standard: Standard) -> Iterator[Problem]:
    counts = Counter(each.code for each in standard.indicators)
    for each in standard.indicators:
        if counts[each.code] > 1:
            yield Problem("code_twice", each.place, {"code": each.code})
            counts[each.code] = 1


def _indicator(indicator: Indicator, standard: Standard) -> Iterator[Problem]:
    name = {"indicator": _name(indicator)}
    where = indicator.place
    if not indicator.code.strip():
        yield Problem("no_code", where, name)
    if indicator.line not in LINES:
        yield Problem("line_unknown" if indicator.line else "line_blank", where, {**name, "line": indicator.line})
    if not _is_amount(indicator.points) or (indicator.limit is not None and not _is_amount(indicator.limit)):
        yield Problem("points_odd", where, {**name, "points": indicator.points, "most": MOST_POINTS})
        return
    if indicator.role == "scored" and not indicator.points:
        yield Problem("no_points", where, name)
    if not indicator.rules:
        yield Problem("no_rules", where, name)
    for number, rule in enumerate(indicator.rules, 1):
        yield from _rule(rule, indicator, {**name, "rule": number})
    yield from _role(indicator, standard, name)
    yield from (_burden(finding, where, name) for finding in indicator_findings(indicator))


def _role(indicator: Indicator, standard: Standard, name: Mapping[str, Any]) -> Iterator[Problem]:
    """Check what a bonus, a penalty and a veto need, and that full marks can be reached."""
    kinds = {rule.kind for rule in indicator.rules if rule.moves}
    groups = {rule.together: (rule.limit, rule.takes) for rule in indicator.rules if rule.together}
    if any(groups.get(rule.together, (rule.limit, rule.takes)) != (rule.limit, rule.takes) for rule in indicator.rules):
        yield Problem("together_odd", indicator.place, name)
    if indicator.role == "veto" and kinds:
        yield Problem("veto_moves", indicator.place, name)
    if indicator.role == "scored" and indicator.is_earned and indicator.points:
        most = [rule.most for rule in indicator.rules if rule.moves and not rule.takes]
        reached = total(each for each in most if each is not None)
        if None not in most and reached < indicator.points:
            params = {**name, "points": indicator.points, "reached": reached}
            yield Problem("out_of_reach", indicator.place, params)
    if indicator.role in ("bonus", "penalty"):
        side = [rule for rule in indicator.rules if rule.moves and rule.takes != (indicator.role == "penalty")]
        if side:
            yield Problem(f"{indicator.role}_side", indicator.place, name)
        limit = standard.bonus_limit if indicator.role == "bonus" else standard.penalty_limit
        if (
            limit is None
            and indicator.limit is None
            and any(rule.most is None for rule in indicator.rules if rule.moves)
        ):
            yield Problem(f"{indicator.role}_limit", indicator.place, name)


def _rule(rule: ScoreRule, indicator: Indicator, name: Mapping[str, Any]) -> Iterator[Problem]:
    where = indicator.place
    if rule.kind not in KINDS:
        yield Problem("rule_kind", where, {**name, "kind": rule.kind, "known": ", ".join(KINDS)})
        return
    figures = [rule.points, rule.limit, *(points for _name, points in rule.levels)]
    if any(each is not None and not _is_amount(abs(each)) for each in figures):
        yield Problem("points_odd", where, {**name, "points": rule.points or rule.limit or ZERO, "most": MOST_POINTS})
        return
    if rule.moves and rule.kind != "levels" and not rule.points:
        yield Problem("rule_points", where, name)
        return
    if rule.points is not None and _SIGNED.get(rule.kind, rule.points) * rule.points < 0:
        yield Problem("rule_sign", where, {**name, "kind": Problem.words(rule.kind)})
    if rule.limit is not None and rule.limit < 0:
        yield Problem("rule_limit", where, name)
    if rule.kind in ("ratio", "share"):
        yield from _ratio(rule, where, name)
    if rule.kind == "levels":
        yield from _levels(rule, where, name)
    bound = indicator.points if indicator.role == "scored" else indicator.limit
    most = max(abs(rule.points or ZERO), rule.most or ZERO)
    if rule.moves and bound is not None and most > bound:
        yield Problem("rule_beyond", where, {**name, "most": most, "points": bound})


def _ratio(rule: ScoreRule, where: Any, name: Mapping[str, Any]) -> Iterator[Problem]:
    if not _is_amount(rule.step) or not rule.step:
        yield Problem("ratio_step", where, {**name, "step": rule.step})
    if not _is_amount(rule.target) or rule.target > HUNDRED:
        yield Problem("ratio_target", where, {**name, "target": rule.target})
    if rule.steps not in STEPS:
        yield Problem("ratio_steps", where, {**name, "steps": rule.steps, "known": ", ".join(STEPS)})


def _levels(rule: ScoreRule, where: Any, name: Mapping[str, Any]) -> Iterator[Problem]:
    names = [level for level, _points in rule.levels]
    if len(names) < 2 or len(set(names)) < len(names) or any(points < 0 for _level, points in rule.levels):
        yield Problem("levels_odd", where, name)


def _sums(standard: Standard) -> Iterator[Problem]:
    """Check that children add up to what their headings state, and all of them to the total."""
    for path, stated in standard.stated:
        below = [each for each in standard.indicators if (each.level1, each.level2)[: len(path)] == path]
        found = total(each.points for each in below)
        if below and found != stated and not any(each.applies_to for each in below):
            params = {"heading": path[-1], "stated": stated, "found": found}
            yield Problem("children", below[0].place, params)
    whole = standard.sum()
    odd = [each for each in (whole, standard.full) if not each.is_finite() or each > MOST_TOTAL or not is_exact(each)]
    if odd:
        yield Problem("total_odd", None, {"total": odd[0], "most": MOST_TOTAL})
    if odd or standard.total is None:
        return
    kinds = standard.kinds_of_unit()
    off = [(kind, found) for kind in kinds if (found := standard.sum(kind)) != standard.total]
    if whole != standard.total and (off or not kinds):
        kind, found = off[0] if off else ("", whole)
        params = {"stated": standard.total, "found": found, "kind": kind}
        yield Problem("total_kind" if kind else "total", None, params)


def _lines(standard: Standard) -> Iterator[Problem]:
    """Check that both lines are there with the share that is set; what serves both counts half for each."""
    full = standard.sum()
    if not full:
        return
    wanted = dict(standard.shares)
    for line in ("party", "integrity"):
        found = line_share(standard, line)
        least = wanted.get(line, ZERO)
        word = Problem.words(line)
        if not found:
            yield Problem("line_missing", None, {"line": word})
        elif found < least:
            yield Problem("line_share", None, {"line": word, "found": found.quantize(Decimal("0.01")), "least": least})


def line_share(standard: Standard, line: Line) -> Decimal:
    """Return the percentage of the full marks that a line has, half of what serves both included."""
    own = total(each.points for each in standard.indicators if each.line == line)
    both = total(each.points for each in standard.indicators if each.line == "both")
    full = standard.sum()
    return (own + both / 2) * 100 / full if full else ZERO


def _whole(standard: Standard) -> Iterator[Problem]:
    for name in ("bonus_limit", "penalty_limit", "veto_limit"):
        value: Decimal | None = getattr(standard, name)
        if value is not None and not _is_amount(value):
            yield Problem("setting_odd", None, {"setting": Problem.words(name), "value": value})
    weights = (standard.own, standard.children)
    if any(not 0 <= each <= MOST_WEIGHT for each in weights) or not any(weights):
        yield Problem("weights", None, {"most": MOST_WEIGHT})


def _is_amount(value: Decimal) -> bool:
    return value.is_finite() and 0 <= value <= MOST_POINTS and is_exact(value)


def _name(indicator: Indicator) -> str:
    words = " ".join((indicator.requirement or indicator.text).split())[:30]
    return f"{indicator.code} {words}".strip()


# What may not score (DESIGN, invariant 7)


@cache
def _counting_rules() -> tuple[BurdenRule, ...]:
    return read_rules(Path(burden.__file__).parent / "data" / "counting_rules.csv")


def indicator_findings(indicator: Indicator) -> list[BurdenFinding]:
    """Return which rules against counting an indicator breaks: by its words, or by what its rules count."""
    texts = [indicator.requirement, indicator.text, *(rule.when for rule in indicator.rules)]
    found = {each.rule.code: each for each in burden_findings(texts)}
    for rule in indicator.rules:
        if rule.kind == "per_event":
            for each in find(_counting_rules(), [_counted(rule, indicator)]):
                words = f"{rule.when or indicator.requirement} / {rule.unit}"
                found.setdefault(each.rule.code, BurdenFinding(each.rule, words))
    return list(found.values())


def _counted(rule: ScoreRule, indicator: Indicator) -> str:
    """What a rule counts as one line for the patterns: its sign, its unit, and what it is about."""
    about = " ".join(f"{rule.when} {indicator.requirement}".split())
    return f"{'-' if rule.takes else '+'}{rule.unit}|{about}"


def _burden(finding: BurdenFinding, where: Any, name: Mapping[str, Any]) -> Problem:
    rule = finding.rule
    params = {
        **name,
        "words": " ".join(finding.words.split())[:40],
        "what": Words(rule.what_zh, rule.what_en),
        "basis": Words(rule.basis_zh, rule.basis_en),
        "remedy": Words(rule.remedy_zh, rule.remedy_en),
    }
    return Problem("burden", where, params)
