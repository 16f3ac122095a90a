"""The database for one command: the running one, or the embedded server started for as long as the command takes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

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
    try:
        cluster.start()
        postgres.make_database(cluster)
        yield
    finally:
        cluster.stop()
        lock.release()


def start_django(role: postgres.Role = "app") -> None:
    """Load Django for a terminal command, connected as ``role``."""
    os.environ["HELI_DB_ROLE"] = role
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heli.config.settings")
    import django

    django.setup()
