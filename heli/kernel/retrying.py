"""Once more, where the database had to choose a victim."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection
from psycopg.errors import DeadlockDetected

Result = TypeVar("Result")


def once_more(act: Callable[[], Result]) -> Result:
    """Return what the act returns; if the database broke it off to end a deadlock, do it a second time.

    For whole acts at the edge, outside any transaction: the first attempt has left nothing behind.
    """
    try:
        return act()
    except OperationalError as error:
        if connection.in_atomic_block or not isinstance(error.__cause__, DeadlockDetected):
            raise
    return act()
