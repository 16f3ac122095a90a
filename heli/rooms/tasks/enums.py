from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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

    @property
    def tone(self) -> str:
        """The face of the state on every page (components: state)."""
        return {"open": "idle", "accepted": "run", "handed_in": "wait", "returned": "soon", "closed": "done"}.get(
            self.value, "idle"
        )


class EvidenceKind(models.TextChoices):
    TEXT = "text", pgettext_lazy("evidence", "Text")
    FILE = "file", _("File")
    LINK = "link", _("Link")


class FollowUpState(models.TextChoices):
    RUNNING = "running", pgettext_lazy("follow-up", "Running")
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


class TemplateState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Awaiting approval")
    APPROVED = "approved", _("Approved")
    ENDED = "ended", _("Ended")
    DROPPED = "dropped", _("Dropped")


class JoinState(models.TextChoices):
    """Where a wish to ask together with another unit stands."""

    ASKED = "asked", _("Awaiting an answer")
    ACCEPTED = "accepted", _("Asks together")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class IssueState(models.TextChoices):
    QUEUED = "queued", _("Waiting to be issued")
    RUNNING = "running", _("Being issued")
    ISSUED = "issued", _("Issued")
    FAILED = "failed", _("Failed, nothing was issued")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Every(models.TextChoices):
    """How often the tasks of a template fall due."""

    MONTH = "month", _("Every month")
    QUARTER = "quarter", _("Every quarter")
    HALF = "half", _("Every half-year")
    YEAR = "year", _("Every year")
    ONCE = "once", _("Once")
    EVENT = "event", _("After something happens")


class FallsOn(models.TextChoices):
    DAY = "day", _("a day of the month")
    WORKING_DAY = "working_day", _("a working day of the month, counted")
    LAST_DAY = "last_day", _("the last day of the month")
    LAST_WORKING_DAY = "last_working_day", _("the last working day of the month")


class Shift(models.TextChoices):
    """Where a due date goes that is no working day."""

    BEFORE = "before", _("to the working day before")
    AFTER = "after", _("to the working day after")
    STAY = "stay", _("nowhere, it stays")
