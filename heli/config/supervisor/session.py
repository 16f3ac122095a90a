"""The database for one command: the running one, or the embedded server started for as long as the command takes."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from heli.config import paths
from heli.config.supervisor import postgres
from heli.config.supervisor.lock import AlreadyRunning, SiteLock


@contextmanager
def database_up() -> Iterator[None]:
    """Make sure the database answers inside the block; a server that runs already is used and left alone."""
    if not postgres.is_embedded():
        yield
        return
    lock = SiteLock(paths.VAR)
    try:
        lock.take()
    except AlreadyRunning:
        yield
        return
    cluster = postgres.embedded()
    previous = signal.signal(signal.SIGTERM, _leave)  # so that the server is stopped then too
    try:
        cluster.start()
        postgres.make_database(cluster)
        yield
    finally:
        cluster.stop()
        lock.release()
        signal.signal(signal.SIGTERM, previous)


def _leave(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - the shape of a handler
    raise SystemExit(128 + number)


def start_django(role: postgres.Role = "app") -> None:
    """Load Django for a terminal command, connected as ``role``."""
    os.environ["HELI_DB_ROLE"] = role
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heli.config.settings")
    import django

    django.setup()
