"""Rectification as arithmetic: the life of a problem as a table, when it may close, when its effect is looked at."""

from __future__ import annotations

import tomllib
from calendar import monthrange
from collections.abc import Collection
from datetime import date
from functools import cache
from pathlib import Path

from heli.rooms.tasks.rules.working import CANCELED, CLOSED

PROBLEM_OPEN, PROBLEM_CLOSED = "open", "closed"
PROBLEM_TRANSITIONS: dict[str, frozenset[str]] = {
    PROBLEM_OPEN: frozenset({PROBLEM_CLOSED}),
    PROBLEM_CLOSED: frozenset({PROBLEM_OPEN}),
}
_SOURCES_FILE = Path(__file__).resolve().parents[1] / "data" / "rectification_sources.toml"


def may_close(states: Collection[str]) -> bool:
    """Return whether the measures allow closing: at least one that was not withdrawn, and each of those closed."""
    standing = [state for state in states if state != CANCELED]
    return bool(standing) and all(state == CLOSED for state in standing)


def effect_check_on(closed_on: date, months: int) -> date:
    """Return the day from which the effect is looked at: the same day some months later, or that month's last."""
    year, month = divmod(closed_on.year * 12 + closed_on.month - 1 + months, 12)
    return date(year, month + 1, min(closed_on.day, monthrange(year, month + 1)[1]))


@cache
def statutory_duties(source: str) -> tuple[str, ...]:
    """Return the codes of the rulebook's duties that set dates for rectification of such a source."""
    with _SOURCES_FILE.open("rb") as file:
        return tuple(tomllib.load(file).get(source, {}).get("duties", ()))
