"""In a real browser: a leader reads and signs on a phone, a clerk drafts at a desk; nothing scrolls sideways."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.utils import timezone

from heli.rooms.people.tests.fixtures import Everyone, build_everyone
from heli.rooms.responsibilities.models import ListVersion, Signature
from heli.rooms.responsibilities.tests import world
from heli.rooms.rulebook.services import install_catalogue
from heli.ui.testing.browser import PHONE, Journey

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def enterprise(transactional_db: None) -> Everyone:
    return build_everyone()


@pytest.fixture
def version(enterprise: Everyone) -> ListVersion:
    at: datetime = timezone.localtime()
    install_catalogue(by="test", at=at)
    secretary = world.post_of(enterprise.secretary)
    edits = [
        world.edit("半年专题研究全面从严治党", secretary, obligations=["B01"], line="both"),
        world.edit("到联系点讲党课", secretary, line="party"),
        world.edit("约谈班子成员", secretary, line="integrity"),
    ]
    issued = world.issued(enterprise, at, edits=edits)
    of = {"kind": "secretary", "obligation": "B01", "line": "both"}
    world.task(enterprise.group, enterprise.party_clerk, at, title="下半年研究", **of)
    world.task(
        enterprise.group, enterprise.party_clerk, at, title="上半年研究", done_by=enterprise.secretary,
        reviewer=enterprise.party_head, **of,
    )  # fmt: skip
    return issued


def test_a_leader_reads_and_signs_on_a_phone(
    enterprise: Everyone, version: ListVersion, new_journey: Callable[..., Journey], axe: Callable[..., list[str]],
    no_sideways_scroll: Callable[..., list[int]], shot: Callable[..., Path],
) -> None:  # fmt: skip
    journey = new_journey()
    journey.sign_in(enterprise.account(enterprise.secretary))
    journey.show(width=PHONE)

    journey.open("/duties/")
    faults = [*axe(journey), *(f"scrolls at {width}" for width in no_sideways_scroll(journey))]
    shot(journey, "duties-phone")
    journey.page.get_by_role("button", name="签订").click()
    journey.page.get_by_text("已签订，并留存时间").wait_for()

    assert faults == []
    assert Signature.objects.get().person == enterprise.secretary
    assert journey.page.get_by_text("1 / 2").count() == 1


def test_the_pages_are_whole_at_a_desk(
    enterprise: Everyone, version: ListVersion, new_journey: Callable[..., Journey], axe: Callable[..., list[str]],
    no_sideways_scroll: Callable[..., list[int]], shot: Callable[..., Path],
) -> None:  # fmt: skip
    journey = new_journey()
    journey.sign_in(enterprise.account(enterprise.party_clerk))
    paths = {
        "duties": f"/duties/{enterprise.secretary.pk}/",
        "duty-list": f"/duties/lists/{version.list_id}/versions/1/",
        "duty-lists": "/duties/lists/",
        "duty-record": f"/duties/{enterprise.secretary.pk}/record/",
        "duty-import": f"/duties/lists/{version.list_id}/import/",
        "hand-overs": "/duties/hand-overs/",
    }

    found = {}

    for name, path in paths.items():
        journey.open(path)
        found[name] = [*axe(journey), *(f"scrolls at {width}" for width in no_sideways_scroll(journey))]
        shot(journey, name)

    assert found == {name: [] for name in paths}
