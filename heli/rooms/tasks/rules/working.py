"""What is possible now: the life of a task as a table, and four eyes as arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

OPEN, ACCEPTED, HANDED_IN = "open", "accepted", "handed_in"
RETURNED, CLOSED, CANCELED = "returned", "closed", "canceled"

TRANSITIONS: dict[str, frozenset[str]] = {
    OPEN: frozenset({ACCEPTED, CANCELED}),
    ACCEPTED: frozenset({HANDED_IN, CANCELED}),
    HANDED_IN: frozenset({RETURNED, CLOSED, ACCEPTED, CANCELED}),
    RETURNED: frozenset({HANDED_IN, CANCELED}),
    CLOSED: frozenset({RETURNED}),
    CANCELED: frozenset(),
}

UNDONE = (OPEN, ACCEPTED, HANDED_IN, RETURNED)


def can_move(old: str, new: str) -> bool:
    """Return whether a task in ``old`` may become ``new``."""
    return new in TRANSITIONS[old]


def did_the_work(person_id: int, *, accepted_by: int | None, handed_in_by: int | None, hands: Iterable[int]) -> bool:
    """Return whether the person did any part of what is to be reviewed, undone parts too (DESIGN, invariant 4).

    ``hands`` are those who recorded or cited evidence and everybody whose hand was ever on the task.
    """
    return person_id in {accepted_by, handed_in_by, *hands}


def days_left(due_on: date | None, today: date) -> int | None:
    """Return the days until the due date: 0 today, negative when late, None without a date."""
    return None if due_on is None else (due_on - today).days


def due_group(due_on: date | None, today: date) -> str:
    """Return which part of the to-do list a due date belongs to: late, today, week or later.

    The week is the seven days after today, so that Friday shows Monday's work.
    """
    left = days_left(due_on, today)
    if left is None or left > 7:
        return "later"
    if left < 0:
        return "late"
    return "today" if left == 0 else "week"


def was_late(due_on: date | None, happened_on: date) -> bool:
    """Return whether the work itself was late; a late entry of timely work is not (DESIGN, invariant 10)."""
    return due_on is not None and happened_on > due_on
