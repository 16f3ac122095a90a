"""Fixtures for every room's tests."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

CHINA = timezone(timedelta(hours=8))


@pytest.fixture
def at() -> datetime:
    """A Wednesday morning in spring: the moment at which tests act."""
    return datetime(2027, 3, 10, 9, 0, tzinfo=CHINA)
