"""Two people in two browsers on one board lose nothing; and the whole way works without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from heli.rooms.people.models import Account, Person
from heli.rooms.plans.enums import FindingKind, PlanState
from heli.rooms.plans.models import Decision, Finding, Plan
from heli.rooms.plans.tests.papers import INTEGRITY, PARTY
from heli.rooms.plans.tests.world import World, build_world
from heli.ui.testing.browser import Journey
from tests.journeys.test_one_plan import all_to_do

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow(30)]


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world()


@pytest.fixture
def drafts(tmp_path: Path) -> dict[str, Path]:
    """Two short papers in our own words, by line."""
    found = {"party": tmp_path / "党建工作要点.txt", "integrity": tmp_path / "党风廉政建设工作要点.txt"}
    for line, text in (("party", PARTY), ("integrity", INTEGRITY)):
        found[line].write_text(text, encoding="utf-8")
    return found


def _account(person: Person) -> Account:
    return Account.objects.get(person=person)


def _aligned(clerk: Journey, drafts: dict[str, Path]) -> Plan:
    clerk.open("/plans/new/")
    clerk.page.fill("input[name=year]", "2027")
    clerk.act("main form .btn-primary")
    for line, paper in drafts.items():
        clerk.page.set_input_files(f"#files-{line}", str(paper))
        clerk.act(f"form:has(#files-{line}) button[type=submit]")
    clerk.act(".pagehead .btn-primary")
    assert "/board/" in clerk.page.url
    return Plan.objects.get()


def test_two_people_on_one_card_lose_nothing(
    new_journey: Callable[..., Journey], world: World, drafts: dict[str, Path]
) -> None:
    clerk, other = new_journey(), new_journey()
    clerk.sign_in(_account(world.people["clerk"]))
    other.sign_in(_account(world.people["disc_clerk"]))
    other.allow("409")  # the refusal this is about
    plan = _aligned(clerk, drafts)
    first = Finding.objects.filter(plan=plan, kind=FindingKind.DUPLICATE).in_order()[0]
    for journey in (clerk, other):
        journey.open(f"/plans/{plan.pk}/board/?finding={first.pk}")
    clerk.page.locator(".presence", has_text="郁亭").wait_for()
    other.page.keyboard.press("2")
    other.page.locator("#keep-reason:focus").wait_for()
    other.page.keyboard.type("参加对象不同")

    _answer(clerk)
    clerk.page.keyboard.press("1")
    expect(clerk.page.locator(".board-prog b")).to_have_text(re.compile(r"\b1 /"))
    other.page.keyboard.press("Control+Enter")
    refusal = other.page.locator("[role=alert]")
    refusal.wait_for()

    assert "祝岚" in refusal.inner_text()
    assert "参加对象不同" in refusal.inner_text()
    assert list(Decision.objects.values_list("finding", "by")) == [(first.pk, world.people["clerk"].pk)]
    left = Finding.objects.filter(plan=plan, kind=FindingKind.DUPLICATE).exclude(pk=first.pk).in_order()[0]
    other.open(f"/plans/{plan.pk}/board/?finding={left.pk}")
    _answer(other)
    other.page.keyboard.press("1")
    expect(other.page.locator(".board-prog b")).to_have_text(re.compile(r"\b2 /"))
    assert set(Decision.objects.values_list("finding", "by")) == {
        (first.pk, world.people["clerk"].pk),
        (left.pk, world.people["disc_clerk"].pk),
    }


def _answer(journey: Journey) -> None:
    """Where the drafts differ, take what the first of them says."""
    for ask in journey.page.locator(".find-card.active .ask").all():
        ask.locator("input").first.check()


def _decide(clerk: Journey, plan: Plan) -> None:
    """Decide the card that is open, with what the page offers to somebody without scripts."""
    card = clerk.page.locator(".find-card.active")
    takes = card.locator("button[name=choice]:visible")
    if takes.count():
        _answer(clerk)
        with clerk.page.expect_navigation():
            takes.first.click()
        return
    fold = card.locator("details.decide-more", has=clerk.page.locator("textarea[name=reason]")).first
    fold.locator("summary").click()
    fold.locator("textarea[name=reason]").fill("对象和要求都不同")
    with clerk.page.expect_navigation():
        fold.locator("button[type=submit]").click()


def test_the_whole_way_works_without_scripts(
    new_journey: Callable[..., Journey], world: World, drafts: dict[str, Path]
) -> None:
    clerk, secretary = new_journey(java_script_enabled=False), new_journey(java_script_enabled=False)
    clerk.sign_in(_account(world.people["clerk"]))
    secretary.sign_in(_account(world.people["secretary"]))
    plan = _aligned(clerk, drafts)
    cards = Finding.objects.filter(plan=plan, is_standing=True).count()
    for _card in range(cards):
        _decide(clerk, plan)
    assert Decision.objects.filter(finding__plan=plan, undone_at__isnull=True).count() == cards

    clerk.act(".board-head .btn-primary")
    if clerk.page.locator("#leads").count():
        for choice in clerk.page.locator("#leads select").all():
            if not choice.input_value():
                choice.select_option(index=1)
        clerk.act("#leads .btn-primary")
    clerk.act(".pagehead .btn-primary")
    secretary.open(f"/plans/{plan.pk}/versions/1/")
    secretary.act("form:has(#approval-note) .btn-primary")

    plan.refresh_from_db()
    assert plan.state == PlanState.PUBLISHED
    branch = new_journey(java_script_enabled=False)
    branch.sign_in(_account(world.people["a1_secretary"]))
    assert "主题党日" in all_to_do(branch)
