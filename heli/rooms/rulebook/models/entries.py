from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from heli.kernel.constraints import ends_after_start, no_overlap
from heli.rooms.rulebook.enums import (
    Binding,
    Confidence,
    CountUnit,
    DayKind,
    Enforcement,
    Family,
    InstrumentKind,
    Line,
    Period,
    Trigger,
)

_ENTRY_FIELDS = ("id", "code", "shipped", "catalogue_version", "version")
_WORDING_FIELDS = (
    "id", "entry", "is_on", "edited_fields", "reason", "recorded_at", "recorded_by", "valid_from", "valid_to",
)  # fmt: skip


def _public(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "public")


class Edition(models.Model):
    """An edition of the shipped catalogue that this enterprise took over, and when."""

    PRIVACY: ClassVar[dict[str, str]] = {**_public("id", "catalogue_version", "accepted_at"), "accepted_by": "personal"}

    catalogue_version = models.CharField(max_length=40, unique=True)
    accepted_at = models.DateTimeField()
    accepted_by = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.catalogue_version


class Entry(models.Model):
    """What stays the same about a shipped entry while its wording changes.

    ``shipped`` holds the row of the catalogue that the enterprise last took over, column by column: the base
    that a later edition is compared with. ``version`` counts changes and guards against overwriting.
    """

    code = models.CharField(max_length=40, unique=True)
    shipped = models.JSONField()
    catalogue_version = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code


class Wording(models.Model):
    """How the enterprise words an entry, from–to. A change ends one wording and begins the next.

    The content columns of each family hold the text exactly as the catalogue's files write it, so that base,
    own wording and a new edition compare column by column. ``edited_fields`` are those that differ from the base.
    """

    COLUMNS: ClassVar[tuple[str, ...]] = ()

    is_on = models.BooleanField(default=True)
    edited_fields = models.JSONField(default=list)
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True

    def cells(self) -> dict[str, str]:
        """Return the content as the catalogue's files write it: column → text."""
        return {column: as_cell(getattr(self, column)) for column in self.COLUMNS}


def as_cell(value: object) -> str:
    """Return a stored value as the catalogue's files write it."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


def _promises(name: str) -> list[models.BaseConstraint]:
    return [
        ends_after_start(f"rulebook_{name}_ends_after_start"),
        no_overlap(f"rulebook_{name}_one_at_a_time", "entry_id"),
    ]


class Instrument(Entry):
    """A regulation, law or practice."""

    PRIVACY: ClassVar[dict[str, str]] = _public(*_ENTRY_FIELDS)


class InstrumentWording(Wording):
    COLUMNS: ClassVar[tuple[str, ...]] = (
        "title_zh", "title_en", "year", "edition_zh", "edition_en", "issued_on", "effective_on", "kind", "note_zh",
        "note_en",
    )  # fmt: skip
    PRIVACY: ClassVar[dict[str, str]] = {**_public(*_WORDING_FIELDS, *COLUMNS), "recorded_by": "personal"}

    entry = models.ForeignKey(Instrument, models.PROTECT, related_name="wordings")
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=200)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    edition_zh = models.CharField(max_length=60, blank=True)
    edition_en = models.CharField(max_length=60, blank=True)
    issued_on = models.CharField(max_length=10, blank=True)
    effective_on = models.CharField(max_length=10, blank=True)
    kind = models.CharField(max_length=10, choices=InstrumentKind)
    note_zh = models.TextField()
    note_en = models.TextField()

    class Meta:
        constraints: ClassVar = _promises("instrumentwording")

    def __str__(self) -> str:
        return self.title_zh


class Obligation(Entry):
    """Something that has to be done: who, how often, what proves it."""

    PRIVACY: ClassVar[dict[str, str]] = _public(*_ENTRY_FIELDS)


class ObligationWording(Wording):
    COLUMNS: ClassVar[tuple[str, ...]] = (
        "title_zh", "title_en", "line", "subjects", "supporting", "count", "count_unit", "period", "trigger",
        "windows", "term_months", "event_zh", "event_en", "deadline", "proposed", "evidence_zh", "evidence_en",
        "sources", "confidence", "binding", "conditions", "note_zh", "note_en",
    )  # fmt: skip
    PRIVACY: ClassVar[dict[str, str]] = {
        **_public(*_WORDING_FIELDS, *COLUMNS, "enforcement"), "recorded_by": "personal",
    }  # fmt: skip

    entry = models.ForeignKey(Obligation, models.PROTECT, related_name="wordings")
    enforcement = models.CharField(max_length=10, choices=Enforcement, default=Enforcement.WARN)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=200)
    line = models.CharField(max_length=10, choices=Line)
    subjects = models.CharField(max_length=300)
    supporting = models.CharField(max_length=300, blank=True)
    count = models.PositiveSmallIntegerField()
    count_unit = models.CharField(max_length=10, choices=CountUnit)
    period = models.CharField(max_length=10, choices=Period)
    trigger = models.CharField(max_length=10, choices=Trigger)
    windows = models.CharField(max_length=80, blank=True)
    term_months = models.PositiveSmallIntegerField(null=True, blank=True)
    event_zh = models.CharField(max_length=200, blank=True)
    event_en = models.CharField(max_length=300, blank=True)
    deadline = models.CharField(max_length=10, blank=True)
    proposed = models.BooleanField(default=False)
    evidence_zh = models.TextField()
    evidence_en = models.TextField()
    sources = models.CharField(max_length=400)
    confidence = models.CharField(max_length=20, choices=Confidence)
    binding = models.CharField(max_length=20, choices=Binding)
    conditions = models.CharField(max_length=200, blank=True)
    note_zh = models.TextField()
    note_en = models.TextField()

    class Meta:
        constraints: ClassVar = [
            *_promises("obligationwording"),
            models.CheckConstraint(condition=Q(count__gt=0), name="rulebook_obligation_count_above_zero"),
            models.CheckConstraint(
                condition=Q(period=Period.EVENT, trigger=Trigger.EVENT)
                | (~Q(period=Period.EVENT) & ~Q(trigger=Trigger.EVENT)),
                name="rulebook_obligation_event_goes_with_event",
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh


class KeyLink(Entry):
    """A step that no yearly plan should lack."""

    PRIVACY: ClassVar[dict[str, str]] = _public(*_ENTRY_FIELDS)


class KeyLinkWording(Wording):
    COLUMNS: ClassVar[tuple[str, ...]] = ("name_zh", "name_en", "line", "obligations")
    PRIVACY: ClassVar[dict[str, str]] = {**_public(*_WORDING_FIELDS, *COLUMNS), "recorded_by": "personal"}

    entry = models.ForeignKey(KeyLink, models.PROTECT, related_name="wordings")
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    line = models.CharField(max_length=10, choices=Line)
    obligations = models.CharField(max_length=300)

    class Meta:
        constraints: ClassVar = _promises("keylinkwording")

    def __str__(self) -> str:
        return self.name_zh


class CalendarDay(models.Model):
    """A day off or at work that the enterprise enters itself. Only added; the newest entry of a day holds.

    An empty kind takes the enterprise's own entry back: the day is again as shipped.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        **_public("id", "day", "kind", "name", "reason", "recorded_at"), "recorded_by": "personal",
    }  # fmt: skip

    day = models.DateField()
    kind = models.CharField(max_length=4, choices=DayKind, blank=True)
    name = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=300)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="rulebook_calendarday_has_reason"),
        ]
        indexes: ClassVar = [models.Index(fields=["day", "-id"], name="rulebook_calendarday_newest")]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"


# The three families have the same shape; what reads them by name is typed at its own face.
ENTRIES: dict[str, Any] = {
    Family.INSTRUMENT: Instrument,
    Family.OBLIGATION: Obligation,
    Family.KEY_LINK: KeyLink,
}
WORDINGS: dict[str, Any] = {
    Family.INSTRUMENT: InstrumentWording,
    Family.OBLIGATION: ObligationWording,
    Family.KEY_LINK: KeyLinkWording,
}
