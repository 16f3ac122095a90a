"""The room's pages in a real browser: both languages and widths, no script error, no report, nothing axe objects to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from heli.rooms.people import services
from heli.rooms.people.models import Appointment, Post
from heli.rooms.people.services import roster
from heli.rooms.people.tests.factories import PASSWORD
from heli.rooms.people.tests.fixtures import Everyone, build_everyone
from heli.rooms.people.tests.services.roster_files import csv_of, row_of
from heli.rooms.people.tests.services.test_roster_names import _example

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow(30)]

LOOKS = [("zh-hans", 390), ("en", 1440)]


@pytest.fixture
def enterprise(transactional_db: None) -> Everyone:
    return build_everyone()


def _pages_of_the_clerk(everyone: Everyone) -> dict[str, str]:
    member, branch = everyone.member_a1, everyone.branch_a1
    post = Post.objects.get(unit=branch)
    held = Appointment.objects.get(post=post)
    now, today = timezone.now(), timezone.localdate()
    imports = []
    for data in (
        csv_of(row_of(everyone, name=""), row_of(everyone, "90002", party_unit="NIX")),
        csv_of(row_of(everyone, "90003")),
        csv_of([*_example("zh")], row_of(everyone, member.staff_no, name="钱未眠"), row_of(everyone, "90004")),
    ):
        made = services.upload_roster(
            file_name="花名册.csv", data=data, effective_on=today, language="zh", by=everyone.party_clerk, at=now
        )
        roster.check_roster(import_id=made.pk, language="zh", at=timezone.now())
        imports.append(made.pk)
    return {
        "tree": f"{reverse('people:tree')}?at={branch.pk}",
        "tree-search": f"{reverse('people:tree')}?q=jgs",
        "unit": reverse("people:unit", args=[branch.pk]),
        "unit-past": f"{reverse('people:unit', args=[everyone.party_department.pk])}?on=2023-05-01",
        "unit-new": reverse("people:new_unit", args=[branch.pk]),
        "unit-edit": reverse("people:edit_unit", args=[branch.pk]),
        "unit-move": reverse("people:move_unit", args=[branch.pk]),
        "unit-close": reverse("rulebook:close_unit", args=[branch.pk]),
        "post-new": reverse("people:new_post", args=[branch.pk]),
        "post-close": reverse("rulebook:close_post", args=[post.pk]),
        "appoint": reverse("people:appoint", args=[post.pk]),
        "appointment-end": reverse("people:end_appointment", args=[held.pk]),
        "persons": reverse("people:persons"),
        "person": reverse("people:person", args=[member.pk]),
        "person-new": reverse("people:new_person"),
        "person-edit": reverse("people:edit_person", args=[member.pk]),
        "person-transfer": reverse("people:transfer", args=[member.pk]),
        "person-leave": reverse("people:retire", args=[member.pk]),
        "roster": reverse("people:roster"),
        "roster-refused": reverse("people:roster_import", args=[imports[0]]),
        "roster-checked": reverse("people:roster_import", args=[imports[1]]),
        "roster-asks": reverse("people:roster_import", args=[imports[2]]),
        "sessions": reverse("people:sessions"),
        "password": reverse("people:password"),
        "keys": reverse("people:tokens"),
        "second-factor": reverse("mfa_index"),
    }


@pytest.mark.parametrize(("language", "width"), LOOKS)
def test_pages_of_persons(
    enterprise: Everyone,
    browser_page: Any,
    axe: Callable[..., list[str]],
    shot: Callable[..., Any],
    language: str,
    width: int,
) -> None:
    pages = _pages_of_the_clerk(enterprise)
    browser_page.show(width=width, language=language)
    browser_page.sign_in(enterprise.account(enterprise.party_clerk))

    faults = _look(browser_page, pages, axe, shot, f"{language}-{width}")

    assert faults == {}


@pytest.mark.parametrize(("language", "width"), LOOKS)
def test_pages_of_administrators(
    enterprise: Everyone,
    browser_page: Any,
    axe: Callable[..., list[str]],
    shot: Callable[..., Any],
    language: str,
    width: int,
) -> None:
    account = enterprise.account(enterprise.member_a1)
    pages = {
        enterprise.system_administrator: {"system": reverse("people:system")},
        enterprise.security_administrator: {
            "accounts": reverse("people:accounts"),
            "account": reverse("people:account", args=[account.pk]),
            "account-new": reverse("people:new_account"),
            "account-close": reverse("people:close_account", args=[account.pk]),
        },
        enterprise.audit_administrator: {"log": reverse("people:log")},
    }
    services.revise_unit(
        unit_id=enterprise.branch_a1.pk,
        version=1,
        name="甲公司机关党支部",
        kind=enterprise.branch_a1.kind,
        code="A1",
        has_committee=True,
        serves_id=None,
        from_day=timezone.localdate(),
        reason="更名",
        by=enterprise.party_clerk,
        at=timezone.now(),
    )
    browser_page.show(width=width, language=language)
    faults: dict[str, list[str]] = {}
    for who, theirs in pages.items():
        browser_page.sign_in(who)
        faults |= _look(browser_page, theirs, axe, shot, f"{language}-{width}")

    assert faults == {}


@pytest.mark.parametrize(("language", "width"), LOOKS)
def test_way_in(
    enterprise: Everyone,
    browser_page: Any,
    axe: Callable[..., list[str]],
    shot: Callable[..., Any],
    language: str,
    width: int,
) -> None:
    account = enterprise.account(enterprise.party_clerk)
    browser_page.show(width=width, language=language)
    faults = _look(browser_page, {"sign-in": reverse("account_login")}, axe, shot, f"{language}-{width}")
    page = browser_page.page
    page.fill("[name=login]", account.sign_in_name)
    page.fill("[name=password]", PASSWORD)
    page.click("form[action='/sign-in/'] button[type=submit]")
    page.wait_for_url("**/")

    faults |= _look(browser_page, {"again": reverse("mfa_activate_totp")}, axe, shot, f"{language}-{width}")
    _show_again(page)
    faults |= _look(browser_page, {"app": reverse("mfa_activate_totp")}, axe, shot, f"{language}-{width}")

    assert faults == {}


def test_key_is_added_and_opens_the_account(enterprise: Everyone, browser_page: Any) -> None:
    """A virtual security key: added on the account page, then asked for after the password."""
    account = enterprise.account(enterprise.party_clerk)
    page = browser_page.page
    with _security_key(page):
        _sign_in(browser_page, account.sign_in_name)
        page.wait_for_url("**/")
        browser_page.open(reverse("mfa_add_webauthn"))
        _show_again(page)
        page.fill("[name=name]", "主钥")
        page.click("#add-key")
        page.wait_for_url("**/codes/")
        page.goto(f"{browser_page.base_url}/")
        browser_page.context.clear_cookies()

        _sign_in(browser_page, account.sign_in_name)
        page.wait_for_url("**/second-factor/**")
        page.click("#use-key")
        page.wait_for_url(f"{browser_page.base_url}/")  # a bare pattern would match the page that asks

        assert page.locator(".account").inner_text().startswith(enterprise.party_clerk.name[:1])


def test_tree_opens_and_finds_while_typing(enterprise: Everyone, browser_page: Any) -> None:
    browser_page.sign_in(enterprise.account(enterprise.party_clerk))
    browser_page.open(reverse("people:tree"))
    page = browser_page.page

    page.click(f"a.fold[href$='at={enterprise.committee_a.pk}']")
    page.get_by_role("link", name=enterprise.branch_a1.name).wait_for()
    page.fill("#unit-search", "ygsdw")
    page.locator("#found a").first.wait_for()

    assert page.locator("#found a").first.inner_text() == enterprise.committee_b.name
    assert page.get_by_role("link", name=enterprise.branch_a1.name).count() == 1


def _show_again(page: Any) -> None:
    """Prove once more that it is oneself, as the second factor's pages ask."""
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation(wait_until="load"):  # scripts of the next page have run
        page.click("form[action='/account/again/'] button[type=submit]")


def _sign_in(window: Any, name: str) -> None:
    window.open(reverse("account_login"))
    window.page.fill("[name=login]", name)
    window.page.fill("[name=password]", PASSWORD)
    window.page.click("form[action='/sign-in/'] button[type=submit]")


@contextmanager
def _security_key(page: Any) -> Iterator[None]:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    session.detach()


def _look(
    window: Any, pages: dict[str, str], axe: Callable[..., list[str]], shot: Callable[..., Any], suffix: str
) -> dict[str, list[str]]:
    """Open each page, take its picture, and return what axe says and whether it scrolls sideways."""
    faults = {}
    for name, address in pages.items():
        answer = window.open(address)
        shot(window, f"{name}-{suffix}")
        said = axe(window)
        if window.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            said.append("scrolls sideways")
        if answer.status != 200:
            said.append(f"status {answer.status}")
        if said:
            faults[name] = said
    return faults
