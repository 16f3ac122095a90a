"""Who stands in for a holder: its days, who may arrange it, what it carries, and when it stops."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.people import access, queries, services
from heli.rooms.people.enums import Permission
from heli.rooms.people.models import StandIn
from heli.rooms.people.tests.factories import PostFactory, appointed


@pytest.fixture
def given(everyone, at):
    """The secretary of A1 is away for ten days; a member of the branch stands in."""
    return give(everyone, at)


def give(everyone, at, **changes):
    today = at.date()
    values = {
        "appointment_id": everyone.branch_secretary_a1.appointments.get().pk, "person_id": everyone.member_a1.pk,
        "from_day": today, "to_day": today + timedelta(days=10), "reason": "休假", "by": everyone.branch_secretary_a1,
    }  # fmt: skip
    return services.give_stand_in(**{**values, **changes}, at=at)


def test_it_carries_the_rights_of_the_post_on_its_days_and_on_no_other(everyone, given, at):
    branch, person, today = everyone.branch_a1, everyone.member_a1, at.date()
    address = (branch.pk, "branch_secretary")
    days = {offset: today + timedelta(days=offset) for offset in (-1, 0, 9, 10)}

    may = {n: bool(access.has(person, Permission.TASK_DO, branch, day)) for n, day in days.items()}
    held = {n: address in access.held_posts(person, day) for n, day in days.items()}
    listed = {n: person.pk in access.holders_of({address}, day)[address] for n, day in days.items()}

    assert may == held == listed == {-1: False, 0: True, 9: True, 10: False}
    assert bool(access.has(everyone.branch_secretary_a1, Permission.TASK_DO, branch, days[0]))


def test_it_ends_with_the_appointment_it_rests_on(everyone, given, at):
    held, day = given.appointment, at.date() + timedelta(days=3)
    services.end_appointment(
        appointment_id=held.pk, on=day, reason="调任", by=everyone.party_clerk, at=at, version=held.version
    )

    assert (everyone.branch_a1.pk, "branch_secretary") in access.held_posts(everyone.member_a1, at.date())
    assert access.held_posts(everyone.member_a1, day) == []


def test_it_cannot_be_passed_on(everyone, given, at):
    with pytest.raises(AccessDenied):
        give(everyone, at, by=everyone.member_a1, person_id=everyone.non_member.pk)


@pytest.mark.parametrize(
    ("who", "stand_in"),
    [("branch_secretary_b1", "member_a1"), ("member_a1", "member_a1"), ("branch_secretary_a1", "branch_secretary_a1"),
     ("party_clerk", "party_clerk")],
)  # fmt: skip
def test_neither_a_stranger_nor_whoever_gains_by_it_arranges_it(everyone, at, who, stand_in):
    with pytest.raises((AccessDenied, Problem)):
        give(everyone, at, by=getattr(everyone, who), person_id=getattr(everyone, stand_in).pk)

    assert not StandIn.objects.exists()


def test_whoever_fills_the_post_arranges_it_too(everyone, at):
    assert give(everyone, at, by=everyone.party_clerk).person == everyone.member_a1


@pytest.mark.parametrize(("first", "last", "reason"), [(-1, 5, "休假"), (3, 3, "休假"), (0, 184, "休假"), (0, 5, " ")])
def test_days_that_are_over_too_many_days_and_no_reason_are_refused(everyone, at, first, last, reason):
    today = at.date()

    with pytest.raises(Problem) as refused:
        give(everyone, at, from_day=today + timedelta(days=first), to_day=today + timedelta(days=last), reason=reason)

    assert refused.value.remedy
    assert not StandIn.objects.exists()


def test_one_stands_in_at_a_time(everyone, given, at):
    later = {"from_day": at.date() + timedelta(days=9), "by": everyone.party_clerk}
    with pytest.raises(Problem, match="已有人代理"):
        give(everyone, at, person_id=everyone.branch_secretary_a2.pk, **later)


@pytest.mark.parametrize("who", ["branch_secretary_a1", "member_a1", "party_clerk"])
def test_holder_stand_in_and_clerk_end_it_at_once(everyone, given, at, who):
    by = getattr(everyone, who)
    with pytest.raises(VersionConflict):
        services.end_stand_in(stand_in_id=given.pk, version=7, by=by, at=at)

    services.end_stand_in(stand_in_id=given.pk, version=given.version, by=by, at=at)

    assert access.held_posts(everyone.member_a1, at.date()) == []
    assert AuditEntry.objects.filter(action="person.stand_in_ended").count() == 1


def test_what_was_taken_back_before_it_began_held_on_no_day(everyone, at):
    later = at.date() + timedelta(days=5)
    planned = give(everyone, at, from_day=later, to_day=later + timedelta(days=5))

    services.end_stand_in(stand_in_id=planned.pk, version=1, by=everyone.branch_secretary_a1, at=at)

    assert not any(access.held_posts(everyone.member_a1, later + timedelta(days=n)) for n in range(6))


def test_whose_hand_an_act_is(everyone, given, at):
    branch, today = everyone.branch_a1, at.date()
    both = {everyone.member_a1.pk, everyone.branch_secretary_a1.pk}

    assert access.counts_as(everyone.member_a1, today) == both
    assert access.hands_of(everyone.member_a1, Permission.TASK_DO, [branch], today) == both
    assert access.hands_at(everyone.member_a1, (branch.pk, "branch_secretary"), today) == both
    assert access.hands_of(everyone.branch_secretary_a1, Permission.TASK_DO, [branch], today) == {
        everyone.branch_secretary_a1.pk
    }
    assert access.without(both, {everyone.branch_secretary_a1.pk}, today) == set()


def test_no_right_lent_comes_back_to_its_owner(everyone, at):
    """The clerk, who fills posts, lets the head stand in: the head appoints the clerk to nothing by that right."""
    held = everyone.party_clerk.appointments.get()
    give(everyone, at, appointment_id=held.pk, by=everyone.party_clerk, person_id=everyone.branch_secretary_a2.pk)
    post = everyone.branch_secretary_a1.appointments.get().post

    with pytest.raises(AccessDenied):
        services.appoint(
            person_id=everyone.party_clerk.pk, post_id=post.pk, from_day=at.date(), by=everyone.branch_secretary_a2,
            at=at, version=post.version,
        )  # fmt: skip
    with pytest.raises(AccessDenied):
        give(everyone, at, by=everyone.branch_secretary_a2, person_id=everyone.party_clerk.pk)


def test_pages_show_arrange_and_end_it(everyone, client_of):
    today = timezone.localdate()
    holder = client_of(everyone.branch_secretary_a1)
    held = everyone.branch_secretary_a1.appointments.get()
    url = reverse("people:stand_ins", args=[held.pk])
    typed = {"stand_in": everyone.member_a1.staff_no, "from_day": today, "last_day": today, "reason": "学习"}

    wrong = holder.post(url, {**typed, "last_day": today - timedelta(days=1)})
    right = holder.post(url, typed)
    own = holder.get(reverse("people:person", args=[everyone.branch_secretary_a1.pk])).content.decode()
    mine = client_of(everyone.member_a1).get(reverse("people:person", args=[everyone.member_a1.pk])).content.decode()

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert "学习" in wrong.content.decode()
    assert everyone.member_a1.name in own
    assert everyone.branch_secretary_a1.name in mine
    assert client_of(everyone.branch_secretary_b1).get(url).status_code == 404
    ended = reverse("people:end_stand_in", args=[StandIn.objects.get().pk])
    assert client_of(everyone.branch_secretary_b1).post(ended, {"version": 1}).status_code == 404
    assert holder.post(ended, {"version": 1}).status_code == 302
    assert queries.stood_in_for(everyone.member_a1, today) == []


def test_list_and_object_agree_on_who_may_arrange(everyone, at):
    on: date = at.date()
    held = [each for person in everyone.persons for each in queries.posts_of(person, on)]

    for person in everyone.persons:
        listed = set(access.arrangeable(person, on).values_list("pk", flat=True))
        assert listed == {each.pk for each in held if access.can_arrange(person, each, on)}


def _stands(held, person, today):
    """Let somebody stand in whom the holder does not see, as somebody else arranged it."""
    StandIn.objects.create(
        appointment=held, person=person, valid_from=today, valid_to=today + timedelta(days=3), reason="休假"
    )


def test_no_right_lent_lends_another(everyone, at):
    """Whoever stands in for the clerk arranges neither the clerk's post nor any other by the clerk's right."""
    clerk, friend = everyone.party_clerk, everyone.branch_secretary_b1
    held = clerk.appointments.get()
    give(everyone, at, appointment_id=held.pk, by=clerk, person_id=friend.pk, to_day=at.date() + timedelta(days=2))
    others = [held.pk, everyone.branch_secretary_a1.appointments.get().pk, everyone.secretary.appointments.get().pk]

    for pk in others:
        later = {"from_day": at.date() + timedelta(days=3), "to_day": at.date() + timedelta(days=9)}
        with pytest.raises(AccessDenied):
            give(everyone, at, appointment_id=pk, by=friend, person_id=everyone.member_a1.pk, **later)
    assert not access.arrangeable(friend, at.date()).exclude(person=friend).exists()


def test_the_post_of_whom_one_stands_in_for_is_not_lent_by_an_own_right(everyone, at):
    """The clerk may fill the branch's post, but not lend it while standing in for its holder."""
    held = everyone.branch_secretary_a1.appointments.get()
    _stands(held, everyone.party_clerk, at.date())

    assert not access.can_arrange(everyone.party_clerk, held, at.date())
    assert held not in access.arrangeable(everyone.party_clerk, at.date())


@pytest.mark.parametrize("who", ["secretary", "party_head"])
def test_a_clerk_does_not_lend_rights_the_clerk_does_not_hold(everyone, at, who):
    held = getattr(everyone, who).appointments.get()

    with pytest.raises(AccessDenied):
        give(everyone, at, appointment_id=held.pk, by=everyone.party_clerk)
    assert give(everyone, at, appointment_id=held.pk, by=getattr(everyone, who), person_id=everyone.member_a1.pk).pk


def test_the_hand_is_asked_for_where_the_right_is(everyone, at):
    """An own post further down does not make an act on the unit above one's own."""
    head, clerk = everyone.party_head, appointed("party_clerk", everyone.company_a, acts_for=everyone.committee_a)
    _stands(head.appointments.get(), clerk, at.date())
    right, today = Permission.RULEBOOK_EDIT, at.date()

    assert access.hands_of(clerk, right, [everyone.group], today) == {clerk.pk, head.pk}
    assert access.hands_of(clerk, right, [everyone.committee_a], today) == {clerk.pk}


@pytest.mark.parametrize("is_ended", [False, True])
@pytest.mark.parametrize("is_transfer", [False, True])
def test_a_stand_in_on_a_post_to_come_goes_with_it(everyone, at, is_ended, is_transfer):
    """Whoever leaves or is transferred before the post begins is let go, and the stand-in hears of it."""
    person, begins = everyone.member_a1, at.date() + timedelta(days=10)
    post = PostFactory(unit=everyone.branch_a1, kind="group_leader")
    held = services.appoint(
        person_id=person.pk, post_id=post.pk, from_day=begins, by=everyone.party_clerk, at=at, version=post.version
    )
    given = give(
        everyone, at, appointment_id=held.pk, person_id=everyone.member_b1.pk, by=everyone.party_clerk,
        from_day=begins, to_day=begins + timedelta(days=3),
    )  # fmt: skip
    if is_ended:
        services.end_stand_in(stand_in_id=given.pk, version=1, by=everyone.party_clerk, at=at)
    person.refresh_from_db()
    act = {"person_id": person.pk, "version": person.version, "reason": "调出", "by": everyone.party_clerk, "at": at}

    if is_transfer:
        services.transfer_person(unit_ids=[everyone.branch_b1.pk], from_day=at.date(), ends_posts=True, **act)
    else:
        services.retire_person(on=at.date(), **act)

    assert not StandIn.objects.exists()
    assert not person.appointments.exists()
    assert AuditEntry.objects.filter(action="person.stand_in_ended").count() == 1
