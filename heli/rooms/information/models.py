from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from heli.rooms.information.enums import Line, NotificationKind, SuggestionState


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

    # Whether the reader may no longer open what it is about; ``queries.with_doors`` sets it, then no title is shown.
    is_shut = False

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


class Suggestion(models.Model):
    """How something could be less work, said on a page by whoever uses it, to the post that answers for the page."""

    PRIVACY: ClassVar[dict[str, str]] = {
        **dict.fromkeys("id page about text unit post_kind state answer version".split(), "internal"),
        **dict.fromkeys("suggested_at suggested_by answered_at answered_by".split(), "personal"),
    }

    page = models.CharField(max_length=300)
    about = models.CharField(max_length=200, blank=True, default="")
    text = models.CharField(max_length=1000)
    # Who answers, by post: whoever holds it on the day.
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    post_kind = models.CharField(max_length=30)
    state = models.CharField(max_length=10, choices=SuggestionState, default=SuggestionState.OPEN)
    answer = models.CharField(max_length=1000, blank=True, default="")
    suggested_at = models.DateTimeField()
    suggested_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(page__startswith="/") & ~Q(page__startswith="//"), name="information_suggestion_local_page"
            ),
            models.CheckConstraint(
                condition=Q(state=SuggestionState.OPEN, answered_at__isnull=True, answered_by__isnull=True, answer="")
                | ~Q(state=SuggestionState.OPEN)
                & Q(answered_at__isnull=False, answered_by__isnull=False)
                & ~Q(answer=""),
                name="information_suggestion_answered",
            ),
            models.CheckConstraint(
                condition=~Q(answered_by=F("suggested_by")), name="information_suggestion_four_eyes"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "post_kind", "-suggested_at"], name="information_sugg_owner"),
            models.Index(fields=["suggested_by", "-suggested_at"], name="information_sugg_author"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


def _filled(message: str, params: dict[str, str]) -> str:
    """Return the message in the reader's language; text that is no message stays as it is."""
    return gettext(message) % params if params else gettext(message)
