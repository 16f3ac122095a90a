"""A small enterprise for tests: a group with both departments, two committees, four branches, a group."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from heli.rooms.people.enums import PostKind, Tree, UnitKind
from heli.rooms.people.models import Account, Appointment, Membership, Person, Post, Unit
from heli.rooms.people.tests.factories import UnitFactory

FROM = date(2020, 1, 1)


@dataclass
class World:
    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def unit(
        self, key: str, kind: UnitKind, name: str, parent: str = "", tree: Tree = Tree.PARTY, **more: object
    ) -> Unit:
        above = self.units.get(parent)
        unit = UnitFactory(tree=tree, kind=kind, name=name, code=f"{tree}-{key}", parent=above, valid_from=FROM, **more)
        self.units[key] = unit
        return unit

    def person(self, key: str, name: str, unit: str, kind: PostKind, acts_for: str = "") -> Person:
        number = len(self.people) + 1
        person = Person.objects.create(staff_no=f"T{number:04d}", name=name)
        Account.objects.create(sign_in_name=person.staff_no, person=person)
        place = self.units[unit]
        post = Post.objects.create(
            unit=place, kind=kind, title=f"{name} · {kind.label}", acts_for=self.units.get(acts_for)
        )
        Appointment.objects.create(person=person, post=post, valid_from=FROM)
        Membership.objects.create(
            person=person,
            unit=place,
            tree=place.tree,
            tree_number=0 if place.tree == Tree.PARTY else 1,
            valid_from=FROM,
        )
        self.people[key] = person
        return person


def build_world() -> World:
    """Build it: keys of units and people are used by the tests."""
    world = World()
    kinds = UnitKind
    world.unit("company", kinds.COMPANY, "合众测试集团", tree=Tree.ADMINISTRATIVE)
    world.unit("party_dept", kinds.DEPARTMENT, "党群工作部", "company", Tree.ADMINISTRATIVE)
    world.unit("disc_dept", kinds.DEPARTMENT, "纪检室", "company", Tree.ADMINISTRATIVE)
    world.unit("hr_dept", kinds.DEPARTMENT, "组织人事部", "company", Tree.ADMINISTRATIVE)
    world.unit("group", kinds.GROUP_COMMITTEE, "集团党委")
    for letter, name in (("a", "甲公司党委"), ("b", "乙公司党委")):
        world.unit(letter, kinds.PARTY_COMMITTEE, name, "group")
        for number in (1, 2):
            world.unit(f"{letter}{number}", kinds.BRANCH, f"{name[:3]}第{number}党支部", letter)
    world.unit("a1g", kinds.PARTY_GROUP, "第一党小组", "a1")
    posts = PostKind
    world.person("clerk", "祝岚", "party_dept", posts.PARTY_CLERK, "group")
    world.person("disc_clerk", "郁亭", "disc_dept", posts.DISCIPLINE_CLERK, "group")
    world.person("party_head", "简之", "party_dept", posts.PARTY_HEAD, "group")
    world.person("disc_head", "温言", "disc_dept", posts.DISCIPLINE_HEAD, "group")
    world.person("secretary", "陆川", "group", posts.SECRETARY)
    world.person("hr_head", "何平", "hr_dept", posts.DEPARTMENT_HEAD)
    world.person("a_secretary", "安然", "a", posts.SECRETARY)
    for key, name in (("a1", "白一"), ("a2", "白二"), ("b1", "白三"), ("b2", "白四")):
        world.person(f"{key}_secretary", name, key, posts.BRANCH_SECRETARY)
    world.person("member", "普通", "a1", posts.STAFF)
    return world
