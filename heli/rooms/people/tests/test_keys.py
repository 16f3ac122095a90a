"""A key is no way around the sign-in: it is made by whom it belongs to, freshly proved, and ends with the sign-in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from heli.kernel.decisions import AccessDenied
from heli.kernel.problems import Problem
from heli.rooms.people import services
from heli.rooms.people.enums import ResetKind, Scope
from heli.rooms.people.models import Account, ApiToken, Person
from heli.rooms.people.tests.factories import PASSWORD
from heli.rooms.people.tests.fixtures import Everyone

ClientOf = Callable[[Person | Account], Client]
SECRET = "JBSWY3DPEHPK3PXP"


def _wanted() -> dict[str, Any]:
    until = timezone.localdate() + timedelta(days=9)
    return {"name": "probe", "expires_on": until.isoformat(), "scopes": ["people:read"]}


def _make(browser: Client) -> str | None:
    answer = browser.post(reverse("people:tokens"), _wanted())
    found = re.search(r"heli_[A-Za-z0-9_-]{30,}", answer.content.decode())
    return found.group(0) if found else None


def _key(person: Person) -> str:
    expires_on = timezone.localdate() + timedelta(days=9)
    _token, key = services.create_token(
        person=person, name="probe", scopes=[Scope.PEOPLE_READ], expires_on=expires_on, at=timezone.now()
    )
    return key


def _opens(key: str) -> int:
    return Client().get("/api/persons", headers={"Authorization": f"Bearer {key}"}).status_code


def _code() -> str:
    return str(format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time())))))


@pytest.mark.parametrize(("must_change_password", "target"), [(True, "people:password"), (False, "mfa_index")])
def test_no_key_is_made_while_a_duty_of_sign_in_is_open(
    everyone: Everyone, settings: Any, must_change_password: bool, target: str
) -> None:
    settings.SECOND_FACTOR = True
    account = everyone.account(everyone.secretary)
    Account.objects.filter(pk=account.pk).update(must_change_password=must_change_password)
    browser = Client()
    browser.post(reverse("account_login"), {"login": account.sign_in_name, "password": PASSWORD})

    answer = browser.post(reverse("people:tokens"), _wanted())

    assert (answer.status_code, answer["Location"]) == (302, reverse(target))
    assert not ApiToken.objects.exists()
    with pytest.raises(Problem):
        _key(everyone.secretary)


@pytest.mark.parametrize("duty", ["password", "second factor"])
def test_a_key_opens_nothing_while_its_owner_has_a_duty_open(everyone: Everyone, settings: Any, duty: str) -> None:
    account = everyone.account(everyone.secretary)
    key = _key(everyone.secretary)
    assert _opens(key) == 200

    if duty == "password":
        Account.objects.filter(pk=account.pk).update(must_change_password=True)
    else:
        settings.SECOND_FACTOR = True

    assert _opens(key) == 403


def test_a_key_is_made_only_freshly_after_showing_who_one_is(everyone: Everyone, client_of: ClientOf) -> None:
    account = everyone.account(everyone.party_clerk)
    stale, fresh = client_of(account), Client()
    fresh.post(reverse("account_login"), {"login": account.sign_in_name, "password": PASSWORD})

    refused = stale.post(reverse("people:tokens"), _wanted())

    assert refused["Location"].startswith(reverse("account_reauthenticate"))
    assert 'name="scopes"' not in stale.get(reverse("people:tokens")).content.decode()
    assert not ApiToken.objects.exists()
    assert _make(fresh) is not None


def test_with_a_second_factor_the_password_alone_makes_no_key(everyone: Everyone, client_of: ClientOf) -> None:
    account = everyone.account(everyone.party_clerk)
    TOTP.activate(account, SECRET)
    browser = client_of(account)
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert browser.post(reverse("people:tokens"), _wanted())["Location"].startswith(reverse("mfa_reauthenticate"))

    browser.post(reverse("mfa_reauthenticate"), {"code": _code()})

    assert _make(browser) is not None


@pytest.mark.parametrize("act", ["own password", "password", "factor", "sessions", "own sessions", "closed"])
def test_keys_end_with_the_sign_in(everyone: Everyone, act: str) -> None:
    account, security, now = everyone.account(everyone.party_clerk), everyone.security_administrator, timezone.now()
    everyone.account(everyone.discipline_clerk)
    key, other = _key(everyone.party_clerk), _key(everyone.discipline_clerk)
    values = {"account_id": account.pk, "at": now}
    acts: dict[str, Callable[[], object]] = {
        "own password": lambda: services.set_password(password="a wholly new sentence", by=account, **values),
        "password": lambda: _reset(everyone, account, ResetKind.PASSWORD),
        "factor": lambda: _reset(everyone, account, ResetKind.SECOND_FACTOR),
        "sessions": lambda: services.revoke_sessions(by=security, **values),
        "own sessions": lambda: services.revoke_sessions(by=account, **values),
        "closed": lambda: services.deactivate_account(reason="x", version=1, by=security, **values),
    }

    acts[act]()
    Account.objects.update(must_change_password=False, one_time_until=None, is_active=True)

    assert (_opens(key), _opens(other)) == (401, 200)


def _reset(everyone: Everyone, account: Account, kind: ResetKind) -> None:
    """Ask as security administrator and confirm as a colleague."""
    now, confirmer = timezone.now(), everyone.account(everyone.discipline_clerk)
    asked = services.request_reset(
        account_id=account.pk, kind=kind, reason="遗失", by=everyone.security_administrator, at=now
    )
    services.confirm_reset(reset_id=asked.pk, version=asked.version, by=confirmer, at=now)


def test_security_administrator_sees_and_revokes_keys_and_nobody_else_does(
    everyone: Everyone, client_of: ClientOf
) -> None:
    account = everyone.account(everyone.party_clerk)
    key = _key(everyone.party_clerk)
    token = ApiToken.objects.get()
    with pytest.raises(Problem):
        services.revoke_token(token_id=token.pk, by=everyone.discipline_clerk, at=timezone.now())
    with pytest.raises(AccessDenied):
        services.revoke_token(token_id=token.pk, by=everyone.system_administrator, at=timezone.now())
    browser = client_of(everyone.security_administrator)
    page = browser.get(reverse("people:account", args=[account.pk])).content.decode()

    browser.post(reverse("people:revoke_key", args=[account.pk, token.pk]))

    assert token.hint in page
    assert key not in page
    assert _opens(key) == 401


def test_open_account_is_not_opened_again(everyone: Everyone) -> None:
    account = everyone.account(everyone.party_clerk)

    with pytest.raises(Problem):
        services.reactivate_account(
            account_id=account.pk, version=1, by=everyone.security_administrator, at=timezone.now()
        )
