"""Posts that only Party members can hold: in appointing, standing in and a roster; what stands is named, not undone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import given as examples
from hypothesis import strategies as st

from heli.kernel.problems import Problem
from heli.rooms.people import access, services
from heli.rooms.people.enums import ImportState, PoliticalStatus, PostKind, Tree
from heli.rooms.people.models import Appointment, Person, StandIn
from heli.rooms.people.rules import membership
from heli.rooms.people.tests import factories
from heli.rooms.people.tests.services.roster_files import checked_roster, csv_of, row_of

S, K = PoliticalStatus, PostKind
ELECTED = (K.SECRETARY, K.DEPUTY_SECRETARY, K.DISCIPLINE_SECRETARY, K.BRANCH_SECRETARY, K.BRANCH_MEMBER)
OFFICES = (
    K.PARTY_HEAD, K.PARTY_CLERK, K.DISCIPLINE_HEAD, K.DISCIPLINE_CLERK, K.PERSONNEL_HEAD, K.DEPARTMENT_HEAD, K.STAFF,
)  # fmt: skip


@examples(kind=st.sampled_from(PostKind), tree=st.sampled_from(Tree), status=st.sampled_from(PoliticalStatus))
def test_who_can_hold_what(kind, tree, status):
    barred = membership.is_barred(kind, tree, status)

    if kind in ELECTED or (kind == K.TEAM_MEMBER and tree == Tree.PARTY):
        assert barred == (status != S.MEMBER)
    elif kind == K.GROUP_LEADER:
        assert barred == (status == S.NON_MEMBER)
    else:
        assert kind in OFFICES or kind == K.TEAM_MEMBER
        assert not barred
    assert not membership.is_barred(kind, tree, "")


@pytest.mark.parametrize("status", PoliticalStatus)
@pytest.mark.parametrize("kind", PostKind)
def test_appointing_standing_in_and_the_rule_agree(everyone, at, kind, status):
    post = factories.PostFactory(unit=everyone.branch_a1, kind=kind, title="某职务")
    person = everyone.member_b1
    Person.objects.filter(pk=person.pk).update(political_status=status)
    held = factories.AppointmentFactory(post=post, person=everyone.party_clerk)
    barred = membership.is_barred(kind, Tree.PARTY, status)

    answers = []
    for act in (
        lambda: services.appoint(
            person_id=person.pk, post_id=post.pk, from_day=at.date(), by=everyone.party_clerk, at=at,
            version=post.version,
        ),
        lambda: services.give_stand_in(
            appointment_id=held.pk, person_id=person.pk, from_day=at.date(), to_day=at.date() + timedelta(days=3),
            reason="休假", by=everyone.party_clerk, at=at,
        ),
    ):  # fmt: skip
        try:
            answers.append(act())
        except Problem as problem:
            answers.append(problem.why and problem.remedy)

    assert [isinstance(answer, str) and bool(answer) for answer in answers] == [barred, barred]
    assert Appointment.objects.filter(person=person, post=post).exists() is not barred
    assert StandIn.objects.filter(person=person).exists() is not barred


@pytest.mark.parametrize(
    ("status", "code"), [("群众", "post_full_member"), ("预备党员", "post_full_member"), ("党员", None)]
)
def test_a_roster_names_the_cell(everyone, status, code):
    factories.PostFactory(unit=everyone.workshop_a, kind=K.BRANCH_MEMBER, title="组织委员")
    places = {"party_unit": "", "joined_party_on": ""} if status == "群众" else {}

    made = checked_roster(everyone, csv_of(row_of(everyone, political_status=status, post="组织委员", **places)))

    assert made.state == (ImportState.REFUSED if code else ImportState.CHECKED)
    assert [(fault["code"], fault["cell"]) for fault in made.faults] == ([(code, "I2")] if code else [])


def test_a_roster_that_repeats_what_stands_is_taken(everyone):
    member = everyone.member_a1
    post = factories.PostFactory(unit=everyone.workshop_a, kind=K.BRANCH_MEMBER, title="组织委员")
    factories.AppointmentFactory(person=member, post=post)

    made = checked_roster(
        everyone,
        csv_of(row_of(everyone, member.staff_no, name=member.name, political_status="预备党员", post="组织委员")),
    )

    assert (made.state, made.faults) == (ImportState.CHECKED, [])


def test_every_fault_of_a_row_comes_at_once(everyone):
    bad = row_of(everyone, email="kein-at", phone="12", political_status="好人", admin_unit="NIX", post="没有的职务")

    made = checked_roster(everyone, csv_of(bad))

    assert {fault["code"] for fault in made.faults} == {"email", "phone", "status", "unit", "no_post"}


def test_a_post_of_the_unit_that_was_meant_is_no_fault(everyone):
    title = everyone.branch_secretary_a1.appointments.get().post.title

    made = checked_roster(everyone, csv_of(row_of(everyone, party_unit="NIX", post=title)))

    assert [fault["code"] for fault in made.faults] == ["unit"]


def test_what_stands_stays_and_is_named_on_the_page(everyone, client_of, at):
    holder = everyone.branch_secretary_a1
    Person.objects.filter(pk=holder.pk).update(political_status=S.NON_MEMBER)

    page = client_of(everyone.party_clerk).get(reverse("people:person", args=[holder.pk]))

    held = holder.appointments.select_related("post__unit", "person").get()
    reason = access.can_hold(Person.objects.get(pk=holder.pk), held.post).reason
    assert (everyone.branch_a1.pk, "branch_secretary") in access.held_posts(holder, at.date())
    assert reason
    assert [row.to_mend for row in page.context["posts"]] == [reason]


@pytest.mark.parametrize("who", ["branch_secretary_a1", "non_member"])
def test_a_refused_stand_in_comes_back_into_the_form(everyone, client_of, at, who):
    held, today = everyone.branch_secretary_a1.appointments.get(), at.date().isoformat()
    sent = {
        "stand_in": getattr(everyone, who).staff_no, "from_day": today, "last_day": today, "reason": "外出培训",
    }  # fmt: skip

    page = client_of(everyone.party_clerk).post(reverse("people:stand_ins", args=[held.pk]), sent)

    assert page.status_code == 422
    assert page.context["form"].non_field_errors()
    assert 'value="外出培训"' in page.content.decode()
