"""Access follows posts and days, downwards; the list and the object always agree."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.http import Http404
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heli.kernel.decisions import AccessDenied
from heli.rooms.people import access
from heli.rooms.people.enums import ROLE_OF_POST, ROLE_PERMISSIONS, AdministratorKind, Permission, PostKind, Role
from heli.rooms.people.models import Person, Unit
from heli.rooms.people.tests import factories
from heli.rooms.people.tests.fixtures import Everyone

DAY = date(2027, 3, 10)
P = Permission


def test_every_post_kind_has_a_role_and_every_role_its_permissions() -> None:
    assert set(ROLE_OF_POST) == set(PostKind)
    assert set(ROLE_PERMISSIONS) == set(Role)


@pytest.mark.parametrize(
    ("who", "permission", "where", "may"),
    [
        ("secretary", P.PLAN_APPROVE, "branch_b1", True),
        ("secretary", P.PLAN_DRAFT, "group", False),
        ("secretary", P.ROSTER_IMPORT, "group", False),
        ("party_clerk", P.PLAN_DRAFT, "group", True),
        ("party_clerk", P.PLAN_APPROVE, "group", False),
        ("party_clerk", P.UNIT_EDIT, "workshop_a", True),  # the committee it acts for serves the company
        ("discipline_clerk", P.ROSTER_IMPORT, "branch_a1", True),
        ("party_head", P.PLAN_APPROVE, "committee_b", True),
        ("party_head", P.UNIT_EDIT, "group", False),
        ("secretary_a", P.TASK_ASSIGN, "branch_a1", True),
        ("secretary_a", P.TASK_ASSIGN, "branch_b1", False),
        ("secretary_a", P.TASK_ASSIGN, "group", False),
        ("branch_secretary_a1", P.PERSON_VIEW, "workshop_a", True),  # the branch serves the workshop
        ("branch_secretary_a1", P.PERSON_VIEW, "branch_a2", False),
        ("branch_secretary_a1", P.TASK_ASSIGN, "branch_a1", False),
        ("member_a1", P.PLAN_VIEW, "branch_a1", True),
        ("member_a1", P.PERSON_VIEW, "branch_a1", False),
        ("member_a1", P.PLAN_VIEW, "branch_b1", False),
        ("non_member", P.UNIT_VIEW, "workshop_a", True),
        ("non_member", P.UNIT_VIEW, "branch_a1", False),
        ("former_clerk", P.PLAN_DRAFT, "group", False),
    ],
)
def test_permission_truth_table(everyone: Everyone, who: str, permission: Permission, where: str, may: bool) -> None:
    person, unit = getattr(everyone, who), getattr(everyone, where)

    decision = access.has(person, permission, unit, DAY)

    assert bool(decision) is may
    assert bool(decision.reason) is not may
    assert access.units_with(person, permission, DAY).filter(pk=unit.pk).exists() is may


def test_former_post_gave_the_right_while_it_was_held(everyone: Everyone) -> None:
    assert access.has(everyone.former_clerk, P.PLAN_DRAFT, everyone.group, date(2023, 12, 31))
    assert not access.has(everyone.former_clerk, P.PLAN_DRAFT, everyone.group, date(2024, 1, 1))


def test_list_and_object_agree_for_every_person_unit_and_permission(everyone: Everyone) -> None:
    for person in [*everyone.persons, None]:
        for permission in Permission:
            listed = set(access.units_with(person, permission, DAY).values_list("pk", flat=True))

            by_object = {unit.pk for unit in everyone.units if access.has(person, permission, unit, DAY)}

            assert listed == by_object, (person, permission)


def test_persons_in_list_and_object_agree(everyone: Everyone) -> None:
    everyone.member_b1.left_on = date(2027, 1, 1)
    everyone.member_b1.save()
    everyone.member_b1.memberships.update(valid_to=date(2027, 1, 1))

    for viewer in everyone.persons:
        listed = set(access.visible_persons(viewer, DAY))
        by_object = {person for person in everyone.persons if access.can_view_person(viewer, person, DAY)}

        assert listed == by_object, viewer
    assert everyone.member_b1 in access.visible_persons(everyone.branch_secretary_b1, DAY)


def test_person_without_rights_sees_oneself_alone(everyone: Everyone) -> None:
    assert list(access.visible_persons(everyone.non_member, DAY)) == [everyone.non_member]
    assert list(access.visible_persons(None, DAY)) == []


def test_administrator_holds_no_business_right_and_a_person_no_administration(everyone: Everyone) -> None:
    with pytest.raises(AccessDenied):
        access.require(everyone.system_administrator, P.UNIT_VIEW, everyone.group, DAY)
    with pytest.raises(AccessDenied):
        access.require_administrator(everyone.secretary, AdministratorKind.SECURITY)
    for kind, account in (
        (AdministratorKind.SYSTEM, everyone.system_administrator),
        (AdministratorKind.SECURITY, everyone.security_administrator),
        (AdministratorKind.AUDIT, everyone.audit_administrator),
    ):
        for other in AdministratorKind:
            if other == kind:
                access.require_administrator(account, other)
            else:
                with pytest.raises(AccessDenied):
                    access.require_administrator(account, other)


def test_missing_and_forbidden_look_alike(everyone: Everyone) -> None:
    messages = []
    for unit_id in (everyone.branch_b1.pk, 999_999):
        with pytest.raises(Http404) as refused:
            access.unit_for(everyone.branch_secretary_a1, P.UNIT_VIEW, unit_id, DAY)
        messages.append(str(refused.value))
    assert messages[0] == messages[1]


def test_scopes_are_asked_once_where_the_request_remembers_them(
    everyone: Everyone, django_assert_num_queries: object
) -> None:
    everyone.secretary.scopes = {}

    with django_assert_num_queries(2):  # type: ignore[operator]
        for permission in Permission:
            access.scope_paths(everyone.secretary, permission, DAY)


_DAYS = st.integers(0, 30).map(lambda days: date(2027, 3, 1) + timedelta(days=days))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_list_and_object_agree_in_any_tree(db: None, data: st.DataObject) -> None:
    """Random trees, served units, appointments and days; the database is the judge of the list side."""
    units: list[Unit] = []
    for _number in range(data.draw(st.integers(1, 7))):
        parent = data.draw(st.sampled_from([None, *units]))
        serves = data.draw(st.sampled_from([None, *units]))
        units.append(factories.UnitFactory(parent=parent, serves=serves))
    person: Person = factories.PersonFactory()
    for _number in range(data.draw(st.integers(0, 4))):
        start = data.draw(_DAYS)
        factories.appointed(
            data.draw(st.sampled_from(list(PostKind))),
            data.draw(st.sampled_from(units)),
            acts_for=data.draw(st.sampled_from([None, *units])),
            person=person,
            valid_from=start,
            valid_to=data.draw(st.sampled_from([None, start + timedelta(days=5)])),
        )
    day = data.draw(_DAYS)

    for permission in (P.UNIT_VIEW, P.PERSON_VIEW, P.UNIT_EDIT, P.PLAN_APPROVE):
        listed = {unit.pk for unit in access.units_with(person, permission, day)}
        by_object = {unit.pk for unit in units if access.has(person, permission, unit, day)}

        assert listed & {unit.pk for unit in units} == by_object
