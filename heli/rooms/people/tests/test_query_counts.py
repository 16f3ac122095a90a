"""Every list page of this room asks the database no more at three rows and at a thousand than at one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from heli.kernel import audit
from heli.rooms.people import rules
from heli.rooms.people.enums import ImportState, PostKind, ResetKind, UnitKind
from heli.rooms.people.models import (
    Account,
    ApiToken,
    Appointment,
    Membership,
    Person,
    Post,
    RosterImport,
    SignInReset,
    Unit,
    UnitVersion,
)
from heli.rooms.people.tests.factories import START
from heli.rooms.people.tests.fixtures import Everyone

ROWS = (1, 3, 1000)
_numbers = count(1)


def _next(wanted: int) -> list[int]:
    return [next(_numbers) for _ in range(wanted)]


def _persons(everyone: Everyone, wanted: int) -> list[Person]:
    made = Person.objects.bulk_create(
        Person(staff_no=f"Q{number}", name=f"钱{number}", pinyin=f"q{number}") for number in _next(wanted)
    )
    where = everyone.branch_b1
    Membership.objects.bulk_create(
        Membership(person=person, unit=where, tree=where.tree, tree_number=0, valid_from=START) for person in made
    )
    return made


def _units(everyone: Everyone, wanted: int) -> None:
    parent = everyone.committee_b
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('people_unit', 'id')) FROM generate_series(1, %s)", [wanted]
        )
        ids = [row[0] for row in cursor.fetchall()]
    place: dict[str, Any] = {"kind": UnitKind.BRANCH, "parent": parent, "valid_from": START}
    units = Unit.objects.bulk_create(
        Unit(
            id=pk,
            tree=parent.tree,
            name=f"第{pk}党支部",
            code=f"Q{pk}",
            path=rules.child_path(parent.path, pk),
            depth=parent.depth + 1,
            **place,
        )
        for pk in ids
    )
    UnitVersion.objects.bulk_create(UnitVersion(unit=unit, name=unit.name, path=unit.path, **place) for unit in units)


def _posts(everyone: Everyone, wanted: int) -> None:
    """Posts of a branch, each held by somebody of their own and before that by one person."""
    holders, day = _persons(everyone, wanted), timezone.localdate()
    posts = Post.objects.bulk_create(
        Post(unit=everyone.branch_b1, kind=PostKind.BRANCH_MEMBER, title=f"委员{number}") for number in _next(wanted)
    )
    ends = {"valid_from": START, "valid_to": day - timedelta(days=9)}
    Appointment.objects.bulk_create(Appointment(person=everyone.member_b1, post=post, **ends) for post in posts)
    Appointment.objects.bulk_create(
        Appointment(person=holder, post=post, valid_from=day - timedelta(days=9))
        for holder, post in zip(holders, posts, strict=True)
    )


def _accounts(everyone: Everyone, wanted: int) -> list[Account]:
    return Account.objects.bulk_create(
        Account(person=person, sign_in_name=person.staff_no) for person in _persons(everyone, wanted)
    )


def _resets(everyone: Everyone, wanted: int) -> None:
    now = timezone.now()
    asked: dict[str, Any] = {
        "kind": ResetKind.PASSWORD,
        "reason": "忘记",
        "requested_by": everyone.security_administrator,
    }
    SignInReset.objects.bulk_create(
        SignInReset(account=account, requested_at=now, expires_at=now + timedelta(hours=24), **asked)
        for account in _accounts(everyone, wanted)
    )


def _sessions(everyone: Everyone, wanted: int) -> None:
    account, until = everyone.account(everyone.party_clerk), timezone.now() + timedelta(days=1)
    keys = [f"session-{number}" for number in _next(wanted)]
    Session.objects.bulk_create(Session(session_key=key, session_data="", expire_date=until) for key in keys)
    UserSession.objects.bulk_create(
        UserSession(user=account, session_key=key, ip="198.51.100.7", user_agent="Firefox", data={}) for key in keys
    )


def _tokens(everyone: Everyone, wanted: int) -> None:
    now = timezone.now()
    ApiToken.objects.bulk_create(
        ApiToken(
            person=everyone.party_clerk, name=f"k{number}", hint="x", digest=f"d{number}", created_at=now,
            expires_on=now.date() + timedelta(days=9),
        )
        for number in _next(wanted)
    )  # fmt: skip


def _imports(everyone: Everyone, wanted: int) -> None:
    now = timezone.now()
    RosterImport.objects.bulk_create(
        RosterImport(
            file_name=f"{number}.csv", file_hash="x", state=ImportState.WITHDRAWN, uploaded_by=everyone.party_clerk,
            uploaded_at=now, finished_at=now, effective_on=now.date(),
        )
        for number in _next(wanted)
    )  # fmt: skip


def _entries(everyone: Everyone, wanted: int) -> None:
    now = timezone.now()
    with transaction.atomic():
        for _number in range(wanted):
            audit.record("person.revised", subject=everyone.member_b1, by=everyone.party_clerk, at=now)


def _account_page(everyone: Everyone) -> str:
    return reverse("people:account", args=[everyone.account(everyone.party_clerk).pk])


PAGES: list[tuple[str, str, Callable[[Everyone], str], Callable[[Everyone, int], object]]] = [
    ("persons", "party_clerk", lambda _all: reverse("people:persons"), _persons),
    ("person choices", "party_clerk", lambda _all: f"{reverse('people:person_choices')}?holder=钱", _persons),
    ("persons of a unit", "party_clerk", lambda all_: reverse("people:unit", args=[all_.branch_b1.pk]), _persons),
    ("posts of a unit", "party_clerk", lambda all_: reverse("people:unit", args=[all_.branch_b1.pk]), _posts),
    ("posts of a person", "party_clerk", lambda all_: reverse("people:person", args=[all_.member_b1.pk]), _posts),
    ("children of a unit", "party_clerk", lambda all_: reverse("people:unit", args=[all_.committee_b.pk]), _units),
    ("tree", "party_clerk", lambda all_: f"{reverse('people:tree')}?at={all_.committee_b.pk}", _units),
    ("tree searched", "party_clerk", lambda _all: f"{reverse('people:tree')}?q=党支部", _units),
    ("rail", "party_clerk", lambda _all: reverse("people:rail"), _units),
    ("unit choices", "party_clerk", lambda _all: f"{reverse('people:unit_choices')}?unit=第", _units),
    ("rosters", "party_clerk", lambda _all: reverse("people:roster"), _imports),
    ("template", "party_clerk", lambda _all: reverse("people:roster_template"), _units),
    ("export", "party_clerk", lambda all_: f"{reverse('people:roster_export')}?unit={all_.branch_b1.code}", _posts),
    ("sessions", "party_clerk", lambda _all: reverse("people:sessions"), _sessions),
    ("keys", "party_clerk", lambda _all: reverse("people:tokens"), _tokens),
    ("resets", "secretary", lambda _all: reverse("people:resets"), _resets),
    ("accounts", "security_administrator", lambda _all: reverse("people:accounts"), _accounts),
    ("account", "security_administrator", _account_page, _sessions),
    ("log", "audit_administrator", lambda _all: reverse("people:log"), _entries),
]


@pytest.mark.parametrize(("who", "address", "grow"), [page[1:] for page in PAGES], ids=[page[0] for page in PAGES])
def test_page_asks_no_more_whatever_the_rows(
    everyone: Everyone,
    client_of: Callable[[Any], Client],
    who: str,
    address: Callable[[Everyone], str],
    grow: Callable[[Everyone, int], object],
) -> None:
    browser, page = client_of(getattr(everyone, who)), address(everyone)
    browser.get(page)  # what is asked once a process
    asked, there = {}, 0

    for rows in ROWS:
        grow(everyone, rows - there)
        there = rows
        with CaptureQueriesContext(connection) as queried:
            assert browser.get(page).status_code == 200
        asked[rows] = sorted(query["sql"][:60] for query in queried)

    assert len(asked[3]) <= len(asked[1]) >= len(asked[1000]), asked
