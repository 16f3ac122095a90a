"""Where a plan asks less than the rules: it is said to whoever drafts and whoever approves, and hinders nobody."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from heli.rooms.plans.enums import Reach
from heli.rooms.plans.models import PlanItem
from heli.rooms.plans.queries.shortfalls import shortfalls
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.test_pages import signed_in
from heli.rooms.plans.tests.world import World
from heli.rooms.rulebook.services import install_catalogue

THEME_DAY = "A06"  # of every branch, each month


CASES = [
    ({"reach": Reach.BRANCHES}, []),
    ({"reach": Reach.RULE}, []),
    ({"reach": Reach.LEAD}, [("reach", 0, 0)]),
    ({"reach": Reach.BRANCHES, "period": "quarter"}, [("times", 12, 4)]),
    ({"reach": Reach.BRANCHES, "obligations": []}, [("gone", 0, 0)]),
    ({"reach": Reach.BRANCHES, "left_out_reason": "不再安排"}, [("gone", 0, 0)]),
]


def test_fewer_times_fewer_units_or_none_is_said_until_the_version_is_decided(world: World, at: datetime) -> None:
    install_catalogue(by="test", at=at)
    issued = journey.published(world, at)
    issued.items.update(obligations=[])
    whole = {"obligations": [THEME_DAY], "period": "month", "start": None, "due": None, "left_out_reason": ""}
    PlanItem.objects.filter(pk=issued.items.order_by("number")[0].pk).update(**whole)
    draft = journey.revise(issued, "上级部署有调整", world.people["clerk"], at)
    item, clerk = draft.items.get(obligations=[THEME_DAY]), signed_in(world.people["clerk"])

    for values, found in CASES:
        PlanItem.objects.filter(pk=item.pk).update(**whole | values)
        said = shortfalls(draft, at.date())
        page = clerk.get(reverse("plans:version", args=[draft.plan_id, draft.number])).content.decode()

        assert [(each.kind, each.asked, each.planned) for each in said] == found, values
        assert ('id="shortfalls"' in page) is bool(found), values
    assert 'id="shortfalls"' not in clerk.get(reverse("plans:version", args=[draft.plan_id, 1])).content.decode()
