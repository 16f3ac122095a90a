"""PostgreSQL from ``DATABASE_URL``, or the embedded server under ``var/``."""

from __future__ import annotations

import os
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from heli.config.supervisor.postgres import database_url


def django_database() -> dict[str, Any]:
    """Return Django's settings for the one database.

    ``DATABASE_URL`` names a server (15 to 18); without it the embedded server's socket is used.
    ``HELI_DB_ROLE=owner`` connects as the owner, for migrations only.
    """
    info = conninfo_to_dict(database_url("owner" if os.environ.get("HELI_DB_ROLE") == "owner" else "app"))
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    database: dict[str, Any] = {target: str(info.pop(source, "")) for source, target in named.items()}
    return database | {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**info, "application_name": "heli"},
    }
