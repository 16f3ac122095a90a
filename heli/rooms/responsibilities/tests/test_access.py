"""Lists and objects agree: what a person cannot open stands in no list."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from heli.rooms.people.models import Person
from heli.rooms.people.services import posts
from heli.rooms.people.tests import factories
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.responsibilities import access
from heli.rooms.responsibilities.models import DutyArchive, HandOver, ListVersion
from heli.rooms.responsibilities.queries import duties
from heli.rooms.responsibilities.services import archiving
from heli.rooms.responsibilities.tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def versions(everyone: Everyone, at: datetime) -> list[ListVersion]:
    """Lists of several units in each state."""
    head = world.post_of(everyone.party_head)
    branch_a, branch_b = (world.post_of(one) for one in (everyone.branch_secretary_a1, everyone.branch_secretary_b1))
    return [
        world.issued(everyone, at, everyone.group, [world.edit("抓两条线", world.post_of(everyone.secretary))]),
        world.issued(everyone, at, everyone.branch_a1, [world.edit("支部工作", branch_a)]),
        world.draft(everyone, at, everyone.committee_a, [world.edit("甲公司", world.post_of(everyone.secretary_a))]),
        world.approved(everyone, at, everyone.branch_b1, [world.edit("乙支部", branch_b)]),
        world.submitted(everyone, at, everyone.party_department, [world.edit("部门工作", head)]),
        world.issued(everyone, at, everyone.committee_b, [world.edit("如实登记", None, reach="members")]),
    ]  # fmt: skip


def test_versions_in_the_list_are_those_one_can_open(
    everyone: Everyone, versions: list[ListVersion], at: datetime
) -> None:
    for person in everyone.persons:
        listed = set(access.visible_versions(person, at.date()))
        assert listed == {version for version in versions if access.can_view(person, version, at.date())}, person


def test_lists_are_those_with_a_version_one_can_open(
    everyone: Everyone, versions: list[ListVersion], at: datetime
) -> None:
    for person in everyone.persons:
        listed = set(access.visible_lists(person, at.date()))
        assert listed == {one.list for one in versions if access.can_view(person, one, at.date())}


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("party_clerk", {0, 1, 2, 3, 4, 5}), ("secretary", {0, 1, 2, 3, 5}), ("secretary_a", {1, 2}),
        ("branch_secretary_a1", {1}), ("member_a1", {1}), ("branch_secretary_b1", {3, 5}), ("member_b1", {5}),
        ("former_clerk", {5}),
    ],
)  # fmt: skip
def test_who_sees_which(
    everyone: Everyone, versions: list[ListVersion], at: datetime, who: str, sees: set[int]
) -> None:
    person: Person = getattr(everyone, who)

    found = {number for number, one in enumerate(versions) if access.can_view(person, one, at.date())}

    assert found - {4} == sees - {4}


def test_a_list_that_binds_everybody_is_read_by_whom_it_binds(everyone: Everyone, at: datetime) -> None:
    members = world.issued(everyone, at, everyone.committee_a, [world.edit("如实登记", None, reach="members")])
    staff = world.issued(everyone, at, everyone.branch_a1, [world.edit("如实申报", None, reach="staff")])

    for person, binds in ((everyone.member_a1, {members, staff}), (everyone.non_member, {staff})):
        assert set(access.visible_versions(person, at.date())) == binds
    assert not access.can_view(everyone.member_b1, staff, at.date())


def test_persons_in_the_list_are_those_whose_duties_one_can_open(
    everyone: Everyone, versions: list[ListVersion], at: datetime
) -> None:
    for viewer in everyone.persons:
        listed = set(access.visible_holders(viewer, at.date()))
        assert listed == {one for one in everyone.persons if access.can_view_duties(viewer, one, at.date())}, viewer


def test_a_member_sees_only_the_own_duties(everyone: Everyone, at: datetime) -> None:
    assert set(access.visible_holders(everyone.member_a1, at.date())) == {everyone.member_a1}
    assert everyone.secretary not in access.visible_holders(everyone.branch_secretary_a1, at.date())


def test_sheets_in_the_list_are_those_one_can_open(
    everyone: Everyone, versions: list[ListVersion], at: datetime
) -> None:
    for person in (everyone.secretary, everyone.branch_secretary_a1):
        held = person.appointments.order_by("pk")[0]
        day = at.date() + timedelta(days=1)
        posts.end_appointment(appointment_id=held.pk, on=day, reason="x", by="test", at=at)
    sheets = list(HandOver.objects.select_related("post__unit", "post__acts_for"))

    assert len(sheets) == 2
    for person in everyone.persons:
        listed = set(access.visible_hand_overs(person, at.date()))
        assert listed == {one for one in sheets if access.can_view_hand_over(person, one, at.date())}, person


def test_archives_in_the_list_are_those_one_can_open(
    everyone: Everyone, versions: list[ListVersion], at: datetime
) -> None:
    doer = everyone.branch_secretary_a1
    world.task(everyone.branch_a1, everyone.party_clerk, at, kind="branch_secretary", done_by=doer)
    period = {"first_day": at.date().replace(month=1, day=1), "last_day": at.date()}
    archiving.archive_record(person_id=doer.pk, by=doer, at=at, **period)
    archiving.archive_record(person_id=doer.pk, by=everyone.secretary_a, at=at, **period)
    kept = list(DutyArchive.objects.select_related("person"))

    assert len(kept) == 2
    for person in everyone.persons:
        listed = set(access.visible_archives(person, at.date()))
        assert listed == {one for one in kept if access.can_view_archive(person, one, at.date())}, person
    assert len(access.visible_archives(doer, at.date())) == 2
    assert len(access.visible_archives(everyone.secretary_a, at.date())) == 1


def test_what_a_viewer_does_not_oversee_is_not_on_the_page(everyone: Everyone, at: datetime) -> None:
    """The secretary of A, who is also a branch's member, shows the branch only what comes from the branch."""
    leader = everyone.secretary_a
    world.issued(everyone, at, everyone.committee_a, [world.edit("甲公司全部工作", world.post_of(leader))])
    world.task(everyone.committee_a, everyone.party_clerk, at, kind="secretary", title="委员会的任务")
    viewer = factories.appointed("branch_secretary", everyone.branch_a2)

    own = duties.duty_page(leader, leader, at.date(), at.date())
    seen = duties.duty_page(viewer, leader, at.date(), at.date())

    assert [line.item.text_zh for line in own.items] == ["甲公司全部工作"]
    assert [work.title for work in own.works] == ["委员会的任务"]
    assert access.can_view_duties(viewer, leader, at.date())
    assert (seen.items, seen.works) == ([], [])
