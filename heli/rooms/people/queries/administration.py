"""What the administrators see: the site's state, the audit log. No business content."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from heli.kernel import audit
from heli.kernel.models import AuditEntry
from heli.rooms.people.enums import AdministratorKind
from heli.rooms.people.models import Account, LogCheck

# A check that has not moved for so long has lost its worker; then a new one may begin.
PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class JobHealth:
    """Jobs by state, the oldest one waiting, and what failed lately (names only, never arguments)."""

    waiting: int
    running: int
    failed: int
    oldest_waiting: datetime | None
    failures: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class SiteState:
    """The settings an installation may change, as they are, and the database behind them."""

    settings: tuple[tuple[str, str], ...]
    database_version: str
    database_size: int
    administrators: dict[str, int]


def job_health() -> JobHealth:
    """Return how the jobs fare (three queries on procrastinate's table)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status")
        by_state = dict(cursor.fetchall())
        cursor.execute(
            "SELECT min(scheduled_at) FROM procrastinate_jobs WHERE status = 'todo' AND scheduled_at <= now()"
        )
        oldest = cursor.fetchone()[0]
        cursor.execute(
            "SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed'"
            " GROUP BY task_name ORDER BY count(*) DESC, task_name LIMIT 20"
        )
        failures = tuple((str(name), int(count)) for name, count in cursor.fetchall())
    return JobHealth(
        waiting=by_state.get("todo", 0),
        running=by_state.get("doing", 0),
        failed=by_state.get("failed", 0),
        oldest_waiting=oldest,
        failures=failures,
    )


def site_state() -> SiteState:
    """Return settings and database facts; never a secret."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
        version, size = cursor.fetchone()
    kinds = Account.objects.filter(is_active=True).exclude(administrator="").order_by("pk")
    counts = dict.fromkeys((str(kind) for kind in AdministratorKind), 0)
    for kind in kinds.values_list("administrator", flat=True):
        counts[kind] += 1
    shown = (
        ("HELI_URL", str(settings.SITE_URL)),
        ("HELI_HOSTS", ", ".join(settings.ALLOWED_HOSTS)),
        ("HELI_TIME_ZONE", str(settings.TIME_ZONE)),
        ("HELI_SECOND_FACTOR", "required" if settings.SECOND_FACTOR else "off"),
        ("HELI_TRUSTED_PROXIES", str(settings.TRUSTED_PROXIES)),
        ("HELI_SMTP_HOST", str(settings.EMAIL_HOST)),
        ("HELI_DEBUG", "1" if settings.DEBUG else "0"),
    )
    return SiteState(shown, str(version), int(size), counts)


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What of the audit log to show; ``before`` is the number after which the page starts, going back."""

    action: str = ""
    actor: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


def log_entries(wanted: LogFilter, limit: int = 50) -> list[AuditEntry]:
    """Return one page of the log, newest first (keyset on the number)."""
    return list(log_query(wanted).order_by("-number")[:limit])


def log_query(wanted: LogFilter) -> QuerySet[AuditEntry]:
    """Return the entries that fit, unordered; each filter has an index."""
    found = AuditEntry.objects.all()
    if wanted.action:
        found = found.filter(action__startswith=wanted.action)
    if wanted.actor:
        found = found.filter(actor_label__startswith=wanted.actor)
    if wanted.since is not None:
        found = found.filter(at__gte=wanted.since)
    if wanted.until is not None:
        found = found.filter(at__lt=wanted.until + timedelta(days=1))
    if wanted.before is not None:
        found = found.filter(number__lt=wanted.before)
    return found


def log_export(shows: Callable[[AuditEntry], bool]) -> Iterator[dict[str, Any]]:
    """Yield the whole log in order for ``heli verify-log``, with the content of what ``shows`` says yes to alone."""
    return audit.export_entries(shows)


def last_log_check() -> LogCheck | None:
    """Return the newest check of the chain."""
    return LogCheck.objects.order_by("-pk").first()


def is_lost(check: LogCheck, now: datetime) -> bool:
    """Return whether a check has no worker any more."""
    return check.finished_at is None and check.moved_at <= now - PATIENCE
