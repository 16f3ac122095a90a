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
