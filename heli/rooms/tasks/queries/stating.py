"""Minutes that other rooms state for the tasks that come from them, by the task's source.

A template states its own (``burden``). A room whose records become tasks registers in its ``apps.py`` how long they
take: ``stating.register("plans.item:", stated_minutes)``. What nobody states is counted and never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

Stated = Callable[[Collection[str]], Mapping[str, int]]
_stated: dict[str, Stated] = {}


def register(prefix: str, stated: Stated) -> None:
    """Let ``stated`` say the minutes of sources that begin with ``prefix``; it answers for those it knows."""
    _stated[prefix] = stated


def prefixes() -> tuple[str, ...]:
    return tuple(_stated)


def minutes_of(sources: Collection[str]) -> dict[str, int]:
    """Return the minutes of each source for which somebody states them; each room is asked once."""
    found: dict[str, int] = {}
    for prefix, stated in _stated.items():
        found.update(stated([source for source in sources if source.startswith(prefix)]))
    return found
