from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from heli.rooms.information import access
from heli.rooms.information.enums import Line, NotificationKind
from heli.rooms.information.models import Notification
from heli.rooms.people.enums import ResetKind
from heli.rooms.people.events import ResetConfirmed, ResetRequested

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


_ASKED_OF_OWNER = {
    ResetKind.PASSWORD: gettext_noop("A new password for your account was asked for"),
    ResetKind.SECOND_FACTOR: gettext_noop("The removal of your second factor was asked for"),
}
_ASKED_OF_CONFIRMER = {
    ResetKind.PASSWORD: gettext_noop("%(person)s needs a new password: confirm it or refuse it"),
    ResetKind.SECOND_FACTOR: gettext_noop("%(person)s needs a new second factor: confirm it or refuse it"),
}
_DONE = {
    ResetKind.PASSWORD: gettext_noop("Your password was set anew; %(person)s confirmed it"),
    ResetKind.SECOND_FACTOR: gettext_noop("Your second factor was removed; %(person)s confirmed it"),
}
_WHY_OWNER = gettext_noop("It is your sign-in. If you did not ask for this, refuse it and tell the discipline office.")
_WHY_CONFIRMER = gettext_noop("You may change the unit this person belongs to. Ask the person before you confirm.")


def on_reset_requested(event: ResetRequested) -> None:
    """Tell the owner of a sign-in, and whoever may confirm, that it is to be set anew."""
    url, kind = reverse("people:reset", args=[event.reset_id]), ResetKind(event.kind)
    if event.person_id is not None:
        notify(
            persons=[event.person_id],
            kind=NotificationKind.SYSTEM,
            title=_ASKED_OF_OWNER[kind],
            reason=_WHY_OWNER,
            url=url,
            at=event.at,
        )
    notify(
        persons=event.confirmer_ids,
        kind=NotificationKind.SYSTEM,
        title=_ASKED_OF_CONFIRMER[kind],
        reason=_WHY_CONFIRMER,
        params={"person": event.person_name},
        url=url,
        at=event.at,
    )


def on_reset_confirmed(event: ResetConfirmed) -> None:
    """Tell the owner of a sign-in that it was set anew, and by whom it was confirmed."""
    if event.person_id is not None:
        notify(
            persons=[event.person_id],
            kind=NotificationKind.SYSTEM,
            title=_DONE[ResetKind(event.kind)],
            reason=_WHY_OWNER,
            params={"person": event.confirmer_name},
            url=reverse("people:reset", args=[event.reset_id]),
            at=event.at,
        )
