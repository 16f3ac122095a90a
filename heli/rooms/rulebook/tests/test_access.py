from __future__ import annotations

from datetime import date, datetime

import pytest
from django.http import Http404

from heli.rooms.people.enums import PostKind, UnitKind
from heli.rooms.people.tests.factories import PersonFactory, UnitFactory, appointed
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.rulebook import access, services
from heli.rooms.rulebook.models import Circumstance, Obligation

ON = date(2027, 3, 10)

# person → reads, edits, declares about branch A1, declares about branch B1
TRUTH = {
    "secretary": (True, False, True, True),
    "discipline_secretary": (True, False, True, True),
    "party_head": (True, True, True, True),
    "discipline_head": (True, True, True, True),
    "party_clerk": (True, True, True, True),
    "discipline_clerk": (True, True, True, True),
    "secretary_a": (True, False, True, False),
    "branch_secretary_a1": (True, False, True, False),
    "branch_secretary_b1": (True, False, False, True),
    "member_a1": (True, False, False, False),
    "non_member": (True, False, False, False),
    "former_clerk": (True, False, False, False),
}


@pytest.mark.parametrize("name", TRUTH)
def test_who_may(everyone: Everyone, name: str) -> None:
    person = getattr(everyone, name)

    answers = (
        access.can_read(person, ON),
        access.can_edit(person, ON),
        access.can_declare(person, everyone.branch_a1, ON),
        access.can_declare(person, everyone.branch_b1, ON),
    )

    assert tuple(bool(answer) for answer in answers) == TRUTH[name]
    assert all(answer.reason for answer in answers if not answer)


def test_who_belongs_nowhere_reads_nothing(everyone: Everyone) -> None:
    assert not access.can_read(None, ON)
    assert not access.can_read(PersonFactory(), ON)


def test_the_right_to_edit_further_down_does_not_reach_the_rulebook(everyone: Everyone) -> None:
    clerk = appointed(PostKind.PARTY_CLERK, everyone.committee_a)

    assert not access.can_edit(clerk, ON)


def test_the_right_to_edit_on_a_company_does_not_reach_the_rulebook(everyone: Everyone) -> None:
    clerk = appointed(PostKind.PARTY_CLERK, everyone.company)

    assert not access.can_edit(clerk, ON)


def test_list_and_object_agree(installed: Everyone) -> None:
    duties = list(Obligation.objects.order_by("code"))
    for person in [*installed.persons, PersonFactory(), None]:
        listed = set(access.visible_obligations(person, ON))
        assert listed == {duty for duty in duties if _opens(person, duty)}


def _opens(person: object, duty: Obligation) -> bool:
    try:
        return access.obligation_for(person, duty.code, ON) == duty  # type: ignore[arg-type]
    except Http404:
        return False


def test_list_and_object_agree_about_circumstances(installed: Everyone, at: datetime) -> None:
    for unit in (installed.branch_a1, installed.branch_b1, installed.committee_a):
        services.declare_circumstance(
            unit_id=unit.pk, condition="is_inspected", valid_from=ON, reason="", by=installed.party_clerk, at=at
        )
    stored = list(Circumstance.objects.select_related("unit").order_by("pk"))

    for person in [*installed.persons, PersonFactory(), None]:
        listed = set(access.visible_circumstances(person, ON))
        assert listed == {one for one in stored if access.can_view_circumstance(person, one, ON)}


def test_missing_and_forbidden_look_alike(installed: Everyone) -> None:
    doors = (access.obligation_for, access.instrument_for, access.key_link_for)
    codes = ("A01", "branch-2018", "K01")
    for door, code in zip(doors, codes, strict=True):
        assert door(installed.party_clerk, code, ON).code == code
        for person, wanted in ((PersonFactory(), code), (installed.party_clerk, "Z99")):
            with pytest.raises(Http404):
                door(person, wanted, ON)


def test_two_topmost_party_organizations_each_edit(everyone: Everyone) -> None:
    other = UnitFactory(kind=UnitKind.GROUP_COMMITTEE, name="另一党委")

    assert access.can_edit(appointed(PostKind.PARTY_CLERK, other), ON)
