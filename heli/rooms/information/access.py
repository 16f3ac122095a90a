"""A notification belongs to its reader alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from heli.kernel.decisions import Decision, allowed, denied
from heli.rooms.information.models import Notification

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


def visible_notifications(person: Person | None) -> QuerySet[Notification]:
    return Notification.objects.filter(person=person) if person else Notification.objects.none()


def can_view(person: Person | None, notification: Notification) -> Decision:
    if person is not None and notification.person_id == person.pk:
        return allowed()
    return denied(_("Only the person it was sent to can read a notification."))


def notification_for(person: Person | None, notification_id: int) -> Notification:
    return get_object_or_404(visible_notifications(person), pk=notification_id)
