"""An address where very many sign-ins are tried: it stays open for every name that nobody tried wrongly there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.urls import reverse

from heli.config import settings as ordinary
from heli.rooms.people.access import strangers
from heli.rooms.people.models import Account, Person
from heli.rooms.people.tests.factories import PASSWORD
from heli.rooms.people.tests.fixtures import Everyone, build_everyone

OFFICE, HOME = "198.51.100.7", "203.0.113.9"
WRONG = "wrong wrong"


@pytest.fixture(autouse=True)
def _three_a_minute(settings: Any) -> None:
    settings.CACHES = ordinary.CACHES
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "strangers": "3/m/ip"}


def _try(name: str, password: str = WRONG, browser: Client | None = None, address: str = OFFICE) -> Any:
    values = {"login": name, "password": password}
    return (browser or Client()).post(reverse("account_login"), values, REMOTE_ADDR=address)


def _flood() -> None:
    for number in range(4):
        _try(f"flood-{number}")


def test_whoever_was_not_tried_signs_in_from_a_new_device_whatever_is_sprayed(everyone: Everyone) -> None:
    owner, *sprayed = (everyone.account(one) for one in everyone.persons[:6])

    answers = [_try(account.sign_in_name).status_code for account in sprayed * 2]

    # the first three are within the limit, so their names have further tries; then each name has the one
    assert answers == [200] * 5 + [429] * 5
    assert _try(owner.sign_in_name, PASSWORD).status_code == 302


def test_tried_name_waits_at_the_flooded_address_alone_and_until_it_is_calm(everyone: Everyone) -> None:
    owner, known = everyone.account(everyone.party_clerk), Client()
    assert _try(owner.sign_in_name, PASSWORD, known).status_code == 302
    known.post(reverse("account_logout"))
    _flood()
    assert _try(owner.sign_in_name).status_code == 200

    closed = _try(owner.sign_in_name, PASSWORD)

    assert (closed.status_code, "15" in closed.content.decode()) == (429, True)
    assert _try(owner.sign_in_name, PASSWORD, address=HOME).status_code == 302
    assert _try(owner.sign_in_name, PASSWORD, known).status_code == 302
    caches["default"].clear()  # a minute later
    assert _try(owner.sign_in_name, PASSWORD).status_code == 302


def test_wrong_tries_of_a_known_device_do_not_close_the_name_for_a_new_one(everyone: Everyone) -> None:
    owner, known = everyone.account(everyone.party_clerk), Client()
    _try(owner.sign_in_name, PASSWORD, known)
    known.post(reverse("account_logout"))
    _try(owner.sign_in_name, "wrong wrong", known)
    _flood()

    assert _try(owner.sign_in_name, PASSWORD).status_code == 302


def test_names_of_nobody_are_told_alike_and_cost_no_hash(everyone: Everyone, monkeypatch: pytest.MonkeyPatch) -> None:
    real = everyone.account(everyone.party_clerk).sign_in_name
    hashed: list[str] = []
    idled: list[str] = []
    monkeypatch.setattr(Account, "set_password", lambda _account, raw: hashed.append(raw))
    monkeypatch.setattr(strangers, "idle", lambda: idled.append("idle"))
    monkeypatch.setattr(strangers, "_MOST_NAMES", 7)
    _flood()
    before = len(hashed)

    pairs = [(_try("nobody"), _try(real)) for _number in range(2)]
    _try("another")
    _try("one too many")

    assert [(nobody.status_code, known.status_code) for nobody, known in pairs] == [(200, 200), (429, 429)]
    errors = [answer.context["form"].non_field_errors() for answer in pairs[0]]
    assert errors[0]
    assert errors[0] == errors[1]
    assert (before, len(hashed), len(idled)) == (3, 3, 4)
    assert not AccessAttempt.objects.filter(username="one too many").exists()
    assert AccessAttempt.objects.count() == 7


def test_idling_takes_as_long_as_a_password_took() -> None:
    strangers._lasted.clear()
    with strangers.timed():
        pass

    assert len(strangers._lasted) == 1
    strangers.idle()
    assert strangers._lasted[0] < 1
    assert not strangers.is_flooded(None)


@pytest.mark.django_db(transaction=True)
def test_colleagues_get_in_while_real_and_made_up_names_are_sprayed_at_once() -> None:
    everyone, over, made_up = build_everyone(), Event(), count()
    owners = [everyone.account(one) for one in (everyone.party_clerk, everyone.discipline_clerk, everyone.secretary)]
    others = [everyone.account(one) for one in _others(everyone, owners)]

    def spray(number: int) -> set[int]:
        seen = set()
        try:
            while not over.is_set():
                seen.add(_try(others[number].sign_in_name).status_code)
                seen.add(_try(f"made-up-{next(made_up)}").status_code)
        finally:
            connection.close()
        return seen

    with ThreadPoolExecutor(3) as attackers:
        fire = [attackers.submit(spray, number) for number in range(3)]
        try:
            _flood()
            opened = [_try(owner.sign_in_name, PASSWORD).status_code for owner in owners]
        finally:
            over.set()
        seen = set().union(*(one.result() for one in fire))

    assert opened == [302, 302, 302]
    assert seen <= {200, 429}


def _others(everyone: Everyone, owners: list[Account]) -> list[Person]:
    taken = {account.person_id for account in owners}
    return [person for person in everyone.persons if person.pk not in taken][:3]
