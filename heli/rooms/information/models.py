from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from heli.rooms.information.enums import Line, NotificationKind


class Notification(models.Model):
    """Something a person should know, and why it reached this person.

    Read or not is the reader's own business: it is shown to nobody else and counted nowhere.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "person": "internal",
        "kind": "internal",
        "line": "internal",
        "title": "internal",
        "reason": "internal",
        "params": "internal",
        "url": "internal",
        "notified_at": "internal",
        "read_at": "personal",
    }

    person = models.ForeignKey("people.Person", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=NotificationKind)
    line = models.CharField(max_length=10, choices=Line, default=Line.BOTH)
    # Sentences are kept as messages with their parameters, so that each reader reads them in the own language.
    title = models.CharField(max_length=300)
    reason = models.CharField(max_length=300)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300)
    notified_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(url__startswith="/"), name="information_notification_local_url"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "-notified_at", "-id"], name="information_notif_person"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="information_notif_unread"),
        ]

    def __str__(self) -> str:
        return _filled(self.title, self.params)

    @property
    def why(self) -> str:
        return _filled(self.reason, self.params)


def _filled(message: str, params: dict[str, str]) -> str:
    """Return the message in the reader's language; text that is no message stays as it is."""
    return gettext(message) % params if params else gettext(message)
