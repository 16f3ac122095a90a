"""Who may read the rulebook, change the enterprise's copy and say how things stand in a unit."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, cast

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from heli.kernel.decisions import Decision, allowed, denied
from heli.rooms.people import access as people
from heli.rooms.people import queries as people_queries
from heli.rooms.people.enums import AdministratorKind, Permission, Tree
from heli.rooms.rulebook.enums import AdjustmentState
from heli.rooms.rulebook.models import (
    Adjustment,
    AdjustmentNotice,
    AdjustmentQuerySet,
    AdjustmentTold,
    Circumstance,
    CircumstanceQuerySet,
    Edition,
    Instrument,
    KeyLink,
    Obligation,
    Review,
    ReviewProposal,
)

if TYPE_CHECKING:
    from heli.rooms.people.models import Account, Person, Post, Unit


def can_read(person: Person | None, on: date) -> Decision:
    """Return whether ``person`` may read the rulebook: whoever holds a post may."""
    return people.has_somewhere(person, Permission.RULEBOOK_VIEW, on)


def can_edit(person: Person | None, on: date) -> Decision:
    """Return whether ``person`` may change the enterprise's copy, which binds every unit.

    That takes the right to edit on a topmost Party organization; the same right further down is not enough.
    """
    held = people.units_with(person, Permission.RULEBOOK_EDIT, on)
    if held.filter(tree=Tree.PARTY, parent__isnull=True).exists():
        return allowed()
    return denied(_("The rulebook binds all units. Only who coordinates the work of the whole enterprise changes it."))


def hands_of(person: Person, on: date) -> frozenset[int]:
    """Return whose hand an act is that ``can_edit`` allows: asked where that asks, on a topmost Party organization."""
    return people.hands_of(person, Permission.RULEBOOK_EDIT, people_queries.topmost_units(Tree.PARTY, on), on)


def can_edit_calendar(by: Person | Account | None, on: date) -> Decision:
    """Return whether ``by`` may enter days off and working days: the system administrator, or who may ``can_edit``."""
    administrator = getattr(by, "administrator", None)
    if administrator is None:
        return can_edit(cast("Person | None", by), on)
    if cast("Account", by).is_active and administrator == AdministratorKind.SYSTEM:
        return allowed()
    return denied(_("Days of the calendar are entered by the system administrator or by who edits the rulebook."))


def can_declare(person: Person | None, unit: Unit, on: date) -> Decision:
    """Return whether ``person`` may say how things stand in ``unit``: who works for it, or for a unit above."""
    does = people.has(person, Permission.TASK_DO, unit, on)
    return does or people.has(person, Permission.RULEBOOK_EDIT, unit, on)


def visible_obligations(person: Person | None, on: date) -> QuerySet[Obligation]:
    """Return the duties ``person`` may read: all, or none without a post. The list side of ``can_read``."""
    return Obligation.objects.all() if can_read(person, on) else Obligation.objects.none()


def obligation_for(person: Person | None, code: str, on: date) -> Obligation:
    """Return the duty, or raise the same 404 for missing and forbidden."""
    return get_object_or_404(visible_obligations(person, on), code=code)


def instrument_for(person: Person | None, code: str, on: date) -> Instrument:
    """Return the instrument, or raise the same 404 for missing and forbidden."""
    visible = Instrument.objects.all() if can_read(person, on) else Instrument.objects.none()
    return get_object_or_404(visible, code=code)


def key_link_for(person: Person | None, code: str, on: date) -> KeyLink:
    """Return the key link, or raise the same 404 for missing and forbidden."""
    visible = KeyLink.objects.all() if can_read(person, on) else KeyLink.objects.none()
    return get_object_or_404(visible, code=code)


def visible_circumstances(person: Person | None, on: date) -> CircumstanceQuerySet:
    """Return what is declared about the units ``person`` may see."""
    return Circumstance.objects.filter(unit__in=people.units_with(person, Permission.UNIT_VIEW, on))


def can_view_circumstance(person: Person | None, circumstance: Circumstance, on: date) -> Decision:
    """Return whether ``person`` may read this; the object side of ``visible_circumstances``."""
    return people.has(person, Permission.UNIT_VIEW, circumstance.unit, on)


def post_for(person: Person | None, pk: int, on: date) -> Post:
    """Return the post with its unit where ``person`` sees the unit, or raise the same 404 for missing and forbidden."""
    post = people_queries.posts_by_id([pk]).get(pk)
    if post is None or not people.has(person, Permission.UNIT_VIEW, post.unit, on):
        raise Http404
    return post


def post_to_close(person: Person | None, pk: int, on: date) -> Post:
    """Return the open post where ``person`` may change the unit, or raise the same 404 for missing and forbidden."""
    post = people_queries.posts_by_id([pk]).get(pk)
    if post is None or post.is_closed or not people.has(person, Permission.UNIT_EDIT, post.unit, on):
        raise Http404
    return post


def circumstance_for(person: Person | None, pk: int, on: date) -> Circumstance:
    """Return the declared circumstance, or raise the same 404 for missing and forbidden."""
    return get_object_or_404(visible_circumstances(person, on).select_related("unit"), pk=pk)


# Changes that first show what follows from them. A change under way is for those who draft and decide; a decided
# one is for everybody who reads the rulebook, because it binds everybody.

_OPEN_TO_ALL = (AdjustmentState.DECIDED, AdjustmentState.IN_FORCE)


def _is_open_to_all(adjustment: Adjustment) -> bool:
    """Whether people were told of it: it was decided, be it that it was taken back before its day."""
    is_taken_back = adjustment.state == AdjustmentState.WITHDRAWN and adjustment.decided_at is not None
    return adjustment.state in _OPEN_TO_ALL or is_taken_back


def coordinates(person: Person | None, on: date) -> bool:
    """Return whether ``person`` drafts or decides changes, and so sees them whole; others see their own part."""
    return bool(can_edit(person, on)) or bool(_approves(person, on))


def _approves(person: Person | None, on: date) -> Decision:
    held = people.units_with(person, Permission.RULEBOOK_APPROVE, on)
    if held.filter(tree=Tree.PARTY, parent__isnull=True).exists():
        return allowed()
    return denied(_("A change of the rulebook binds all units. Who leads the work of the whole enterprise decides it."))


def visible_adjustments(person: Person | None, on: date) -> AdjustmentQuerySet:
    """Return the changes ``person`` may open: the list side of ``can_view_adjustment``."""
    seen = _closings(person, on)
    if coordinates(person, on):
        seen |= Q(unit__isnull=True)
    elif can_read(person, on):
        is_taken_back = Q(state=AdjustmentState.WITHDRAWN, decided_at__isnull=False)
        seen |= Q(unit__isnull=True) & (Q(state__in=_OPEN_TO_ALL) | is_taken_back)
    return Adjustment.objects.filter(seen)


def _closings(person: Person | None, on: date) -> Q:
    """Return the filter for closings that the person makes, sees the unit of, or was asked to take note of."""
    if person is None:
        return Q(pk__in=[])
    makes = Q(unit__in=people.units_with(person, Permission.UNIT_EDIT, on).order_by().values("pk"))
    sees = Q(unit__in=people.units_with(person, Permission.UNIT_VIEW, on).order_by().values("pk"))
    asked = AdjustmentNotice.objects.filter(unit__in=_own_units(person, on)).values("adjustment")
    told = AdjustmentTold.objects.filter(person=person).values("adjustment")
    is_known = Q(state__in=_OPEN_TO_ALL) & (sees | Q(pk__in=asked) | Q(pk__in=told))
    return Q(unit__isnull=False) & (makes | is_known)


def can_view_adjustment(person: Person | None, adjustment: Adjustment, on: date) -> Decision:
    """Return whether ``person`` may open this change, with the reason if not."""
    if adjustment.unit_id is not None:
        if Adjustment.objects.filter(_closings(person, on), pk=adjustment.pk).exists():
            return allowed()
        return denied(_("This closing is open to those who see the unit, and to those who were told of it."))
    if coordinates(person, on):
        return allowed()
    if not _is_open_to_all(adjustment):
        return denied(_("A change that is not decided is open to those who draft and decide it."))
    return can_read(person, on)


def adjustment_for(person: Person | None, pk: int, on: date) -> Adjustment:
    """Return the change, or raise the same 404 for missing and forbidden."""
    rows = visible_adjustments(person, on).select_related("drafted_by", "proposed_by", "decided_by", "withdrawn_by")
    return get_object_or_404(rows.select_related("unit"), pk=pk)


def can_draft(person: Person | None, adjustment: Adjustment, on: date) -> Decision:
    """Return whether ``person`` may work on the draft: of a closing whoever may close, else who edits the rulebook."""
    if adjustment.unit is not None:
        return people.has(person, Permission.UNIT_EDIT, adjustment.unit, on)
    return can_edit(person, on)


def sees_whole(person: Person | None, adjustment: Adjustment, on: date) -> bool:
    """Return whether ``person`` sees the change whole; others see their own part of what follows."""
    return bool(can_draft(person, adjustment, on)) if adjustment.unit is not None else coordinates(person, on)


def visible_editions(person: Person | None, on: date) -> QuerySet[Edition]:
    """Return the editions whose choices ``person`` may read: all or none; the list side of ``can_view_edition``."""
    return Edition.objects.all() if can_view_edition(person, on) else Edition.objects.none()


def can_view_edition(person: Person | None, on: date) -> Decision:
    """Return whether ``person`` may read what was chosen of an edition: who drafts changes or decides them."""
    if coordinates(person, on):
        return allowed()
    return denied(_("What was chosen of an edition is open to those who draft and decide changes."))


def edition_for(person: Person | None, pk: int, on: date) -> Edition:
    """Return the edition, or raise the same 404 for missing and forbidden."""
    return get_object_or_404(visible_editions(person, on), pk=pk)


def can_decide(person: Person | None, adjustment: Adjustment, on: date) -> Decision:
    """Return whether ``person`` may decide or return it: the right, and no hand in it (invariant 4).

    A closing is decided by whoever closes, as any change of a unit or post is made by one person; so is a day.
    """
    if adjustment.is_one_act:
        return can_draft(person, adjustment, on)
    held = _approves(person, on)
    if not held or person is None:
        return held
    if not people.counts_as(person, on).isdisjoint(adjustment.hands):
        return denied(_("You had a hand in this change. Somebody who neither drafted nor proposed it decides."))
    return allowed()


def can_take_back(person: Person | None, adjustment: Adjustment, on: date) -> Decision:
    """Return whether ``person`` may take a decided change back: who could decide on it, before its day."""
    if adjustment.effective_on <= on:
        return denied(_("Its day has come. What holds is changed by another change."))
    return can_decide(person, adjustment, on)


def adjustments_to_decide(person: Person | None, on: date) -> AdjustmentQuerySet:
    """Return the proposed changes that the person can decide: the list side of ``can_decide``."""
    if person is None or not _approves(person, on):
        return Adjustment.objects.none()
    own = sorted(people.counts_as(person, on))
    return Adjustment.objects.filter(state=AdjustmentState.PROPOSED).exclude(hands__overlap=own)


def deciders(on: date) -> set[int]:
    """Return the persons who hold the right to decide at the top of the enterprise."""
    kinds = people.post_kinds_with(Permission.RULEBOOK_APPROVE)
    tops = people_queries.topmost_units(Tree.PARTY, on)
    held = people.holders_of({(unit.pk, kind) for unit in tops for kind in kinds}, on)
    return {person_id for persons in held.values() for person_id in persons}


def visible_notices(person: Person | None, on: date) -> QuerySet[AdjustmentNotice]:
    """Return who was asked to take note, of the units ``person`` oversees or works for."""
    below = people.units_with(person, Permission.TASK_VIEW, on).values("pk")
    return AdjustmentNotice.objects.filter(unit__in=below)


def can_view_notice(person: Person | None, notice: AdjustmentNotice, on: date) -> Decision:
    """Return whether ``person`` may see whether this unit took note; the object side of ``visible_notices``."""
    return people.has(person, Permission.TASK_VIEW, notice.unit, on)


def notices_in_hand(person: Person | None, on: date) -> QuerySet[AdjustmentNotice]:
    """Return what the person can acknowledge: for the units of the person's own posts that do tasks, none below."""
    waiting = AdjustmentNotice.objects.filter(unit__in=_own_units(person, on), acknowledged_at__isnull=True)
    return waiting.order_by("requested_at", "pk")


def notice_for(person: Person | None, adjustment: Adjustment, pk: int, on: date) -> AdjustmentNotice:
    """Return what the person can acknowledge of this change, or raise the same 404 for missing and forbidden."""
    own = AdjustmentNotice.objects.filter(unit__in=_own_units(person, on), adjustment=adjustment)
    return get_object_or_404(own, pk=pk)


def can_acknowledge(person: Person | None, notice: AdjustmentNotice, on: date) -> Decision:
    """Return whether the person holds a post in the unit itself; a unit above does not acknowledge for it."""
    if notice.unit_id in _own_units(person, on):
        return allowed()
    return denied(_("Only somebody who holds a post in the unit can acknowledge for it."))


def _own_units(person: Person | None, on: date) -> set[int]:
    doers = set(people.post_kinds_with(Permission.TASK_DO))
    return {unit_id for unit_id, kind in people.held_posts(person, on) if kind in doers}


def editors(on: date) -> set[int]:
    """Return the persons who may change the enterprise's copy."""
    kinds = people.post_kinds_with(Permission.RULEBOOK_EDIT)
    tops = people_queries.topmost_units(Tree.PARTY, on)
    held = people.holders_of({(unit.pk, kind) for unit in tops for kind in kinds}, on)
    return {person_id for persons in held.values() for person_id in persons}


# The half-yearly review: it looks at the whole enterprise, so it is for those who draft and decide changes.


def can_review(person: Person | None, on: date) -> Decision:
    """Return whether ``person`` may open reviews and answer their proposals."""
    if coordinates(person, on):
        return allowed()
    return denied(_("The review looks at the whole enterprise. Who drafts or decides changes opens it."))


def visible_reviews(person: Person | None, on: date) -> QuerySet[Review]:
    """Return the reviews ``person`` may open: all or none; the list side of ``can_review``."""
    return Review.objects.all() if can_review(person, on) else Review.objects.none()


def review_for(person: Person | None, pk: int, on: date) -> Review:
    """Return the review, or raise the same 404 for missing and forbidden."""
    return get_object_or_404(visible_reviews(person, on), pk=pk)


def proposal_for(person: Person | None, pk: int, on: date) -> ReviewProposal:
    """Return the proposal with its review, or raise the same 404 for missing and forbidden."""
    rows = ReviewProposal.objects.filter(review__in=visible_reviews(person, on)).select_related("review")
    return get_object_or_404(rows, pk=pk)
