"""Who sees a task, who does it, who reviews it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from heli.kernel.decisions import Decision, allowed, denied
from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.tasks import rules
from heli.rooms.tasks.models import Citation, Evidence, Task, TaskHand, TaskQuerySet, TaskRequester

if TYPE_CHECKING:
    from heli.rooms.people.models import Person

ASKED_FEW = 20_000  # so many requests are looked up one by one


def under(paths: list[str], prefix: str = "unit__") -> Q:
    """Return the filter for rows whose unit lies at or below one of ``paths``; nothing for no path."""
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{prefix}path__startswith": path})
    return condition


def _in_hand(posts: list[tuple[int, str]]) -> Q:
    """The tasks addressed to one of ``posts`` (unit id, post kind).

    A task without a post kind belongs to whoever may do tasks in exactly that unit.
    """
    doers = set(people.post_kinds_with(Permission.TASK_DO))
    condition = Q(pk__in=[])
    for unit_id, kind in posts:
        kinds = [kind, ""] if kind in doers else [kind]
        condition |= Q(unit_id=unit_id, post_kind__in=kinds)
    return condition


def tasks_in_hand(person: Person | None, on: date) -> TaskQuerySet:
    """Return the tasks that are this person's to do, by the posts held on that day."""
    return Task.objects.filter(_in_hand(people.held_posts(person, on)))


def visible_tasks(person: Person | None, on: date) -> TaskQuerySet:
    """Return the tasks of units the person oversees, the person's own, and those the person's units asked for."""
    paths = people.scope_paths(person, Permission.TASK_VIEW, on)
    posts = people.held_posts(person, on)
    seen = under(paths) | _in_hand(posts)
    own_units = {unit_id for unit_id, _kind in posts}
    if paths and own_units:
        # Asked row by row: a list of all that the group ever asked for would be longer than the page it serves.
        seen |= Q(Exists(TaskRequester.objects.filter(task=OuterRef("pk"), unit__in=own_units)))
    return Task.objects.filter(seen)


def asked_tasks(person: Person | None, on: date) -> TaskQuerySet:
    """Return the tasks that the person's units asked for, as far as ``visible_tasks`` shows them."""
    own_units = {unit_id for unit_id, _kind in people.held_posts(person, on)}
    if not own_units or not people.scope_paths(person, Permission.TASK_VIEW, on):
        return Task.objects.none()
    requests = TaskRequester.objects.filter(unit__in=own_units)
    few = requests.order_by("pk").values("task_id")[: ASKED_FEW + 1]
    if few.count() > ASKED_FEW:
        return Task.objects.filter(Exists(requests.filter(task=OuterRef("pk"))))
    # The limit keeps the database from walking through every task of the site in search of these.
    return Task.objects.filter(pk__in=few)


def can_view(person: Person | None, task: Task, on: date) -> Decision:
    if visible_tasks(person, on).filter(pk=task.pk).exists():
        return allowed()
    return denied(_("Only the unit that does a task, the units above it and those that asked for it can see it."))


def task_for(person: Person | None, task_id: int, on: date) -> Task:
    """Return the task, or raise the same 404 for missing and forbidden."""
    return get_object_or_404(visible_tasks(person, on).select_related("unit", "opened_by"), pk=task_id)


def can_do(person: Person | None, task: Task, on: date) -> Decision:
    """Return whether the task is in this person's hand: ``tasks_in_hand`` for one that is loaded (one query)."""
    if hands_on_task(person, task, on):
        return allowed()
    return denied(_("This task is addressed to another post or unit."))


def hands_on_task(person: Person | None, task: Task, on: date) -> frozenset[int]:
    """Return whose hand it is when the person works on the task; nobody's where it is not theirs to do (one query)."""
    return people.hands_at(person, (task.unit_id, task.post_kind), on)


def hands_on_fact(evidence: Evidence) -> frozenset[int]:
    """Return who recorded a fact and in whose name: whoever counted as one that day, and the hands on its task.

    Both, for a stand-in may be ended on its first day, and a fact taken off the task where it was recorded.
    """
    by, recorded_at = evidence.recorded_by, evidence.recorded_at
    there = Citation.objects.filter(evidence=evidence, cited_by=by, cited_at=recorded_at).values("task_id")
    hands = TaskHand.objects.filter(task__in=there).values_list("person_id", flat=True)
    return people.counts_as(by, timezone.localdate(recorded_at)) | frozenset(hands)


def can_review(person: Person | None, task: Task, on: date) -> Decision:
    """Return whether the person may return or close the task: a right above the work, and not one's own work."""
    if person is None:
        return denied(_("Only a person can review a task."))
    recorders = task.citations.values_list("evidence__recorded_by_id", "cited_by_id")
    hands = {hand for pair in recorders for hand in pair}
    hands |= set(task.hands.values_list("person_id", flat=True))
    if any(
        rules.did_the_work(pk, accepted_by=task.accepted_by_id, handed_in_by=task.handed_in_by_id, hands=hands)
        for pk in people.counts_as(person, on)
    ):
        return denied(_("Nobody reviews their own work. Another person of the requesting unit has to do it."))
    return people.has(person, Permission.TASK_VERIFY, task.unit, on)


def can_cancel(person: Person | None, task: Task, on: date) -> Decision:
    return people.has(person, Permission.TASK_ASSIGN, task.unit, on)


def visible_evidence(person: Person | None, on: date) -> QuerySet[Evidence]:
    """Return the evidence of units the person oversees and of every task the person can see."""
    paths = people.scope_paths(person, Permission.TASK_VIEW, on)
    cited = Citation.objects.filter(task__in=visible_tasks(person, on)).values("evidence_id")
    return Evidence.objects.filter(under(paths) | Q(pk__in=cited))


def evidence_for(person: Person | None, evidence_id: int, on: date) -> Evidence:
    return get_object_or_404(visible_evidence(person, on), pk=evidence_id)


def can_view_evidence(person: Person | None, evidence: Evidence, on: date) -> Decision:
    if visible_evidence(person, on).filter(pk=evidence.pk).exists():
        return allowed()
    return denied(_("Only those who can see a task that cites this evidence can open it."))
