"""Re-organizations: the present changes, the past stays readable."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from heli.kernel import audit
from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.people import queries, services
from heli.rooms.people.enums import PostKind, UnitKind
from heli.rooms.people.models import Unit, UnitVersion
from heli.rooms.people.tests import factories
from heli.rooms.people.tests.factories import WAITING
from heli.rooms.people.tests.fixtures import Everyone, build_everyone

TODAY = date(2027, 3, 10)


def _move(everyone: Everyone, unit: Unit, parent: Unit, at: datetime, **other: Any) -> Unit:
    values = {"version": 1, "from_day": TODAY, "reason": "重组", "by": everyone.party_clerk, "at": at, **other}
    return services.move_unit(unit_id=unit.pk, parent_id=parent.pk, **values)


def _rename(everyone: Everyone, name: str, version: int, **other: Any) -> Unit:
    return _revise(everyone.branch_a1, version, name=name, **other)


def _revise(unit: Unit, version: int, **other: Any) -> Unit:
    names = ("name", "code", "has_committee", "serves_id")
    values = {name: getattr(unit, name) for name in names} | {"kind": UnitKind(unit.kind)}
    return services.revise_unit(unit_id=unit.pk, version=version, **(values | other))


def test_create_unit_writes_path_version_and_audit(everyone: Everyone, at: datetime) -> None:
    made = services.create_unit(
        kind=UnitKind.BRANCH,
        name="甲公司第三党支部",
        code="A3",
        parent_id=everyone.committee_a.pk,
        valid_from=TODAY,
        by=everyone.party_clerk,
        at=at,
    )

    assert made.path == f"{everyone.committee_a.path}{made.pk:012d}."
    assert (made.depth, made.tree, made.pinyin) == (2, "party", "jgsdsdzb")
    assert queries.unit_as_of(made, TODAY) is not None
    entry = AuditEntry.objects.get(action="unit.created")
    assert (entry.subject_id, entry.actor_label) == (str(made.pk), everyone.party_clerk.name)


@pytest.mark.parametrize(
    ("who", "where", "may"),
    [("party_clerk", "committee_a", True), ("secretary", "committee_a", False), ("member_a1", "branch_a1", False)],
)
def test_create_unit_permission(everyone: Everyone, at: datetime, who: str, where: str, may: bool) -> None:
    def create() -> Unit:
        return services.create_unit(
            kind=UnitKind.PARTY_GROUP if where.startswith("branch") else UnitKind.BRANCH,
            name="新",
            code="N1",
            parent_id=getattr(everyone, where).pk,
            valid_from=TODAY,
            by=getattr(everyone, who),
            at=at,
        )

    if may:
        assert create().pk
    else:
        with pytest.raises(AccessDenied):
            create()
        assert not Unit.objects.filter(code="N1").exists()


def test_create_unit_of_a_kind_that_cannot_stand_there_is_refused(everyone: Everyone, at: datetime) -> None:
    with pytest.raises(Problem) as refused:
        services.create_unit(
            kind=UnitKind.PARTY_COMMITTEE,
            name="错位",
            code="X",
            parent_id=everyone.branch_a1.pk,
            valid_from=TODAY,
            by=everyone.party_clerk,
            at=at,
        )

    assert refused.value.remedy


def test_rename_keeps_the_former_name_readable(everyone: Everyone, at: datetime) -> None:
    _rename(
        everyone,
        name="甲公司机关党支部",
        version=1,
        from_day=TODAY,
        reason="更名",
        by=everyone.party_clerk,
        at=at,
    )

    unit = Unit.objects.get(pk=everyone.branch_a1.pk)
    before, after = queries.unit_as_of(unit, TODAY - timedelta(days=1)), queries.unit_as_of(unit, TODAY)
    assert before is not None
    assert after is not None
    assert (before.name, after.name, unit.version) == ("甲公司第一党支部", "甲公司机关党支部", 2)


def test_rename_with_an_old_version_shows_both_sides(everyone: Everyone, at: datetime) -> None:
    with pytest.raises(VersionConflict) as conflict:
        _rename(
            everyone,
            name="甲公司机关党支部",
            version=7,
            from_day=TODAY,
            reason="",
            by=everyone.party_clerk,
            at=at,
        )

    assert conflict.value.yours["name"] == "甲公司机关党支部"
    assert conflict.value.theirs["name"] == "甲公司第一党支部"


def test_move_rewrites_the_whole_subtree_and_keeps_where_it_stood(everyone: Everyone, at: datetime) -> None:
    group = factories.UnitFactory(kind=UnitKind.PARTY_GROUP, name="一组", parent=everyone.branch_a1)

    moved = _move(everyone, everyone.branch_a1, everyone.committee_b, at)

    group.refresh_from_db()
    assert moved.path == f"{everyone.committee_b.path}{moved.pk:012d}."
    assert group.path == f"{moved.path}{group.pk:012d}."
    assert group.depth == moved.depth + 1
    past = queries.unit_as_of(group, TODAY - timedelta(days=1))
    now = queries.unit_as_of(group, TODAY)
    assert past is not None
    assert now is not None
    assert past.above == ("示范集团党委", "甲公司党委", "甲公司第一党支部")
    assert now.above == ("示范集团党委", "乙公司党委", "甲公司第一党支部")


def test_move_back_on_the_same_day_leaves_one_version(everyone: Everyone, at: datetime) -> None:
    _move(everyone, everyone.branch_a1, everyone.committee_b, at)
    _move(everyone, everyone.branch_a1, everyone.committee_a, at, version=2)

    versions = UnitVersion.objects.filter(unit=everyone.branch_a1, valid_to__isnull=True)
    assert [version.valid_from for version in versions] == [TODAY]


def test_move_dated_before_a_change_further_down_keeps_that_change(everyone: Everyone, at: datetime) -> None:
    group = factories.UnitFactory(kind=UnitKind.PARTY_GROUP, name="一组", parent=everyone.branch_a1)
    _revise(group, 1, name="二组", from_day=TODAY, reason="", by=everyone.party_clerk, at=at)

    _move(everyone, everyone.branch_a1, everyone.committee_b, at, from_day=TODAY - timedelta(days=9))

    past = queries.unit_as_of(group, TODAY - timedelta(days=2))
    assert past is not None
    assert past.name == "一组"


@pytest.mark.parametrize(("unit", "parent"), [("committee_a", "branch_a1"), ("branch_a1", "committee_a")])
def test_move_that_makes_no_sense_is_refused(everyone: Everyone, at: datetime, unit: str, parent: str) -> None:
    with pytest.raises(Problem):
        _move(everyone, getattr(everyone, unit), getattr(everyone, parent), at)

    assert not AuditEntry.objects.filter(action="unit.moved").exists()


def test_move_into_the_future_is_refused(everyone: Everyone, at: datetime) -> None:
    with pytest.raises(Problem, match="2027-03-11"):
        _move(everyone, everyone.branch_a1, everyone.committee_b, at, from_day=TODAY + timedelta(days=1))


def test_close_is_refused_while_somebody_is_there(everyone: Everyone, at: datetime) -> None:
    with pytest.raises(Problem) as refused:
        services.close_unit(
            unit_id=everyone.branch_a1.pk, version=1, on=TODAY, reason="撤销", by=everyone.party_clerk, at=at
        )

    assert "2" in refused.value.why


def test_close_ends_the_unit_and_keeps_it_readable(everyone: Everyone, at: datetime) -> None:
    empty = factories.UnitFactory(parent=everyone.committee_a, name="空支部")

    services.close_unit(unit_id=empty.pk, version=1, on=TODAY, reason="撤销", by=everyone.party_clerk, at=at)

    empty.refresh_from_db()
    assert empty.valid_to == TODAY
    assert queries.unit_as_of(empty, TODAY - timedelta(days=1)) is not None
    assert queries.unit_as_of(empty, TODAY) is None
    assert empty.pk not in {node.id for node in queries.children(everyone.committee_a.pk, TODAY)}


def test_nothing_is_saved_when_the_audit_entry_fails(
    everyone: Everyone, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_values: object) -> None:
        raise OSError("no room for the entry")

    monkeypatch.setattr(audit, "record", fail)

    with pytest.raises(OSError, match="no room"):
        _move(everyone, everyone.branch_a1, everyone.committee_b, at)

    everyone.branch_a1.refresh_from_db()
    assert everyone.branch_a1.parent_id == everyone.committee_a.pk


def test_no_unit_is_made_below_a_closed_one(everyone: Everyone, at: datetime) -> None:
    closed = factories.UnitFactory(parent=everyone.committee_a)
    services.close_unit(unit_id=closed.pk, version=1, on=TODAY, reason="撤销", by=everyone.party_clerk, at=at)

    with pytest.raises(Problem, match=closed.name):
        services.create_unit(
            kind=UnitKind.PARTY_GROUP,
            name="新小组",
            code="N9",
            parent_id=closed.pk,
            valid_from=TODAY,
            by=everyone.party_clerk,
            at=at,
        )


@pytest.mark.parametrize(
    ("whose", "serves", "refusal"),
    [
        ("clerk_a", "company_a", None),
        ("clerk_a", "company", AccessDenied),  # gives rights on the whole enterprise
        ("clerk_a", "company_b", AccessDenied),
        ("party_clerk", "company_b", None),
        ("party_clerk", "branch_b1", Problem),
    ],
)
def test_what_a_unit_stands_for_lies_in_the_other_tree_and_within_ones_rights(
    everyone: Everyone, at: datetime, whose: str, serves: str, refusal: type[Exception] | None
) -> None:
    clerk_a = factories.appointed(PostKind.PARTY_CLERK, everyone.company_a, acts_for=everyone.committee_a)
    by = clerk_a if whose == "clerk_a" else everyone.party_clerk
    served = getattr(everyone, serves)
    values: dict[str, Any] = {"serves_id": served.pk, "by": by, "at": at}

    def revise() -> Unit:
        return _revise(everyone.branch_a2, 1, from_day=TODAY, reason="", **values)

    def create() -> Unit:
        place = {"parent_id": everyone.committee_a.pk, "valid_from": TODAY}
        return services.create_unit(kind=UnitKind.BRANCH, name="新", code="N8", **place, **values)

    for act in (revise, create):
        if refusal is None:
            assert act().serves_id == served.pk
        else:
            with pytest.raises(refusal):
                act()


def test_conflict_of_two_moves_names_both_units(everyone: Everyone, at: datetime) -> None:
    with pytest.raises(VersionConflict) as conflict:
        _move(everyone, everyone.branch_a1, everyone.committee_b, at, version=7)

    assert str(conflict.value.yours["parent"]) == everyone.committee_b.name
    assert str(conflict.value.theirs["parent"]) == everyone.committee_a.name


@pytest.mark.parametrize("name", ["甲\n支部", "甲\u202e支部", "甲\u200b支部"])
def test_names_with_unseen_signs_are_refused(everyone: Everyone, at: datetime, name: str) -> None:
    with pytest.raises(Problem):
        _rename(everyone, name, 1, from_day=TODAY, reason="", by=everyone.party_clerk, at=at)


@pytest.mark.parametrize(
    "change",
    [
        "path = replace(path, '.', '') || '.'",
        "path = left(path, -13)",
        "path = '000000000001.' || right(path, 13)",
        "depth = depth + 1",
        "tree = 'admin', kind = 'branch'",
    ],
)
def test_database_refuses_a_path_that_does_not_show_where_the_unit_stands(everyone: Everyone, change: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE people_unit SET {change} WHERE id = %s", [everyone.branch_a1.pk])  # noqa: S608 - above


@pytest.mark.django_db(transaction=True)
def test_unit_made_while_its_parent_is_moved_gets_the_new_path() -> None:
    everyone = build_everyone()
    made: list[int] = []
    with transaction.atomic():
        services.move_unit(
            unit_id=everyone.branch_a1.pk,
            parent_id=everyone.committee_b.pk,
            version=1,
            from_day=timezone.localdate(),
            reason="重组",
            by="system",
            at=timezone.now(),
        )
        maker = threading.Thread(target=_make_group, args=(everyone.branch_a1.pk, made))
        maker.start()
        while not _somebody_waits():
            pass
    maker.join(60)

    parent, child = Unit.objects.get(pk=everyone.branch_a1.pk), Unit.objects.get(pk=made[0])
    assert parent.path.startswith(everyone.committee_b.path)
    assert child.path == f"{parent.path}{child.pk:012d}."


def _make_group(parent_id: int, made: list[int]) -> None:
    try:
        unit = services.create_unit(
            kind=UnitKind.PARTY_GROUP,
            name="新小组",
            code="N7",
            parent_id=parent_id,
            valid_from=timezone.localdate(),
            by="system",
            at=timezone.now(),
        )
        made.append(unit.pk)
    finally:
        connections.close_all()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])
