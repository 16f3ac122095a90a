"""Standards and readings for tests: small ones by hand, and any that hypothesis can think of."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from heli.engines.scoring.readings import Reading
from heli.engines.scoring.standard import Indicator, ScoreRule, Standard

D = Decimal
LAWS = settings(max_examples=50, deadline=None)
KINDS = ("党支部", "基层党委")
LEVELS = (("好", D(5)), ("较好", D("3.5")), ("差", D(0)))


def indicator(*rules: ScoreRule, code: str = "1", points: object = 10, **more: Any) -> Indicator:
    return Indicator(code, more.pop("requirement", "要求"), D(str(points)), more.pop("line", "party"), rules, **more)


def standard(*indicators: Indicator, **more: Any) -> Standard:
    return Standard(indicators, **more)


def amounts(least: str = "0", most: str = "20") -> st.SearchStrategy[Decimal]:
    return st.decimals(D(least), D(most), places=3)


@st.composite
def rules(draw: st.DrawFn, role: str) -> ScoreRule:
    """A rule that fits the role of its indicator."""
    if role == "veto":
        return ScoreRule("veto", limit=draw(st.none() | amounts("0", "60")))
    sides = {"bonus": (1,), "penalty": (-1,)}.get(role, (1, -1))
    sign = draw(st.sampled_from(sides))
    kinds = ("per_event", "award", "ratio", "share", "levels", "range", "judged") if sign > 0 else (
        "per_event", "once", "ratio", "range")  # fmt: skip
    kind = draw(st.sampled_from((*kinds, "zero") if role == "scored" else kinds))
    if kind == "zero":
        return ScoreRule("zero")
    if kind == "levels":
        return ScoreRule("levels", levels=LEVELS)
    limit = draw(amounts()) if role != "scored" else draw(st.none() | amounts())
    more: dict[str, Any] = {}
    if kind == "ratio":
        more = {
            "target": draw(amounts("0", "100")),
            "step": draw(amounts("0.1", "10")),
            "steps": draw(st.sampled_from(("proportional", "whole", "started"))),
            "is_above": draw(st.booleans()),
        }
    return ScoreRule(kind, points=draw(amounts("0.001", "12")) * sign, limit=limit, **more)


def _bounded_together(made: list[ScoreRule], limit: Decimal) -> list[ScoreRule]:
    """Let rules of the same side as the first share one bound."""
    takes = made[0].takes
    return [replace(rule, limit=limit, together=1) if rule.moves and rule.takes == takes else rule for rule in made]


@st.composite
def indicators(draw: st.DrawFn, code: str) -> Indicator:
    role = draw(st.sampled_from(("scored", "scored", "scored", "bonus", "penalty", "veto")))
    made = draw(st.lists(rules(role), min_size=1, max_size=3))
    if draw(st.booleans()):
        made = _bounded_together(made, draw(amounts()))
    return Indicator(
        code,
        "要求",
        draw(amounts("0.001", "30")) if role == "scored" else D(0),
        draw(st.sampled_from(("party", "integrity", "both"))),
        tuple(made),
        role=role,
        limit=draw(st.none() | amounts()) if role in ("bonus", "penalty") else None,
        applies_to=draw(st.sampled_from(((), (), KINDS[:1], KINDS))),
    )


@st.composite
def standards(draw: st.DrawFn) -> Standard:
    count = draw(st.integers(1, 5))
    return Standard(
        tuple(draw(indicators(str(at))) for at in range(count)),
        total=draw(st.none() | st.just(D(100))),
        bonus_limit=draw(st.none() | amounts()),
        penalty_limit=draw(st.none() | amounts()),
        veto_limit=draw(amounts("0", "60")),
        own=draw(st.integers(0, 3)),
        children=draw(st.integers(1, 3)),
    )


@st.composite
def reading_of(draw: st.DrawFn, code: str, number: int, rule: ScoreRule, most: Decimal) -> Reading:
    """One reading that fits the rule."""
    made = Reading(code, number, evidence=tuple(draw(st.lists(st.sampled_from("abc"), max_size=2))))
    if rule.kind == "per_event":
        return replace(made, count=draw(st.decimals(0, 30, places=1)))
    if rule.kind in ("ratio", "share"):
        if draw(st.booleans()):
            return replace(made, value=draw(amounts("0", "130")))
        due = draw(st.integers(0, 400))
        return replace(made, required=D(due), done=draw(st.decimals(0, 500, places=1)))
    if rule.kind == "levels":
        return replace(made, level=draw(st.sampled_from([name for name, _points in rule.levels])))
    if rule.kind in ("range", "judged"):
        return replace(made, mark=draw(amounts("0", str(most))), by="考核组", reason="查阅记录")
    return replace(made, happened=draw(st.booleans()))


@st.composite
def readings(draw: st.DrawFn, of: Standard, *, complete: bool = False) -> list[Reading]:
    found = []
    for each in of.indicators:
        for number, rule in enumerate(each.rules, 1):
            if complete or draw(st.integers(0, 3)):
                most = rule.most if rule.most is not None else each.points
                found.append(draw(reading_of(each.code, number, rule, most)))
    return found


@st.composite
def cases(draw: st.DrawFn, *, complete: bool = False) -> tuple[Standard, list[Reading], str]:
    """A standard, readings and a kind of unit."""
    made = draw(standards())
    return made, draw(readings(made, complete=complete)), draw(st.sampled_from(("", *KINDS)))
