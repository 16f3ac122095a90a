"""A line of a score in words: the rule, the facts, the arithmetic, and all three as one sentence."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from heli.engines.alignment.reasons import language_of
from heli.engines.scoring.amounts import Amount
from heli.engines.scoring.problems import plain, sentences
from heli.engines.scoring.readings import Reading
from heli.engines.scoring.scores import Explained
from heli.engines.scoring.standard import ZERO, ScoreRule, rounded

_DONE = ("award",)


def say(table: str, code: str, language: str, /, **params: object) -> str:
    """Return the sentence ``table.code`` of the scores."""
    text: str = sentences("scores.toml")[table][code][language_of(language)]
    return text.format(**params)


def rule_words(rule: ScoreRule, language: str) -> str:
    """Return what the rule says, with the words that say when it applies."""
    size = plain(abs(rule.points or ZERO))
    unit = rule.unit or say("line", "times_unit", language)
    params = {"points": size, "unit": unit, "target": plain(rule.target), "step": plain(rule.step)}
    if rule.kind == "levels":
        levels = [say("rule", "level", language, name=name, points=plain(points)) for name, points in rule.levels]
        words = say("rule", "levels", language, levels=say("line", "list", language).join(levels))
    else:
        words = say("rule", _code(rule), language, **params, limit=plain(rule.limit or ZERO))
    if rule.kind == "ratio" and rule.steps != "proportional":
        words += say("rule", rule.steps, language)
    if rule.limit is not None and rule.kind != "veto":
        words += say("rule", "limit", language, limit=plain(rule.limit))
    return say("rule", "when", language, when=" ".join(rule.when.split()), rule=words) if rule.when else words


def _code(rule: ScoreRule) -> str:
    if rule.kind not in ("per_event", "ratio", "range"):
        return rule.kind
    side = "takes" if rule.takes else "gives"
    return f"{rule.kind}_{side}{'_above' if rule.is_above else ''}"


def fact_words(rule: ScoreRule, reading: Reading, language: str) -> str:
    """Return what is known, with the note of whoever recorded it."""
    words = _figure_words(rule, reading, language)
    note = " ".join(reading.note.split())
    return say("facts", "note", language, facts=words, note=note) if note else words


def _figure_words(rule: ScoreRule, reading: Reading, language: str) -> str:
    if reading.count is not None:
        unit = rule.unit or say("line", "times_unit", language)
        return say("facts", "count", language, count=plain(reading.count), unit=unit)
    if reading.value is not None:
        return say("facts", "value", language, value=plain(reading.value))
    if reading.done is not None:
        if not reading.required:
            return say("facts", "nothing_due", language)
        percent = _figure(Fraction(reading.done) * 100 / Fraction(reading.required), language)
        done, required = plain(reading.done), plain(reading.required)
        return say("facts", "done", language, required=required, done=done, percent=percent)
    if reading.level:
        return say("facts", "level", language, level=reading.level)
    if reading.mark is not None:
        return say("facts", "mark", language, by=reading.by, mark=plain(reading.mark), reason=_one_line(reading.reason))
    return say("facts", ("yes" if reading.happened else "no") + ("_done" if rule.kind in _DONE else ""), language)


def arithmetic_words(rule: ScoreRule, amount: Amount, language: str) -> str:
    """Return the arithmetic, "" where there is none."""
    points, raw = plain(abs(rule.points or ZERO)), plain(amount.raw)
    times = _figure(amount.times, language)
    if rule.kind == "per_event":
        words = say("arithmetic", "times", language, times=times, points=points, raw=raw)
    elif rule.kind == "share":
        percent = _figure(amount.times * 100, language)
        words = say("arithmetic", "share", language, percent=percent, points=points, raw=raw)
    elif rule.kind == "ratio" and amount.times and amount.percent is not None:
        percent, target, step = _figure(amount.percent, language), plain(rule.target), plain(rule.step)
        params = {"percent": percent, "target": target, "step": step, "times": times, "points": points, "raw": raw}
        words = say("arithmetic", "steps_above" if rule.is_above else "steps_below", language, **params)
    else:
        words = ""
    if amount.is_bounded:
        words = say("arithmetic", "bounded", language, sum=words or raw, limit=plain(amount.points))
    return words


def line_words(line: Explained, language: str) -> str:
    """Return the line as one sentence."""
    language = language_of(language)
    code: str = line.kind
    if code == "zero" and line.rule is None:
        code = "zero_all"
    rule = rule_words(_shown(line.rule, line), language) if line.rule else ""
    facts = fact_words(line.rule, line.reading, language) if line.rule and line.reading else ""
    arithmetic = arithmetic_words(line.rule, line.amount, language) if line.rule and line.amount else ""
    return say(
        "line", code, language, rule=rule, facts=facts,
        arithmetic=say("line", "arithmetic", language, arithmetic=arithmetic) if arithmetic else "",
        points=plain(line.points), size=plain(abs(line.points)), open=plain(line.open), limit=plain(line.limit or ZERO),
        missing=say("line", "list", language).join(map(str, line.missing)),
    )  # fmt: skip


def _shown(rule: ScoreRule, line: Explained) -> ScoreRule:
    """A veto without a bound of its own has that of the standard."""
    return replace(rule, limit=line.limit) if rule.kind == "veto" else rule


def _figure(value: Fraction, language: str) -> str:
    """Write a figure exactly where three places hold it, else rounded and said to be so."""
    near = rounded(value)
    text = plain(near)
    return text if Fraction(near) == value else say("arithmetic", "about", language, figure=text)


def _one_line(text: str) -> str:
    return " ".join(text.split())
