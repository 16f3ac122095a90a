"""The half-yearly review in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from heli.rooms.rulebook import records
from heli.rooms.rulebook.enums import ProposalState
from heli.rooms.rulebook.models import Review, ReviewProposal
from heli.rooms.rulebook.presenters.words import is_english
from heli.ui.shapes import Tab

PROPOSAL_TONES = {ProposalState.OPEN: "wait", ProposalState.TAKEN: "done", ProposalState.DECLINED: "idle"}


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal: what was found with the numbers behind it, and what could be done."""

    proposal: ReviewProposal
    title: str
    found: str
    proposed: str
    tone: str


def half_name(review: Review | records.HalfYear) -> str:
    """Return "first half of 2026" in words."""
    if review.half == 1:
        return _("first half of %(year)s") % {"year": review.year}
    return _("second half of %(year)s") % {"year": review.year}


def kind_title(kind: str) -> str:
    """Return what the proposals of a kind have in common."""
    return {
        "tasks.unmet": _("Duties that nobody met"),
        "tasks.returned": _("Work returned again and again"),
        "responsibilities.unused": _("Items on lists that nobody used"),
        "responsibilities.overload": _("Posts that answer for more than the limit"),
        "rulebook.changed": _("Rules that changed"),
    }.get(kind, kind)


def proposal_groups(proposals: Iterable[ReviewProposal]) -> list[tuple[str, list[ProposalRow]]]:
    """Return the proposals by kind, in the order given."""
    groups: dict[str, list[ProposalRow]] = {}
    for one in proposals:
        groups.setdefault(one.kind, []).append(_row(one))
    return [(kind_title(kind), rows) for kind, rows in groups.items()]


def _row(one: ReviewProposal) -> ProposalRow:
    reviewer = records.reviewer_of(one.kind)
    found, proposed = reviewer.words(one.kind, one.params) if reviewer is not None else ("", "")
    title = one.title_en if is_english() else one.title_zh
    return ProposalRow(one, title, found, proposed, PROPOSAL_TONES[ProposalState(one.state)])


def proposal_tabs(counts: Mapping[str, int], state: str) -> list[Tab]:
    """Return the tabs of a review: all, and each state."""
    tabs = [Tab(_("All"), "?", sum(counts.values()), current=not state)]
    return tabs + [
        Tab(label, f"?state={value}", counts.get(value, 0), current=state == value)
        for value, label in ProposalState.choices
    ]


def review_rows(found: Iterable[Review]) -> list[tuple[Review, str]]:
    """Return the reviews with their names."""
    return [(one, half_name(one)) for one in found]
