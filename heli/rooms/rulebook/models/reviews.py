"""The half-yearly look back: proposals that the system prepares, and what a person answered."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from heli.rooms.rulebook.enums import ProposalState


class Review(models.Model):
    """One half-year, looked back on when it was over; ``prepared_at`` is the last time the proposals were drawn up."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys("id year half prepared_at".split(), "internal")

    year = models.PositiveSmallIntegerField()
    half = models.PositiveSmallIntegerField()
    prepared_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "half"], name="rulebook_review_once"),
            models.CheckConstraint(condition=Q(half__in=[1, 2]), name="rulebook_review_half"),
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.half}"


class ReviewProposal(models.Model):
    """Something the half-year showed, with its reason as ``params``; a person takes it up or declines it."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id review kind key position title_zh title_en params url state answer answered_at answered_by version"
        ).split(),
        "internal",
    )

    review = models.ForeignKey(Review, models.CASCADE, related_name="proposals")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    position = models.PositiveIntegerField()
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=400)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.OPEN)
    # What the person wrote: what is done about it, or why nothing is.
    answer = models.CharField(max_length=500, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "kind", "key"], name="rulebook_proposal_once"),
            models.CheckConstraint(
                condition=Q(state=ProposalState.OPEN, answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(state=ProposalState.OPEN) & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="rulebook_proposal_answered_pair",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.DECLINED) | ~Q(answer=""), name="rulebook_proposal_declined_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id} · {self.kind} · {self.key}"
