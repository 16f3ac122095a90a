"""When returning says something about what is asked, rather than about who did it."""

from __future__ import annotations

# So many tasks of one duty, each returned more than once, make a proposal.
RETURNED_TASKS = 2


def is_returned_often(times: int) -> bool:
    """Return whether a task came back more than once."""
    return times > 1
