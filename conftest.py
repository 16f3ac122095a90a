"""One throw-away PostgreSQL for the whole run, shared by the xdist workers; no way to the network."""

from __future__ import annotations

import os
import socket
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck, settings

from heli.config.testing import postgres

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright's loop runs in the tests' own thread

# How fast a machine draws examples says nothing about the code.
settings.register_profile("heli", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("heli")

pytest_plugins = ["heli.kernel.testing", "heli.ui.testing.browser", "heli.rooms.people.tests.fixtures"]


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: Any, worker_id: str
) -> Generator[None, None, None]:
    """Give this worker its own copy of the migrated database."""
    from django.db import connections

    with django_db_blocker.unblock():
        connection = connections["default"]
        connection.settings_dict["NAME"] = postgres.database_for(worker_id)
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.hookimpl(trylast=True)  # after pytest-django, which keeps tests that flush the database behind the others
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no worker is left alone with one at the end."""
    seconds: dict[Path, int] = {}
    for item in items:
        for mark in item.iter_markers("slow"):
            seconds[item.path] = max(seconds.get(item.path, 0), *mark.args, 1)
    items.sort(key=lambda item: -seconds.get(item.path, 0))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the server when the run that made it ends."""
    if not hasattr(config, "workerinput"):
        postgres.remove()


@pytest.fixture(autouse=True)
def _ordinary_language() -> Generator[None, None, None]:
    """Leave no language behind: a request answered in English would have the next test read English."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Generator[None, None, None]:
    """Let tests reach this machine only."""
    original = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in _HERE:
            raise OSError(f"Tests reach this machine only, not {address[0]}.")
        return original(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        yield


_HERE = {"127.0.0.1", "::1", "localhost", "0.0.0.0"}  # noqa: S104 - compared with, not listened on
