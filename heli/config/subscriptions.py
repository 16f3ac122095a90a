"""Who listens to which event: the one table of upward speech between rooms."""

from __future__ import annotations


def connect() -> None:
    """Subscribe every listener; called once when the applications are loaded."""
