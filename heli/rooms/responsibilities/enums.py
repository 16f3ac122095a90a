"""Kinds, lines, states and choices of responsibilities."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    PRINCIPAL = "principal", _("Principal responsibility")
    FIRST_PERSON = "first_person", _("First person responsible")
    DUAL_DUTY = "dual_duty", _("Double duty of one post")
    OVERSIGHT = "oversight", _("Oversight responsibility")


class Line(models.TextChoices):
    PARTY = "party", _("Party building")
    INTEGRITY = "integrity", _("Integrity")
    BOTH = "both", _("Both lines")


class ListState(models.TextChoices):
    """Where a version of a list stands."""

    DRAFT = "draft", pgettext_lazy("responsibility list", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("responsibility list", "Awaiting approval")
    RETURNED = "returned", pgettext_lazy("responsibility list", "Returned")
    APPROVED = "approved", pgettext_lazy("responsibility list", "Approved, not issued")
    IN_FORCE = "in_force", pgettext_lazy("responsibility list", "In force")
    REPLACED = "replaced", pgettext_lazy("responsibility list", "Replaced by a newer version")


class Reach(models.TextChoices):
    """Who answers for an item: the holder of one post, or everybody for themselves."""

    POST = "post", _("The holder of a post")
    MEMBERS = "members", _("Every Party member of the unit")
    STAFF = "staff", _("Everybody who works there")


class Confidence(models.TextChoices):
    VERIFIED = "verified", _("Read in the text")
    VERIFIED_SECONDARY = "verified-secondary", _("Read in a secondary text")
    MEMORY = "memory", _("From memory")
    MEMORY_LOW = "memory-low", _("From memory, check first")
    PRACTICE = "practice", _("Common practice")
    OWN = "own", _("Written by the enterprise")


class WorkState(models.TextChoices):
    """What other rooms say about a piece of work."""

    TO_DO = "to_do", _("To do")
    WAITING = "waiting", _("Awaiting review")
    DONE = "done", pgettext_lazy("work", "Done")
