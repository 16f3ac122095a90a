"""Which decisions a finding takes, and what each still lacks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

from heli.rooms.plans.enums import Choice, FindingKind

Missing = Literal["choice", "reason", "text", "lead_or_date", "two_items"]

ALLOWED_CHOICES: dict[FindingKind, tuple[Choice, ...]] = {
    FindingKind.DUPLICATE: (Choice.MERGE, Choice.KEEP_BOTH, Choice.ASSIGN),
    FindingKind.RELATED: (Choice.MERGE, Choice.KEEP_BOTH),
    FindingKind.CONFLICT: (Choice.ASSIGN, Choice.MERGE, Choice.KEEP_BOTH),
    FindingKind.GAP: (Choice.ADD, Choice.ASSIGN, Choice.NOT_APPLICABLE),
    FindingKind.UPPER: (Choice.MERGE, Choice.KEEP_BOTH),
}

# How long a card stays marked as somebody's after the last sign of life.
HOLDS_FOR = timedelta(seconds=45)

_REASONED = frozenset({Choice.KEEP_BOTH, Choice.NOT_APPLICABLE})


def needs_reason(choice: str) -> bool:
    return choice in _REASONED


def what_is_missing(
    kind: str, choice: str, *, reason: str, values: Mapping[str, Any], items: int
) -> tuple[Missing, ...]:
    """Return what the decision still lacks; empty = it may be taken.

    ``values`` are the filled-in fields (text, lead, start, due …), ``items`` how many source items the finding has.
    """
    if choice not in ALLOWED_CHOICES[FindingKind(kind)]:
        return ("choice",)
    missing: list[Missing] = []
    if needs_reason(choice) and not reason.strip():
        missing.append("reason")
    makes_item = choice in (Choice.MERGE, Choice.ADD) or (kind == FindingKind.GAP and choice == Choice.ASSIGN)
    if makes_item and not str(values.get("text", "")).strip():
        missing.append("text")
    if choice == Choice.MERGE and kind != FindingKind.UPPER and items < 2:
        missing.append("two_items")
    if choice == Choice.ASSIGN and not (values.get("lead") or values.get("due") or values.get("quantity")):
        missing.append("lead_or_date")
    return tuple(missing)
