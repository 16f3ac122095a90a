"""The chain of the audit log is walked in a job, which shows how far it is and may be left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from heli.kernel import audit
from heli.kernel.log_verifier import verify
from heli.kernel.models import AuditEntry
from heli.rooms.people import access
from heli.rooms.people.enums import AdministratorKind
from heli.rooms.people.models import Account, LogCheck
from heli.rooms.people.queries.administration import PATIENCE

JOB = "people.check_log"
_STEP = 5000


@transaction.atomic
def request_log_check(*, by: Account, at: datetime) -> LogCheck:
    """Let a job walk the chain; while one is under way, return that one."""
    access.require_administrator(by, AdministratorKind.AUDIT)
    under_way = LogCheck.objects.filter(finished_at__isnull=True, moved_at__gt=at - PATIENCE).order_by("-pk").first()
    if under_way is not None:
        return under_way
    check = LogCheck.objects.create(requested_by=by, requested_at=at, moved_at=at)
    audit.record("log.check_requested", subject=check, by=by, at=at)
    app.configure_task(JOB).defer(check_id=check.pk)
    return check


def run_log_check(*, check_id: int) -> None:
    """Walk the chain; the job. Killed in the middle it starts anew; once finished it does nothing."""
    check = LogCheck.objects.get(pk=check_id)
    if check.finished_at is not None:
        return
    newest = AuditEntry.objects.order_by("-number").values_list("number", flat=True)[:1]
    LogCheck.objects.filter(pk=check_id).update(total=next(iter(newest), 0), checked=0, moved_at=timezone.now())
    result = verify(_counted(audit.export_entries(), check_id))
    LogCheck.objects.filter(pk=check_id).update(
        checked=result.checked,
        last_hash=result.last_hash,
        bad_number=result.bad_number,
        reason=result.reason[:300],
        moved_at=timezone.now(),
        finished_at=timezone.now(),
    )


def _counted(entries: Iterator[dict[str, Any]], check_id: int) -> Iterator[dict[str, Any]]:
    for number, entry in enumerate(entries):
        if number and number % _STEP == 0:
            LogCheck.objects.filter(pk=check_id).update(checked=number, moved_at=timezone.now())
        yield entry
