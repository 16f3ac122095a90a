"""A standard from a file: the table that ``heli rubric`` reads, with columns where its words are not clear; or JSON.

A row with points is an indicator; a row without them that stays in the same group gives the one above another rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, cast

from heli.engines.alignment.items import SourceBlock
from heli.engines.scoring import cells as cell
from heli.engines.scoring.cells import Node, by_name, listed, names, number, whole, word, words
from heli.engines.scoring.columns import points_inside, read_rows, total_of
from heli.engines.scoring.mentions import number as spelled
from heli.engines.scoring.problems import Refused
from heli.engines.scoring.rubric import Row, Rule
from heli.engines.scoring.standard import HUNDRED, ZERO, Indicator, Kind, Line, Role, ScoreRule, Standard, Steps

_ONE = Decimal(1)
_WORDS = words("words")
_VETO, _BESIDE = re.compile(_WORDS["veto"], re.IGNORECASE), re.compile(_WORDS["beside"], re.IGNORECASE)
_PERCENT, _ABOVE = re.compile(_WORDS["percent"]), re.compile(_WORDS["above"])
_STEP, _STARTED = re.compile(_WORDS["step"]), re.compile(_WORDS["started"])
_LEVEL = re.compile(r"(?P<name>[^=＝:：]{1,30})\s*[=＝:：]\s*(?P<points>\d{1,4}(?:\.\d{1,3})?)\s*分?")


@dataclass
class _Draft:
    """An indicator while its rows are read."""

    code: str
    row: Row
    place: Any
    line: str
    applies_to: tuple[str, ...]
    rules: list[Rule | ScoreRule] = field(default_factory=list)


def standard_of_blocks(blocks: Iterable[SourceBlock], name: str = "") -> Standard:
    """Return the standard in the tables of a document. Raises ``Refused`` for a cell that cannot be read."""
    listed_blocks = list(blocks)
    settings: dict[str, str] = {"name": name}
    totals = [found for block in listed_blocks if (found := total_of(block.cells)) is not None]
    drafts: list[_Draft] = []
    for row, block in read_rows(listed_blocks, is_kept=_has_rule):
        if names("settings").get(row.level1.lower()) == "rows":
            _take_setting(row, block, settings)
        else:
            _take_row(row, block, drafts)
    indicators = tuple(indicator for draft in drafts for indicator in _indicators(draft))
    settings.setdefault("total", str(totals[-1]) if totals else "")
    return _with_settings(indicators, settings)


def _has_rule(cells: Sequence[tuple[str, str]]) -> bool:
    return "kind" in by_name("standard", cells)


def _take_setting(row: Row, block: SourceBlock, settings: dict[str, str]) -> None:
    name = names("settings").get(row.requirement.strip().lower())
    if name is None or name == "rows":
        known = "、".join(listed_names[0] for key, listed_names in words("settings").items() if key != "rows")
        raise Refused("setting_unknown", block.place, name=row.requirement[:30], known=known)
    settings[name] = row.text.strip() or (f"{row.maximum:f}" if row.maximum is not None else "")
    if name != "name":
        number(settings[name], block.place, row.requirement)


def _with_settings(indicators: tuple[Indicator, ...], settings: dict[str, str]) -> Standard:
    def amount(name: str) -> Decimal | None:
        return number(settings[name], None, name) if settings.get(name) else None

    lines: tuple[Line, Line] = ("party", "integrity")
    return Standard(
        indicators,
        name=settings["name"],
        total=amount("total"),
        stated=_stated(indicators),
        shares=tuple((line, share) for line in lines if (share := amount(line)) is not None),
        bonus_limit=amount("bonus_limit"),
        penalty_limit=amount("penalty_limit"),
        veto_limit=amount("veto_limit") or ZERO,
        own=whole(settings.get("own", "1"), None, "own"),
        children=whole(settings.get("children", "1"), None, "children"),
    )


def _stated(indicators: Sequence[Indicator]) -> tuple[tuple[tuple[str, ...], Decimal], ...]:
    """Return the points that headings name in brackets, each once."""
    paths = [
        path for each in indicators if each.role == "scored" for path in ((each.level1,), (each.level1, each.level2))
    ]
    found = {path: points for path in paths if path[-1] and (points := points_inside(path[-1])) is not None}
    return tuple(found.items())


def _take_row(row: Row, block: SourceBlock, drafts: list[_Draft]) -> None:
    said = by_name("standard", block.cells)
    last = drafts[-1] if drafts else None
    rules: list[Rule | ScoreRule] = [_written(said, row, block.place)] if "kind" in said else list(row.rules)
    continues = row.maximum is None and "code" not in said and last and _group(row) == _group(last.row)
    if last and continues and (not _is_beside(row) or not row.text) and not _is_veto(row):
        last.rules += [_named(rule, row.requirement, last.row.requirement) for rule in rules]
        return
    if not row.requirement and not row.text:
        raise Refused("rule_alone", block.place)
    line = _line(said, row, last, block.place)
    draft = _Draft(said.get("code") or str(len(drafts) + 1), row, block.place, line, listed(said.get("applies_to", "")))
    draft.rules += rules
    drafts.append(draft)


def _named(rule: Rule | ScoreRule, requirement: str, above: str) -> Rule | ScoreRule:
    """A rule of a further row is about what that row asks."""
    if rule.when or requirement == above:
        return rule
    return replace(rule, when=requirement)


def _group(row: Row) -> tuple[str, str]:
    return row.level1, row.level2


def _is_veto(row: Row) -> bool:
    return bool(_VETO.search(row.level1) or _VETO.search(row.level2))


def _is_beside(row: Row) -> bool:
    return bool(_BESIDE.search(row.level1) or _BESIDE.search(row.level2))


def _line(said: dict[str, str], row: Row, last: _Draft | None, place: Any) -> str:
    if "line" in said:
        return word("lines", said["line"], place, words("standard")["line"][0])
    return last.line if last and last.row.level1 == row.level1 else ""


# Rules


def _written(said: dict[str, str], row: Row, place: Any) -> ScoreRule:
    """Return the rule that the columns of a row spell out."""

    def amount(name: str, default: Decimal | None = None) -> Decimal | None:
        return number(said[name], place, words("standard")[name][0]) if name in said else default

    kind = cast("Kind", word("kinds", said["kind"], place, words("standard")["kind"][0]))
    points = amount("rule_points")
    if points is None and kind in ("award", "share", "judged"):
        points = row.maximum
    if points is not None and kind == "once":
        points = -abs(points)
    target = amount("target", HUNDRED) or ZERO
    steps = word("steps", said["steps"], place, words("standard")["steps"][0]) if "steps" in said else "proportional"
    when = " ".join((row.text or row.requirement).split())
    return ScoreRule(
        kind, when, points if kind not in ("zero", "veto", "levels") else None,
        said.get("unit", ""), amount("limit"), target,
        amount("step", _ONE) or ZERO, cast("Steps", steps), bool(_ABOVE.search(when)),
        _levels(said.get("levels", ""), place) if kind == "levels" else (),
    )  # fmt: skip


def _levels(text: str, place: Any) -> tuple[tuple[str, Decimal], ...]:
    found = []
    for part in listed(text):
        level = _LEVEL.fullmatch(part)
        if level is None:
            raise Refused("cell_levels", place, value=text[:60])
        found.append((level["name"].strip(), Decimal(level["points"])))
    return tuple(found)


def _indicators(draft: _Draft) -> list[Indicator]:
    """Return the indicator of a draft; what gives beside the full marks becomes one of its own."""
    row, scores = draft.row, [each for each in draft.rules if isinstance(each, ScoreRule)]
    read = [each for each in draft.rules if isinstance(each, Rule)]
    if _is_veto(row) or (row.maximum is None and read and all(rule.kind == "veto" for rule in read)):
        return [_indicator(draft, "veto", [*scores, *(ScoreRule("veto", rule.when) for rule in read)])]
    if _is_beside(row):
        made = [*scores, *_read(read, row.maximum)]
        return _sides(draft, made)
    takes = any(rule.points is not None and rule.points < 0 for rule in read)
    beside = [rule for rule in read if rule.is_beside and takes]
    within = [*scores, *_read([rule for rule in read if rule not in beside], row.maximum)]
    found = [_indicator(draft, "scored", within)]
    if beside:
        found.append(_indicator(draft, "bonus", _read(beside, None), "+"))
    return found


def _sides(draft: _Draft, rules: Sequence[ScoreRule]) -> list[Indicator]:
    """Return what stands beside the full marks: a bonus, a penalty, or one of each, and a veto."""
    sides: list[tuple[Role, str, list[ScoreRule]]] = [
        ("bonus", "+", [rule for rule in rules if rule.moves and not rule.takes]),
        ("penalty", "-", [rule for rule in rules if rule.takes]),
        ("veto", "!", [rule for rule in rules if rule.kind == "veto"]),
    ]
    found = [side for side in sides if side[2]]
    return [_indicator(draft, role, part, mark if len(found) > 1 else "") for role, mark, part in found]


def _indicator(draft: _Draft, role: Role, rules: Sequence[ScoreRule], mark: str = "") -> Indicator:
    row = draft.row
    points = row.maximum or ZERO if role == "scored" else ZERO
    limit = row.maximum if role in ("bonus", "penalty") and _is_beside(row) else None
    return Indicator(
        f"{draft.code}{mark}", row.requirement or row.text, points, cast("Line", draft.line), tuple(rules),
        row.level1, row.level2, role, limit, draft.applies_to, row.text, draft.place,
    )  # fmt: skip


def _read(rules: Sequence[Rule], maximum: Decimal | None) -> list[ScoreRule]:
    """Return rules that words state as rules that can be computed."""
    kinds = [rule.kind for rule in rules]
    if kinds == ["award", "zero"] and rules[0].points == maximum:
        rules = rules[:1]  # the full marks or nothing: one question, not two
    marks = [rule for rule in rules if rule.kind == "range" and (rule.points or ZERO) > 0]
    if len(marks) > 1:
        most = max(marks, key=lambda rule: rule.points or ZERO)
        rules = [most, *(rule for rule in rules if rule not in marks)]
    others = any((rule.points or ZERO) < 0 for rule in rules)
    return [_computed(rule, maximum, is_beside_others=others) for rule in rules]


def _computed(rule: Rule, maximum: Decimal | None, *, is_beside_others: bool) -> ScoreRule:
    if rule.kind == "judged":
        if is_beside_others:
            return ScoreRule("range", rule.when, None if maximum is None else -maximum)
        return ScoreRule("judged", rule.when, maximum)
    if rule.kind != "ratio":
        return ScoreRule(rule.kind, rule.when, rule.points, rule.unit, rule.limit, together=rule.together)
    if maximum is not None and rule.points == maximum / 100 and rule.limit == maximum:
        return ScoreRule("share", rule.when, maximum)
    is_above = bool(_ABOVE.search(rule.when))
    target, step = _PERCENT.search(rule.when), _STEP.match(rule.unit)
    return ScoreRule(
        "ratio", rule.when, rule.points, rule.unit, rule.limit,
        Decimal(target[1]) if target else ZERO if is_above else HUNDRED,
        spelled(step[1]) if step else _ONE, "started" if _STARTED.search(rule.when) else "proportional", is_above,
        together=rule.together,
    )  # fmt: skip


# JSON

_STANDARD = ("name", "total", "shares", "bonus_limit", "penalty_limit", "veto_limit", "own", "children", "indicators")
_INDICATOR = (
    "code", "level1", "level2", "requirement", "points", "line", "role", "limit", "applies_to", "text", "rules",
)  # fmt: skip
_RULE = (
    "kind", "when", "points", "unit", "limit", "target", "step", "steps", "is_above", "levels", "together",
)  # fmt: skip
_ROLES: tuple[Role, ...] = ("scored", "bonus", "penalty", "veto")


def standard_of_json(data: bytes, name: str = "") -> Standard:
    """Return the standard in a JSON file. Raises ``Refused``, naming the place."""
    node = Node(cell.load(data), "").of(_STANDARD)
    shares = Node(node.value.get("shares", {}), "shares").of(("party", "integrity"))
    lines: tuple[Line, Line] = ("party", "integrity")
    indicators = tuple(_json_indicator(each) for each in node.items("indicators"))
    return Standard(
        indicators,
        name=node.text("name", name),
        total=node.number("total"),
        stated=_stated(indicators),
        shares=tuple((line, share) for line in lines if (share := shares.number(line)) is not None),
        bonus_limit=node.number("bonus_limit"),
        penalty_limit=node.number("penalty_limit"),
        veto_limit=node.number("veto_limit") or ZERO,
        own=node.whole("own", 1),
        children=node.whole("children", 1),
    )


def _json_indicator(node: Node) -> Indicator:
    node.of(_INDICATOR)
    role = node.text("role", "scored")
    if role not in _ROLES:
        raise Refused("json_unknown", node.place, name=role[:30], known=", ".join(_ROLES))
    return Indicator(
        node.text("code"), node.text("requirement"), node.number("points") or ZERO, cast("Line", node.text("line")),
        tuple(_json_rule(each) for each in node.items("rules")), node.text("level1"), node.text("level2"),
        role, node.number("limit"), node.texts("applies_to"), node.text("text"), node.place,
    )  # fmt: skip


def _json_rule(node: Node) -> ScoreRule:
    node.of(_RULE)
    step, target = node.number("step"), node.number("target")
    levels = [each.of(("name", "points")) for each in node.items("levels")]
    return ScoreRule(
        cast("Kind", node.text("kind")), node.text("when"), node.number("points"), node.text("unit"),
        node.number("limit"),
        HUNDRED if target is None else target, _ONE if step is None else step,
        cast("Steps", node.text("steps", "proportional")), bool(node.truth("is_above")),
        tuple((each.text("name"), each.number("points") or ZERO) for each in levels), node.whole("together", 0),
    )  # fmt: skip
