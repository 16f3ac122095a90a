"""Signing, hand-over and the duty record."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, timedelta

import pytest

from heli.kernel.decisions import AccessDenied
from heli.kernel.problems import Problem
from heli.rooms.information.models import Notification
from heli.rooms.people.models import Appointment, Person
from heli.rooms.people.services import persons, posts
from heli.rooms.people.tests import factories
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.responsibilities.models import DutyArchive, HandOver, ListVersion, Signature
from heli.rooms.responsibilities.presenters import duties as presenters
from heli.rooms.responsibilities.presenters import words
from heli.rooms.responsibilities.queries import duties, record, reviewing
from heli.rooms.responsibilities.queries import hand_overs as queries
from heli.rooms.responsibilities.services import archiving, hand_overs, signing
from heli.rooms.responsibilities.services.locking import StateRefused
from heli.rooms.responsibilities.tests import world
from heli.rooms.rulebook.records import HalfYear
from heli.rooms.rulebook.services import install_catalogue

pytestmark = pytest.mark.django_db
DAY = date(2027, 5, 17)


def test_the_holder_signs_once_with_time_and_hash(everyone: Everyone, at: datetime, in_force: ListVersion) -> None:
    post = world.post_of(everyone.secretary)
    address = {"list_id": in_force.list_id, "number": 1, "post_id": post.pk}

    signature = signing.sign(by=everyone.secretary, at=at, **address)

    item = world.items(in_force)[0]
    text = f"1\tfirst_person\tboth\t{item.text_zh}\t"
    assert (signature.signed_at, signature.item_count) == (at, 1)
    assert signature.text_sha256 == hashlib.sha256(text.encode()).hexdigest()
    with pytest.raises(StateRefused, match="You have signed this already"):
        signing.sign(by=everyone.secretary, at=at, **address)


def test_only_the_holder_signs(everyone: Everyone, at: datetime, in_force: ListVersion) -> None:
    with pytest.raises(AccessDenied, match="Only who holds the post"):
        signing.sign(
            list_id=in_force.list_id, number=1, post_id=world.post_of(everyone.secretary).pk,
            by=everyone.party_clerk, at=at,
        )  # fmt: skip


def test_a_list_not_in_force_is_not_signed(everyone: Everyone, at: datetime) -> None:
    version = world.approved(everyone, at)

    with pytest.raises(StateRefused, match="There is nothing to sign here"):
        signing.sign(
            list_id=version.list_id, number=1, post_id=world.post_of(everyone.secretary).pk,
            by=everyone.secretary, at=at,
        )  # fmt: skip


def test_members_and_non_members_sign_what_everybody_answers_for(everyone: Everyone, at: datetime) -> None:
    version = world.issued(
        everyone, at, everyone.branch_a1, [world.edit("如实登记利益冲突", None, reach="staff", kind="dual_duty")]
    )
    address = {"list_id": version.list_id, "number": 1, "post_id": None, "at": at}

    for person in (everyone.member_a1, everyone.non_member):
        page = duties.duty_page(person, person, at.date(), at.date())
        assert [(each.count, each.post_id) for each in page.to_sign] == [(1, None)]

    signing.sign(by=everyone.member_a1, **address)
    assert not duties.duty_page(everyone.member_a1, everyone.member_a1, at.date(), at.date()).to_sign
    assert Signature.objects.get().person == everyone.member_a1


def appointment(person: Person) -> Appointment:
    return Appointment.objects.filter(person=person).order_by("pk")[0]


def move(everyone: Everyone, at: datetime, taker: Person | None) -> HandOver:
    """End the secretary's post on DAY, and appoint the taker from that day."""
    held = appointment(everyone.secretary)
    posts.end_appointment(appointment_id=held.pk, on=DAY, reason="交流", by="test", at=at)
    if taker is not None:
        posts.appoint(person_id=taker.pk, post_id=held.post_id, from_day=DAY, by="test", at=at)
    return HandOver.objects.get()


def test_when_somebody_moves_the_items_and_open_work_go_over(
    everyone: Everyone, at: datetime, in_force: ListVersion
) -> None:
    world.task(everyone.group, everyone.party_clerk, at, kind="secretary", due=date(2027, 6, 1), title="半年研究")
    taker = factories.PersonFactory()

    sheet = move(everyone, at, taker)

    assert (sheet.from_person, sheet.to_person, sheet.on) == (everyone.secretary, taker, DAY)
    assert [row.item.text_zh for row in sheet.items.all()] == ["主持年度工作"]
    assert [work["title"] for work in sheet.work] == ["半年研究"]
    told = Notification.objects.filter(url=f"/duties/hand-overs/{sheet.pk}/").values_list("person_id", flat=True)
    assert set(told) == {everyone.secretary.pk, taker.pk}
    before, after = (duties.duty_page(taker, taker, day, day) for day in (DAY - timedelta(days=1), DAY))
    assert ([line.item.number for line in before.items], [line.item.number for line in after.items]) == ([], [1])


def test_a_vacancy_waits_for_the_next_holder(everyone: Everyone, at: datetime, in_force: ListVersion) -> None:
    sheet = move(everyone, at, None)
    assert sheet.to_person is None

    taker = factories.PersonFactory()
    posts.appoint(person_id=taker.pk, post_id=sheet.post_id, from_day=DAY + timedelta(days=30), by="test", at=at)

    sheet.refresh_from_db()
    assert sheet.to_person == taker


def test_a_list_issued_for_next_year_goes_over_too(everyone: Everyone, at: datetime, in_force: ListVersion) -> None:
    ahead = at.replace(year=at.year + 1)
    edits = [world.edit("明年抓好党风廉政建设", world.post_of(everyone.secretary))]
    world.issued(everyone, ahead, edits=edits)

    sheet = move(everyone, at, factories.PersonFactory())

    assert [item.text_zh for item in queries.items_of(sheet)][-1] == "明年抓好党风廉政建设"
    assert sheet.items.count() == 2
    assert queries.to_sign(everyone.secretary) == [sheet]


def test_a_half_year_knows_no_list_that_begins_after_it(everyone: Everyone, at: datetime) -> None:
    install_catalogue(by="test", at=at)
    ahead = at.replace(year=at.year + 1)
    edits = [world.edit("专题研究", world.post_of(everyone.secretary), obligations=["B01"])]
    world.issued(everyone, ahead, edits=edits)

    past, later = (reviewing.find(HalfYear(year, 2)) for year in (at.year, at.year + 1))

    assert [found.key for found in past] == []
    assert "B01" in [found.key for found in later]


def test_work_before_the_appointment_is_the_post_s(everyone: Everyone, at: datetime) -> None:
    before, taker, branch = everyone.branch_secretary_a1, everyone.member_a1, everyone.branch_a1
    held = before.appointments.get()
    edits = [world.edit("抓好组织生活", world.post_of(before), obligations=["A05"], line="party")]
    world.issued(everyone, at, unit=branch, edits=edits)
    for due in (DAY - timedelta(days=40), DAY - timedelta(days=5)):
        world.task(
            branch, everyone.party_clerk, at, kind="branch_secretary", due=due, done_by=before, obligation="A05",
            reviewer=everyone.party_head,
        )  # fmt: skip
    posts.end_appointment(appointment_id=held.pk, on=DAY, reason="交流", by="test", at=at)
    posts.appoint(person_id=taker.pk, post_id=held.post_id, from_day=DAY, by="test", at=at)

    mine, theirs = (duties.duty_page(person, person, DAY, DAY) for person in (taker, before))

    (line,) = mine.items
    assert ([*line.done], len(line.before), len(mine.before)) == ([], 2, 2)
    assert presenters.tally_of(mine, DAY).done == 0
    assert "2" in presenters.due_parts(mine, DAY).words().rpartition("：")[2]
    assert record.rows_of(mine) == []
    assert (len(record.rows_of(theirs)), len(theirs.before)) == (2, 0)


def test_a_list_issued_ahead_says_from_when_it_holds() -> None:
    assert words.state_of("in_force", DAY, DAY - timedelta(days=1)) == ("wait", "in force from 2027-05-17")
    assert words.state_of("in_force", DAY, DAY)[0] == words.state_of("in_force", None, DAY)[0] == "done"


def test_both_sign_and_each_once(everyone: Everyone, at: datetime, in_force: ListVersion) -> None:
    taker = factories.PersonFactory()
    sheet = move(everyone, at, taker)

    signed = hand_overs.sign_hand_over(hand_over_id=sheet.pk, version=sheet.version, by=everyone.secretary, at=at)
    with pytest.raises(StateRefused, match="You have signed this already"):
        hand_overs.sign_hand_over(hand_over_id=sheet.pk, version=signed.version, by=everyone.secretary, at=at)
    done = hand_overs.sign_hand_over(hand_over_id=sheet.pk, version=signed.version, by=taker, at=at)

    assert (done.from_signed_at, done.to_signed_at) == (at, at)


def test_a_third_person_does_not_sign_but_may_witness_with_a_reason(
    everyone: Everyone, at: datetime, in_force: ListVersion
) -> None:
    sheet = move(everyone, at, factories.PersonFactory())
    head = everyone.party_head

    with pytest.raises(Problem, match="You do not sign this sheet"):
        hand_overs.sign_hand_over(hand_over_id=sheet.pk, version=sheet.version, by=head, at=at)
    with pytest.raises(Problem, match="A reason is missing"):
        hand_overs.witness_hand_over(hand_over_id=sheet.pk, version=sheet.version, reason="", by=head, at=at)
    done = hand_overs.witness_hand_over(hand_over_id=sheet.pk, version=sheet.version, reason="已调离", by=head, at=at)

    assert (done.witnessed_by, done.witness_reason) == (head, "已调离")


def test_a_taker_who_leaves_before_signing_is_released(everyone: Everyone, at: datetime, in_force: ListVersion) -> None:
    taker = factories.PersonFactory()
    factories.MembershipFactory(person=taker, unit=everyone.company)
    sheet = move(everyone, at, taker)
    moment = at.replace(month=5, day=20)

    persons.retire_person(person_id=taker.pk, on=date(2027, 5, 20), version=1, reason="离职", by="test", at=moment)

    sheet.refresh_from_db()
    assert sheet.to_person is None
    assert HandOver.objects.count() == 2


def test_leaving_a_post_that_answers_for_nothing_opens_no_sheet(everyone: Everyone, at: datetime) -> None:
    held = appointment(everyone.branch_secretary_b1)

    posts.end_appointment(appointment_id=held.pk, on=DAY, reason="x", by="test", at=at)

    assert not HandOver.objects.exists()


def test_a_transfer_that_ends_posts_opens_the_sheet(everyone: Everyone, at: datetime, in_force: ListVersion) -> None:
    persons.transfer_person(
        person_id=everyone.secretary.pk, unit_ids=[everyone.company_b.pk], ends_posts=True, from_day=DAY, version=1,
        reason="交流", by="test", at=at,
    )  # fmt: skip

    assert HandOver.objects.get().from_person == everyone.secretary


def test_the_record_writes_itself_and_goes_on_file_with_a_hash(
    everyone: Everyone, at: datetime, in_force: ListVersion
) -> None:
    world.task(everyone.group, everyone.party_clerk, at, kind="secretary", done_by=everyone.secretary, title="讲党课")
    world.task(everyone.group, everyone.party_clerk, at, kind="secretary", title="还没做")
    period = {"first_day": date(2027, 1, 1), "last_day": date(2027, 12, 31)}

    found = record.duty_record(everyone.secretary, everyone.secretary, today=at.date(), **period)
    kept = archiving.archive_record(person_id=everyone.secretary.pk, by=everyone.secretary, at=at, **period)

    assert [row.work.title for row in found.rows] == ["讲党课"]
    content = json.loads(kept.content)
    assert [row["what"] for row in content["rows"]] == ["讲党课"]
    assert kept.sha256 == hashlib.sha256(kept.content.encode()).hexdigest()
    assert archiving.is_intact(kept)
    DutyArchive.objects.filter(pk=kept.pk).update(content=kept.content.replace("讲党课", "做好事"))
    kept.refresh_from_db()
    assert not archiving.is_intact(kept)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2027, 2, 1), date(2027, 1, 1), "ends after it begins"),
        (date(2010, 1, 1), date(2027, 1, 1), "at most 6 years"),
        (date(2027, 1, 1), date(2027, 1, 2), "Nothing finished is recorded"),
    ],
)
def test_what_cannot_go_on_file(everyone: Everyone, at: datetime, first: date, last: date, words: str) -> None:
    with pytest.raises(Problem, match=words):
        archiving.archive_record(
            person_id=everyone.secretary.pk, first_day=first, last_day=last, by=everyone.secretary, at=at
        )
