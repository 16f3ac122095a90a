"""Two days of the organization: which units existed and what they were, who held what, as far as one sees it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from heli.rooms.people import services
from heli.rooms.people.enums import PostKind, UnitKind
from heli.rooms.people.models import Appointment, Membership
from heli.rooms.people.queries import UnitThen, holders_changed, units_changed
from heli.rooms.people.tests.factories import AppointmentFactory, PersonFactory, PostFactory, UnitFactory
from heli.rooms.people.tests.fixtures import Everyone

EARLY = date(2027, 1, 1)


def test_units_that_are_new_renamed_moved_or_closed_differ_and_no_others(everyone: Everyone, at: datetime) -> None:
    today, by = at.date(), {"by": everyone.party_clerk, "at": at}
    child = UnitFactory(name="第一党小组", kind=UnitKind.PARTY_GROUP, parent=everyone.branch_a2)
    services.revise_unit(
        unit_id=everyone.branch_a1.pk, version=1, name="甲公司机关党支部", kind=UnitKind.BRANCH, has_committee=True,
        code=everyone.branch_a1.code, serves_id=everyone.branch_a1.serves_id, from_day=today, reason="更名", **by,
    )  # fmt: skip
    services.move_unit(
        unit_id=everyone.branch_a2.pk, parent_id=everyone.committee_b.pk, version=1, from_day=today, reason="划转", **by
    )
    made = services.create_unit(
        kind=UnitKind.BRANCH, name="新建党支部", code="NEW", parent_id=everyone.committee_a.pk, valid_from=today, **by
    )
    Appointment.objects.filter(post__unit=everyone.branch_b1).update(valid_to=EARLY)
    Membership.objects.filter(unit=everyone.branch_b1).update(valid_to=EARLY)
    services.close_unit(unit_id=everyone.branch_b1.pk, version=1, on=today, reason="撤销", **by)

    found = {one.unit_id: one for one in units_changed(everyone.party_clerk, EARLY, today, 50)}

    assert set(found) == {everyone.branch_a1.pk, everyone.branch_a2.pk, everyone.branch_b1.pk, made.pk}
    assert child.pk not in found
    renamed, moved = found[everyone.branch_a1.pk], found[everyone.branch_a2.pk]
    assert (renamed.then, renamed.now) == (
        UnitThen("甲公司第一党支部", "branch", "甲公司党委"), UnitThen("甲公司机关党支部", "branch", "甲公司党委")
    )  # fmt: skip
    assert (moved.then and moved.then.above, moved.now and moved.now.above) == ("甲公司党委", "乙公司党委")
    assert [reason for _day, reason in moved.reasons] == ["划转"]
    assert (found[made.pk].then, found[everyone.branch_b1.pk].now) == (None, None)
    assert units_changed(everyone.party_clerk, today, today, 50) == []


def test_other_holders_are_named_and_two_of_one_name_are_two(everyone: Everyone) -> None:
    post, same = PostFactory(unit=everyone.branch_a1, kind=PostKind.BRANCH_MEMBER), PostFactory(unit=everyone.branch_a1)
    turn, until = date(2027, 2, 1), date(2027, 3, 1)
    for name, start, end in (("王一", EARLY - timedelta(days=9), turn), ("王一", turn, None)):
        AppointmentFactory(person=PersonFactory(name=name), post=post, valid_from=start, valid_to=end)
    again = PersonFactory()
    AppointmentFactory(person=again, post=same, valid_from=EARLY - timedelta(days=9), valid_to=turn)
    AppointmentFactory(person=again, post=same, valid_from=turn)

    found = holders_changed(everyone.party_clerk, EARLY, until, 50)

    assert [(one.post, one.then, one.now) for one in found] == [(post, ("王一",), ("王一",))]


def test_each_sees_the_own_part_and_the_number_of_queries_stays(everyone: Everyone, at: datetime) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as counted:
            units_changed(everyone.party_clerk, EARLY, at.date(), 50)
            holders_changed(everyone.party_clerk, EARLY, at.date(), 50)
        return len(counted)

    counts = []
    for _number in range(5):
        unit = UnitFactory(parent=everyone.committee_b, valid_from=at.date())
        unit.versions.update(valid_from=at.date())
        AppointmentFactory(post=PostFactory(unit=unit), valid_from=at.date())
        counts.append(queries())

    assert counts == [counts[0]] * 5
    assert len(units_changed(everyone.party_clerk, EARLY, at.date(), 50)) == 5
    assert len(units_changed(everyone.party_clerk, EARLY, at.date(), 2)) == 2
    assert units_changed(everyone.branch_secretary_a1, EARLY, at.date(), 50) == []
    assert holders_changed(everyone.branch_secretary_a1, EARLY, at.date(), 50) == []
