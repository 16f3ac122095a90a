"""The doors of this room open a list or a sheet to whom it concerns, and to nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta

from heli.rooms.information import owners
from heli.rooms.people.services import posts
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.responsibilities.models import HandOver
from heli.rooms.responsibilities.tests import world


def test_a_list_opens_to_its_unit_and_to_those_above(everyone: Everyone, at: datetime) -> None:
    holders = {everyone.branch_a1: everyone.branch_secretary_a1, everyone.branch_b1: everyone.branch_secretary_b1}
    of_a, of_b = (
        world.issued(everyone, at, unit, [world.edit("支部工作", world.post_of(person))]).list_id
        for unit, person in holders.items()
    )

    for person, opens in (
        (everyone.branch_secretary_a1, {of_a}),
        (everyone.branch_secretary_b1, {of_b}),
        (everyone.party_clerk, {of_a, of_b}),
        (everyone.branch_secretary_a2, set()),
    ):
        assert owners.opened("/duties/lists/", person, at, {of_a, of_b, 0}) == opens
    assert owners.opened("/duties/lists/", everyone.party_clerk, at, {of_a}) == {of_a}


def test_a_sheet_opens_to_who_hands_over_and_to_those_above(everyone: Everyone, at: datetime) -> None:
    sheets = {}
    for person, unit in (
        (everyone.branch_secretary_a1, everyone.branch_a1),
        (everyone.branch_secretary_b1, everyone.branch_b1),
    ):
        world.issued(everyone, at, unit, [world.edit("支部工作", world.post_of(person))])
        held = person.appointments.order_by("pk")[0]
        day = at.date() + timedelta(days=1)
        posts.end_appointment(appointment_id=held.pk, on=day, reason="x", by="test", at=at)
        sheets[person] = HandOver.objects.get(post=held.post).pk
    of_a, of_b = sheets.values()

    for person, opens in (
        (everyone.branch_secretary_a1, {of_a}),
        (everyone.branch_secretary_b1, {of_b}),
        (everyone.secretary, {of_a, of_b}),
        (everyone.branch_secretary_a2, set()),
    ):
        assert owners.opened("/duties/hand-overs/", person, at, {of_a, of_b, 0}) == opens
    assert owners.opened("/duties/hand-overs/", everyone.secretary, at, {of_a}) == {of_a}
