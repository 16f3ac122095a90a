"""Who sees a template, drafts it, approves it and issues it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from heli.kernel.decisions import Decision, allowed, denied
from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.tasks import rules
from heli.rooms.tasks.access.working import under
from heli.rooms.tasks.enums import JoinState, TemplateState
from heli.rooms.tasks.models import TaskTemplate, TemplateIssue, TemplateJoin

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Unit


def visible_templates(person: Person | None, on: date) -> QuerySet[TaskTemplate]:
    """Return every template one may direct, and approved ones that ask something of the units one sees.

    Whoever is asked may read the basis, the owner and the minutes.
    """
    directs = people.scope_paths(person, Permission.TASK_ASSIGN, on)
    sees = people.scope_paths(person, Permission.TASK_VIEW, on)
    above = {int(number) for path in sees for number in path.split(".") if number}
    concerned = (under(sees, "root__") | Q(root_id__in=above)) & Q(
        state__in=[TemplateState.APPROVED, TemplateState.ENDED]
    )
    return TaskTemplate.objects.filter(under(directs, "root__") | concerned)


def can_view_template(person: Person | None, template: TaskTemplate, on: date) -> Decision:
    if visible_templates(person, on).filter(pk=template.pk).exists():
        return allowed()
    return denied(_("Only who directs these units, and once approved who is asked, can see a template."))


def template_for(person: Person | None, template_id: int, on: date) -> TaskTemplate:
    """Return the template, or raise the same 404 for missing and forbidden."""
    rows = visible_templates(person, on).select_related("unit", "root", "owner", "drafted_by", "approved_by")
    return get_object_or_404(rows, pk=template_id)


def issue_for(person: Person | None, issue_id: int, on: date) -> TemplateIssue:
    """Return one issue of a template one sees, or raise the same 404."""
    rows = TemplateIssue.objects.filter(template__in=visible_templates(person, on))
    return get_object_or_404(rows.select_related("template__root", "template__unit", "requested_by"), pk=issue_id)


def can_issue(person: Person | None, root: Unit, on: date) -> Decision:
    """Return whether the person may draft, issue and withdraw tasks for ``root`` and the units below it."""
    return people.has(person, Permission.TASK_ASSIGN, root, on)


def can_ask_for(person: Person | None, unit_id: int, on: date) -> Decision:
    """Return whether the person holds a post of the unit that is to ask and review."""
    if unit_id in {held for held, _kind in people.held_posts(person, on)}:
        return allowed()
    return denied(_("Only a unit in which you hold a post can ask and review in your name."))


def can_approve_template(person: Person | None, template: TaskTemplate, on: date) -> Decision:
    """Return whether the person may approve or return it: a right above the work, and no hand in it."""
    if person is not None and any(rules.had_a_hand(pk, template.hands) for pk in people.counts_as(person, on)):
        return denied(_("Nobody approves a template they drafted, changed or submitted."))
    return people.has(person, Permission.TEMPLATE_APPROVE, template.root, on)


def limit_root_for(person: Person | None, unit_id: int, on: date) -> Unit:
    """Return the unit a limit is set at, or raise the same 404 for missing and forbidden."""
    return people.unit_for(person, Permission.TASK_VIEW, unit_id, on)


def can_set_limit(person: Person | None, root: Unit, on: date) -> Decision:
    """Return whether the person may say how many minutes a month the units below may be asked for."""
    return people.has(person, Permission.TEMPLATE_APPROVE, root, on)


def join_for(person: Person | None, join_id: int, on: date) -> TemplateJoin:
    """Return a wish to ask together with a template one sees, or raise the same 404."""
    rows = TemplateJoin.objects.filter(template__in=visible_templates(person, on))
    return get_object_or_404(rows.select_related("template__root", "unit", "asked_by", "draft"), pk=join_id)


def can_answer_join(person: Person | None, join: TemplateJoin, on: date) -> Decision:
    """Return whether the person may accept or decline: for the template's side, and never for the asking one.

    Its owner or whoever holds a post of its unit answers, with the right to issue it; nobody who asked, had a hand
    in the draft or holds a post of the asking unit.
    """
    hands = {join.asked_by_id, *(join.draft.hands if join.draft else ())}
    units = {unit_id for unit_id, _kind in people.held_posts(person, on)}
    if person is None or join.unit_id in units or not hands.isdisjoint(people.counts_as(person, on)):
        return denied(_("Nobody answers a wish of their own or of their unit."))
    if person.pk != join.template.owner_id and join.template.unit_id not in units:
        return denied(_("Its owner or the unit that asks there answers."))
    return people.has(person, Permission.TASK_ASSIGN, join.template.root, on)


@dataclass(frozen=True, slots=True)
class JoinSight:
    """What somebody may see and do of a wish: answer it, take it back as one's own, read who asked and why."""

    may_answer: bool
    is_own: bool
    is_side: bool


def visible_joins(
    person: Person | None, joins: Iterable[TemplateJoin], on: date
) -> list[tuple[TemplateJoin, JoinSight]]:
    """Return the wishes the person may see: both sides all of them, whoever is asked only that units ask together."""
    if person is None:
        return []
    units = {unit_id for unit_id, _kind in people.held_posts(person, on)}
    seen = []
    for join in joins:
        sides = {join.unit_id, join.template.unit_id}
        is_side = bool(sides & units) or person.pk in {join.asked_by_id, join.template.owner_id}
        if is_side or join.state == JoinState.ACCEPTED:
            may = is_side and bool(can_answer_join(person, join, on))
            seen.append((join, JoinSight(may, join.asked_by_id == person.pk, is_side)))
    return seen
