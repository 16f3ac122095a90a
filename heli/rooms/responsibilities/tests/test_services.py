"""Lists drafted, submitted, approved by another, issued, changed by a new version; every refusal says why."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from heli.kernel import audit
from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.responsibilities.enums import ListState
from heli.rooms.responsibilities.models import Item, ListVersion, ResponsibilityList
from heli.rooms.responsibilities.queries import checks, lists
from heli.rooms.responsibilities.services import approving, archiving
from heli.rooms.responsibilities.services import lists as drafting
from heli.rooms.responsibilities.services.locking import StateRefused
from heli.rooms.responsibilities.tests import world
from heli.rooms.rulebook.services import install_catalogue

pytestmark = pytest.mark.django_db


def test_a_list_is_drafted_from_the_catalogue_for_its_kind_of_unit(everyone: Everyone, at: datetime) -> None:
    version = drafting.begin_list(
        unit_id=everyone.group.pk, year=2027, title="清单", from_catalogue=True, by=everyone.party_clerk, at=at
    )

    items = lists.items_of(version)
    by_code = {item.origin: item for item in items}
    assert {item.origin for item in items} >= {"R01", "R14", "R52", "R59"}
    assert by_code["R14"].accountable == world.post_of(everyone.secretary)
    assert by_code["R52"].accountable == world.post_of(everyone.party_head)
    assert by_code["R23"].accountable is None
    assert (by_code["R02"].confidence, by_code["R02"].obligations) == ("verified", ["B01"])
    assert [entry.action for entry in AuditEntry.objects.order_by("number")] == ["duties.list_begun"]


def test_drafting_again_adds_only_what_is_missing(everyone: Everyone, at: datetime) -> None:
    version = drafting.begin_list(
        unit_id=everyone.branch_a1.pk, year=2027, title="清单", from_catalogue=True, by=everyone.party_clerk, at=at
    )
    first = world.items(version)[0]
    drafting.remove_item(list_id=version.list_id, item_id=first.pk, version=1, by=everyone.party_clerk, at=at)

    added = drafting.draft_from_catalogue(list_id=version.list_id, by=everyone.party_clerk, at=at)

    assert added == 1
    with pytest.raises(Problem, match=r"Nothing was added\."):
        drafting.draft_from_catalogue(list_id=version.list_id, by=everyone.party_clerk, at=at)


def test_a_unit_has_one_list_a_year(everyone: Everyone, at: datetime) -> None:
    world.draft(everyone, at)

    with pytest.raises(Problem, match="already has a list for 2027"):
        world.draft(everyone, at)

    assert ResponsibilityList.objects.count() == 1


def test_who_drafts_for_another_unit_is_refused(everyone: Everyone, at: datetime) -> None:
    with pytest.raises(Problem, match="You draft no lists for this unit"):
        drafting.begin_list(
            unit_id=everyone.branch_b1.pk, year=2027, title="x", from_catalogue=False,
            by=everyone.branch_secretary_a1, at=at,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text_zh": "  "}, "The item has no text"),
        ({"obligations": ["Z99"]}, "The rulebook holds no duty Z99"),
    ],
)
def test_items_that_cannot_be(everyone: Everyone, at: datetime, change: dict[str, object], words: str) -> None:
    install_catalogue(by="test", at=at)
    version = world.draft(everyone, at)
    edit = world.edit(str(change.pop("text_zh", "做事")), world.post_of(everyone.secretary), **change)

    with pytest.raises(Problem, match=words):
        drafting.add_items(list_id=version.list_id, edits=[edit], by=everyone.party_clerk, at=at)

    assert version.items.count() == 1


def test_an_item_names_only_posts_that_serve_the_unit(everyone: Everyone, at: datetime) -> None:
    version = world.draft(everyone, at)
    stranger = world.edit("做事", world.post_of(everyone.branch_secretary_b1))

    with pytest.raises(Problem, match="does not serve this unit"):
        drafting.add_items(list_id=version.list_id, edits=[stranger], by=everyone.party_clerk, at=at)


def test_editing_what_somebody_else_saved_shows_both_sides(everyone: Everyone, at: datetime) -> None:
    version = world.draft(everyone, at)
    item = world.items(version)[0]
    change = {"list_id": version.list_id, "item_id": item.pk, "by": everyone.party_clerk, "at": at}
    post = world.post_of(everyone.secretary)
    drafting.edit_item(edit=world.edit("先改", post), version=1, **change)

    with pytest.raises(VersionConflict) as refused:
        drafting.edit_item(edit=world.edit("后改", post), version=1, **change)

    assert (refused.value.theirs["text_zh"], refused.value.yours["text_zh"]) == ("先改", "后改")


def test_a_shipped_item_that_is_reworded_becomes_the_enterprise_s_own(everyone: Everyone, at: datetime) -> None:
    version = drafting.begin_list(
        unit_id=everyone.group.pk, year=2027, title="清单", from_catalogue=True, by=everyone.party_clerk, at=at
    )
    item = version.items.get(origin="R02")

    edited = drafting.edit_item(
        list_id=version.list_id, item_id=item.pk, version=1, by=everyone.party_clerk, at=at,
        edit=world.edit("每季度研究一次", item.accountable, obligations=["B01"]),
    )  # fmt: skip

    assert (edited.confidence, edited.origin) == ("own", "R02")


def test_the_way_of_a_list_into_force(everyone: Everyone, at: datetime) -> None:
    version = world.issued(everyone, at)

    assert version.state == ListState.IN_FORCE
    assert (version.submitted_by, version.approved_by, version.issued_by) == (
        everyone.party_clerk, everyone.party_head, everyone.party_clerk,
    )  # fmt: skip
    actions = [entry.action for entry in AuditEntry.objects.order_by("number")]
    assert actions == ["duties.list_begun", "duties.item_added", "duties.submitted", "duties.approved", "duties.issued"]


def test_a_list_without_one_accountable_post_is_not_submitted(everyone: Everyone, at: datetime) -> None:
    version = world.draft(everyone, at, edits=[world.edit("无人负责", None)])

    with pytest.raises(Problem, match="1 finding stands in the way"):
        approving.submit(list_id=version.list_id, version=version.version, by=everyone.party_clerk, at=at)

    version.refresh_from_db()
    assert version.state == ListState.DRAFT


def test_a_post_without_the_means_keeps_a_list_from_being_submitted(everyone: Everyone, at: datetime) -> None:
    edit = world.edit("审批清单", world.post_of(everyone.party_clerk), needs="duty_approve")
    version = world.draft(everyone, at, edits=[edit])

    found = checks.checks_of(version, lists.items_of(version), at.date())

    assert [(fault.kind, fault.detail) for fault in found.blocking] == [("no_means", "duty_approve")]


def test_the_database_refuses_a_settled_item_without_its_post(everyone: Everyone, at: datetime) -> None:
    version = world.submitted(everyone, at)

    with pytest.raises(IntegrityError, match="responsibilities_item_one_accountable"), transaction.atomic():
        version.items.update(accountable=None)


@pytest.mark.parametrize("who", ["party_clerk", "discipline_clerk", "secretary_a", "branch_secretary_a1", "member_a1"])
def test_who_may_not_approve(everyone: Everyone, at: datetime, who: str) -> None:
    version = world.submitted(everyone, at)

    with pytest.raises(Exception) as refused:  # noqa: PT011 - what cannot be seen is missing, what can is denied
        approving.approve(list_id=version.list_id, version=version.version, by=getattr(everyone, who), at=at)

    assert type(refused.value).__name__ in {"AccessDenied", "Http404"}
    version.refresh_from_db()
    assert version.state == ListState.SUBMITTED


def test_nobody_approves_a_list_they_edited(everyone: Everyone, at: datetime) -> None:
    version = world.draft(everyone, at)
    extra = world.edit("又一项", world.post_of(everyone.secretary))
    drafting.add_items(list_id=version.list_id, edits=[extra], by=everyone.party_head, at=at)
    version = approving.submit(list_id=version.list_id, version=version.version, by=everyone.party_clerk, at=at)

    with pytest.raises(AccessDenied, match="You had a hand in this list"):
        approving.approve(list_id=version.list_id, version=version.version, by=everyone.party_head, at=at)
    done = approving.approve(list_id=version.list_id, version=version.version, by=everyone.secretary, at=at)

    assert done.approved_by == everyone.secretary


def test_the_database_keeps_four_eyes(everyone: Everyone, at: datetime) -> None:
    version = world.approved(everyone, at)

    with pytest.raises(IntegrityError, match="responsibilities_version_four_eyes"), transaction.atomic():
        ListVersion.objects.filter(pk=version.pk).update(approved_by=everyone.party_clerk)


def test_a_returned_list_is_mended_and_submitted_again(everyone: Everyone, at: datetime) -> None:
    version = world.submitted(everyone, at)
    with pytest.raises(Problem, match="A reason is missing"):
        approving.return_version(
            list_id=version.list_id, version=version.version, reason=" ", by=everyone.party_head, at=at
        )
    returned = approving.return_version(
        list_id=version.list_id, version=version.version, reason="缺一项", by=everyone.party_head, at=at
    )
    extra = world.edit("补上的一项", world.post_of(everyone.secretary))
    drafting.add_items(list_id=version.list_id, edits=[extra], by=everyone.party_clerk, at=at)

    again = approving.submit(list_id=version.list_id, version=returned.version, by=everyone.party_clerk, at=at)

    assert (returned.state, returned.note, again.state) == (ListState.RETURNED, "缺一项", ListState.SUBMITTED)


def test_nothing_changes_while_it_awaits_approval(everyone: Everyone, at: datetime) -> None:
    version = world.submitted(everyone, at)
    extra = world.edit("偷偷加的一项", world.post_of(everyone.secretary))

    with pytest.raises(StateRefused, match="Awaiting approval"):
        drafting.add_items(list_id=version.list_id, edits=[extra], by=everyone.party_clerk, at=at)


def test_a_changed_list_is_a_new_version_and_the_old_stays_readable(
    everyone: Everyone, at: datetime, in_force: ListVersion
) -> None:
    begun = approving.begin_version(
        list_id=in_force.list_id, reason="规定修订", valid_from=date(2027, 7, 1), by=everyone.party_clerk, at=at
    )
    changed = begun.items.get(number=1)
    drafting.edit_item(
        list_id=begun.list_id, item_id=changed.pk, version=1, by=everyone.party_clerk, at=at,
        edit=world.edit("主持年度和半年工作", world.post_of(everyone.secretary)),
    )  # fmt: skip
    submitted = approving.submit(list_id=begun.list_id, version=begun.version, by=everyone.party_clerk, at=at)
    approved = approving.approve(list_id=begun.list_id, version=submitted.version, by=everyone.party_head, at=at)
    approving.issue(list_id=begun.list_id, version=approved.version, by=everyone.party_clerk, at=at)

    old, new = ListVersion.objects.filter(list=in_force.list_id).order_by("number")
    assert (old.state, old.valid_to, new.state, new.valid_from) == (
        ListState.REPLACED, date(2027, 7, 1), ListState.IN_FORCE, date(2027, 7, 1),
    )  # fmt: skip
    lineage = str(changed.lineage)
    before, after = lists.who_answers(lineage, date(2027, 6, 30)), lists.who_answers(lineage, date(2027, 7, 1))
    assert before is not None
    assert after is not None
    assert (before.item.text_zh, after.item.text_zh) == ("主持年度工作", "主持年度和半年工作")
    (difference,) = lists.differences(old, new)
    assert ("text_zh", "主持年度工作", "主持年度和半年工作") in difference.fields


def test_a_version_that_changes_nothing_is_not_submitted(
    everyone: Everyone, at: datetime, in_force: ListVersion
) -> None:
    begun = approving.begin_version(
        list_id=in_force.list_id, reason="试试", valid_from=date(2027, 7, 1), by=everyone.party_clerk, at=at
    )

    with pytest.raises(Problem, match="The new version equals the one before it"):
        approving.submit(list_id=begun.list_id, version=begun.version, by=everyone.party_clerk, at=at)

    stamp = lists.stamp_of(begun)
    assert approving.drop_version(list_id=begun.list_id, version=stamp, by=everyone.party_clerk, at=at) == 1


@pytest.mark.parametrize("day", [date(2027, 1, 1), date(2026, 12, 1), date(2028, 1, 1)])
def test_a_new_version_begins_within_the_one_in_force(
    everyone: Everyone, at: datetime, in_force: ListVersion, day: date
) -> None:
    with pytest.raises(Problem, match="cannot begin on"):
        approving.begin_version(list_id=in_force.list_id, reason="x", valid_from=day, by=everyone.party_clerk, at=at)


def test_dropping_the_only_draft_drops_the_list(everyone: Everyone, at: datetime) -> None:
    version = world.draft(everyone, at)
    stamp = lists.stamp_of(version)

    assert approving.drop_version(list_id=version.list_id, version=stamp, by=everyone.party_clerk, at=at) == 0
    assert not ResponsibilityList.objects.exists()


def test_a_draft_that_somebody_went_on_writing_is_not_dropped(everyone: Everyone, at: datetime) -> None:
    version = world.draft(everyone, at)
    item = version.items.order_by("pk").first()
    assert item is not None
    stamps = {lists.stamp_of(version)}
    drafting.remove_item(
        list_id=version.list_id, item_id=item.pk, version=item.row_version, by=everyone.party_clerk, at=at
    )

    for stamp in (*stamps, None):
        with pytest.raises(VersionConflict):
            approving.drop_version(list_id=version.list_id, version=stamp, by=everyone.party_clerk, at=at)
    assert ResponsibilityList.objects.exists()


def test_two_versions_never_hold_at_once(everyone: Everyone, at: datetime, in_force: ListVersion) -> None:
    copy = ListVersion.objects.get(pk=in_force.pk)
    copy.pk, copy.number, copy.state = None, 2, ListState.REPLACED

    with pytest.raises(IntegrityError, match="responsibilities_version_no_overlap"), transaction.atomic():
        copy.save()


def test_when_the_audit_entry_fails_nothing_was_saved(
    everyone: Everyone, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = world.submitted(everyone, at)

    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError("no room for the entry")

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError):
        approving.approve(list_id=version.list_id, version=version.version, by=everyone.party_head, at=at)

    version.refresh_from_db()
    assert version.state == ListState.SUBMITTED


def test_checks_compare_the_list_with_the_rulebook_both_ways(everyone: Everyone, at: datetime) -> None:
    install_catalogue(by="test", at=at)
    edits = [
        world.edit("研究从严治党", world.post_of(everyone.secretary), obligations=["B01"]),
        world.edit("没人要求的事", world.post_of(everyone.secretary)),
    ]
    version = world.draft(everyone, at, edits=edits)

    found = checks.checks_of(version, lists.items_of(version), at.date())

    assert [item.number for item in found.nobody_asks] == [2]
    assert "B01" not in {duty.code for duty in found.unlisted}
    assert "B02" in {duty.code for duty in found.unlisted}


def test_overload_is_shown_and_never_forbidden(everyone: Everyone, at: datetime) -> None:
    archiving.set_limit(items=1, reason="先试一试", by=everyone.secretary, at=at)
    post = world.post_of(everyone.secretary)

    version = world.submitted(everyone, at, edits=[world.edit("第一件事情", post), world.edit("第二件事情", post)])

    found = checks.checks_of(version, lists.items_of(version), at.date())
    assert found.overloaded == [(everyone.secretary, 2)]
    assert found.blocking == []


def test_only_the_top_sets_the_limit(everyone: Everyone, at: datetime) -> None:
    with pytest.raises(AccessDenied):
        archiving.set_limit(items=5, reason="x", by=everyone.secretary_a, at=at)


def test_a_vacant_post_is_said_honestly(everyone: Everyone, at: datetime, in_force: ListVersion) -> None:
    item = world.items(in_force)[0]

    answer = lists.who_answers(str(item.lineage), date(2027, 3, 1))
    spans = lists.tenancies(item, date(2019, 1, 1), date(2028, 1, 1))

    assert answer is not None
    assert answer.holders == (everyone.secretary,)
    assert [(one.start, one.person) for one in spans] == [
        (date(2019, 1, 1), None),
        (date(2020, 1, 1), everyone.secretary),
    ]
    assert Item.objects.filter(pk=item.pk, is_settled=True).exists()
