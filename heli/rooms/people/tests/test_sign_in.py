"""Sign-in: either name, lock-out that locks nobody else out, second factors, sessions that end at once, no traces."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from heli.config import settings as ordinary
from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.rooms.people import backends, queries, services
from heli.rooms.people.access import devices
from heli.rooms.people.enums import AdministratorKind
from heli.rooms.people.models import Account, Person, Throttle
from heli.rooms.people.tests.factories import PASSWORD, administrator
from heli.rooms.people.tests.fixtures import Everyone

ClientOf = Callable[[Person | Account], Client]
HERE, THERE = "198.51.100.7", "203.0.113.9"


def _sign_in(browser: Client, name: str, password: str = PASSWORD, address: str = HERE) -> Any:
    return browser.post(reverse("account_login"), {"login": name, "password": password}, REMOTE_ADDR=address)


def _is_in(browser: Client) -> bool:
    return browser.get(reverse("people:sessions")).status_code == 200


@pytest.fixture
def clerk(everyone: Everyone) -> Account:
    everyone.party_clerk.email = "clerk@x.example"
    everyone.party_clerk.save()
    account = everyone.account(everyone.party_clerk)
    account.email = "clerk@x.example"
    account.save()
    return account


def test_staff_number_and_address_both_open(clerk: Account) -> None:
    for name in (clerk.sign_in_name, "clerk@x.example", " Clerk@X.example "):
        browser = Client()

        answer = _sign_in(browser, name)

        assert (answer.status_code, _is_in(browser)) == (302, True), name


@pytest.mark.parametrize("name", ["", "nobody", "\x00", "x" * 400])
def test_unknown_name_and_wrong_password_are_told_alike(clerk: Account, name: str) -> None:
    unknown = _sign_in(Client(), name or "nobody").content.decode().replace(name or "nobody", "N")
    wrong = _sign_in(Client(), clerk.sign_in_name, "wrong wrong").content.decode().replace(clerk.sign_in_name, "N")

    if name in {"", "nobody"}:
        assert _without_tokens(unknown) == _without_tokens(wrong)
    assert "sessionid" not in unknown


def _without_tokens(page: str) -> str:
    import re

    return re.sub(r'(csrfmiddlewaretoken" value|X-CSRFToken": ?)[^>]*', "", page)


def test_unknown_name_costs_a_hash_like_a_known_one(clerk: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(Account, "set_password", lambda _account, raw: hashed.append(raw))

    backends.StaffNumberOrEmailBackend().authenticate(None, username="nobody", password="guess guess")

    assert hashed == ["guess guess"]


def test_closed_account_does_not_open(clerk: Account) -> None:
    Account.objects.update(is_active=False)
    browser = Client()

    _sign_in(browser, clerk.sign_in_name)

    assert not _is_in(browser)


def test_wrong_tries_lock_the_name_at_this_address_and_say_how_long(clerk: Account) -> None:
    stranger = Client()
    for _number in range(5):
        answer = _sign_in(stranger, clerk.sign_in_name, "wrong wrong")

    assert answer.status_code == 429
    assert "15" in answer.content.decode()
    assert _sign_in(stranger, clerk.sign_in_name).status_code == 429
    assert not _is_in(stranger)


def test_locking_out_elsewhere_does_not_lock_the_owner_out(clerk: Account) -> None:
    for _number in range(9):
        _sign_in(Client(), clerk.sign_in_name, "wrong wrong", address=THERE)
    owner = Client()

    assert _sign_in(owner, clerk.sign_in_name, address=HERE).status_code == 302
    assert _is_in(owner)


def test_known_device_opens_although_a_neighbor_locked_the_name_at_the_same_address(clerk: Account) -> None:
    owner = Client()
    _sign_in(owner, clerk.sign_in_name)
    owner.post(reverse("account_logout"))
    for _number in range(9):
        _sign_in(Client(), clerk.sign_in_name, "wrong wrong")

    assert _sign_in(Client(), clerk.sign_in_name).status_code == 429
    assert _sign_in(owner, clerk.sign_in_name).status_code == 302
    assert _is_in(owner)


def test_known_device_has_its_own_limit_and_the_mark_cannot_be_forged(clerk: Account) -> None:
    owner = Client()
    _sign_in(owner, clerk.sign_in_name)
    owner.post(reverse("account_logout"))
    answers = [_sign_in(owner, clerk.sign_in_name, "wrong wrong").status_code for _number in range(6)]
    forger = Client()
    forger.cookies[devices.DEVICE_COOKIE] = "eyJ4Ijoi:forged"
    for _number in range(5):
        forged = _sign_in(forger, clerk.sign_in_name, "wrong wrong", address=THERE)

    assert answers[-1] == 429
    assert forged.status_code == 429


def test_both_names_share_the_tries(clerk: Account) -> None:
    browser = Client()
    for name in (clerk.sign_in_name, "clerk@x.example", "CLERK@x.example", clerk.sign_in_name, "clerk@x.example"):
        answer = _sign_in(browser, name, "wrong wrong")

    assert answer.status_code == 429


def test_lock_ends_by_itself_and_by_the_security_administrator(clerk: Account, everyone: Everyone) -> None:
    for _number in range(5):
        _sign_in(Client(), clerk.sign_in_name, "wrong wrong")
    assert queries.locked_addresses(clerk, timezone.now()) == [HERE]

    services.unlock_account(account_id=clerk.pk, by=everyone.security_administrator, at=timezone.now())

    assert queries.locked_addresses(clerk, timezone.now()) == []
    assert _sign_in(Client(), clerk.sign_in_name).status_code == 302
    for _number in range(5):
        _sign_in(Client(), clerk.sign_in_name, "wrong wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert _sign_in(Client(), clerk.sign_in_name).status_code == 302


def test_no_sign_in_leaves_a_trace_beyond_the_live_session(clerk: Account) -> None:
    browser = Client()
    _sign_in(browser, clerk.sign_in_name)
    _sign_in(Client(), clerk.sign_in_name, "wrong wrong", address=THERE)
    browser.post(reverse("account_logout"))
    services.forget_sign_ins(at=timezone.now() + timedelta(hours=1))

    assert UserSession.objects.count() == 0
    assert not Session.objects.filter(session_key=browser.session.session_key or "").exists()
    assert AccessLog.objects.count() == AccessFailureLog.objects.count() == AccessAttempt.objects.count() == 0
    assert not AuditEntry.objects.filter(actor_id=str(clerk.pk)).exists()
    assert "last_login" not in {field.name for field in Account._meta.get_fields()}


def test_ended_session_stops_with_the_next_request(clerk: Account) -> None:
    home, lost = Client(), Client()
    _sign_in(home, clerk.sign_in_name)
    _sign_in(lost, clerk.sign_in_name)
    row = next(each for each in queries.live_sessions(clerk) if each.session_key == lost.session.session_key)

    home.post(reverse("people:end_session", args=[row.id]))

    assert (_is_in(home), _is_in(lost)) == (True, False)


def test_nobody_ends_the_session_of_somebody_else(clerk: Account, everyone: Everyone, client_of: ClientOf) -> None:
    mine = Client()
    _sign_in(mine, clerk.sign_in_name)
    row = queries.live_sessions(clerk)[0]

    client_of(everyone.discipline_clerk).post(reverse("people:end_session", args=[row.id]))

    assert _is_in(mine)


@pytest.mark.parametrize("act", ["end_sessions", "close_account"])
def test_security_administrator_signs_every_device_out(
    clerk: Account, everyone: Everyone, client_of: ClientOf, act: str
) -> None:
    browser = Client()
    _sign_in(browser, clerk.sign_in_name)

    values = {"reason": "遗失", "version": clerk.version}
    client_of(everyone.security_administrator).post(reverse(f"people:{act}", args=[clerk.pk]), values)

    assert not _is_in(browser)


def test_changing_ones_password_ends_the_other_sessions(clerk: Account) -> None:
    here, there = Client(), Client()
    _sign_in(here, clerk.sign_in_name)
    _sign_in(there, clerk.sign_in_name)
    new = "a wholly new sentence"

    answer = here.post(reverse("people:password"), {"current": PASSWORD, "new": new, "again": new})

    assert (answer.status_code, _is_in(here), _is_in(there)) == (302, True, False)
    assert _sign_in(Client(), clerk.sign_in_name, new).status_code == 302


@pytest.mark.parametrize(
    ("current", "new", "again"),
    [
        ("wrong", "a new sentence here", "a new sentence here"),
        (PASSWORD, "short", "short"),
        (PASSWORD, "a new one!!", "b new one!!"),
    ],
)
def test_password_form_refuses(clerk: Account, client_of: ClientOf, current: str, new: str, again: str) -> None:
    answer = client_of(clerk).post(reverse("people:password"), {"current": current, "new": new, "again": again})

    clerk.refresh_from_db()
    assert answer.status_code == 422
    assert clerk.check_password(PASSWORD)


def test_password_set_by_somebody_else_must_be_changed_first(clerk: Account, client_of: ClientOf) -> None:
    Account.objects.filter(pk=clerk.pk).update(must_change_password=True)

    answer = client_of(clerk).get(reverse("people:tree"))

    assert (answer.status_code, answer["Location"]) == (302, reverse("people:password"))


@pytest.mark.parametrize(
    ("who", "is_asked"),
    [
        ("secretary", True),
        ("party_head", True),
        ("system_administrator", True),
        ("party_clerk", False),
        ("member_a1", False),
    ],
)
def test_second_factor_is_asked_of_leaders_approvers_and_administrators(
    everyone: Everyone, client_of: ClientOf, settings: Any, who: str, is_asked: bool
) -> None:
    settings.SECOND_FACTOR = True

    answer = client_of(getattr(everyone, who)).get("/administration/" if "admin" in who else reverse("people:tree"))

    assert (answer.status_code == 302 and answer["Location"] == reverse("mfa_index")) is is_asked


def test_security_administrator_may_ask_anybody(everyone: Everyone, client_of: ClientOf, settings: Any) -> None:
    settings.SECOND_FACTOR = True
    account = everyone.account(everyone.member_a1)
    browser = client_of(account)
    assert browser.get(reverse("people:tree")).status_code == 200

    services.force_second_factor(
        account_id=account.pk, is_forced=True, version=1, by=everyone.security_administrator, at=timezone.now()
    )

    assert browser.get(reverse("people:tree"))["Location"] == reverse("mfa_index")


def _code_of(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def test_with_a_second_factor_the_password_alone_does_not_open(clerk: Account) -> None:
    TOTP.activate(clerk, "JBSWY3DPEHPK3PXP")
    browser = Client()

    first = _sign_in(browser, clerk.sign_in_name)
    assert first["Location"].startswith(reverse("mfa_authenticate"))
    assert not _is_in(browser)
    wrong = browser.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert (wrong.status_code, _is_in(browser)) == (200, False)
    browser.post(reverse("mfa_authenticate"), {"code": _code_of("JBSWY3DPEHPK3PXP")})

    assert _is_in(browser)
    assert set(Authenticator.objects.values_list("last_used_at", flat=True)) == {None}


def test_code_opens_once_whichever_process_is_asked(clerk: Account, settings: Any) -> None:
    settings.CACHES = ordinary.CACHES
    TOTP.activate(clerk, "JBSWY3DPEHPK3PXP")
    code = _code_of("JBSWY3DPEHPK3PXP")
    opened = []
    for browser in (Client(), Client()):
        _sign_in(browser, clerk.sign_in_name)
        browser.post(reverse("mfa_authenticate"), {"code": code})
        opened.append(_is_in(browser))

    assert opened == [True, False]
    assert Throttle.objects.filter(cache_key__contains="totp.used").count() == 1


def test_secret_of_the_app_is_kept_encrypted(clerk: Account) -> None:
    TOTP.activate(clerk, "JBSWY3DPEHPK3PXP")

    kept = Authenticator.objects.get(user=clerk).data["secret"]

    assert "JBSWY3DPEHPK3PXP" not in kept
    assert get_adapter().decrypt(kept) == "JBSWY3DPEHPK3PXP"


def test_last_factor_of_a_leader_cannot_be_removed(everyone: Everyone, settings: Any) -> None:
    settings.SECOND_FACTOR = True
    leader, member = everyone.account(everyone.secretary), everyone.account(everyone.member_a1)
    kept = TOTP.activate(leader, "JBSWY3DPEHPK3PXP").instance
    free = TOTP.activate(member, "JBSWY3DPEHPK3PXP").instance

    assert not get_adapter().can_delete_authenticator(kept)
    assert get_adapter().can_delete_authenticator(free)


def test_sign_up_reset_and_the_like_do_not_exist(db: None, client: Client) -> None:
    names = ["account_signup", "account_reset_password", "account_email", "account_set_password", "mfa_trust"]

    assert {client.get(reverse(name)).status_code for name in names} == {404}


def test_sign_in_page_says_openly_when_second_factors_are_off(db: None, client: Client, settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"
    pages = {}
    for is_on in (False, True):
        settings.SECOND_FACTOR = is_on
        pages[is_on] = client.get(reverse("account_login"), headers={"Accept-Language": "en"}).content.decode()

    assert "switched off" in pages[False]
    assert "switched off" not in pages[True]


@pytest.mark.parametrize("kind", [AdministratorKind.SYSTEM, AdministratorKind.AUDIT])
def test_only_the_security_administrator_keeps_accounts(everyone: Everyone, kind: AdministratorKind) -> None:
    other = {
        AdministratorKind.SYSTEM: everyone.system_administrator,
        AdministratorKind.AUDIT: everyone.audit_administrator,
    }
    target = everyone.account(everyone.member_a1)

    for act in (services.unlock_account, services.revoke_sessions):
        with pytest.raises(AccessDenied):
            act(account_id=target.pk, by=other[kind], at=timezone.now())


def test_security_administrator_cannot_appoint_or_serve_oneself(everyone: Everyone) -> None:
    security, now = everyone.security_administrator, timezone.now()

    with pytest.raises(AccessDenied):
        services.open_post(unit_id=everyone.group.pk, kind="staff", title="x", by=security, at=now)
    with pytest.raises(AccessDenied):
        services.deactivate_account(account_id=security.pk, reason="x", by=security, at=now)


def test_account_is_opened_once_and_not_for_leavers(everyone: Everyone) -> None:
    security, now = everyone.security_administrator, timezone.now()
    made = services.create_account(person_id=everyone.member_b1.pk, by=security, at=now)

    assert (made.must_change_password, made.has_usable_password()) == (True, False)
    with pytest.raises(AccessDenied):
        services.create_account(person_id=everyone.member_a1.pk, password="a first password", by=security, at=now)
    with pytest.raises(Problem):
        services.create_account(person_id=everyone.member_b1.pk, by=security, at=now)
    services.deactivate_account(account_id=made.pk, reason="x", version=1, by=security, at=now)
    everyone.member_b1.left_on = now.date()
    everyone.member_b1.save()
    with pytest.raises(Problem):
        services.reactivate_account(account_id=made.pk, version=2, by=security, at=now)


def test_wrong_codes_of_a_second_factor_end_the_tries_and_a_right_one_no_longer_opens(
    clerk: Account, settings: Any
) -> None:
    settings.CACHES = ordinary.CACHES
    TOTP.activate(clerk, "JBSWY3DPEHPK3PXP")
    guesser = Client()
    _sign_in(guesser, clerk.sign_in_name)
    for number in range(9):
        guesser.post(reverse("mfa_authenticate"), {"code": f"{number:06d}"})
    elsewhere = Client()
    _sign_in(elsewhere, clerk.sign_in_name, address=THERE)

    elsewhere.post(reverse("mfa_authenticate"), {"code": _code_of("JBSWY3DPEHPK3PXP")})

    assert not _is_in(elsewhere)


def test_wrong_passwords_do_not_use_up_the_tries_of_the_second_factor(clerk: Account, settings: Any) -> None:
    settings.CACHES = ordinary.CACHES
    TOTP.activate(clerk, "JBSWY3DPEHPK3PXP")
    for _number in range(12):
        _sign_in(Client(), clerk.sign_in_name, "wrong wrong", address=THERE)
    owner = Client()
    _sign_in(owner, clerk.sign_in_name)

    owner.post(reverse("mfa_authenticate"), {"code": _code_of("JBSWY3DPEHPK3PXP")})

    assert _is_in(owner)


@pytest.mark.parametrize("kind", list(AdministratorKind))
def test_security_administrator_does_not_become_another_administrator(
    everyone: Everyone, kind: AdministratorKind
) -> None:
    security, now = everyone.security_administrator, timezone.now()
    other = administrator(kind)

    with pytest.raises(AccessDenied):
        services.set_password(account_id=other.pk, password="another long password", by=security, at=now)
    with pytest.raises(AccessDenied):
        services.create_administrator(
            kind=kind, sign_in_name="mine", password="another long password", by=security, at=now
        )

    other.refresh_from_db()
    assert other.check_password(PASSWORD)


def test_last_administrator_of_a_kind_is_not_closed(everyone: Everyone) -> None:
    security, now = everyone.security_administrator, timezone.now()
    first, second = everyone.audit_administrator, administrator(AdministratorKind.AUDIT)

    services.deactivate_account(account_id=first.pk, reason="离任", version=1, by=security, at=now)

    with pytest.raises(Problem):
        services.deactivate_account(account_id=second.pk, reason="离任", version=1, by=security, at=now)


def test_pages_of_whoever_is_signed_in_are_kept_nowhere(clerk: Account) -> None:
    browser = Client()
    _sign_in(browser, "clerk@x.example")

    page, out = browser.get(reverse("people:sessions")), browser.post(reverse("account_logout"))

    assert {"private", "no-cache"} <= {word.strip() for word in page["Cache-Control"].split(",")}
    assert out["Clear-Site-Data"] == '"cache"'
