"""Who sees a follow-up, who asks for one, who directs it, who closes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from heli.kernel.decisions import Decision, allowed, denied
from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.tasks import rules
from heli.rooms.tasks.access.working import visible_tasks
from heli.rooms.tasks.models import Citation, Extension, FollowUp, FollowUpUnit, Task, TaskHand

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


def visible_asked(person: Person | None, on: date) -> QuerySet[FollowUpUnit]:
    """Return the units of follow-ups whose answer, date and rung the person may see: those whose task one sees.

    A unit sees itself, the lead also the co-operating ones, the asker and the units above everybody.
    """
    return FollowUpUnit.objects.filter(task__in=visible_tasks(person, on).values("pk"))


def visible_follow_ups(person: Person | None, on: date) -> QuerySet[FollowUp]:
    """Return the follow-ups that concern the person: asked of or by a unit of theirs, or of a unit below one."""
    return FollowUp.objects.filter(pk__in=visible_asked(person, on).values("follow_up_id"))


def can_view_follow_up(person: Person | None, follow_up: FollowUp, on: date) -> Decision:
    if visible_asked(person, on).filter(follow_up=follow_up).exists():
        return allowed()
    return denied(_("Only the units that are asked, the one that asks and the units above them see a follow-up."))


def follow_up_for(person: Person | None, follow_up_id: int, on: date) -> FollowUp:
    """Return the follow-up, or raise the same 404 for missing and forbidden."""
    return get_object_or_404(visible_follow_ups(person, on).select_related("unit", "asked_by"), pk=follow_up_id)


def asked_for(person: Person | None, follow_up_id: int, asked_id: int, on: date) -> FollowUpUnit:
    """Return an asked unit of this follow-up, or raise the same 404 for missing and forbidden."""
    seen = visible_asked(person, on).filter(follow_up=follow_up_id)
    return get_object_or_404(seen.select_related("unit", "task", "follow_up__unit"), pk=asked_id)


def posts_that(person: Person | None, permission: Permission, on: date) -> set[int]:
    """Return the ids of the units in whose name the person acts: a post of that right is held there."""
    kinds = {kind.value for kind in people.post_kinds_with(permission)}
    return {unit_id for unit_id, kind in people.held_posts(person, on) if kind in kinds}


def can_direct(person: Person | None, follow_up: FollowUp, on: date) -> Decision:
    """Return whether the person acts for the asking unit: urges, decides on dates, withdraws, opens again."""
    if follow_up.unit_id in posts_that(person, Permission.TASK_VERIFY, on):
        return allowed()
    return denied(_("This is for the person who asked, or another of the asking unit with the right to verify."))


def can_close_follow_up(person: Person | None, follow_up: FollowUp, on: date) -> Decision:
    """Return whether the person may close it: of the asking unit, and never anybody who had a hand in an answer."""
    decision = can_direct(person, follow_up, on)
    if person is None or not decision:
        return decision
    tasks = FollowUpUnit.objects.filter(follow_up=follow_up).values_list("task_id", flat=True)
    hands = hands_on(tasks)
    if any(rules.is_own_work(pk, hands) for pk in people.counts_as(person, on)):
        return denied(_("Nobody closes what they answered themselves. Another person of the asking unit has to do it."))
    return allowed()


def hands_on(task_ids: Iterable[int]) -> set[int]:
    """Return everybody who ever had a hand in these tasks: accepted, recorded, cited or handed in (three queries)."""
    ids = list(task_ids)
    hands = set(TaskHand.objects.filter(task__in=ids).values_list("person_id", flat=True))
    for pair in Citation.objects.filter(task__in=ids).values_list("cited_by_id", "evidence__recorded_by_id"):
        hands.update(pair)
    for pair in Task.objects.filter(pk__in=ids).values_list("accepted_by_id", "handed_in_by_id"):
        hands.update(pk for pk in pair if pk is not None)
    return hands


def extension_for(person: Person | None, follow_up: FollowUp, extension_id: int, on: date) -> Extension:
    """Return a request of this follow-up, or raise the same 404 for missing and forbidden."""
    seen = visible_asked(person, on).filter(follow_up=follow_up)
    return get_object_or_404(Extension.objects.filter(asked_of__in=seen), pk=extension_id)
