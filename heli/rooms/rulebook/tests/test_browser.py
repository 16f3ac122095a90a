"""The pages of the rulebook in a browser: clean, readable at every width, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from heli.rooms.people.tests.fixtures import Everyone, build_everyone
from heli.rooms.rulebook import catalogue, services
from heli.rooms.rulebook.enums import Family
from heli.rooms.rulebook.models import Adjustment, ObligationWording
from heli.rooms.rulebook.tests import in_force
from heli.ui.testing.browser import PHONE, Journey

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def enterprise(transactional_db: None) -> Everyone:
    everyone, now = build_everyone(), timezone.now()
    today = timezone.localdate()
    services.install_catalogue(by=everyone.party_clerk, at=now, valid_from=today - timedelta(days=400))
    in_force.edit_obligation(
        code="A04", cells={"count": "2"}, reason="集团要求每季度两次", valid_from=today - timedelta(days=20),
        by=everyone.party_clerk, at=now, version=1,
    )  # fmt: skip
    services.declare_circumstance(
        unit_id=everyone.branch_a1.pk, condition="has_activists", valid_from=today, reason="两名",
        by=everyone.branch_secretary_a1, at=now,
    )  # fmt: skip
    services.draft_adjustment(
        family=Family.OBLIGATION, code="A02", cells={"count": "2"}, reason="每月两次", valid_from=today,
        by=everyone.party_clerk, at=now, version=1,
    )  # fmt: skip
    return everyone


@pytest.fixture
def outdated(transactional_db: None, edition: Callable[..., catalogue.Catalogue]) -> Everyone:
    """An enterprise whose catalogue is older than the shipped one, and which worded one duty itself."""
    older = edition(
        ("obligations.csv", ",1,times,quarter,calendar,,,,,,0,课件", ",3,times,quarter,calendar,,,,,,0,课件"),
        ("obligations.csv", "P1M,0,谈话记录,", "P15D,0,谈话记录,"),
        ("obligations.csv", "\nJ14,", "\nJ99,"),
        version="2025.2",
    )
    everyone, now = build_everyone(), timezone.now()
    since = timezone.localdate() - timedelta(days=400)
    services.install_catalogue(by=everyone.party_clerk, at=now, valid_from=since, edition=older)
    in_force.edit_obligation(
        code="A04", cells={"count": "2"}, reason="折中", valid_from=since + timedelta(days=1), by=everyone.party_clerk,
        at=now, version=1,
    )  # fmt: skip
    return everyone


def test_pages_of_an_edition_are_clean(
    outdated: Everyone,
    browser_page: Journey,
    axe: Callable[..., list[str]],
    no_sideways_scroll: Callable[..., list[int]],
    shot: Callable[..., Path],
) -> None:
    browser_page.sign_in(outdated.account(outdated.party_clerk))
    browser_page.show(width=PHONE)
    faults: dict[str, object] = {}

    def look(name: str, path: str) -> None:
        browser_page.open(path)
        shot(browser_page, f"rulebook-{name}")
        faults[name] = axe(browser_page) + no_sideways_scroll(browser_page)

    look("no-changes", "/rulebook/changes/")
    look("new-post", f"/units/{outdated.branch_a1.pk}/posts/new/")
    look("update-pending", "/rulebook/update/")
    taken = services.draft_edition(
        accepted={"obligation:A04:count": True, "obligation:A34:deadline": False, "obligation:J14": True},
        reasons={"obligation:A34": "与现行办法一致"}, valid_from=timezone.localdate() + timedelta(days=30),
        reason="按新版更新", by=outdated.party_clerk, at=timezone.now(), expected=catalogue.load().version,
    )  # fmt: skip
    look("edition", f"/rulebook/editions/{taken.pk}/")
    look("update-done", "/rulebook/update/")
    look("change-of-edition", f"/rulebook/changes/{Adjustment.objects.get(code='A04').pk}/")

    assert {name: found for name, found in faults.items() if found} == {}


def test_a_clerk_changes_a_duty_and_sees_whom_it_touches_first(enterprise: Everyone, browser_page: Journey) -> None:
    browser_page.sign_in(enterprise.account(enterprise.party_clerk))
    browser_page.show(language="en")
    page = browser_page.page

    browser_page.open("/rulebook/?q=Theme")
    page.get_by_role("link", name="Theme party day").click()
    page.get_by_role("link", name="Change the wording").click()
    page.get_by_label("How many").fill("2")
    page.get_by_label("Reason for the change").fill("每月两次")
    page.get_by_role("button", name="Show whom it touches").click()
    touched = page.locator("#impact").inner_text()
    page.get_by_role("button", name="Draft this change").click()
    page.get_by_role("heading", name="What follows from it").wait_for()
    page.get_by_text("One by one").first.click()
    page.get_by_text("甲公司第一党支部").first.wait_for()
    browser_page.act("header button:has-text('Propose it'), button:has-text('Propose it')")

    drafted = Adjustment.objects.get(code="A06")
    assert "until then of 3" in touched
    assert (drafted.state, drafted.cells) == ("proposed", {"count": "2"})
    assert list(ObligationWording.objects.filter(entry__code="A06").values_list("count", flat=True)) == [1]


def test_filters_work_without_reloading_and_without_scripts(
    enterprise: Everyone, new_journey: Callable[..., Journey]
) -> None:
    for options in ({}, {"java_script_enabled": False}):
        journey = new_journey(**options)
        journey.sign_in(enterprise.account(enterprise.branch_secretary_a1))
        journey.show(language="en")
        journey.page.goto(f"{journey.base_url}/rulebook/")
        journey.page.get_by_label("Asked of", exact=True).select_option("department")
        if options:
            journey.page.get_by_role("button", name="Show").click()
        journey.page.get_by_role("link", name="Branch general meeting").wait_for(state="detached")

        assert journey.page.locator("tbody tr").count() == 2
