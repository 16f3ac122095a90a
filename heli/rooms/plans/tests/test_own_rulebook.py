"""Gaps follow the enterprise's own copy of the rulebook, not the shipped one."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.urls import reverse

from heli.rooms.plans.enums import FindingKind
from heli.rooms.plans.models import Finding
from heli.rooms.plans.services import aligning
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.test_pages import signed_in
from heli.rooms.plans.tests.world import World
from heli.rooms.rulebook import queries as rulebook
from heli.rooms.rulebook import services
from heli.rooms.rulebook.enums import Enforcement
from heli.rooms.rulebook.tests import in_force


@pytest.fixture
def installed(world: World, at: datetime) -> World:
    services.install_catalogue(by="system", at=at, valid_from=date(2020, 1, 1))
    return world


def _gaps(world: World, at: datetime) -> list[Finding]:
    plan = journey.aligned(world, at)
    return list(Finding.objects.filter(plan=plan, kind=FindingKind.GAP, is_standing=True).order_by("rank"))


def _again(gaps: list[Finding], world: World, at: datetime) -> list[Finding]:
    plan_id = gaps[0].plan_id
    aligning.align(plan_id=plan_id, by=world.people["clerk"], at=at)
    return list(Finding.objects.filter(plan=plan_id, kind=FindingKind.GAP, is_standing=True))


def test_a_duty_that_is_switched_off_is_no_gap(installed: World, at: datetime) -> None:
    gaps = _gaps(installed, at)
    code = gaps[0].obligation
    assert code in {each.code for each in rulebook.yardstick(2027, at.date()).obligations}

    in_force.switch_obligation(
        code=code, is_on=False, enforcement=Enforcement.WARN, reason="本企业不适用", valid_from=date(2027, 1, 1),
        by=installed.people["clerk"], at=at, version=1,
    )  # fmt: skip

    assert code not in {finding.obligation for finding in _again(gaps, installed, at)}


def test_a_key_link_that_is_switched_off_is_no_gap(installed: World, at: datetime) -> None:
    gaps = _gaps(installed, at)
    link = next(one for one in rulebook.key_links(at.date()) if one.name_zh in {gap.key_link for gap in gaps})

    in_force.edit_key_link(
        code=link.code, cells={}, is_on=False, reason="本企业不设", valid_from=date(2027, 1, 1),
        by=installed.people["clerk"], at=at, version=1,
    )  # fmt: skip

    assert link.name_zh not in {finding.key_link for finding in _again(gaps, installed, at)}


def test_the_card_of_a_missing_duty_says_who_would_carry_it_out_or_that_nobody_would(
    installed: World, at: datetime
) -> None:
    gaps = {finding.obligation: finding for finding in _gaps(installed, at)}
    duties = {duty.code: duty for duty in rulebook.duties_on(date(2027, 3, 10))}
    client, found = signed_in(installed.people["clerk"]), {}
    for code in [code for code in gaps if code in duties and duties[code].unit_kinds][:12]:
        page = client.get(f"{reverse('plans:board', args=[gaps[code].plan_id])}?finding={gaps[code].pk}")
        card = page.context["view"].active
        units = rulebook.units_owing(installed.units["group"], [code], date(2027, 3, 10))
        names = list(units.values_list("name", flat=True))
        found[bool(names)] = True
        assert card.is_nobodys is not bool(names)
        assert all(name in card.carried for name in names[:3])

    assert found[True]
