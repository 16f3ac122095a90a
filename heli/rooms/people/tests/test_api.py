"""The API shows what the owner of the key may see, within the scopes of the key, until it is revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from heli.rooms.people import access, services
from heli.rooms.people.enums import Permission, Scope
from heli.rooms.people.models import ApiToken, Person, Post
from heli.rooms.people.tests import factories
from heli.rooms.people.tests.fixtures import Everyone


def _key(everyone: Everyone, person: Person, *scopes: Scope) -> str:
    everyone.account(person)
    _token, key = services.create_token(
        person=person,
        name="probe",
        scopes=list(scopes or (Scope.PEOPLE_READ,)),
        expires_on=timezone.localdate() + timedelta(days=9),
        at=timezone.now(),
    )
    return key


def _get(key: str, address: str) -> Any:
    return Client().get(f"/api{address}", headers={"Authorization": f"Bearer {key}"} if key else {})


@pytest.mark.parametrize("key", ["", "heli_wrong", "x" * 500])
def test_without_a_valid_key_nothing_is_told(everyone: Everyone, key: str) -> None:
    answer = _get(key, "/units")

    assert answer.status_code == 401
    assert set(answer.json()) == {"what", "why", "remedy", "fields"}


def test_units_and_persons_agree_with_access(everyone: Everyone) -> None:
    on = timezone.localdate()
    for person in (everyone.party_clerk, everyone.branch_secretary_a1, everyone.non_member):
        key = _key(everyone, person)

        units = {unit["id"] for unit in _get(key, "/units?limit=200").json()["items"]}
        persons = {each["id"] for each in _get(key, "/persons?limit=200").json()["items"]}

        assert units == set(access.units_with(person, Permission.UNIT_VIEW, on).values_list("pk", flat=True))
        assert persons == set(access.visible_persons(person, on).values_list("pk", flat=True))


def test_pages_follow_one_another_without_gap_or_repeat(everyone: Everyone) -> None:
    key = _key(everyone, everyone.party_clerk)
    found: list[int] = []
    after = ""
    while True:
        page = _get(key, f"/units?limit=3&after={after}").json()
        found += [unit["id"] for unit in page["items"]]
        if page["next"] is None:
            break
        after = page["next"]

    assert len(found) == len(set(found)) == len(everyone.units)


def test_foreign_person_and_missing_person_look_alike(everyone: Everyone) -> None:
    key = _key(everyone, everyone.branch_secretary_a1)

    foreign, missing = _get(key, f"/persons/{everyone.member_b1.pk}"), _get(key, "/persons/999999")

    assert (foreign.status_code, foreign.json()) == (missing.status_code, missing.json())
    assert foreign.status_code == 404


def test_posts_name_their_holders_on_a_day(everyone: Everyone) -> None:
    key = _key(everyone, everyone.party_clerk)
    address = f"/units/{everyone.party_department.pk}/posts"

    now = _get(key, address).json()
    then = _get(key, f"{address}?on=2023-05-01").json()

    former = everyone.former_clerk.pk
    assert former not in {held["person_id"] for post in now for held in post["holders"]}
    assert former in {held["person_id"] for post in then for held in post["holders"]}


def test_posts_of_a_day_to_come_are_those_of_today(everyone: Everyone) -> None:
    key, today = _key(everyone, everyone.party_clerk), timezone.localdate()
    post = Post.objects.get(unit=everyone.branch_a2)
    factories.AppointmentFactory(person=everyone.member_b1, post=post, valid_from=today + timedelta(days=30))

    answer = _get(key, f"/units/{everyone.branch_a2.pk}/posts?on={today + timedelta(days=60)}")

    assert [held["person_id"] for held in answer.json()[0]["holders"]] == [everyone.branch_secretary_a2.pk]


def test_key_without_the_scope_is_refused_with_its_name(everyone: Everyone) -> None:
    answer = _get(_key(everyone, everyone.party_clerk, Scope.TASKS_READ), "/units")

    assert answer.status_code == 403
    assert "people:read" in answer.json()["what"]


def test_revoked_expired_and_closed_keys_open_nothing(everyone: Everyone) -> None:
    keys = [_key(everyone, everyone.party_clerk) for _number in range(2)]
    services.revoke_token(token_id=ApiToken.objects.order_by("pk")[0].pk, by=everyone.party_clerk, at=timezone.now())
    ApiToken.objects.filter(revoked_at__isnull=True).update(expires_on=timezone.localdate())
    leaver = _key(everyone, everyone.discipline_clerk)
    factories.Account.objects.filter(person=everyone.discipline_clerk).update(is_active=False)

    assert [_get(key, "/me").status_code for key in (*keys, leaver)] == [401, 401, 401]


def test_key_is_kept_as_a_hash_alone(everyone: Everyone) -> None:
    key = _key(everyone, everyone.party_clerk)

    row = ApiToken.objects.values().get()

    assert key not in {str(value) for value in row.values()}
    assert key.startswith(row["hint"])


@pytest.mark.parametrize(
    "address", ["/units?limit=0", "/units?limit=999", "/units?tree=sky", "/units/0", "/units?q=%00"]
)
def test_wrong_input_is_named(everyone: Everyone, address: str) -> None:
    answer = _get(_key(everyone, everyone.party_clerk), address)

    assert answer.status_code == 422
    assert answer.json()["fields"][0]["fault"]


def test_number_of_queries_does_not_grow_with_rows(everyone: Everyone, django_assert_num_queries: Any) -> None:
    key = _key(everyone, everyone.party_clerk)
    for limit in (1, 5):
        with django_assert_num_queries(5):
            _get(key, f"/persons?limit={limit}")
