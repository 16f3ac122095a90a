"""The locks under every act: the plan first, then what hangs on it, so that no two acts wait for each other."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from heli.kernel.problems import Problem
from heli.rooms.plans import access, rules
from heli.rooms.plans.enums import PlanState
from heli.rooms.plans.models import Plan, PlanVersion

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


class StateRefused(Problem):
    """The plan is not in a state in which this can be done."""

    status = 409


def day_of(at: datetime) -> date:
    """Return the local day of an act."""
    return timezone.localdate(at)


def plan_to_draft(plan_id: int, by: Person, at: datetime) -> Plan:
    """Return the plan, locked until the transaction ends, for somebody who may draft it. 404 as everywhere."""
    access.workshop_for(by, plan_id, day_of(at))
    plan = Plan.objects.select_for_update(no_key=True, of=("self",)).select_related("unit").get(pk=plan_id)
    access.can_draft(by, plan, day_of(at)).require()
    return plan


def version_under_way(plan_id: int, number: int, by: Person, at: datetime) -> PlanVersion:
    """Return a version with its plan, both locked. The 404 of ``access`` for whoever may not see it."""
    found = access.version_for(by, plan_id, number, day_of(at))
    plan = Plan.objects.select_for_update(no_key=True, of=("self",)).select_related("unit").get(pk=plan_id)
    version = get_object_or_404(PlanVersion.objects.select_for_update(no_key=True, of=("self",)), pk=found.pk)
    version.plan = plan
    return version


def require_state(plan: Plan, *states: PlanState) -> None:
    """Raise ``StateRefused`` unless the plan is in one of ``states``."""
    if plan.state not in states:
        raise StateRefused(
            _("This cannot be done now."),
            _("The plan is in the state “%(state)s”.") % {"state": plan.get_state_display()},
            _("It is possible in: %(states)s.") % {"states": ", ".join(str(state.label) for state in states)},
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
            % {"states": ", ".join(sorted(str(state.label) for state in allowed))},
        ) from error
    plan.state = state
