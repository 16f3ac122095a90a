"""Who carries out an item that is added from a rule: the plan's own unit where the rule asks it of such a unit."""

from __future__ import annotations

import pytest

from heli.rooms.people.enums import UnitKind
from heli.rooms.plans.enums import Reach
from heli.rooms.plans.queries.directories import reach_of

COMMITTEES = (UnitKind.GROUP_COMMITTEE, UnitKind.PARTY_COMMITTEE)


@pytest.mark.parametrize("own", COMMITTEES)
def test_a_rule_for_committees_is_the_own_work_of_the_committee_that_plans(own: UnitKind) -> None:
    assert reach_of("落实理论学习中心组集体学习", "", COMMITTEES, own) == Reach.UNIT


def test_a_rule_for_units_below_goes_to_them() -> None:
    assert reach_of("落实支部党课", "", (UnitKind.BRANCH,), UnitKind.GROUP_COMMITTEE) == Reach.BRANCHES
    assert reach_of("落实中心组学习", "", (UnitKind.PARTY_COMMITTEE,), UnitKind.GROUP_COMMITTEE) == Reach.COMMITTEES


def test_words_of_a_paper_come_before_the_kinds_of_a_rule() -> None:
    assert reach_of("各党支部开展学习", "", COMMITTEES, UnitKind.GROUP_COMMITTEE) == Reach.BRANCHES
    assert reach_of("开展学习", "所属各单位", COMMITTEES, UnitKind.GROUP_COMMITTEE) == Reach.COMMITTEES
