"""The life of a task template and of one issue of it, and who may not approve."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

DRAFT, SUBMITTED, APPROVED, ENDED, DROPPED = "draft", "submitted", "approved", "ended", "dropped"
QUEUED, RUNNING, ISSUED, FAILED, WITHDRAWN = "queued", "running", "issued", "failed", "withdrawn"

TEMPLATE_TRANSITIONS: dict[str, frozenset[str]] = {
    DRAFT: frozenset({SUBMITTED, DROPPED}),
    SUBMITTED: frozenset({DRAFT, APPROVED}),
    APPROVED: frozenset({ENDED}),
    ENDED: frozenset(),
    DROPPED: frozenset(),
}

ISSUE_TRANSITIONS: dict[str, frozenset[str]] = {
    QUEUED: frozenset({RUNNING}),
    RUNNING: frozenset({ISSUED, FAILED}),
    ISSUED: frozenset({WITHDRAWN}),
    FAILED: frozenset({QUEUED}),
    WITHDRAWN: frozenset(),
}


def may_move_template(old: str, new: str) -> bool:
    """Return whether a template in ``old`` may become ``new``."""
    return new in TEMPLATE_TRANSITIONS[old]


def may_move_issue(old: str, new: str) -> bool:
    """Return whether an issue in ``old`` may become ``new``."""
    return new in ISSUE_TRANSITIONS[old]


def had_a_hand(person_id: int, hands: Collection[int]) -> bool:
    """Return whether the person drafted, changed or submitted the template (DESIGN, invariant 4)."""
    return person_id in hands


def is_in_force(state: str, starts_on: date, ends_on: date, today: date) -> bool:
    """Return whether an approved template holds on ``today``; both days belong to it."""
    return state == APPROVED and starts_on <= today <= ends_on
