"""``everyone``: a small enterprise with each kind of person, for the tests of all rooms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import pytest
from django.test import Client

from heli.rooms.people.enums import AdministratorKind, PoliticalStatus, PostKind, UnitKind
from heli.rooms.people.models import Account, Person, Unit
from heli.rooms.people.tests import factories


@dataclass(frozen=True, slots=True)
class Everyone:
    """Group committee over company A (two branches) and company B (one branch), both trees; who works there.

    Persons and accounts are found by role; ``persons`` lists every person, ``account(person)`` makes one.
    """

    group: Unit
    commission: Unit
    committee_a: Unit
    committee_b: Unit
    branch_a1: Unit
    branch_a2: Unit
    branch_b1: Unit
    company: Unit
    company_a: Unit
    company_b: Unit
    party_department: Unit
    discipline_office: Unit
    workshop_a: Unit
    secretary: Person
    discipline_secretary: Person
    party_head: Person
    discipline_head: Person
    party_clerk: Person
    discipline_clerk: Person
    secretary_a: Person
    branch_secretary_a1: Person
    branch_secretary_a2: Person
    branch_secretary_b1: Person
    member_a1: Person
    member_b1: Person
    non_member: Person
    former_clerk: Person
    system_administrator: Account
    security_administrator: Account
    audit_administrator: Account

    @property
    def persons(self) -> list[Person]:
        values = [getattr(self, field.name) for field in fields(self)]
        return [value for value in values if isinstance(value, Person)]

    @property
    def units(self) -> list[Unit]:
        values = [getattr(self, field.name) for field in fields(self)]
        return [value for value in values if isinstance(value, Unit)]

    def account(self, person: Person) -> Account:
        """Return the person's account (password ``factories.PASSWORD``), made when first asked for."""
        found = Account.objects.filter(person=person).order_by("pk").first()
        return found or factories.AccountFactory(person=person)


def build_everyone() -> Everyone:
    """Make the small enterprise in the current database."""
    unit, kind = factories.UnitFactory, UnitKind
    company = unit(kind=kind.COMPANY, name="示范集团")
    company_a = unit(kind=kind.SUBSIDIARY, name="甲公司", parent=company)
    company_b = unit(kind=kind.SUBSIDIARY, name="乙公司", parent=company)
    party_department = unit(kind=kind.DEPARTMENT, name="党群工作部", parent=company)
    discipline_office = unit(kind=kind.DEPARTMENT, name="纪检室", parent=company)
    workshop_a = unit(kind=kind.TEAM, name="甲一车间", parent=company_a)
    group = unit(kind=kind.GROUP_COMMITTEE, name="示范集团党委", serves=company, has_committee=True)
    commission = unit(kind=kind.DISCIPLINE_COMMISSION, name="示范集团纪委", parent=group)
    committee_a = unit(kind=kind.PARTY_COMMITTEE, name="甲公司党委", parent=group, serves=company_a)
    committee_b = unit(kind=kind.PARTY_COMMITTEE, name="乙公司党委", parent=group, serves=company_b)
    branch_a1 = unit(name="甲公司第一党支部", parent=committee_a, serves=workshop_a, has_committee=True)
    branch_a2 = unit(name="甲公司第二党支部", parent=committee_a)
    branch_b1 = unit(name="乙公司第一党支部", parent=committee_b)
    post, appointed = PostKind, factories.appointed
    former = appointed(post.PARTY_CLERK, party_department, acts_for=group, valid_to=factories.date(2024, 1, 1))
    everyone = Everyone(
        group=group,
        commission=commission,
        committee_a=committee_a,
        committee_b=committee_b,
        branch_a1=branch_a1,
        branch_a2=branch_a2,
        branch_b1=branch_b1,
        company=company,
        company_a=company_a,
        company_b=company_b,
        party_department=party_department,
        discipline_office=discipline_office,
        workshop_a=workshop_a,
        secretary=appointed(post.SECRETARY, group),
        discipline_secretary=appointed(post.DISCIPLINE_SECRETARY, commission, acts_for=group),
        party_head=appointed(post.PARTY_HEAD, party_department, acts_for=group),
        discipline_head=appointed(post.DISCIPLINE_HEAD, discipline_office, acts_for=group),
        party_clerk=appointed(post.PARTY_CLERK, party_department, acts_for=group),
        discipline_clerk=appointed(post.DISCIPLINE_CLERK, discipline_office, acts_for=group),
        secretary_a=appointed(post.SECRETARY, committee_a),
        branch_secretary_a1=appointed(post.BRANCH_SECRETARY, branch_a1),
        branch_secretary_a2=appointed(post.BRANCH_SECRETARY, branch_a2),
        branch_secretary_b1=appointed(post.BRANCH_SECRETARY, branch_b1),
        member_a1=factories.PersonFactory(),
        member_b1=factories.PersonFactory(),
        non_member=factories.PersonFactory(political_status=PoliticalStatus.NON_MEMBER),
        former_clerk=former,
        system_administrator=factories.administrator(AdministratorKind.SYSTEM),
        security_administrator=factories.administrator(AdministratorKind.SECURITY),
        audit_administrator=factories.administrator(AdministratorKind.AUDIT),
    )
    _place(everyone)
    return everyone


def _place(everyone: Everyone) -> None:
    """Let everybody belong to a unit of each tree (the non-member to an administrative unit alone)."""
    places = {
        everyone.party_department: (everyone.party_head, everyone.party_clerk),
        everyone.discipline_office: (everyone.discipline_head, everyone.discipline_clerk),
        everyone.branch_a1: (everyone.branch_secretary_a1, everyone.member_a1),
        everyone.branch_a2: (everyone.branch_secretary_a2, everyone.secretary_a),
        everyone.branch_b1: (everyone.branch_secretary_b1, everyone.member_b1, everyone.former_clerk),
        everyone.workshop_a: (everyone.non_member, everyone.member_a1, everyone.branch_secretary_a1),
        everyone.company: (everyone.secretary, everyone.discipline_secretary),
    }
    for unit, persons in places.items():
        for person in persons:
            factories.MembershipFactory(person=person, unit=unit)


@pytest.fixture
def everyone(db: None) -> Everyone:
    return build_everyone()


@pytest.fixture
def client_of(client: Client) -> Callable[[Person | Account], Client]:
    """Return a function that signs a fresh client in as a person or an administrator."""

    def signed_in(who: Person | Account) -> Client:
        account = who if isinstance(who, Account) else None
        if account is None:
            account = Account.objects.filter(person=who).order_by("pk").first() or factories.AccountFactory(person=who)
        browser = Client()
        browser.force_login(account, backend="heli.rooms.people.backends.StaffNumberOrEmailBackend")
        return browser

    return signed_in
