from __future__ import annotations

from datetime import datetime

from heli.rooms.plans.enums import Line, RowKind, UnitType
from heli.rooms.plans.models import DraftItem
from heli.rooms.plans.services import approving, composing, papers
from heli.rooms.plans.tests.papers import integrity_paper, party_paper
from heli.rooms.plans.tests.world import World


def test_papers_become_rows(world: World, at: datetime) -> None:
    clerk = world.people["clerk"]
    plan = papers.begin_plan(
        unit_id=world.units["group"].pk, year=2027, title="2027", unit_type=UnitType.PARTY_COMMITTEE, by=clerk, at=at
    )

    papers.add_paper(plan_id=plan.pk, line=Line.PARTY, paper=party_paper(), by=clerk, at=at)
    papers.add_paper(plan_id=plan.pk, line=Line.INTEGRITY, paper=integrity_paper(), by=clerk, at=at)

    assert DraftItem.objects.filter(plan=plan, kind=RowKind.ITEM).count() == 7
