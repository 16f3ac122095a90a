"""A notification belongs to its reader alone."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from heli.kernel.decisions import Decision, allowed, denied
from heli.rooms.information.models import Notification, Suggestion
from heli.rooms.people import access as people

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


def visible_notifications(person: Person | None) -> QuerySet[Notification]:
    return Notification.objects.filter(person=person) if person else Notification.objects.none()


def can_view(person: Person | None, notification: Notification) -> Decision:
    if person is not None and notification.person_id == person.pk:
        return allowed()
    return denied(_("Only the person it was sent to can read a notification."))


def notification_for(person: Person | None, notification_id: int) -> Notification:
    return get_object_or_404(visible_notifications(person), pk=notification_id)


def _answers(person: Person, on: date) -> Q:
    """The suggestions addressed to a post the person holds that day; a post stands in its unit or acts for it."""
    condition = Q(pk__in=[])
    for unit_id, kind in people.held_posts(person, on):
        condition |= Q(unit_id=unit_id, post_kind=kind)
    return condition


def visible_suggestions(person: Person | None, on: date) -> QuerySet[Suggestion]:
    """Return what the person suggested and what is addressed to a post the person holds."""
    if person is None:
        return Suggestion.objects.none()
    return Suggestion.objects.filter(_answers(person, on) | Q(suggested_by=person))


def can_view_suggestion(person: Person | None, suggestion: Suggestion, on: date) -> Decision:
    if visible_suggestions(person, on).filter(pk=suggestion.pk).exists():
        return allowed()
    return denied(_("Only who made a suggestion and who answers it can read it."))


def suggestion_for(person: Person | None, suggestion_id: int, on: date) -> Suggestion:
    """Return the suggestion, or raise the same 404 for missing and forbidden."""
    rows = visible_suggestions(person, on).select_related("unit", "suggested_by", "answered_by")
    return get_object_or_404(rows, pk=suggestion_id)


def can_answer(person: Person | None, suggestion: Suggestion, on: date) -> Decision:
    """Return whether the person may answer: who holds the post it is addressed to, and is not one with its maker."""
    if person is None or (suggestion.unit_id, suggestion.post_kind) not in people.held_posts(person, on):
        return denied(_("Whoever holds the post it is addressed to answers it."))
    if person.pk in people.one_with([suggestion.suggested_by_id], on):
        return denied(_("Nobody answers a suggestion of their own, or of somebody with whom they count as one."))
    return allowed()
