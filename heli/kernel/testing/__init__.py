"""Fixtures for every room's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from heli.kernel import events

CHINA = timezone(timedelta(hours=8))


@pytest.fixture
def at() -> datetime:
    """A Wednesday morning in spring: the moment at which tests act."""
    return datetime(2027, 3, 10, 9, 0, tzinfo=CHINA)


@contextmanager
def listening(*kinds: type) -> Iterator[list[Any]]:
    """Give the list of what is published of these kinds while the block runs; nobody listens afterwards."""
    heard: list[Any] = []
    hear: Callable[[Any], None] = heard.append
    for kind in kinds:
        events.subscribe(kind, hear)
    try:
        yield heard
    finally:
        for kind in kinds:
            events.unsubscribe(kind, hear)
