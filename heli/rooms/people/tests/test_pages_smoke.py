"""Every page of the room answers to whom it is for, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from heli.rooms.people.models import Account, Appointment, Person, Post, Unit
from heli.rooms.people.tests.fixtures import Everyone
from heli.ui.problems import ProblemMiddleware

ClientOf = Callable[[Person | Account], Client]

PUBLIC = ["account_login"]
EVERY_ACCOUNT = ["people:sessions", "people:password", "mfa_index"]
EVERY_PERSON = ["people:tokens", "people:tree", "people:rail", "people:person_choices"]
EDITORS = ["people:persons", "people:new_person", "people:unit_choices"]
UNIT_PAGES = [
    "people:unit",
    "people:new_unit",
    "people:edit_unit",
    "people:move_unit",
    "rulebook:close_unit",
    "people:new_post",
]
PERSON_PAGES = ["people:person", "people:edit_person", "people:transfer", "people:retire"]
SYSTEM, SECURITY, AUDIT = (
    ["people:system"],
    ["people:accounts", "people:new_account"],
    ["people:log", "people:export_log"],
)


@pytest.mark.parametrize("name", PUBLIC)
def test_public_page_opens_without_sign_in(db: None, client: Client, name: str) -> None:
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", [*EVERY_ACCOUNT, *EVERY_PERSON, *EDITORS, *SYSTEM, *SECURITY, *AUDIT])
def test_stranger_is_led_to_the_sign_in_page(db: None, client: Client, name: str) -> None:
    answer = client.get(reverse(name))

    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/sign-in/")


@pytest.mark.parametrize("name", [*EVERY_ACCOUNT, *EVERY_PERSON, *EDITORS])
def test_clerk_opens_every_page_of_persons(everyone: Everyone, client_of: ClientOf, name: str) -> None:
    assert client_of(everyone.party_clerk).get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", EDITORS)
def test_member_without_the_right_finds_nothing(everyone: Everyone, client_of: ClientOf, name: str) -> None:
    assert client_of(everyone.non_member).get(reverse(name)).status_code == 404


@pytest.mark.parametrize("name", UNIT_PAGES)
def test_unit_pages(everyone: Everyone, client_of: ClientOf, name: str) -> None:
    address = reverse(name, args=[everyone.branch_a1.pk])

    assert client_of(everyone.party_clerk).get(address).status_code == 200
    assert client_of(everyone.branch_secretary_b1).get(address).status_code == 404


@pytest.mark.parametrize("name", PERSON_PAGES)
def test_person_pages(everyone: Everyone, client_of: ClientOf, name: str) -> None:
    address = reverse(name, args=[everyone.member_a1.pk])

    assert client_of(everyone.party_clerk).get(address).status_code == 200
    assert client_of(everyone.branch_secretary_b1).get(address).status_code == 404


def test_post_and_appointment_pages(everyone: Everyone, client_of: ClientOf) -> None:
    post = Post.objects.get(unit=everyone.branch_a1)
    held = Appointment.objects.get(post=post)
    pages = [("people:appoint", post.pk), ("rulebook:close_post", post.pk), ("people:end_appointment", held.pk)]

    answers = [
        (
            client_of(everyone.party_clerk).get(reverse(name, args=[pk])).status_code,
            client_of(everyone.secretary).get(reverse(name, args=[pk])).status_code,
        )
        for name, pk in pages
    ]

    assert answers == [(200, 404)] * 3


@pytest.mark.parametrize(
    ("names", "owner"),
    [(SYSTEM, "system_administrator"), (SECURITY, "security_administrator"), (AUDIT, "audit_administrator")],
)
def test_each_administrator_has_pages_of_their_own(
    everyone: Everyone, client_of: ClientOf, names: list[str], owner: str
) -> None:
    others = {"system_administrator", "security_administrator", "audit_administrator", "secretary"} - {owner}
    for name in names:
        assert client_of(getattr(everyone, owner)).get(reverse(name)).status_code == 200
        for other in others:
            assert client_of(getattr(everyone, other)).get(reverse(name)).status_code == 404, (name, other)


def test_administrators_read_no_business_page(everyone: Everyone, client_of: ClientOf) -> None:
    for who in (everyone.system_administrator, everyone.security_administrator, everyone.audit_administrator):
        browser = client_of(who)
        pages = [reverse(name) for name in [*EVERY_PERSON, *EDITORS]]
        pages += [
            reverse("people:unit", args=[everyone.group.pk]),
            reverse("people:person", args=[everyone.secretary.pk]),
        ]

        assert {browser.get(page).status_code for page in pages} == {404}


def test_account_page_shows_neither_post_nor_unit(everyone: Everyone, client_of: ClientOf) -> None:
    account = everyone.account(everyone.branch_secretary_a1)

    page = client_of(everyone.security_administrator).get(reverse("people:account", args=[account.pk])).content.decode()

    assert account.sign_in_name in page
    assert everyone.branch_a1.name not in page
    assert "支部书记" not in page


@pytest.mark.parametrize(
    "address",
    ["/people/?q=%00", "/organization/?q=a%00", "/organization/choices/?parent=%00", "/people/choices/?holder=%00"],
)
def test_a_nul_in_a_parameter_is_refused(everyone: Everyone, client_of: ClientOf, address: str) -> None:
    assert client_of(everyone.party_clerk).get(address).status_code == 400


def test_numbers_too_long_to_be_one_change_nothing(everyone: Everyone, client_of: ClientOf) -> None:
    clerk, digits = client_of(everyone.party_clerk), "9" * 5000

    assert clerk.get(f"/organization/?at={digits}").status_code == 200
    move = {"parent": everyone.committee_b.code, "from_day": "2026-01-01", "reason": "x", "version": digits}
    moved = clerk.post(f"/units/{everyone.branch_a1.pk}/move/", {**move, "step": "confirm"})

    assert moved.status_code == 409


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_log_takes_no_day_beyond_reason(everyone: Everyone, client_of: ClientOf, day: str) -> None:
    answer = client_of(everyone.audit_administrator).get(f"/administration/log/?until={day}&since={day}")

    assert answer.status_code == 200


def test_what_is_gone_is_missing_and_no_failure(rf: RequestFactory) -> None:
    with pytest.raises(Http404):
        ProblemMiddleware(lambda _request: HttpResponse()).process_exception(rf.post("/"), Unit.DoesNotExist())
