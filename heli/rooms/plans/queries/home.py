"""What waits for a person in plans, for the home page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef

from heli.rooms.plans import access
from heli.rooms.plans.enums import PlanState
from heli.rooms.plans.models import Acknowledgement, Plan, PlanVersion
from heli.rooms.plans.queries.plans import undecided

if TYPE_CHECKING:
    from heli.rooms.people.models import Person

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """Versions to approve, boards with open cards (``open_cards``), versions to acknowledge; the newest of each."""

    to_approve: Sequence[PlanVersion]
    boards: Sequence[Plan]
    to_acknowledge: Sequence[Acknowledgement]

    def __bool__(self) -> bool:
        return bool(self.to_approve or self.boards or self.to_acknowledge)


def waiting_for(person: Person | None, on: date) -> Waiting:
    """Return what the person can act on right now (a fixed number of queries)."""
    boards = access.plans_to_draft(person, on).filter(
        Exists(undecided().filter(plan=OuterRef("pk"))), state=PlanState.DECIDING
    )
    open_cards = undecided().filter(plan=OuterRef("pk")).order_by().values("plan").annotate(n=Count("pk")).values("n")
    acknowledgements = access.acknowledgements_in_hand(person, on).select_related("unit", "version__plan")
    return Waiting(
        to_approve=list(access.versions_to_approve(person, on).order_by("submitted_at", "pk")[:SHOWN]),
        boards=list(boards.annotate(open_cards=open_cards).select_related("unit").newest_first()[:SHOWN]),
        to_acknowledge=list(acknowledgements[:SHOWN]),
    )
