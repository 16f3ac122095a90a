"""States, kinds and choices of plans."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PlanState(models.TextChoices):
    DRAFTING = "drafting", _("Collecting papers")
    DECIDING = "deciding", _("Deciding")
    CONCLUDED = "concluded", pgettext_lazy("plan state", "Draft")
    IN_REVIEW = "in_review", _("Awaiting approval")
    PUBLISHED = "published", pgettext_lazy("plan state", "Published")
    REVISING = "revising", _("Being revised")


class UnitType(models.TextChoices):
    """For which kind of unit the plan is: decides which obligations and key links it is held against."""

    GROUP_COMMITTEE = "group_committee", _("Group Party committee")
    PARTY_COMMITTEE = "party_committee", pgettext_lazy("unit of a plan", "Party committee")
    GENERAL_BRANCH = "general_branch", _("General Party branch")
    BRANCH = "branch", _("Party branch")


class Line(models.TextChoices):
    PARTY = "party", _("Party building")
    INTEGRITY = "integrity", _("Integrity")
    BOTH = "both", _("Both lines")


class DocumentState(models.TextChoices):
    READ = "read", _("Read")
    FAILED = "failed", _("Not readable")


class RowKind(models.TextChoices):
    ITEM = "item", pgettext_lazy("kind of a source line", "Item")
    HEADING = "heading", pgettext_lazy("kind of a source line", "Heading")
    LEFT_OUT = "left_out", pgettext_lazy("kind of a source line", "Left out")


class FindingKind(models.TextChoices):
    DUPLICATE = "duplicate", _("Deployed twice")
    CONFLICT = "conflict", _("Conflict")
    GAP = "gap", _("Missing")
    UPPER = "upper", _("Deployed from above")
    RELATED = "related", _("Related")


class Choice(models.TextChoices):
    MERGE = "merge", _("Merged")
    KEEP_BOTH = "keep_both", _("Kept apart")
    ADD = "add", _("Added")
    ASSIGN = "assign", _("Assigned")
    NOT_APPLICABLE = "not_applicable", _("Not applicable")


class OpinionVerdict(models.TextChoices):
    """What a model may say of a pair; an opinion, never a decision."""

    SAME = "same", _("The same duty")
    RELATED = "related", _("Related, two things")
    DIFFERENT = "different", _("Two different things")


class VersionState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("version state", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("version state", "Awaiting approval")
    PUBLISHED = "published", pgettext_lazy("version state", "Current")
    SUPERSEDED = "superseded", _("Replaced by a newer version")


class Reach(models.TextChoices):
    """Who carries an item out, seen from the unit of the plan."""

    LEAD = "lead", _("The lead unit alone")
    UNIT = "unit", _("The unit of the plan itself")
    RULE = "rule", _("Each unit of which the rule asks it")
    COMMITTEES = "committees", _("Each Party committee and general branch below")
    BRANCHES = "branches", _("Each Party branch below")
    GROUPS = "groups", _("Each Party group below")


class Period(models.TextChoices):
    ONCE = "", _("Once")
    WEEK = "week", _("Weekly")
    MONTH = "month", _("Monthly")
    TWO_MONTHS = "two_months", _("Every two months")
    QUARTER = "quarter", _("Quarterly")
    HALF = "half", _("Every half year")
    YEAR = "year", _("Yearly")
    TERM = "term", _("Once a term")
    EVENT = "event", _("When the event occurs")
    ONGOING = "ongoing", _("All year")
    DAY = "day", _("Daily")


class RunState(models.TextChoices):
    QUEUED = "queued", _("Waiting to start")
    RUNNING = "running", _("Running")
    DONE = "done", pgettext_lazy("job state", "Done")
    FAILED = "failed", pgettext_lazy("job state", "Failed")


class RunStep(models.TextChoices):
    """What a running alignment is at; said as it is, as no share of the work can be known beforehand."""

    READ = "read", _("Reading both drafts and what units above deployed")
    COMPARE = "compare", _("Comparing every item with every other and with the duties of the unit")
    STORE = "store", _("Writing the cards")
