"""Who reads, drafts and approves a list, who signs, and whose duties one may see.

A list under way is open to those who draft or approve for its unit. An issued version is for whoever may read lists
of its unit, for the holders of the posts it names, and for those whom its items of everybody bind. A person's duties
are open to the person; somebody else sees them as far as they come from units on which they hold the right.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from heli.kernel.decisions import Decision, allowed, denied
from heli.rooms.people import access as people
from heli.rooms.people import queries as people_queries
from heli.rooms.people.enums import Permission, PoliticalStatus, Tree
from heli.rooms.responsibilities import rules
from heli.rooms.responsibilities.enums import Reach
from heli.rooms.responsibilities.models import (
    DutyArchive,
    HandOver,
    Item,
    ListQuerySet,
    ListVersion,
    ResponsibilityList,
    VersionQuerySet,
)

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, PersonQuerySet, Unit, UnitQuerySet


def _below(field: str, paths: list[str]) -> Q:
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{field}__path__startswith": path})
    return condition


def _workshop_paths(person: Person | None, on: date) -> list[str]:
    drafting = people.scope_paths(person, Permission.DUTY_DRAFT, on)
    return drafting + people.scope_paths(person, Permission.DUTY_APPROVE, on)


def own_posts(person: Person | None, on: date) -> list[int]:
    """Return the posts the person holds that day (one query)."""
    return [] if person is None else [appointment.post_id for appointment in people_queries.posts_of(person, on)]


# Lists and their versions.


def visible_versions(person: Person | None, on: date) -> VersionQuerySet:
    """Return the versions the person may open: the list side of ``can_view``."""
    reading = people.scope_paths(person, Permission.DUTY_LIST_VIEW, on)
    named = Item.objects.filter(version=OuterRef("pk")).filter(_names(own_posts(person, on)) | binding(person, on))
    issued = Q(state__in=("in_force", "replaced")) & (_below("list__unit", reading) | Q(Exists(named)))
    return ListVersion.objects.filter(_below("list__unit", _workshop_paths(person, on)) | issued)


def _names(post_ids: list[int]) -> Q:
    return Q(accountable_id__in=post_ids) | Q(supports__post_id__in=post_ids)


def binding(person: Person | None, on: date) -> Q:
    """Return the items of everybody that bind this person: of the lists of the units the person is in (one query).

    What somebody answers for, and is asked to sign, that person can read.
    """
    if person is None:
        return Q(pk__in=[])
    party, office = people_queries.party_and_office(person.pk, on)
    near = Q(version__list__unit_id__in=_line_of(party)) | Q(version__list__unit__serves_id__in=_line_of(office))
    outside = person.political_status == PoliticalStatus.NON_MEMBER
    return near & Q(reach__in=[Reach.STAFF] if outside else [Reach.STAFF, Reach.MEMBERS])


def _line_of(unit: Unit | None) -> list[int]:
    """Return the ids of the unit and of those above it."""
    return people_queries.way_to(unit) if unit is not None else []


def can_view(person: Person | None, version: ListVersion, on: date) -> Decision:
    """Return whether the person may open this version, with the reason if not."""
    path = version.list.unit.path
    if any(path.startswith(each) for each in _workshop_paths(person, on)):
        return allowed()
    if version.state not in ("in_force", "replaced"):
        return denied(_("A list that is not issued is open to those who draft or approve it."))
    if any(path.startswith(each) for each in people.scope_paths(person, Permission.DUTY_LIST_VIEW, on)):
        return allowed()
    if version.items.filter(_names(own_posts(person, on)) | binding(person, on)).exists():
        return allowed()
    return denied(_("This list belongs to another unit and binds neither your posts nor everybody where you are."))


def visible_lists(person: Person | None, on: date) -> ListQuerySet:
    """Return the lists of which the person may open at least one version."""
    versions = visible_versions(person, on).filter(list=OuterRef("pk"))
    return ResponsibilityList.objects.filter(Exists(versions))


def version_for(person: Person | None, list_id: int, number: int, on: date) -> ListVersion:
    """Return the version with its list and unit, or raise the same 404 for missing and forbidden."""
    rows = visible_versions(person, on).select_related("list__unit", "submitted_by", "approved_by", "issued_by")
    return get_object_or_404(rows, list_id=list_id, number=number)


def list_for(person: Person | None, list_id: int, on: date) -> ResponsibilityList:
    """Return the list, or raise the same 404 for missing and forbidden."""
    return get_object_or_404(visible_lists(person, on).select_related("unit"), pk=list_id)


def is_in_workshop(person: Person | None, unit: Unit, on: date) -> bool:
    """Return whether the person drafts or approves lists of the unit."""
    return any(unit.path.startswith(path) for path in _workshop_paths(person, on))


def can_draft(person: Person | None, unit: Unit, on: date) -> Decision:
    """Return whether the person may draft lists of the unit."""
    return people.has(person, Permission.DUTY_DRAFT, unit, on)


def units_to_draft_for(person: Person | None, on: date) -> UnitQuerySet:
    """Return the units for which the person may begin a list."""
    return people.units_with(person, Permission.DUTY_DRAFT, on).current(on)


def can_approve(person: Person | None, version: ListVersion, on: date) -> Decision:
    """Return whether the person may approve or return: the right, and no hand in the version (invariant 4)."""
    held = people.has(person, Permission.DUTY_APPROVE, version.list.unit, on)
    if not held or person is None:
        return held
    hands = {*version.contributors.values_list("person_id", flat=True), version.drafted_by_id}
    if all(rules.may_approve(pk, version.submitted_by_id, hands) for pk in people.counts_as(person, on)):
        return allowed()
    return denied(_("You had a hand in this list. Somebody who neither drafted, edited nor submitted it approves it."))


def can_issue(person: Person | None, version: ListVersion, on: date) -> Decision:
    """Return whether the person may put an approved version into force: who approves, or who drafts, for the unit."""
    approves = people.has(person, Permission.DUTY_APPROVE, version.list.unit, on)
    return approves or can_draft(person, version.list.unit, on)


def can_set_limit(person: Person | None, on: date) -> Decision:
    """Return whether the person may say from how many items on a holder is overloaded: it binds the enterprise."""
    held = people.units_with(person, Permission.DUTY_APPROVE, on)
    if held.filter(tree=Tree.PARTY, parent__isnull=True).exists():
        return allowed()
    return denied(_("The limit holds for the whole enterprise. Who approves lists at its top sets it."))


# Signing.


def can_sign(person: Person | None, post_id: int, on: date) -> Decision:
    """Return whether the person may sign the items of a post: who holds the post that day."""
    if post_id in own_posts(person, on):
        return allowed()
    return denied(_("Only who holds the post signs what it answers for."))


# Persons and their duties.


def visible_holders(viewer: Person | None, on: date) -> PersonQuerySet:
    """Return the persons whose duties the viewer may open: the list side of ``can_view_duties``."""
    return people.persons_under(viewer, Permission.DUTY_VIEW, on)


def can_view_duties(viewer: Person | None, person: Person, on: date) -> Decision:
    """Return whether the viewer may open what this person answers for."""
    if viewer is not None and viewer.pk == person.pk:
        return allowed()
    units = [post.post.unit for post in people_queries.posts_of(person, on)]
    units += [post.post.acts_for for post in people_queries.posts_of(person, on) if post.post.acts_for]
    units += [place.unit for place in people_queries.places_of(person, on)]
    if any(people.is_under(viewer, Permission.DUTY_VIEW, unit, on) for unit in units):
        return allowed()
    return denied(_("You see your own duties and those of persons in units you oversee."))


def holder_for(viewer: Person | None, person_id: int, on: date) -> Person:
    """Return the person whose duties are asked for, or raise the same 404 for missing and forbidden."""
    return get_object_or_404(visible_holders(viewer, on), pk=person_id)


def sees_unit(viewer: Person | None, person: Person, unit: Unit, on: date) -> bool:
    """Return whether, of this person's duties, the viewer sees those that come from ``unit``."""
    return (viewer is not None and viewer.pk == person.pk) or people.is_under(viewer, Permission.DUTY_VIEW, unit, on)


# Hand-over sheets and archived records.


def visible_hand_overs(person: Person | None, on: date) -> QuerySet[HandOver]:
    """Return the sheets of the two who sign, and of units whose duties the person oversees."""
    paths = people.scope_paths(person, Permission.DUTY_VIEW, on)
    mine = Q(from_person=person) | Q(to_person=person) if person is not None else Q(pk__in=[])
    return HandOver.objects.filter(mine | _below("post__unit", paths) | _below("post__acts_for", paths))


def can_view_hand_over(person: Person | None, sheet: HandOver, on: date) -> Decision:
    """Return whether the person may open the sheet."""
    if person is not None and person.pk in (sheet.from_person_id, sheet.to_person_id):
        return allowed()
    units = [unit for unit in (sheet.post.unit, sheet.post.acts_for) if unit is not None]
    if any(people.is_under(person, Permission.DUTY_VIEW, unit, on) for unit in units):
        return allowed()
    return denied(_("Only the two who sign and those who oversee the unit see a hand-over sheet."))


def hand_over_for(person: Person | None, pk: int, on: date) -> HandOver:
    """Return the sheet, or raise the same 404 for missing and forbidden."""
    rows = visible_hand_overs(person, on).select_related(
        "post__unit", "post__acts_for", "from_person", "to_person", "witnessed_by"
    )
    return get_object_or_404(rows, pk=pk)


def can_witness(person: Person | None, sheet: HandOver, on: date) -> Decision:
    """Return whether the person may witness for a leaver who cannot sign: a third person who approves lists there."""
    signing = {sheet.from_person_id, sheet.to_person_id}
    if person is None or not people.counts_as(person, on).isdisjoint(signing):
        return denied(_("A third person witnesses, not one of the two who sign."))
    units = [unit for unit in (sheet.post.unit, sheet.post.acts_for) if unit is not None]
    if any(people.is_under(person, Permission.DUTY_APPROVE, unit, on) for unit in units):
        return allowed()
    return denied(_("This needs the right “%(right)s” for the unit.") % {"right": Permission.DUTY_APPROVE.label})


def visible_archives(viewer: Person | None, on: date) -> QuerySet[DutyArchive]:
    """Return the archived records of oneself, and those one made of persons whose duties one may see."""
    if viewer is None:
        return DutyArchive.objects.none()
    seen = visible_holders(viewer, on).filter(pk=OuterRef("person_id"))
    return DutyArchive.objects.filter(Q(person=viewer) | (Q(made_by=viewer) & Exists(seen)))


def can_view_archive(viewer: Person | None, archive: DutyArchive, on: date) -> Decision:
    """Return whether the viewer may open this archived record."""
    if viewer is not None and viewer.pk == archive.person_id:
        return allowed()
    if viewer is not None and viewer.pk == archive.made_by_id and can_view_duties(viewer, archive.person, on):
        return allowed()
    return denied(_("An archived record is open to the person and to who made it."))


def archive_for(viewer: Person | None, pk: int, on: date) -> DutyArchive:
    """Return the archived record, or raise the same 404 for missing and forbidden."""
    return get_object_or_404(visible_archives(viewer, on).select_related("person", "made_by"), pk=pk)
