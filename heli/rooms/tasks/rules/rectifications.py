"""Rectification as arithmetic: the life of a problem as a table, when it may close, when its effect is looked at."""

from __future__ import annotations

import tomllib
from calendar import monthrange
from collections.abc import Collection
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

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
def _sources() -> dict[str, dict[str, Any]]:
    with _SOURCES_FILE.open("rb") as file:
        return tomllib.load(file)


def statutory_duties(source: str) -> tuple[str, ...]:
    """Return the codes of the rulebook's duties that set dates for rectification of such a source."""
    return tuple(_sources()[source]["duties"])


def check_months() -> int:
    """Return after how many months the effect is looked at unless somebody chooses otherwise."""
    return int(_sources()["effect_check"]["months"])


def check_due_on(check_on: date) -> date:
    """Return until when the effect has been looked at, once the check has opened."""
    return check_on + timedelta(days=int(_sources()["effect_check"]["days"]))
