"""Who sees a rectification and its problems, who plans measures, who verifies and crosses off."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from heli.kernel.decisions import Decision, allowed, denied
from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.tasks import rules
from heli.rooms.tasks.access.follow_ups import hands_on, posts_that
from heli.rooms.tasks.access.working import under, visible_tasks
from heli.rooms.tasks.models import Measure, Problem, Rectification

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


def _whole(person: Person | None, on: date) -> QuerySet[Rectification]:
    """Return those seen with all their problems: of units one oversees, and verified by a unit of one's own."""
    paths = people.scope_paths(person, Permission.TASK_VIEW, on)
    return Rectification.objects.filter(under(paths) | Q(verifier__in=posts_that(person, Permission.TASK_VIEW, on)))


def visible_measures(person: Person | None, on: date) -> QuerySet[Measure]:
    """Return the measures whose task the person may see."""
    return Measure.objects.filter(task__in=visible_tasks(person, on).values("pk"))


def visible_problems(person: Person | None, on: date) -> QuerySet[Problem]:
    """Return the problems of rectifications seen whole, and those in which a unit of one's own has a measure."""
    own = visible_measures(person, on).values("problem_id")
    return Problem.objects.filter(Q(rectification__in=_whole(person, on).values("pk")) | Q(pk__in=own))


def visible_rectifications(person: Person | None, on: date) -> QuerySet[Rectification]:
    own = visible_measures(person, on).values("problem__rectification_id")
    return Rectification.objects.filter(Q(pk__in=_whole(person, on).values("pk")) | Q(pk__in=own))


def can_view_problem(person: Person | None, problem: Problem, on: date) -> Decision:
    if visible_problems(person, on).filter(pk=problem.pk).exists():
        return allowed()
    return denied(_("Only the rectifying and the verifying unit, those with a measure and the units above see it."))


def can_view_rectification(person: Person | None, rectification: Rectification, on: date) -> Decision:
    if visible_rectifications(person, on).filter(pk=rectification.pk).exists():
        return allowed()
    return denied(_("Only the rectifying and the verifying unit, those with a measure and the units above see it."))


def rectification_for(person: Person | None, rectification_id: int, on: date) -> Rectification:
    """Return the rectification, or raise the same 404 for missing and forbidden."""
    rows = visible_rectifications(person, on).select_related("unit", "verifier", "opened_by")
    return get_object_or_404(rows, pk=rectification_id)


def problem_for(person: Person | None, problem_id: int, on: date) -> Problem:
    """Return the problem, or raise the same 404 for missing and forbidden."""
    rows = visible_problems(person, on).select_related("rectification__unit", "rectification__verifier", "closed_by")
    return get_object_or_404(rows, pk=problem_id)


def can_plan(person: Person | None, rectification: Rectification, on: date) -> Decision:
    """Return whether the person adds problems and measures: a right to assign in the rectifying unit or above."""
    return people.has(person, Permission.TASK_ASSIGN, rectification.unit, on)


def can_verify(person: Person | None, rectification: Rectification, on: date) -> Decision:
    """Return whether the person acts for the verifying unit."""
    if rectification.verifier_id in posts_that(person, Permission.TASK_VERIFY, on):
        return allowed()
    return denied(_("This is for a person of the verifying unit with the right to verify."))


def can_close_problem(person: Person | None, problem: Problem, on: date) -> Decision:
    """Return whether the person may cross it off: of the verifying unit, and without a hand in any measure."""
    decision = can_verify(person, problem.rectification, on)
    if person is None or not decision:
        return decision
    tasks = problem.measures.exclude(task=None).values_list("task_id", flat=True)
    hands = hands_on(tasks)
    if any(rules.is_own_work(pk, hands) for pk in people.counts_as(person, on)):
        return denied(_("Nobody crosses off what they worked on. Another person of the verifying unit has to do it."))
    return allowed()
