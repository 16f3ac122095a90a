from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class NotificationKind(models.TextChoices):
    TASK = "task", _("Task")
    PLAN = "plan", _("Plan")
    RULE = "rule", pgettext_lazy("subject", "Rule")
    SYSTEM = "system", _("System")


class Line(models.TextChoices):
    PARTY = "party", _("Party building")
    INTEGRITY = "integrity", _("Integrity")
    BOTH = "both", _("Both lines")


class SuggestionState(models.TextChoices):
    """Where a suggestion stands: it waits for its owner, or was answered."""

    OPEN = "open", _("Waits for an answer")
    TAKEN = "taken", _("Taken up")
    DECLINED = "declined", _("Not taken up")
