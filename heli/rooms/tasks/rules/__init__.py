"""What is possible now: pure tables and arithmetic."""

from heli.rooms.tasks.rules.working import (
    ACCEPTED,
    CANCELED,
    CLOSED,
    HANDED_IN,
    OPEN,
    RETURNED,
    TRANSITIONS,
    UNDONE,
    can_move,
    days_left,
    did_the_work,
    due_group,
    was_late,
)

__all__ = [
    "ACCEPTED",
    "CANCELED",
    "CLOSED",
    "HANDED_IN",
    "OPEN",
    "RETURNED",
    "TRANSITIONS",
    "UNDONE",
    "can_move",
    "days_left",
    "did_the_work",
    "due_group",
    "was_late",
]
