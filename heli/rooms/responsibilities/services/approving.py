"""Submitted by one, approved by another, issued for the year; changed by a new version in the same way."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from heli.kernel import audit, events
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict, check_version
from heli.rooms.information import services as information
from heli.rooms.information.enums import NotificationKind
from heli.rooms.people import access as people
from heli.rooms.people import queries as people_queries
from heli.rooms.people.enums import Permission
from heli.rooms.responsibilities import access
from heli.rooms.responsibilities.enums import ListState, Reach
from heli.rooms.responsibilities.events import ListIssued
from heli.rooms.responsibilities.models import Item, ItemSupport, ListVersion
from heli.rooms.responsibilities.queries import checks, lists
from heli.rooms.responsibilities.services.locking import (
    day_of,
    draft_of,
    locked_list,
    move,
    note_hand,
    refused,
    under_way,
)

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


@transaction.atomic
def submit(*, list_id: int, version: int | None, by: Person, at: datetime) -> ListVersion:
    """Hand the draft to whoever approves; from here every item has exactly one accountable post."""
    draft = draft_of(list_id, by, at)
    check_version(draft, version, {"state": draft.state})
    items = lists.items_of(draft)
    if not items:
        raise Problem(
            _("The list holds no items."), _("There is nothing to approve."), _("Add a responsibility first.")
        )
    blocking = checks.checks_of(draft, items, day_of(at)).blocking
    if blocking:
        count = len(blocking)
        raise Problem(
            _("The list was not submitted."),
            ngettext("%(n)s finding stands in the way.", "%(n)s findings stand in the way.", count) % {"n": count},
            _("Mend what the checks name: one accountable post for each item, and a post with the means."),
        )
    before = lists.version_before(draft)
    if before is not None and not lists.differences(before, draft):
        raise Problem(
            _("Nothing was changed."),
            _("The new version equals the one before it."),
            _("Change an item, or drop the new version."),
        )
    draft.items.update(is_settled=True)
    move(draft, ListState.SUBMITTED)
    draft.submitted_at, draft.submitted_by, draft.note = at, by, ""
    draft.save()
    note_hand(draft, by, at)
    hands = set(draft.contributors.values_list("person_id", flat=True))
    _tell(
        draft, people.without(_approvers(draft, at), hands, day_of(at)), at,
        gettext_noop("“%(title)s” awaits approval"),
        gettext_noop("You may approve lists of %(unit)s and had no hand in this one."),
    )  # fmt: skip
    audit.record("duties.submitted", subject=draft, by=by, at=at, changes={"items": len(items)})
    return draft


@transaction.atomic
def approve(*, list_id: int, version: int | None, note: str = "", by: Person, at: datetime) -> ListVersion:
    """Approve; of two who do so at once one wins and the other is told. Issuing is an act of its own."""
    submitted = under_way(list_id, by, at)
    if submitted.state != ListState.SUBMITTED:
        raise refused(submitted, _("Only a submitted list can be approved or returned."))
    check_version(submitted, version, {"state": submitted.state})
    access.can_approve(by, submitted, day_of(at)).require()
    move(submitted, ListState.APPROVED)
    submitted.approved_at, submitted.approved_by, submitted.note = at, by, note.strip()[:2000]
    submitted.save()
    audit.record("duties.approved", subject=submitted, by=by, at=at, changes={"note": submitted.note})
    _tell(
        submitted, _persons(submitted.submitted_by_id), at,
        gettext_noop("“%(title)s” was approved and can be issued"), gettext_noop("You submitted it."),
    )  # fmt: skip
    return submitted


@transaction.atomic
def return_version(*, list_id: int, version: int | None, reason: str, by: Person, at: datetime) -> ListVersion:
    """Send a submitted, or approved but not issued, list back with what has to be changed."""
    submitted = under_way(list_id, by, at)
    if submitted.state not in (ListState.SUBMITTED, ListState.APPROVED):
        raise refused(submitted, _("Only a submitted list can be approved or returned."))
    check_version(submitted, version, {"state": submitted.state})
    access.can_approve(by, submitted, day_of(at)).require()
    if not reason.strip():
        raise Problem(
            _("A reason is missing."), _("Whoever drafted it has to know what to change."), _("Write it down.")
        )
    submitter = submitted.submitted_by_id
    move(submitted, ListState.RETURNED)
    submitted.note = reason.strip()[:2000]
    submitted.submitted_at = submitted.submitted_by = submitted.approved_at = submitted.approved_by = None
    submitted.save()
    submitted.items.update(is_settled=False)
    audit.record("duties.returned", subject=submitted, by=by, at=at, changes={"reason": submitted.note})
    _tell(
        submitted, _persons(submitter), at,
        gettext_noop("“%(title)s” was returned"), gettext_noop("You submitted it."),
    )  # fmt: skip
    return submitted


@transaction.atomic
def issue(*, list_id: int, version: int | None, by: Person, at: datetime) -> ListVersion:
    """Put the approved version into force and ask every holder to sign; the version before it is kept as it was."""
    approved = under_way(list_id, by, at)
    if approved.state != ListState.APPROVED:
        raise refused(approved, _("Only an approved list can be issued."))
    check_version(approved, version, {"state": approved.state})
    access.can_issue(by, approved, day_of(at)).require()
    before = ListVersion.objects.filter(list=approved.list, state=ListState.IN_FORCE).order_by("pk").first()
    if before is not None:
        move(before, ListState.REPLACED)
        before.valid_to = approved.valid_from
        before.save()
    move(approved, ListState.IN_FORCE)
    approved.issued_at, approved.issued_by = at, by
    approved.save()
    holders = _holders(approved, at)
    changes = {"from": approved.valid_from, "to": approved.valid_to, "holders": len(holders)}
    audit.record("duties.issued", subject=approved, by=by, at=at, changes=changes)
    _tell(
        approved, holders, at,
        gettext_noop("“%(title)s” is in force: read and sign what you answer for"),
        gettext_noop("You hold a post that it names."),
    )  # fmt: skip
    events.publish(ListIssued(approved.list_id, approved.pk, approved.list.unit_id, approved.valid_from))
    return approved


@transaction.atomic
def begin_version(*, list_id: int, reason: str, valid_from: date, by: Person, at: datetime) -> ListVersion:
    """Open the next version as a copy of the one in force, to hold from ``valid_from`` on."""
    duty_list = locked_list(list_id, by, at)
    access.can_draft(by, duty_list.unit, day_of(at)).require()
    current = ListVersion.objects.filter(list=duty_list, state=ListState.IN_FORCE).order_by("pk").first()
    other = lists.version_under_way(list_id)
    if current is None or other is not None:
        raise refused(other or duty_list.versions.order_by("-number")[0], _("Finish the version that is under way."))
    if not reason.strip():
        raise Problem(
            _("A reason is missing."),
            _("Everybody whom the change touches will be shown it."),
            _("Write why the list changes."),
        )
    if not (current.valid_from < valid_from and (current.valid_to is None or valid_from < current.valid_to)):
        raise Problem(
            _("The new version cannot begin on %(day)s.") % {"day": valid_from},
            _("The version in force holds from %(start)s until %(end)s.")
            % {"start": current.valid_from, "end": current.valid_to or "–"},
            _("Choose a day after its first and before its last."),
        )
    version = ListVersion.objects.create(
        list=duty_list, number=current.number + 1, reason=reason.strip()[:2000], drafted_at=at, drafted_by=by,
        valid_from=valid_from, valid_to=current.valid_to,
    )  # fmt: skip
    _copy_items(current, version)
    note_hand(version, by, at)
    changes = {"reason": version.reason, "from": valid_from}
    audit.record("duties.version_begun", subject=version, by=by, at=at, changes=changes)
    return version


@transaction.atomic
def drop_version(*, list_id: int, version: int | None, by: Person, at: datetime) -> int:
    """Drop the draft under way; a version in force stays. Returns the number of versions left.

    ``version`` is what ``lists.stamp_of`` gave the page: an item that somebody wrote meanwhile is not dropped unseen.
    """
    draft = draft_of(list_id, by, at)
    now = lists.stamp_of(draft)
    if version != now:
        raise VersionConflict(yours={}, theirs={}, version=now)
    audit.record("duties.version_dropped", subject=draft, by=by, at=at)
    duty_list = draft.list
    draft.delete()
    left = duty_list.versions.count()
    if not left:
        duty_list.delete()
    return left


def _copy_items(current: ListVersion, version: ListVersion) -> None:
    names = [
        field.attname
        for field in Item._meta.concrete_fields
        if field.name not in ("id", "version", "row_version", "is_settled")
    ]
    items = list(current.items.order_by("number"))
    copies = Item.objects.bulk_create(
        [Item(version=version, **{name: getattr(item, name) for name in names}) for item in items]
    )
    copy_of = {item.pk: copy for item, copy in zip(items, copies, strict=True)}
    rows = ItemSupport.objects.filter(item__in=items).order_by("pk")
    ItemSupport.objects.bulk_create([ItemSupport(item=copy_of[row.item_id], post_id=row.post_id) for row in rows])


def _approvers(version: ListVersion, at: datetime) -> set[int]:
    """Return who approves lists of the unit, or of the unit above it where the unit has nobody."""
    kinds = people.post_kinds_with(Permission.DUTY_APPROVE)
    unit = version.list.unit
    units = [unit.pk, *([unit.parent_id] if unit.parent_id else [])]
    held = people.holders_of({(pk, kind) for pk in units for kind in kinds}, day_of(at))
    return {person_id for persons in held.values() for person_id in persons}


def _holders(version: ListVersion, at: datetime) -> set[int]:
    """Return who holds a post that answers for an item; everybody is not told one by one."""
    posts = version.items.filter(reach=Reach.POST).exclude(accountable=None).values_list("accountable_id", flat=True)
    held = people_queries.holders_by_post([pk for pk in posts if pk is not None], day_of(at))
    return {person.pk for persons in held.values() for person in persons}


def _persons(person_id: int | None) -> set[int]:
    return {person_id} if person_id is not None else set()


def _tell(version: ListVersion, persons: set[int], at: datetime, title: str, reason: str) -> None:
    information.notify(
        persons=persons,
        kind=NotificationKind.TASK,
        title=title,
        reason=reason,
        params={"title": version.list.title, "unit": version.list.unit.name},
        url=reverse("responsibilities:version", args=[version.list_id, version.number]),
        at=at,
    )
