"""The demo enterprise: as large as promised, the same every time, loaded once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from heli.config import demo, paths
from heli.config.demo import people
from heli.rooms.people import queries
from heli.rooms.people.enums import PoliticalStatus, PostKind, UnitKind
from heli.rooms.people.models import Account, Membership, Person, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "VAR", tmp_path)
    people.load(at)


def test_size_of_the_group(loaded: None) -> None:
    assert Person.objects.count() == people.PERSONS
    assert Unit.objects.filter(kind=UnitKind.GROUP_COMMITTEE).count() == 1
    assert Unit.objects.filter(kind=UnitKind.SUBSIDIARY).count() == 6
    assert 35 <= Unit.objects.filter(kind=UnitKind.BRANCH).count() <= 45


def test_loading_twice_changes_nothing(loaded: None, at: datetime) -> None:
    before = (Person.objects.count(), Membership.objects.count(), Account.objects.count())

    people.load(at)

    assert (Person.objects.count(), Membership.objects.count(), Account.objects.count()) == before


def test_every_sign_in_opens(loaded: None) -> None:
    lines = demo.sign_ins()

    assert len(lines) == 10
    assert {"祝青岚", "郁长亭"} <= {line.name for line in lines}
    assert all(Account.objects.get(sign_in_name=line.sign_in_name).check_password(line.password) for line in lines)


def test_members_belong_to_a_branch_and_others_do_not(loaded: None) -> None:
    in_branch = set(Membership.objects.filter(tree="party").values_list("person_id", flat=True))

    members = Person.objects.exclude(political_status=PoliticalStatus.NON_MEMBER)

    assert set(members.values_list("pk", flat=True)) == in_branch


def test_every_branch_has_a_secretary(loaded: None, at: datetime) -> None:
    for branch in Unit.objects.filter(kind=UnitKind.BRANCH):
        assert len(queries.holders(branch.pk, PostKind.BRANCH_SECRETARY, at.date())) == 1, branch


def test_branches_without_a_committee_exist_too(loaded: None) -> None:
    kinds = set(Unit.objects.filter(kind=UnitKind.BRANCH).values_list("has_committee", flat=True))

    assert kinds == {True, False}
