from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from heli.rooms.responsibilities.models.lists import Item, ListVersion, pair

_HASH = r"^[0-9a-f]{64}$"


class Signature(models.Model):
    """A holder acknowledged the items of a post in a version. ``post`` is empty for items of everybody.

    ``text_sha256`` is the hash of the text that was signed, so that nobody can sign one thing and have signed another.
    """

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        "id version post person signed_at item_count text_sha256".split(), "internal"
    )

    version = models.ForeignKey(ListVersion, models.PROTECT, related_name="signatures")
    post = models.ForeignKey("people.Post", models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    item_count = models.PositiveSmallIntegerField()
    text_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "post", "person"], name="responsibilities_signature_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(text_sha256__regex=_HASH), name="responsibilities_signature_hash"),
            models.CheckConstraint(condition=Q(item_count__gte=1), name="responsibilities_signature_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} · {self.post_id} · {self.person_id}"


class HandOver(models.Model):
    """A post that answers for items changed hands: what goes over, from whom to whom, signed by both.

    ``to_person`` is empty while the post is vacant. ``work`` is the open work as it stood when the first of the
    two signed (until then: when the sheet was opened). Where the leaver cannot sign any more, somebody who oversees
    the unit witnesses with a reason.
    """

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id post from_person to_person on opened_at work from_signed_at to_signed_at witnessed_at witnessed_by "
            "witness_reason version"
        ).split(),
        "internal",
    )

    post = models.ForeignKey("people.Post", models.PROTECT, related_name="+")
    from_person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    to_person = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    # The first day on which the leaver no longer answers.
    on = models.DateField()
    opened_at = models.DateTimeField()
    work = models.JSONField(default=list)
    from_signed_at = models.DateTimeField(null=True, blank=True)
    to_signed_at = models.DateTimeField(null=True, blank=True)
    witnessed_at = models.DateTimeField(null=True, blank=True)
    witnessed_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    witness_reason = models.CharField(max_length=300, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "from_person", "on"], name="responsibilities_handover_once"),
            models.CheckConstraint(
                condition=Q(to_person__isnull=True) | ~Q(to_person=F("from_person")),
                name="responsibilities_handover_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(to_signed_at__isnull=True) | Q(to_person__isnull=False),
                name="responsibilities_handover_taker_signs",
            ),
            pair("responsibilities_handover_witnessed_pair", "witnessed_at", "witnessed_by"),
            models.CheckConstraint(
                condition=Q(witnessed_by__isnull=True)
                | (~Q(witnessed_by=F("from_person")) & ~Q(witnessed_by=F("to_person")) & ~Q(witness_reason="")),
                name="responsibilities_handover_witness_is_third",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["post", "-on"], name="responsibilities_handover_ix")]

    def __str__(self) -> str:
        return f"{self.post_id}: {self.from_person_id} → {self.to_person_id or '–'}"


class HandOverItem(models.Model):
    """An item that goes over. Items of an issued version never change, so this is what was signed."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys("id hand_over item".split(), "internal")

    hand_over = models.ForeignKey(HandOver, models.CASCADE, related_name="items")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hand_over", "item"], name="responsibilities_handoveritem_once"),
        ]

    def __str__(self) -> str:
        return f"{self.hand_over_id} · {self.item_id}"


class DutyArchive(models.Model):
    """A duty record as it was at a moment, for the file: text and its hash, never changed.

    ``content`` is the exact text that was hashed: canonical JSON in UTF-8.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        **dict.fromkeys("id person first_day last_day made_at made_by sha256".split(), "internal"),
        "content": "personal",
    }

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    content = models.TextField()
    sha256 = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sha256__regex=_HASH), name="responsibilities_archive_hash"),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="responsibilities_archive_period"),
            pair("responsibilities_archive_made_pair", "made_at", "made_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "-made_at"], name="responsibilities_archive_ix")]

    def __str__(self) -> str:
        return self.sha256[:12]


class DutyLimit(models.Model):
    """From how many items on a holder counts as overloaded; the newest row holds. Shown, never forbidden."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys("id items reason set_at set_by".split(), "internal")

    items = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=300)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(items__gte=1, items__lte=200), name="responsibilities_limit_sane"),
            models.CheckConstraint(condition=~Q(reason=""), name="responsibilities_limit_has_reason"),
            pair("responsibilities_limit_set_pair", "set_at", "set_by"),
        ]

    def __str__(self) -> str:
        return str(self.items)
