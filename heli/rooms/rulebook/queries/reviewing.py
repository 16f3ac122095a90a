"""The half-yearly look back: what the rulebook itself shows, and the proposals of all rooms as a page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from procrastinate.contrib.django.models import ProcrastinateJob

from heli.rooms.rulebook import access
from heli.rooms.rulebook.enums import Family, ProposalState
from heli.rooms.rulebook.models import Review, ReviewProposal
from heli.rooms.rulebook.queries.comparing import compare_days
from heli.rooms.rulebook.records import Finding, HalfYear, Reviewer

if TYPE_CHECKING:
    from heli.rooms.people.models import Person

CHANGED, JOB = "rulebook.changed", "rulebook.prepare_review"
_LATELY = timedelta(minutes=10)


def find(half: HalfYear) -> list[Finding]:
    """Return the entries that read otherwise at the end of the half-year than before it."""
    found = compare_days(half.start - timedelta(days=1), half.end - timedelta(days=1))
    return [
        Finding(
            CHANGED, f"{one.family}:{one.code}", one.title_zh, one.title_en,
            {"reasons": "; ".join(f"{day.isoformat()} {reason}" for day, reason in one.reasons)[:600]},
            _url(one.family, one.code),
        )
        for one in found
        if one.kind != "added"
    ]  # fmt: skip


def words(_kind: str, params: Mapping[str, str | int]) -> tuple[str, str]:
    found = _("It changed in the half-year.")
    if params["reasons"]:
        found = _("It changed in the half-year: %(reasons)s") % {"reasons": params["reasons"]}
    return found, _("See whether lists, plans and templates follow the new wording.")


def _url(family: Family, code: str) -> str:
    if family == Family.KEY_LINK:
        return f"{reverse('rulebook:key_links')}#{code}"
    return reverse("rulebook:duty" if family == Family.OBLIGATION else "rulebook:instrument", args=[code])


REVIEWER = Reviewer("rulebook", find, words)


def drawing_up(at: datetime) -> str:
    """Return where the work asked for last stands: running, failed, or nothing where it is done or long ago."""
    lately = ProcrastinateJob.objects.filter(task_name=JOB, procrastinateevent__at__gte=at - _LATELY)
    newest = lately.order_by("-pk").values_list("status", flat=True).first()
    return {"todo": "running", "doing": "running", "failed": "failed"}.get(newest or "", "")


def last_half(today: date) -> HalfYear:
    """Return the half-year that ended last."""
    return HalfYear(today.year, 1) if today.month > 6 else HalfYear(today.year - 1, 2)


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """A review with its proposals, open ones first, and how many are in each state."""

    review: Review
    proposals: Sequence[ReviewProposal]
    counts: Mapping[str, int]


def reviews(person: Person | None, on: date) -> list[Review]:
    """Return the reviews the person may open, newest first, each with its open proposals counted."""
    rows = access.visible_reviews(person, on).annotate(
        open_count=Count("proposals", filter=Q(proposals__state=ProposalState.OPEN)), all_count=Count("proposals")
    )
    return list(rows.order_by("-year", "-half"))


def review_page(review: Review, state: str = "") -> ReviewPage:
    """Return the page of a review (two queries)."""
    rows = review.proposals.order_by().values("state").annotate(n=Count("pk"))
    shown = review.proposals.filter(state=state) if state else review.proposals.all()
    return ReviewPage(
        review,
        list(shown.select_related("answered_by").order_by("kind", "position", "pk")),
        {row["state"]: row["n"] for row in rows},
    )
