"""Factories for units, persons, posts and accounts. ``everyone`` (see ``fixtures``) is a small enterprise of them."""

from __future__ import annotations

from datetime import date

import factory
from django.db import connection

from heli.rooms.people import rules
from heli.rooms.people.enums import AdministratorKind, PoliticalStatus, PostKind, Tree, UnitKind
from heli.rooms.people.models import Account, Appointment, Membership, Person, Post, Unit, UnitVersion

START = date(2020, 1, 1)
# How many sessions of this test's own database wait for a lock; other workers have other databases in the same server.
WAITING = """SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE NOT granted AND pg_stat_activity.datname = current_database()"""


def _next_unit_id(_unit: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('people_unit', 'id'))")
        return int(cursor.fetchone()[0])


class UnitFactory(factory.django.DjangoModelFactory):
    """A branch in the Party tree, with its first version; ``parent`` decides path and depth."""

    class Meta:
        model = Unit
        skip_postgeneration_save = True

    id = factory.LazyAttribute(_next_unit_id)
    kind = UnitKind.BRANCH
    tree = factory.LazyAttribute(lambda unit: rules.tree_of(UnitKind(unit.kind)))
    name = factory.Sequence("第{}党支部".format)
    pinyin = factory.LazyAttribute(lambda unit: rules.initials(unit.name))
    code = factory.Sequence("U{:05d}".format)
    parent = None
    path = factory.LazyAttribute(lambda unit: rules.child_path(unit.parent.path if unit.parent else "", unit.id))
    depth = factory.LazyAttribute(lambda unit: unit.parent.depth + 1 if unit.parent else 0)
    valid_from = START

    @factory.post_generation
    def first_version(self, create: bool, _extracted: object, **_kwargs: object) -> None:
        if create:
            UnitVersion.objects.create(
                unit=self,
                name=self.name,
                kind=self.kind,
                parent=self.parent,
                path=self.path,
                valid_from=self.valid_from,
            )


class PersonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Person

    staff_no = factory.Sequence("P{:06d}".format)
    name = factory.Sequence("甲{}".format)
    pinyin = factory.LazyAttribute(lambda person: rules.initials(person.name, is_person=True))
    political_status = PoliticalStatus.MEMBER


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    person = factory.SubFactory(PersonFactory)
    unit = factory.SubFactory(UnitFactory)
    tree = factory.LazyAttribute(lambda membership: membership.unit.tree)
    tree_number = factory.LazyAttribute(lambda membership: 0 if membership.tree == Tree.PARTY else 1)
    valid_from = START


class PostFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Post

    unit = factory.SubFactory(UnitFactory)
    kind = PostKind.BRANCH_SECRETARY
    title = "支部书记"


class AppointmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Appointment

    person = factory.SubFactory(PersonFactory)
    post = factory.SubFactory(PostFactory)
    valid_from = START


class AccountFactory(factory.django.DjangoModelFactory):
    """An account of a person; ``administrator=…`` with ``person=None`` makes an administrator's."""

    class Meta:
        model = Account
        skip_postgeneration_save = True

    person = factory.SubFactory(PersonFactory)
    sign_in_name = factory.LazyAttributeSequence(
        lambda account, number: account.person.staff_no if account.person else f"admin{number}"
    )

    @factory.post_generation
    def password(self, create: bool, extracted: str | None, **_kwargs: object) -> None:
        self.set_password(extracted or PASSWORD)
        if create:
            self.save(update_fields=["password"])


PASSWORD = "correct horse 42"


def appointed(
    kind: PostKind,
    unit: Unit,
    *,
    title: str = "",
    acts_for: Unit | None = None,
    person: Person | None = None,
    valid_from: date = START,
    valid_to: date | None = None,
) -> Person:
    """Return a person who holds such a post in ``unit``."""
    holder = person or PersonFactory()
    post = PostFactory(unit=unit, kind=kind, title=title or PostKind(kind).label, acts_for=acts_for)
    AppointmentFactory(person=holder, post=post, valid_from=valid_from, valid_to=valid_to)
    return holder


def administrator(kind: AdministratorKind) -> Account:
    account: Account = AccountFactory(person=None, administrator=kind)
    return account
