"""Choices of the rulebook. The values are those of the catalogue's files; the words are for pages."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Line(models.TextChoices):
    PARTY = "party", _("Party building")
    INTEGRITY = "integrity", _("Integrity")
    BOTH = "both", pgettext_lazy("rulebook", "Both lines")


class Period(models.TextChoices):
    MONTH = "month", _("Every month")
    QUARTER = "quarter", _("Every quarter")
    HALF = "half", _("Every half-year")
    YEAR = "year", _("Every year")
    TERM = "term", pgettext_lazy("frequency", "Once a term")
    EVENT = "event", _("When it happens")


class DayKind(models.TextChoices):
    OFF = "off", _("Day off")
    WORK = "work", _("Working day")


class CountUnit(models.TextChoices):
    TIMES = "times", _("times")
    HOURS = "hours", _("hours")


class Trigger(models.TextChoices):
    CALENDAR = "calendar", _("By the calendar")
    EVENT = "event", _("By an event")
    HOLIDAYS = "holidays", _("Before holidays")


class Confidence(models.TextChoices):
    """How sure the shipped fact is; ``CONFIDENCE_MEANING`` says it in a sentence."""

    VERIFIED = "verified", pgettext_lazy("confidence", "Verified")
    VERIFIED_SECONDARY = "verified-secondary", pgettext_lazy("confidence", "Seen second-hand")
    MEMORY = "memory", pgettext_lazy("confidence", "From memory")
    MEMORY_LOW = "memory-low", pgettext_lazy("confidence", "Doubtful")
    PRACTICE = "practice", pgettext_lazy("confidence", "Practice")


CONFIDENCE_MEANING = {
    Confidence.VERIFIED: _("The text of the rule, or a text quoting it, was read."),
    Confidence.VERIFIED_SECONDARY: _("Seen only at second hand or in a local rule. Compare it with the text."),
    Confidence.MEMORY: _("Known, but not read again in the text. Check it before you rely on it."),
    Confidence.MEMORY_LOW: _("Not certain. Check it before use."),
    Confidence.PRACTICE: _("What enterprises commonly do. No national rule was found."),
}


class Binding(models.TextChoices):
    MUST = "must", pgettext_lazy("binding", "Required")
    GENERAL = "general", pgettext_lazy("binding", "As a rule")
    APPLIED_BY_REFERENCE = "applied-by-reference", pgettext_lazy("binding", "Applied by reference")
    PRACTICE = "practice", pgettext_lazy("binding", "Practice")


class InstrumentKind(models.TextChoices):
    PARTY = "party", _("Party regulation")
    LAW = "law", _("Law or state regulation")
    PRACTICE = "practice", _("Practice or local rule")


class Enforcement(models.TextChoices):
    """What a gate does when the duty is not met."""

    BLOCK = "block", _("Block")
    WARN = "warn", _("Warn")


class Family(models.TextChoices):
    """The three kinds of entries of the rulebook."""

    INSTRUMENT = "instrument", _("Instrument")
    OBLIGATION = "obligation", _("Duty")
    KEY_LINK = "key_link", _("Key link")


class Place(models.TextChoices):
    """What changes with all that follows, and is no entry: a unit or post is closed, what is due on a day moves.

    Whoever may do it decides, in one act.
    """

    UNIT = "unit", _("Unit")
    POST = "post", _("Post")
    DAY = "day", _("Day")


class AdjustmentState(models.TextChoices):
    """Where a change of the rulebook stands."""

    DRAFT = "draft", pgettext_lazy("adjustment", "Draft")
    PROPOSED = "proposed", pgettext_lazy("adjustment", "Awaiting decision")
    DECIDED = "decided", pgettext_lazy("adjustment", "Decided, not yet in force")
    IN_FORCE = "in_force", pgettext_lazy("adjustment", "In force")
    DECLINED = "declined", pgettext_lazy("adjustment", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("adjustment", "Withdrawn")


class UpdateKind(models.TextChoices):
    """What a newer edition of the catalogue does to an entry."""

    ADDED = "added", pgettext_lazy("rulebook", "New")
    WITHDRAWN = "withdrawn", pgettext_lazy("rulebook", "Withdrawn")
    CHANGED = "changed", pgettext_lazy("rulebook", "Changed")


class ProposalState(models.TextChoices):
    """What a person answered to a proposal of the half-yearly review."""

    OPEN = "open", pgettext_lazy("proposal", "Open")
    TAKEN = "taken", pgettext_lazy("proposal", "Taken up")
    DECLINED = "declined", pgettext_lazy("proposal", "Declined")
