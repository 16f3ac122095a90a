"""What may come after what: no task waits for itself, by no way round."""

from __future__ import annotations

from collections.abc import Iterable


def would_wait_for_itself(pairs: Iterable[tuple[int, int]], task: int, after: int) -> bool:
    """Return whether ``task`` coming after ``after`` closes a circle; ``pairs`` are (task, what it comes after)."""
    follows: dict[int, set[int]] = {}
    for later, earlier in pairs:
        follows.setdefault(later, set()).add(earlier)
    seen, open_ends = set(), [after]
    while open_ends:
        here = open_ends.pop()
        if here == task:
            return True
        if here not in seen:
            seen.add(here)
            open_ends += follows.get(here, ())
    return False
