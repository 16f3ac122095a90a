"""Read amounts from task texts: "at least 12 times", "one or two", "32 hours each", "100 %"."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Literal

from heli.engines.alignment import wordlists
from heli.engines.alignment.figures import Tight
from heli.engines.alignment.items import Quantity

MAX_CHARS = 20_000
_NAME = "slots_quantities.toml"
_DATA = wordlists.load(_NAME)
_AMOUNT = wordlists.pattern(_NAME, "patterns", "amount")
_FULL = wordlists.pattern(_NAME, "patterns", "full")
_SCOPE = wordlists.pattern(_NAME, "patterns", "scope")
_NOT_AMOUNT = wordlists.pattern(_NAME, "patterns", "not_amount")
_LEAST = wordlists.pattern(_NAME, "bounds", "least")
_APART = wordlists.pattern(_NAME, "bounds", "apart")
_MOST = wordlists.pattern(_NAME, "bounds", "most")
_HINT = wordlists.pattern(_NAME, "hints", "any")
_SHARED: dict[str, Any] = _DATA["shared"]
_PARTS = re.compile(_SHARED["parts"])
_COMMON = frozenset(_SHARED["common"])
_NEAR_PAIRS = 2
"""Pairs of characters a part of a deliverable must share with a duty to speak of it."""
_SCOPE_REACH = 24
"""Characters before an amount in which the words saying whom it counts for are looked for."""


def read_number(text: str) -> float:
    """Read an Arabic or Chinese number below 1,000. Raises ``ValueError`` for anything else."""
    if text == _DATA["hints"]["half"]:
        return 0.5
    if text[0].isascii():
        return float(text)
    total, digit = 0, 0
    for character in text:
        if character in _DATA["multipliers"]:
            total += (digit or 1) * _DATA["multipliers"][character]
            digit = 0
        elif character in _DATA["digits"] and not digit:
            digit = _DATA["digits"][character]
        else:
            raise ValueError(text)
    return float(total + digit)


def _bound(before: str, after: str) -> Literal["min", "max", "exact"]:
    words = before + after
    if _MOST.search(words):
        return "max"
    return "min" if _LEAST.search(words) else "exact"


def _clause(text: str, begins: int) -> str:
    """The words of the clause before an amount, where they say "at least" ("at least with each head once")."""
    words = re.split(_DATA["scopes"]["clause"], text[max(0, begins - _SCOPE_REACH) : begins])[-1]
    found = _APART.search(words)
    return found[0] if found else ""


def _scope(text: str, begins: int) -> str:
    """The last words of scope before an amount within reach and within the sentence."""
    before = text[max(0, begins - _SCOPE_REACH) : begins]
    before = re.split(_DATA["scopes"]["stop"], before)[-1]
    found = _SCOPE.findall(before)
    return found[-1] if found else ""


def _quantity(text: str, found: re.Match[str]) -> Quantity | None:
    try:
        low = read_number(found["a"])
        high = read_number(found["b"]) if found["b"] else low
    except ValueError:
        return None
    unit = _DATA["units"].get(found["u"], found["u"])
    begins, ends = found.start() if found["low"] else found.start("a"), found.end()
    return Quantity(
        low=min(low, high),
        high=max(low, high),
        unit=unit,
        bound=_bound(found["low"] or _clause(text, found.start()), found["post"] or ""),
        scope=_scope(text, found.start()),
        text=text[begins:ends],
        start=begins,
        end=ends,
    )


def find_quantities(source: str) -> tuple[Quantity, ...]:
    """Find every amount in ``source`` in order; ordinals ("second congress"), slogans and lengths of time are none.

    Never fails on any text; linear in its length (read up to ``MAX_CHARS``).
    """
    tight = Tight(source[:MAX_CHARS])
    text = tight.text
    if not _HINT.search(text):
        return ()
    taken = bytearray(len(text))
    for found in _NOT_AMOUNT.finditer(text):
        taken[found.start() : found.end()] = b"\x01" * (found.end() - found.start())
    quantities = []
    for found in _AMOUNT.finditer(text):
        if any(taken[found.start("a") : found.end("u")]):
            continue
        quantity = _quantity(text, found)
        if quantity:
            quantities.append(quantity)
    for found in _FULL.finditer(text):
        begins, ends = found.span()
        full = _DATA["hints"]["full"]
        quantities.append(Quantity(100, 100, full, "exact", _scope(text, begins), found[0], begins, ends))
    placed = []
    for quantity in quantities:
        begins, ends = tight.back(quantity.start, quantity.end)
        placed.append(replace(quantity, start=begins, end=ends, text=source[begins:ends]))
    return tuple(sorted(placed, key=lambda quantity: quantity.start))


def about(deliverable: str, duty: str) -> str:
    """The parts of a deliverable that share words with the duty; all of it where none does, or it has one part."""
    parts = [part for part in _PARTS.split(deliverable) if part.strip()]
    wanted = _word_pairs(duty) - _COMMON
    near = [part for part in parts if len(_word_pairs(part) & wanted) >= _NEAR_PAIRS]
    return _SHARED["joint"].join(near) if len(parts) > 1 and near else deliverable


def _word_pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(min(len(text), MAX_CHARS) - 1)}
