"""From two drafts and the decisions on them to one plan: nothing invented, nothing lost.

Every source item ends in exactly one composed item. Merging joins items into one with two requesters; assigning
sets lead, dates or amount on the item its finding is about; adding makes an item out of an obligation. What was
kept apart stays two items, and its reason travels with both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from heli.rooms.plans.enums import Choice, FindingKind

_CLAUSE = re.compile(r"[^，。；;,、\n]{2,}")
# From this share of its pairs of characters a clause is taken for said already.
_HELD = 0.8


@dataclass(frozen=True, slots=True)
class SourceItem:
    """One item of a draft, as a person left it after the split review."""

    pk: int
    line: str
    text: str
    owner: str = ""
    helpers: tuple[str, ...] = ()
    start: date | None = None
    due: date | None = None
    period: str = ""
    quantity: str = ""
    deliverable: str = ""
    obligations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruling:
    """One decision that stands. ``values`` holds only what a person set: text, lead, start, due, quantity …"""

    pk: int
    kind: str
    choice: str
    items: tuple[int, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    obligation: str = ""
    upper_item: int | None = None


@dataclass(frozen=True, slots=True)
class Composed:
    """One item of the plan to be: where it comes from and what it asks."""

    sources: tuple[int, ...]
    rulings: tuple[int, ...]
    line: str
    text: str
    lead: str = ""
    helpers: tuple[str, ...] = ()
    start: date | None = None
    due: date | None = None
    period: str = ""
    quantity: str = ""
    deliverable: str = ""
    obligations: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    upper_items: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two decisions that cannot both stand: kept apart here, merged (perhaps through a third item) there."""

    kept_apart: int
    merged_by: tuple[int, ...]
    items: tuple[int, int]


def compose(items: Sequence[SourceItem], rulings: Sequence[Ruling]) -> tuple[Composed, ...]:
    """Return the items of the one plan, in the order of their first source; added ones last.

    ``rulings`` in the order they were taken: a later value overrides an earlier one.
    """
    order = {item.pk: place for place, item in enumerate(items)}
    by_pk = {item.pk: item for item in items}
    groups = _groups([item.pk for item in items], _merges(rulings))
    composed = []
    for members in sorted(groups, key=lambda group: min(order[pk] for pk in group)):
        sources = [by_pk[pk] for pk in sorted(members, key=order.__getitem__)]
        touching = [ruling for ruling in rulings if members.intersection(ruling.items)]
        composed.append(_apply(merged(sources), touching))
    return (*composed, *(_added(ruling) for ruling in rulings if _adds(ruling)))


def merged(sources: Sequence[SourceItem]) -> Composed:
    """Return what several items amount to: one text that holds what each asks, every amount and deliverable.

    Of deadlines the earliest holds; a programme that runs over a stretch of time is never shortened by one. The
    first owner named leads, the others help; a person can change each of these on the card.
    """
    lines = {source.line for source in sources}
    owners = _distinct(source.owner for source in sources)
    helpers = [name for source in sources for name in source.helpers]
    starts = [source.start for source in sources if source.start]
    dues = [source.due for source in sources if source.due]
    first = sources[0]
    runs = [source.due for source in sources if source.due and (source.period or source.start)]
    start, due = min(starts, default=None), max(runs) if runs else min(dues, default=None)
    if start and due and due < start:  # one begins after the other is due: the earlier deadline holds
        start = None
    return Composed(
        sources=tuple(source.pk for source in sources),
        rulings=(),
        line="both" if len(lines) > 1 or "both" in lines else first.line,
        text=joined_text([source.text for source in sources]),
        lead=owners[0] if owners else "",
        helpers=tuple(name for name in _distinct([*owners[1:], *helpers]) if name not in owners[:1]),
        start=start,
        due=due,
        period=next((source.period for source in sources if source.period), ""),
        quantity="；".join(_distinct(source.quantity for source in sources)),
        deliverable="；".join(_distinct(source.deliverable for source in sources)),
        obligations=tuple(_distinct(code for source in sources for code in source.obligations)),
    )


def names_in(words: str) -> list[str]:
    """Return the names of units that stand in a list of them."""
    return [name.strip() for name in re.split("[、，,；;\n]", words) if name.strip()]


def joined_text(texts: Sequence[str]) -> str:
    """Return the longest text, and after it the clauses of the others that say something it does not hold."""
    ordered = sorted(dict.fromkeys(texts), key=lambda text: (-len(text), text))
    whole = ordered[0] if ordered else ""
    for text in ordered[1:]:
        fresh = [clause for clause in _CLAUSE.findall(text) if not _is_held(clause, whole)]
        if fresh:
            whole = f"{whole.rstrip('。；;，,')}；{'，'.join(fresh)}。"
    return whole


def _is_held(clause: str, whole: str) -> bool:
    """Whether nearly every pair of characters of the clause stands in the text."""
    plain = "".join(clause.split())
    pairs = [plain[at : at + 2] for at in range(len(plain) - 1)] or [plain]
    return sum(pair in whole for pair in pairs) >= _HELD * len(pairs)


def contradictions(items: Iterable[int], rulings: Sequence[Ruling]) -> tuple[Contradiction, ...]:
    """Return each decision to keep two items apart that other decisions merge all the same."""
    merges = _merges(rulings)
    group_of = {pk: number for number, group in enumerate(_groups(list(items), merges)) for pk in group}
    found = []
    for ruling in rulings:
        if ruling.choice != Choice.KEEP_BOTH or ruling.kind == FindingKind.CONFLICT or len(ruling.items) < 2:
            continue
        a, b = ruling.items[:2]
        if a in group_of and group_of.get(a) == group_of.get(b):
            through = tuple(m.pk for m in merges if group_of.get(m.items[0]) == group_of[a])
            found.append(Contradiction(ruling.pk, through, (a, b)))
    return tuple(found)


def _merges(rulings: Sequence[Ruling]) -> list[Ruling]:
    return [ruling for ruling in rulings if ruling.choice == Choice.MERGE and len(ruling.items) > 1]


def _adds(ruling: Ruling) -> bool:
    return ruling.kind == FindingKind.GAP and ruling.choice in (Choice.ADD, Choice.ASSIGN)


def _groups(pks: Sequence[int], merges: Sequence[Ruling]) -> list[set[int]]:
    leader = {pk: pk for pk in pks}

    def find(pk: int) -> int:
        while leader[pk] != pk:
            leader[pk] = leader[leader[pk]]
            pk = leader[pk]
        return pk

    for ruling in merges:
        known = [pk for pk in ruling.items if pk in leader]
        for pk in known[1:]:
            leader[find(pk)] = find(known[0])
    groups: dict[int, set[int]] = {}
    for pk in pks:
        groups.setdefault(find(pk), set()).add(pk)
    return list(groups.values())


def _apply(base: Composed, rulings: Sequence[Ruling]) -> Composed:
    result = base
    for ruling in rulings:
        if ruling.choice in (Choice.MERGE, Choice.ASSIGN):
            result = _with_values(result, ruling.values, base.sources)
        if ruling.reason:
            result = replace(result, reasons=(*result.reasons, ruling.reason))
        if ruling.upper_item is not None and ruling.choice == Choice.MERGE:
            result = replace(result, upper_items=(*result.upper_items, ruling.upper_item))
    return replace(result, rulings=tuple(ruling.pk for ruling in rulings))


def _with_values(base: Composed, values: Mapping[str, Any], sources: tuple[int, ...]) -> Composed:
    """Set what a person set. ``target`` limits an assignment to one of the finding's items."""
    target = values.get("target")
    if target and int(target) not in sources:
        return base
    named = {
        name: values[name] for name in ("text", "start", "due", "period", "quantity", "deliverable") if values.get(name)
    }
    if values.get("window") == "exact":
        base = replace(base, start=None, due=None, period="")
    result = replace(base, **named)
    lead = values.get("lead")
    if lead and lead != base.lead:
        others = [name for name in (base.lead, *base.helpers) if name and name != lead]
        result = replace(result, lead=lead, helpers=tuple(others))
    return result


def _added(ruling: Ruling) -> Composed:
    values = ruling.values
    return Composed(
        sources=(),
        rulings=(ruling.pk,),
        line=values.get("line") or "both",
        text=values.get("text") or "",
        lead=values.get("lead") or "",
        start=values.get("start"),
        due=values.get("due"),
        period=values.get("period") or "",
        quantity=values.get("quantity") or "",
        deliverable=values.get("deliverable") or "",
        obligations=(ruling.obligation,) if ruling.obligation else (),
        reasons=(ruling.reason,) if ruling.reason else (),
    )


def _distinct(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(word for word in words if word))
