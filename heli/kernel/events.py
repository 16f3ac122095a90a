"""Facts a room publishes; who listens stands in ``heli/config/subscriptions.py``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

Event = TypeVar("Event")

_handlers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


def subscribe(event_type: type[Event], handler: Callable[[Event], None]) -> None:
    """Call ``handler`` for each published ``event_type``; a second subscription is ignored."""
    if handler not in _handlers[event_type]:
        _handlers[event_type].append(handler)


def unsubscribe(event_type: type[Event], handler: Callable[[Event], None]) -> None:
    """Stop calling ``handler``; ``ValueError`` when it does not listen."""
    _handlers[event_type].remove(handler)


def publish(event: object) -> None:
    """Run the listeners now, inside the caller's transaction; their errors undo it."""
    for handler in _handlers[type(event)]:
        handler(event)


def subscriptions() -> dict[type, tuple[Callable[[Any], None], ...]]:
    """Return who listens to what, for the docs and their test."""
    return {event_type: tuple(handlers) for event_type, handlers in _handlers.items() if handlers}
