"""Every route carries an access rule; what has none does not exist (DESIGN, invariant 9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

# Routes of others that decide for themselves who may come in.
GUARDED_BY_THEMSELVES: dict[str, str] = {}


def test_every_route_has_an_access_rule() -> None:
    unmarked = [
        route
        for route, view in routes()
        if not _rule(view) and not any(route.startswith(prefix) for prefix in GUARDED_BY_THEMSELVES)
    ]

    assert unmarked == []


def test_the_walk_sees_routes() -> None:
    assert len(list(routes())) > 3


def test_routes_that_are_not_views_of_heli_are_named() -> None:
    foreign = sorted(route for route, view in routes() if not _module(view).startswith("heli."))
    stale = [prefix for prefix in GUARDED_BY_THEMSELVES if not any(route.startswith(prefix) for route in foreign)]

    assert stale == []


def routes(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (route, view) of the whole URL map."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


def _rule(view: Any) -> str:
    return str(getattr(view, "access_rule", "") or getattr(getattr(view, "view_class", None), "access_rule", ""))


def _module(view: Any) -> str:
    return str(getattr(getattr(view, "view_class", view), "__module__", ""))
