"""The life of a version of a list as a table, and four eyes as arithmetic."""

from __future__ import annotations

from collections.abc import Collection

DRAFT, SUBMITTED, RETURNED = "draft", "submitted", "returned"
APPROVED, IN_FORCE, REPLACED = "approved", "in_force", "replaced"

TRANSITIONS: dict[str, frozenset[str]] = {
    DRAFT: frozenset({SUBMITTED}),
    SUBMITTED: frozenset({APPROVED, RETURNED}),
    RETURNED: frozenset({SUBMITTED}),
    APPROVED: frozenset({IN_FORCE, RETURNED}),
    IN_FORCE: frozenset({REPLACED}),
    REPLACED: frozenset(),
}

UNDER_WAY = (DRAFT, SUBMITTED, RETURNED, APPROVED)
EDITABLE = (DRAFT, RETURNED)


def can_move(old: str, new: str) -> bool:
    """Return whether a version in ``old`` may become ``new``."""
    return new in TRANSITIONS[old]


def may_approve(approver: int, submitter: int | None, contributors: Collection[int]) -> bool:
    """Return whether ``approver`` had no hand in the version: neither drafted, edited nor submitted it."""
    return approver != submitter and approver not in contributors
