from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from heli.rooms.information import access
from heli.rooms.information.enums import Line
from heli.rooms.information.models import Notification

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


@transaction.atomic
def notify(
    *,
    persons: Iterable[int],
    kind: str,
    title: str,
    reason: str,
    url: str,
    at: datetime,
    line: str = Line.BOTH,
    params: Mapping[str, str | int] | None = None,
) -> int:
    """Tell each person (ids; doubles are told once) and return how many were told.

    ``title`` and ``reason`` are messages (``gettext_noop``) that each reader gets in the own language, filled
    with ``params``. ``url`` is a path on this site. Runs in the caller's transaction; the act itself carries the
    audit entry.
    """
    rows = [
        Notification(
            person_id=person_id,
            kind=kind,
            line=line,
            title=title[:300],
            reason=reason[:300],
            url=url,
            notified_at=at,
            params=dict(params or {}),
        )
        for person_id in sorted(set(persons))
    ]
    Notification.objects.bulk_create(rows, batch_size=2000)
    return len(rows)


@transaction.atomic
def mark_read(*, notification_id: int, by: Person, at: datetime) -> Notification:
    """Mark one notification read; reading it again changes nothing. 404 when it is not the reader's own."""
    notification = access.notification_for(by, notification_id)
    if notification.read_at is None:
        notification.read_at = at
        notification.save(update_fields=["read_at"])
    return notification


@transaction.atomic
def mark_all_read(*, by: Person, at: datetime) -> int:
    """Mark everything the person has not read; return how many that were."""
    return access.visible_notifications(by).filter(read_at=None).update(read_at=at)
