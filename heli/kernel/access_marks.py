"""Every view names its access rule; a route without one fails the build (DESIGN, invariant 9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def mark(rule: str) -> Callable[[View], View]:
    """Return a decorator that writes ``rule`` on the view as ``access_rule``."""

    def decorate(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]  # functions take attributes; mypy has no type for it
        return view

    return decorate
