"""The throw-away server of the test run, and the two roles on it."""

from __future__ import annotations

import pytest
from django.db import connection

from heli.config.testing import postgres

pytestmark = pytest.mark.django_db


def test_the_database_of_a_worker_is_a_migrated_copy() -> None:
    tables = connection.introspection.table_names()

    assert "kernel_auditentry" in tables
    assert connection.settings_dict["NAME"].startswith("test_")


def test_the_server_listens_on_no_network_address() -> None:
    with postgres.cluster().connect() as admin:
        row = admin.execute("SHOW listen_addresses").fetchone()

    assert row == ("",)
