from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Line(models.TextChoices):
    PARTY = "party", _("Party building")
    INTEGRITY = "integrity", _("Integrity")
    BOTH = "both", _("Both lines")


class TaskState(models.TextChoices):
    OPEN = "open", _("Not accepted")
    ACCEPTED = "accepted", _("In progress")
    HANDED_IN = "handed_in", _("Awaiting review")
    RETURNED = "returned", _("Returned")
    CLOSED = "closed", _("Completed")
    CANCELED = "canceled", _("Canceled")


class EvidenceKind(models.TextChoices):
    TEXT = "text", _("Text")
    FILE = "file", _("File")
    LINK = "link", _("Link")


class FollowUpState(models.TextChoices):
    RUNNING = "running", _("Running")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Rung(models.IntegerChoices):
    """How far up the ladder a unit was brought."""

    NONE = 0, _("Not reminded")
    REMIND = 1, _("Reminded")
    URGE = 2, _("Urged")
    LIST = 3, _("Listed")


class UnitRole(models.TextChoices):
    LEAD = "lead", _("Lead")
    HELP = "help", _("Co-operating")


class ProblemSource(models.TextChoices):
    INSPECTION = "inspection", _("Inspection")
    AUDIT = "audit", _("Audit")
    SELF_CHECK = "self_check", _("Self-check")
    MEETING = "meeting", _("Meeting")


class ProblemState(models.TextChoices):
    OPEN = "open", _("Being rectified")
    CLOSED = "closed", _("Crossed off")
