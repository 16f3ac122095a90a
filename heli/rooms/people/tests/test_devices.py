"""Strangers behind one's own address close the way in for new devices; their owner opens it without their help."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from heli.config import settings as ordinary
from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.rooms.people import access, services
from heli.rooms.people.models import Account, Person
from heli.rooms.people.tests.factories import PASSWORD
from heli.rooms.people.tests.fixtures import Everyone, build_everyone

ClientOf = Callable[[Person | Account], Client]
OFFICE, SECRET = "198.51.100.7", "JBSWY3DPEHPK3PXP"


def _sign_in(browser: Client, account: Account, password: str = PASSWORD) -> int:
    values = {"login": account.sign_in_name, "password": password}
    return int(browser.post(reverse("account_login"), values, REMOTE_ADDR=OFFICE).status_code)


def _let_in(browser: Client, name: str, code: str) -> Any:
    return browser.post(reverse("people:let_in"), {"login": name, "code": code}, REMOTE_ADDR=OFFICE)


def _code() -> str:
    return str(format_hotp_value(hotp_value(SECRET, list(yield_hotp_counters_from_time())[1])))


@pytest.fixture
def owner(everyone: Everyone) -> Account:
    """Whose name a colleague behind the same address has just closed for every new device."""
    account = everyone.account(everyone.party_clerk)
    for _number in range(6):
        _sign_in(Client(), account, "wrong wrong")
    assert _sign_in(Client(), account) == 429
    return account


def _pass_of_own_device(_everyone: Everyone, owner: Account, client_of: ClientOf) -> str:
    browser = client_of(owner)
    answer = browser.post(reverse("people:own_pass"))
    page = browser.get(answer["Location"])
    assert not browser.get(answer["Location"]).context["device_pass"]
    return str(page.context["device_pass"])


def _pass_of_security(everyone: Everyone, owner: Account, client_of: ClientOf) -> str:
    browser = client_of(everyone.security_administrator)
    answer = browser.post(reverse("people:pass_for", args=[owner.pk]))
    page = browser.get(answer["Location"])
    assert not browser.get(answer["Location"]).context["device_pass"]
    assert AuditEntry.objects.latest("number").action == "account.device_pass"
    return str(page.context["device_pass"])


@pytest.mark.parametrize("way", [_pass_of_own_device, _pass_of_security])
def test_owner_signs_in_from_a_new_device_while_strangers_go_on_guessing(
    everyone: Everyone, owner: Account, client_of: ClientOf, way: Callable[..., str]
) -> None:
    code, new = way(everyone, owner, client_of), Client()

    answer = _let_in(new, owner.sign_in_name, f" {code.upper()} ")
    _sign_in(Client(), owner, "wrong wrong")

    assert (answer.status_code, answer["Location"]) == (302, reverse("account_login"))
    assert _sign_in(Client(), owner) == 429
    assert _sign_in(new, owner) == 302
    assert new.get(reverse("people:sessions")).status_code == 200


def test_pass_opens_nothing_by_itself_and_adds_no_tries_for_whoever_else_saw_it(owner: Account) -> None:
    code = access.device_pass(owner, timezone.now())
    browsers = [Client() for _number in range(3)]
    for browser in browsers:
        _let_in(browser, owner.sign_in_name, code)
        assert browser.get(reverse("people:sessions")).status_code == 302

    answers = [_sign_in(browser, owner, "wrong wrong") for browser in browsers * 3]

    assert answers.index(429) == 4
    assert set(answers[4:]) == {429}


def test_wrong_codes_are_told_alike_and_leave_the_device_unknown(everyone: Everyone, owner: Account) -> None:
    now, other = timezone.now(), everyone.account(everyone.discipline_clerk)
    TOTP.activate(owner, SECRET)  # its code is no pass: here it could be tried without end
    old = access.device_pass(owner, now - timedelta(hours=1))
    codes = ["", "abcd-efgh", old, access.device_pass(other, now), _code()]
    tries = [(owner.sign_in_name, code) for code in codes] + [("nobody", old), ("\x00", old)]

    for name, code in tries:
        browser = Client()
        answer = _let_in(browser, name, code)
        assert (answer.status_code, "heli_device" in browser.cookies) == (422, False), (name, code)


def test_pass_holds_for_half_an_hour_at_least_and_ends_with_the_password(owner: Account) -> None:
    now = timezone.now()
    code = access.device_pass(owner, now)

    assert access.device_let_in(owner, code, now + timedelta(minutes=30))
    assert not access.device_let_in(owner, code, now + timedelta(minutes=60))
    services.set_password(account_id=owner.pk, password="a sentence of my own", by=owner, at=now)
    owner.refresh_from_db()
    assert not access.device_let_in(owner, code, now)


def test_only_the_security_administrator_gives_out_passes_of_others(everyone: Everyone, client_of: ClientOf) -> None:
    owner = everyone.account(everyone.party_clerk)

    for who in (everyone.system_administrator, everyone.audit_administrator, everyone.secretary):
        assert client_of(who).post(reverse("people:pass_for", args=[owner.pk])).status_code == 404
    with pytest.raises(AccessDenied):
        services.give_device_pass(account_id=owner.pk, by=everyone.audit_administrator, at=timezone.now())


def test_flood_at_one_name_does_not_close_the_address_for_new_devices_of_colleagues(
    everyone: Everyone, settings: Any
) -> None:
    settings.CACHES = ordinary.CACHES
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "strangers": "8/m/ip"}
    flooded = everyone.account(everyone.party_clerk)

    answers = [_sign_in(Client(), flooded, "wrong wrong") for _number in range(20)]

    assert answers == [200] * 4 + [429] * 16
    assert _sign_in(Client(), everyone.account(everyone.discipline_clerk)) == 302


@pytest.mark.django_db(transaction=True)
def test_owner_gets_in_under_fire_from_the_same_address(settings: Any) -> None:
    settings.CACHES = ordinary.CACHES
    everyone, over = build_everyone(), Event()
    owner = everyone.account(everyone.party_clerk)

    def attack(_number: int) -> set[int]:
        seen = set()
        try:
            while not over.is_set():
                seen.add(_sign_in(Client(), owner, "wrong wrong"))
        finally:
            connection.close()
        return seen

    with ThreadPoolExecutor(4) as attackers:
        fire = [attackers.submit(attack, number) for number in range(4)]
        try:
            opened = []
            for _number in range(3):
                new = Client()
                _let_in(new, owner.sign_in_name, access.device_pass(owner, timezone.now()))
                opened.append(_sign_in(new, owner))
        finally:
            over.set()
        seen = set().union(*(one.result() for one in fire))

    assert opened == [302, 302, 302]
    assert 429 in seen
    assert 302 not in seen
