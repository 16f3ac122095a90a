"""The locks under every act: the plan first, then what hangs on it, so that no two acts wait for each other."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import F
from django.shortcuts import get_object_or_404
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from heli.kernel.problems import Problem
from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.plans import access, rules
from heli.rooms.plans.enums import PlanState, VersionState
from heli.rooms.plans.models import Plan, PlanContributor, PlanHand, PlanVersion

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


class PlanMovedOn(Problem):
    """What the person saw and what the act would touch are no longer the same."""

    status = 409


class StateRefused(Problem):
    """The plan is not in a state in which this can be done."""

    status = 409


def day_of(at: datetime) -> date:
    """Return the local day of an act."""
    return timezone.localdate(at)


def plan_to_draft(plan_id: int, by: Person, at: datetime) -> Plan:
    """Return the plan locked for somebody who may draft it, and note that this person has a hand in it.

    Every act on papers, board and versions under way comes through this door, so that nobody who touched any of
    them can approve the plan. What is refused afterwards leaves no hand behind: the caller's transaction ends.
    """
    plan = locked_to_draft(plan_id, by, at)
    hands = people.hands_of(by, Permission.PLAN_DRAFT, [plan.unit], day_of(at))
    if plan.state in (PlanState.DRAFTING, PlanState.DECIDING):
        PlanHand.objects.bulk_create([PlanHand(plan=plan, person_id=pk) for pk in sorted(hands)], ignore_conflicts=True)
    elif plan.state in (PlanState.CONCLUDED, PlanState.REVISING):
        note_hands(PlanVersion.objects.get(plan=plan, state=VersionState.DRAFT), hands)
    return plan


def note_hands(version: PlanVersion, person_ids: Collection[int]) -> None:
    """Remember who had a hand in a version; they may not approve it."""
    rows = [PlanContributor(version=version, person_id=pk) for pk in sorted(set(person_ids))]
    PlanContributor.objects.bulk_create(rows, ignore_conflicts=True)


def locked_to_draft(plan_id: int, by: Person, at: datetime) -> Plan:
    """Return the plan, locked until the transaction ends, for somebody who may draft it. 404 as everywhere."""
    access.workshop_for(by, plan_id, day_of(at))
    rows = Plan.objects.select_for_update(no_key=True, of=("self",)).select_related("unit")
    plan = get_object_or_404(rows, pk=plan_id)  # it may have been deleted a moment ago
    access.can_draft(by, plan, day_of(at)).require()
    return plan


def draft_of(plan: Plan) -> PlanVersion:
    """Return the version under way of a locked plan, locked as well."""
    return PlanVersion.objects.select_for_update(no_key=True).get(plan=plan, state=VersionState.DRAFT)


def count_change(version: PlanVersion) -> None:
    """Count a change on the version as a whole: who submits or approves has to have seen it."""
    PlanVersion.objects.filter(pk=version.pk).update(version=F("version") + 1)


def version_under_way(plan_id: int, number: int, by: Person, at: datetime) -> PlanVersion:
    """Return a version with its plan, both locked. The 404 of ``access`` for whoever may not see it."""
    found = access.version_for(by, plan_id, number, day_of(at))
    rows = Plan.objects.select_for_update(no_key=True, of=("self",)).select_related("unit")
    plan = get_object_or_404(rows, pk=plan_id)
    version = get_object_or_404(PlanVersion.objects.select_for_update(no_key=True, of=("self",)), pk=found.pk)
    version.plan = plan
    return version


def require_seen(version: PlanVersion, seen: int | None) -> None:
    """Raise ``PlanMovedOn`` unless ``seen`` is the stored version: nobody acts on items they have not seen."""
    if seen == version.version:
        return
    if version.state == VersionState.SUBMITTED:
        why = _("It was changed and submitted anew by %(name)s at %(time)s.") % {
            "name": version.submitted_by,
            "time": formats.date_format(timezone.localtime(version.submitted_at), "SHORT_DATETIME_FORMAT"),
        }
    else:
        why = _("Somebody changed it after you opened the page.")
    raise PlanMovedOn(_("This is no longer what you looked at."), why, _("Read it again as it is now, then act on it."))


def require_state(plan: Plan, *states: PlanState) -> None:
    """Raise ``StateRefused`` unless the plan is in one of ``states``."""
    if plan.state not in states:
        raise StateRefused(
            _("This cannot be done now."),
            _("The plan is in the state “%(state)s”.") % {"state": plan.get_state_display()},
            _("It is possible in: %(states)s.") % {"states": _(", ").join(str(state.label) for state in states)},
        )


def move_plan(plan: Plan, state: PlanState) -> None:
    """Set the state if the table allows the step; the caller saves."""
    try:
        rules.check_plan_transition(plan.state, state)
    except rules.IllegalTransition as error:
        allowed = rules.PLAN_TRANSITIONS[PlanState(plan.state)]
        raise StateRefused(
            _("This cannot be done now."),
            _("The plan is in the state “%(state)s”.") % {"state": plan.get_state_display()},
            _("From here it can become: %(states)s.")
            % {"states": _(", ").join(sorted(str(state.label) for state in allowed))},
        ) from error
    plan.state = state
