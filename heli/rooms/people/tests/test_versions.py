"""Nobody changes a post, an appointment or an account as it no longer is: the form says which version it shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from heli.rooms.people.models import Account, Appointment, Person, Post
from heli.rooms.people.tests.fixtures import Everyone

ClientOf = Callable[[Person | Account], Client]
EN = {"Accept-Language": "en"}


@pytest.fixture
def clerk(everyone: Everyone, client_of: ClientOf) -> Client:
    return client_of(everyone.party_clerk)


def _appointing(person: Person, **other: Any) -> dict[str, Any]:
    return {"holder": person.staff_no, "from_day": "2024-01-01", "to_day": "", "step": "confirm", **other}


def test_of_two_who_fill_the_same_vacancy_the_second_sees_the_first(clerk: Client, everyone: Everyone) -> None:
    post = Post.objects.create(unit=everyone.branch_a1, kind="branch_member", title="组织委员")
    address = reverse("people:appoint", args=[post.pk])
    clerk.post(address, _appointing(everyone.member_a1, version=1))

    late = clerk.post(address, _appointing(everyone.secretary_a, version=1), headers=EN)

    page = late.content.decode()
    assert (late.status_code, late.context["version"]) == (409, 2)
    assert everyone.member_a1.name in page
    assert everyone.secretary_a.name in page
    assert "Who is appointed" in page
    assert [held.person for held in post.appointments.all()] == [everyone.member_a1]
    clerk.post(address, _appointing(everyone.secretary_a, version=2))
    assert post.appointments.count() == 2


def test_of_two_who_end_an_appointment_the_second_sees_the_first(clerk: Client, everyone: Everyone) -> None:
    held = Appointment.objects.get(post__unit=everyone.branch_a1)
    address = reverse("people:end_appointment", args=[held.pk])
    clerk.post(address, {"on": "2099-01-01", "reason": "到龄", "version": 1})

    late = clerk.post(address, {"on": "2030-03-03", "reason": "调离", "version": 1}, headers=EN)

    page = late.content.decode()
    held.refresh_from_db()
    assert (late.status_code, held.valid_to, held.version) == (409, date(2099, 1, 1), 2)
    assert all(words in page for words in ("到龄", "调离", "First day on which it no longer holds"))


def test_transfer_that_ends_a_post_counts_as_a_change_of_it(clerk: Client, everyone: Everyone) -> None:
    held = Appointment.objects.get(post__unit=everyone.branch_a1)
    values = {
        "party_unit": everyone.branch_b1.code,
        "from_day": timezone.localdate().isoformat(),
        "ends_posts": "on",
        "reason": "交流",
        "step": "confirm",
        "version": 1,
    }
    clerk.post(reverse("people:transfer", args=[held.person_id]), values)

    held.refresh_from_db()
    assert (held.valid_to, held.version) == (timezone.localdate(), 2)


@pytest.mark.parametrize(("act", "field"), [("close_account", "is_active"), ("force_factor", "must_use_second_factor")])
def test_of_two_security_administrators_the_second_sees_the_first(
    everyone: Everyone, client_of: ClientOf, act: str, field: str
) -> None:
    account = everyone.account(everyone.member_a1)
    browser = client_of(everyone.security_administrator)
    Account.objects.filter(pk=account.pk).update(version=2)
    address = reverse(f"people:{act}", args=[account.pk])

    late = browser.post(address, {"reason": "遗失", "version": 1}, headers=EN)

    account.refresh_from_db()
    page = late.content.decode()
    assert (late.status_code, getattr(account, field)) == (409, Account._meta.get_field(field).default)
    assert {"is_active": "Account open", "must_use_second_factor": "Second factor required"}[field] in page
    browser.post(address, {"reason": "遗失", "version": 2})
    account.refresh_from_db()
    assert (getattr(account, field), account.version) == (not Account._meta.get_field(field).default, 3)


@pytest.mark.parametrize("name", ["appoint", "end_appointment", "close_account", "open_account", "force_factor"])
def test_form_that_says_no_version_changes_nothing(everyone: Everyone, client_of: ClientOf, name: str) -> None:
    held = Appointment.objects.get(post__unit=everyone.branch_a1)
    account = everyone.account(everyone.member_a1)
    is_post = "appoint" in name
    browser = client_of(everyone.party_clerk if is_post else everyone.security_administrator)
    pk = {"appoint": held.post_id, "end_appointment": held.pk}.get(name, account.pk)
    values = _appointing(everyone.member_a1, on=timezone.localdate().isoformat(), reason="x")
    before = _rows(held, account)

    answer = browser.post(reverse(f"people:{name}", args=[pk]), values)

    assert answer.status_code == 409
    assert _rows(held, account) == before


def _rows(held: Appointment, account: Account) -> list[Any]:
    return [
        list(Appointment.objects.order_by("pk").values_list("pk", "valid_to", "version")),
        list(Post.objects.filter(pk=held.post_id).values_list("version", flat=True)),
        list(Account.objects.filter(pk=account.pk).values_list("is_active", "must_use_second_factor", "version")),
    ]
