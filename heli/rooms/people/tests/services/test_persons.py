"""Persons and posts: from–to, the past readable, nobody serves oneself, one winner of two."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.kernel.testing import listening
from heli.kernel.versions import VersionConflict
from heli.rooms.people import queries, services
from heli.rooms.people.enums import PoliticalStatus, PostKind
from heli.rooms.people.events import AppointmentEnded, PersonTransferred
from heli.rooms.people.models import Account, Appointment, Membership, Person, Post, UnitVersion
from heli.rooms.people.services.persons import PersonDetails
from heli.rooms.people.tests import factories
from heli.rooms.people.tests.factories import WAITING
from heli.rooms.people.tests.fixtures import Everyone, build_everyone

TODAY = date(2027, 3, 10)
BEFORE = TODAY - timedelta(days=1)


def _transfer(everyone: Everyone, person: Person, units: list[Any], at: datetime, **other: Any) -> Person:
    values = {
        "ends_posts": True,
        "from_day": TODAY,
        "version": person.version,
        "reason": "调动",
        "by": everyone.party_clerk,
        "at": at,
        **other,
    }
    return services.transfer_person(person_id=person.pk, unit_ids=[unit.pk for unit in units], **values)


def test_added_person_belongs_from_that_day(everyone: Everyone, at: datetime) -> None:
    details = PersonDetails("P9", " 单青禾 ", " Q@X.example ", "", PoliticalStatus.MEMBER, date(2019, 7, 1))

    person = services.add_person(
        details=details,
        unit_ids=[everyone.branch_a1.pk, everyone.workshop_a.pk],
        from_day=TODAY,
        by=everyone.party_clerk,
        at=at,
    )

    assert (person.name, person.pinyin, person.email) == ("单青禾", "sqh", "q@x.example")
    assert len(queries.places_of(person, TODAY)) == 2
    assert queries.places_of(person, BEFORE) == []


@pytest.mark.parametrize(
    ("details", "word"),
    [
        (PersonDetails("P000000", "重号"), "P000000"),
        (PersonDetails("P9", "群众", joined_party_on=date(2020, 1, 1)), r"\w"),
    ],
)
def test_person_with_taken_number_or_wrong_status_is_refused(
    everyone: Everyone, at: datetime, details: PersonDetails, word: str
) -> None:
    Person.objects.get_or_create(staff_no="P000000", defaults={"name": "已有"})

    with pytest.raises(Problem, match=word):
        services.add_person(
            details=details, unit_ids=[everyone.workshop_a.pk], from_day=TODAY, by=everyone.party_clerk, at=at
        )


def test_transfer_ends_places_and_posts_and_keeps_the_past(everyone: Everyone, at: datetime) -> None:
    person = everyone.branch_secretary_a1

    with listening(PersonTransferred, AppointmentEnded) as heard:
        _transfer(everyone, person, [everyone.branch_b1], at)

    assert [place.unit for place in queries.places_of(person, TODAY)] == [everyone.branch_b1, everyone.workshop_a]
    assert everyone.branch_a1 in [place.unit for place in queries.places_of(person, BEFORE)]
    assert queries.holders(everyone.branch_a1.pk, PostKind.BRANCH_SECRETARY, BEFORE) == [person]
    assert queries.holders(everyone.branch_a1.pk, PostKind.BRANCH_SECRETARY, TODAY) == []
    assert {type(event) for event in heard} >= {PersonTransferred, AppointmentEnded}
    assert AuditEntry.objects.get(action="person.transferred").changes["reason"] == "调动"


@pytest.mark.parametrize(
    ("who", "by", "may"),
    [
        ("member_a1", "party_clerk", True),
        ("member_a1", "secretary", False),
        ("member_a1", "branch_secretary_a1", False),
        ("party_clerk", "party_clerk", False),
        ("member_a1", "security_administrator", False),
    ],
)
def test_transfer_permission(everyone: Everyone, at: datetime, who: str, by: str, may: bool) -> None:
    person = getattr(everyone, who)

    if may:
        assert _transfer(everyone, person, [everyone.branch_a2], at, by=getattr(everyone, by)).version == 2
    else:
        with pytest.raises(AccessDenied):
            _transfer(everyone, person, [everyone.branch_a2], at, by=getattr(everyone, by))


def test_two_units_of_one_tree_are_refused(everyone: Everyone, at: datetime) -> None:
    with pytest.raises(Problem):
        _transfer(everyone, everyone.member_a1, [everyone.branch_a2, everyone.branch_b1], at)


def test_transfer_before_a_later_place_is_refused(everyone: Everyone, at: datetime) -> None:
    _transfer(everyone, everyone.member_a1, [everyone.branch_a2], at)

    with pytest.raises(Problem):
        _transfer(everyone, everyone.member_a1, [everyone.branch_b1], at, from_day=BEFORE, version=2)


def test_leaver_holds_nothing_and_cannot_sign_in(everyone: Everyone, at: datetime) -> None:
    person = everyone.branch_secretary_a1
    account = everyone.account(person)

    services.retire_person(person_id=person.pk, on=TODAY, version=1, reason="退休", by=everyone.party_clerk, at=at)

    account.refresh_from_db()
    assert not account.is_active
    assert queries.places_of(person, TODAY) == []
    assert queries.posts_of(person, TODAY) == []
    assert queries.posts_of(person, BEFORE)


def test_revised_person_signs_in_with_the_new_number(everyone: Everyone, at: datetime) -> None:
    person = everyone.member_a1
    account = everyone.account(person)

    services.revise_person(
        person_id=person.pk,
        details=PersonDetails("P777", "易澄", "y@x.example", "", PoliticalStatus.MEMBER),
        version=1,
        by=everyone.party_clerk,
        at=at,
    )

    account.refresh_from_db()
    assert (account.sign_in_name, account.email) == ("P777", "y@x.example")
    with pytest.raises(VersionConflict):
        services.revise_person(
            person_id=person.pk, details=PersonDetails("P778", "易澄"), version=1, by=everyone.party_clerk, at=at
        )


def test_appointment_gives_the_post_from_that_day(everyone: Everyone, at: datetime) -> None:
    post = Post.objects.get(unit=everyone.branch_a2)

    services.appoint(
        person_id=everyone.member_a1.pk, post_id=post.pk, from_day=TODAY, version=1, by=everyone.party_clerk, at=at
    )

    assert everyone.member_a1 in queries.who_held(post.pk, TODAY)
    assert everyone.member_a1 not in queries.who_held(post.pk, BEFORE)


def test_nobody_appoints_oneself(everyone: Everyone, at: datetime) -> None:
    post = Post.objects.get(unit=everyone.branch_a2)

    with pytest.raises(AccessDenied):
        services.appoint(
            person_id=everyone.party_clerk.pk, post_id=post.pk, from_day=TODAY, by=everyone.party_clerk, at=at
        )


def test_a_post_is_not_held_twice_at_once(everyone: Everyone, at: datetime) -> None:
    held = Appointment.objects.get(post__unit=everyone.branch_a1)

    with pytest.raises(Problem):
        services.appoint(
            person_id=held.person_id, post_id=held.post_id, from_day=TODAY, version=1, by=everyone.party_clerk, at=at
        )


def test_post_with_a_holder_is_not_closed(everyone: Everyone, at: datetime) -> None:
    held = Appointment.objects.get(post__unit=everyone.branch_a1)
    values: dict[str, Any] = {"by": everyone.party_clerk, "at": at}
    with pytest.raises(Problem):
        services.close_post(post_id=held.post_id, version=1, **values)

    services.end_appointment(appointment_id=held.pk, on=TODAY, reason="免职", version=1, **values)
    closed = services.close_post(post_id=held.post_id, version=2, **values)

    assert closed.is_closed
    with pytest.raises(Problem):
        services.end_appointment(appointment_id=held.pk, on=TODAY, reason="again", version=2, **values)
    with pytest.raises(Problem):
        services.appoint(
            person_id=everyone.member_a1.pk, post_id=closed.pk, from_day=TODAY, version=closed.version, **values
        )


def test_post_that_acts_for_another_unit_needs_the_right_there(everyone: Everyone, at: datetime) -> None:
    clerk_a = factories.appointed(PostKind.PARTY_CLERK, everyone.company_a, acts_for=everyone.committee_a)

    with pytest.raises(AccessDenied):
        services.open_post(
            unit_id=everyone.company_a.pk,
            kind=PostKind.PARTY_HEAD,
            title="主任",
            acts_for_id=everyone.group.pk,
            by=clerk_a,
            at=at,
        )


@pytest.mark.parametrize(
    "rows",
    [
        lambda e: Membership(person=e.member_a1, unit=e.branch_b1, tree="party", tree_number=0, valid_from=TODAY),
        lambda e: Membership(person=e.member_b1, unit=e.branch_a1, tree="party", tree_number=1, valid_from=TODAY),
        lambda e: Appointment(person=e.secretary, post=Post.objects.get(unit=e.group), valid_from=TODAY, valid_to=None),
        lambda e: Appointment(
            person=e.member_a1, post=Post.objects.get(unit=e.group), valid_from=TODAY, valid_to=BEFORE
        ),
        lambda e: UnitVersion(unit=e.group, name="x", kind=e.group.kind, path=e.group.path, valid_from=TODAY),
        lambda e: Account(sign_in_name="both", person=e.member_a1, administrator="system"),
    ],
    ids=["two-places", "wrong-tree-number", "post-twice", "ends-before", "two-versions", "person-and-administrator"],
)
def test_the_database_refuses(everyone: Everyone, rows: Any) -> None:
    refused = rows(everyone)

    with pytest.raises(IntegrityError), transaction.atomic():
        refused.save()


@pytest.mark.django_db(transaction=True)
def test_of_two_transfers_at_once_exactly_one_counts(at: datetime) -> None:
    everyone = build_everyone()
    ready, outcomes = threading.Barrier(2), []

    def run(target: Any, by: Person) -> None:
        try:
            ready.wait(10)
            _transfer(everyone, everyone.member_a1, [target], at, by=by)
            outcomes.append(target)
        except VersionConflict:
            outcomes.append(None)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=(everyone.branch_a2, everyone.party_clerk)),
        threading.Thread(target=run, args=(everyone.branch_b1, everyone.discipline_clerk)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    winners = [target for target in outcomes if target is not None]
    assert len(outcomes) == 2
    assert len(winners) == 1
    now = Membership.objects.current(TODAY).get(person=everyone.member_a1, tree_number=0)
    assert now.unit_id == winners[0].pk
    assert AuditEntry.objects.filter(action="person.transferred").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_crossing_moves_do_not_tie_a_knot(at: datetime) -> None:
    everyone = build_everyone()
    ready, refused = threading.Barrier(2), []

    def run(unit: Any, parent: Any, by: Person) -> None:
        try:
            ready.wait(10)
            services.move_unit(
                unit_id=unit.pk, parent_id=parent.pk, version=1, from_day=TODAY, reason="x", by=by, at=at
            )
        except (Problem, AccessDenied):
            refused.append(unit)
        finally:
            connections.close_all()

    pairs = [
        (everyone.committee_a, everyone.committee_b, everyone.party_clerk),
        (everyone.committee_b, everyone.committee_a, everyone.discipline_clerk),
    ]
    threads = [threading.Thread(target=run, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(refused) == 1
    for unit in (everyone.committee_a, everyone.committee_b):
        unit.refresh_from_db()
        assert unit.path.startswith(everyone.group.path)
        assert unit.path.count(f"{unit.pk:012d}.") == 1


def test_transfer_before_a_post_that_was_really_held_is_refused(everyone: Everyone, at: datetime) -> None:
    post = factories.PostFactory(unit=everyone.workshop_a, kind=PostKind.STAFF, title="技术员")
    held = factories.AppointmentFactory(person=everyone.member_a1, post=post, valid_from=TODAY - timedelta(days=20))

    with pytest.raises(Problem, match=str(held.valid_from)):
        _transfer(everyone, everyone.member_a1, [everyone.branch_a2], at, from_day=TODAY - timedelta(days=30))

    assert queries.who_held(post.pk, TODAY - timedelta(days=10)) == [everyone.member_a1]
    assert everyone.branch_a1 in [place.unit for place in queries.places_of(everyone.member_a1, TODAY)]


def test_leaving_before_a_place_that_was_really_held_is_refused(everyone: Everyone, at: datetime) -> None:
    _transfer(everyone, everyone.member_a1, [everyone.branch_a2], at, from_day=TODAY - timedelta(days=5))

    with pytest.raises(Problem):
        services.retire_person(
            person_id=everyone.member_a1.pk,
            on=TODAY - timedelta(days=9),
            version=2,
            reason="离职",
            by=everyone.party_clerk,
            at=at,
        )

    assert queries.places_of(everyone.member_a1, TODAY)[0].unit == everyone.branch_a2


def test_leaving_names_what_ended_and_what_was_cancelled(everyone: Everyone, at: datetime) -> None:
    person = everyone.branch_secretary_a1
    everyone.account(person)
    post = factories.PostFactory(unit=everyone.workshop_a, kind=PostKind.STAFF, title="技术员")
    factories.AppointmentFactory(person=person, post=post, valid_from=TODAY + timedelta(days=20))

    services.retire_person(person_id=person.pk, on=TODAY, version=1, reason="退休", by=everyone.party_clerk, at=at)

    changes = AuditEntry.objects.get(action="person.left").changes
    assert changes["ended_posts"] == [str(PostKind.BRANCH_SECRETARY.label)]
    assert (changes["cancelled_posts"], changes["closed_account"]) == (["技术员"], True)


def test_conflict_of_two_transfers_names_the_units(everyone: Everyone, at: datetime) -> None:
    with pytest.raises(VersionConflict) as conflict:
        _transfer(everyone, everyone.member_a1, [everyone.branch_a2], at, version=7)

    assert conflict.value.yours == {"units": [everyone.branch_a2.name]}
    assert conflict.value.theirs == {"units": [everyone.workshop_a.name, everyone.branch_a1.name]}


@pytest.mark.parametrize("number", ["admin1", "a@x.example", "7\n8"])
def test_staff_number_is_nobody_elses_way_in(everyone: Everyone, at: datetime, number: str) -> None:
    Account.objects.filter(pk=everyone.system_administrator.pk).update(sign_in_name="admin1")

    with pytest.raises(Problem):
        services.revise_person(
            person_id=everyone.member_a1.pk,
            details=PersonDetails(number, "易澄"),
            version=1,
            by=everyone.party_clerk,
            at=at,
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_persons_with_one_number_the_second_is_told_in_words() -> None:
    everyone = build_everyone()
    told: list[str] = []
    with transaction.atomic():
        services.add_person(
            details=PersonDetails("D1", "先到"),
            unit_ids=[everyone.workshop_a.pk],
            from_day=TODAY,
            by="system",
            at=datetime(2027, 3, 10, tzinfo=UTC),
        )
        other = threading.Thread(target=_add_on_the_page, args=(everyone, told))
        other.start()
        while not _somebody_waits():
            pass
    other.join(60)

    assert told == ["422 staff number"]


def _add_on_the_page(everyone: Everyone, told: list[str]) -> None:
    try:
        browser = Client(headers={"Accept-Language": "en"})
        account = everyone.account(everyone.party_clerk)
        browser.force_login(account, backend="heli.rooms.people.backends.StaffNumberOrEmailBackend")
        values = {"staff_no": "D1", "name": "后到", "political_status": "non_member", "from_day": "2027-03-10"}
        answer = browser.post(reverse("people:new_person"), {**values, "admin_unit": everyone.workshop_a.code})
        words = "staff number" if "The staff number belongs to somebody else." in answer.content.decode() else "none"
        told.append(f"{answer.status_code} {words}")
    finally:
        connections.close_all()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])
