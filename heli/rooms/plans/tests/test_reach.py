"""Who carries out an item that is added from a rule: each unit of which the rule asks it, and no other."""

from __future__ import annotations

from datetime import date

import pytest

from heli.rooms.people.enums import UnitKind
from heli.rooms.people.models import Unit
from heli.rooms.people.tests.factories import UnitFactory
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.plans.enums import Reach
from heli.rooms.plans.models import Plan
from heli.rooms.plans.queries.directories import directory, reach_of
from heli.rooms.rulebook.services import install_catalogue
from heli.rooms.rulebook.tests import in_force

TODAY = date(2027, 3, 10)


@pytest.fixture
def general_branch(everyone: Everyone, at) -> Unit:
    install_catalogue(by="test", at=at)
    return UnitFactory(kind=UnitKind.GENERAL_BRANCH, name="甲公司党总支", parent=everyone.committee_a)


def _carriers(unit: Unit, *codes: str) -> set[str]:
    return _carriers_of(unit, TODAY.year, *codes)


def _carriers_of(unit: Unit, year: int, *codes: str) -> set[str]:
    known = directory(Plan(unit=unit, year=year), TODAY)
    return {each.name for each in known.carriers(Reach.RULE, None, "party", codes)}


def test_a_rule_for_committees_reaches_the_planning_one_and_those_below_and_no_general_branch(
    everyone: Everyone, general_branch: Unit
) -> None:
    assert _carriers(everyone.group, "A14") == {"示范集团党委", "甲公司党委", "乙公司党委"}
    assert _carriers(everyone.committee_a, "A14") == {"甲公司党委"}


def test_conditions_of_the_rule_count(everyone: Everyone, general_branch: Unit) -> None:
    assert _carriers(everyone.committee_a, "A02") == {"甲公司第一党支部"}  # the only branch with a committee
    assert _carriers(everyone.committee_a, "A04") >= {"甲公司第一党支部", "甲公司第二党支部"}


def test_what_the_enterprise_switched_off_is_nobodys(everyone: Everyone, general_branch: Unit, at) -> None:
    in_force.switch_obligation(
        code="A04", is_on=False, enforcement="warn", reason="试", valid_from=TODAY, by=everyone.party_clerk, at=at,
        version=1,
    )  # fmt: skip

    assert _carriers(everyone.committee_a, "A04") == set()
    known = directory(Plan(unit=everyone.committee_a, year=TODAY.year), TODAY)
    assert known.asked({"A04", "A14"}) == {"A14"}
    assert known.carriers(Reach.RULE, everyone.group, "party", ["A04"]) == [everyone.group]


def test_the_rules_of_the_day_the_plan_holds_from_decide(everyone: Everyone, general_branch: Unit, at) -> None:
    in_force.switch_obligation(
        code="A04", is_on=False, enforcement="warn", reason="明年不再要求", valid_from=date(2028, 1, 1),
        by=everyone.party_clerk, at=at, version=1,
    )  # fmt: skip

    assert _carriers_of(everyone.committee_a, 2027, "A04") >= {"甲公司第一党支部", "甲公司第二党支部"}
    assert _carriers_of(everyone.committee_a, 2028, "A04") == set()


def test_an_owner_comes_before_the_rule_and_the_rule_before_words_of_its_own_title() -> None:
    assert reach_of("落实理论学习中心组集体学习", "", by_rule=True) == Reach.RULE
    assert reach_of("每月落实主题党日", "", by_rule=True) == Reach.RULE
    assert reach_of("开展学习", "所属各单位", by_rule=True) == Reach.COMMITTEES
    assert reach_of("各党支部开展学习", "") == Reach.BRANCHES
