"""The half-yearly review is prepared by the system; what becomes of each proposal a person says."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.kernel.versions import check_version
from heli.rooms.information import services as information
from heli.rooms.information.enums import NotificationKind
from heli.rooms.rulebook import access, records
from heli.rooms.rulebook.enums import ProposalState
from heli.rooms.rulebook.models import Review, ReviewProposal
from heli.rooms.rulebook.queries.entries import is_installed
from heli.rooms.rulebook.queries.reviewing import JOB, last_half

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


def begin_review(*, by: Person, at: datetime) -> records.HalfYear:
    """Queue the look back on the half-year that ended last, or queue it anew; one that waits already is enough."""
    access.can_review(by, timezone.localdate(at)).require()
    half = last_half(timezone.localdate(at))
    with transaction.atomic():
        audit.record("review.requested", subject=("rulebook.review", f"{half.year}-{half.half}"), by=by, at=at)
        with suppress(AlreadyEnqueued), transaction.atomic():
            app.configure_task(JOB, queue="rulebook", queueing_lock=JOB).defer(year=half.year, half=half.half)
    return half


def prepare_due(*, at: datetime) -> bool:
    """Prepare the review of the half-year that ended last where there is none; returns whether it did."""
    half = last_half(timezone.localdate(at))
    if not is_installed() or Review.objects.filter(year=half.year, half=half.half).exists():
        return False
    prepare_review(half=half, at=at)
    return True


@transaction.atomic
def prepare_review(*, half: records.HalfYear, at: datetime) -> Review:
    """Draw up the proposals of a half-year that is over.

    Drawn up again, open proposals follow what is found now; answered ones stay as they were answered.
    """
    if half.end > timezone.localdate(at):
        raise Problem(
            _("The review was not prepared."), _("The half-year is not over."), _("Wait until its last day has passed.")
        )
    review, made = Review.objects.select_for_update(no_key=True).get_or_create(
        year=half.year, half=half.half, defaults={"prepared_at": at}
    )
    kept = set(review.proposals.exclude(state=ProposalState.OPEN).values_list("kind", "key"))
    review.proposals.filter(state=ProposalState.OPEN).delete()
    found = [finding for reviewer in records.reviewers() for finding in reviewer.find(half)]
    proposals = [
        ReviewProposal(
            review=review, kind=one.kind, key=one.key, position=position, title_zh=one.title_zh[:300],
            title_en=one.title_en[:400], params=dict(one.params), url=one.url[:300],
        )
        for position, one in enumerate(found)
        if (one.kind, one.key) not in kept
    ]  # fmt: skip
    ReviewProposal.objects.bulk_create(proposals, batch_size=1000)
    review.prepared_at = at
    review.save(update_fields=["prepared_at"])
    if made and proposals:
        _tell(review, len(proposals), at)
    audit.record("review.prepared", subject=review, by=JOB, at=at, changes={"open": len(proposals), "kept": len(kept)})
    return review


@transaction.atomic
def answer_proposal(
    *, proposal_id: int, is_taken: bool, answer: str, by: Person, at: datetime, version: int | None
) -> ReviewProposal:
    """Take a proposal up, or decline it with the reason; of two who answer at once one wins."""
    access.proposal_for(by, proposal_id, timezone.localdate(at))
    proposal = ReviewProposal.objects.select_for_update(no_key=True, of=("self",)).get(pk=proposal_id)
    check_version(proposal, version, {"answer": answer})
    access.can_review(by, timezone.localdate(at)).require()
    if proposal.state != ProposalState.OPEN:
        raise Problem(
            _("This was answered already."),
            _("It is “%(state)s”.") % {"state": ProposalState(proposal.state).label},
            _("The next review proposes it again where it still stands."),
        )
    if not is_taken and not answer.strip():
        raise Problem(_("It was not declined."), _("Whoever reads it later has to know why."), _("Write the reason."))
    proposal.state = ProposalState.TAKEN if is_taken else ProposalState.DECLINED
    proposal.answer, proposal.answered_at, proposal.answered_by = answer.strip()[:500], at, by
    proposal.version += 1
    proposal.save()
    changes = {"kind": proposal.kind, "key": proposal.key, "state": proposal.state, "answer": proposal.answer}
    audit.record("review.answered", subject=proposal, by=by, at=at, changes=changes)
    return proposal


def _tell(review: Review, count: int, at: datetime) -> None:
    today = timezone.localdate(at)
    information.notify(
        persons=access.deciders(today) | access.editors(today),
        kind=NotificationKind.RULE,
        title=gettext_noop("The review of half-year %(half)s is ready: %(count)s proposals"),
        reason=gettext_noop("You draft or decide changes of the rulebook."),
        params={"half": str(review), "count": count},
        url=reverse("rulebook:review", args=[review.pk]),
        at=at,
    )
