"""Closings as the journeys over them make them: a branch emptied, drafted, closed as chosen."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from heli.rooms.people.enums import PostKind
from heli.rooms.people.models import Appointment, Membership, Unit
from heli.rooms.people.tests.factories import appointed
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.rulebook import services
from heli.rooms.rulebook.models import Adjustment
from heli.rooms.rulebook.services import Choice
from heli.rooms.tasks.models import Task

DUE = date(2027, 6, 30)
PASSED = {"tasks.left": Choice(is_accepted=True)}
WITHDRAWN = {"tasks.left": Choice(is_accepted=False, reason="工作已不需要")}


def emptied(everyone: Everyone, at: datetime) -> Everyone:
    """Return the enterprise with nobody left in company A's second branch, and a clerk for the committee above it."""
    unit, day = everyone.branch_a2, at.date() - timedelta(days=5)
    Appointment.objects.filter(post__unit=unit).update(valid_to=day)
    Membership.objects.filter(unit=unit).update(valid_to=day)
    appointed(PostKind.PARTY_CLERK, everyone.committee_a)
    return everyone


def drafted(everyone: Everyone, at: datetime, heir: Unit | None = None) -> Adjustment:
    unit = everyone.branch_a2
    unit.refresh_from_db()
    found = services.begin_closing_unit(
        unit_id=unit.pk, version=unit.version, on=at.date(), reason="支部合并", by=everyone.party_clerk, at=at,
        heir_id=(heir or everyone.committee_a).pk,
    )  # fmt: skip
    assert found is not None
    return found


def closed(everyone: Everyone, at: datetime, found: Adjustment, choices: dict[str, Choice]) -> Adjustment:
    """Close as chosen, and let the job do its work twice."""
    services.close_as_chosen(
        adjustment_id=found.pk, version=found.version, choices=choices, by=everyone.party_clerk, at=at
    )
    for _twice in range(2):
        services.carry_out(adjustment_id=found.pk, at=at)
    found.refresh_from_db()
    return found


def left_out(everyone: Everyone, at: datetime, found: Adjustment, task: Task, reason: str) -> None:
    services.leave_out(
        adjustment_id=found.pk, version=found.version, group="tasks.left", line=str(task.pk), reason=reason,
        by=everyone.party_clerk, at=at,
    )  # fmt: skip
    found.refresh_from_db()


def where(*tasks: Task) -> list[tuple[int, str, str, str]]:
    rows = {task.pk: task for task in Task.objects.filter(pk__in=[task.pk for task in tasks])}
    return [(rows[t.pk].unit_id, rows[t.pk].post_kind, rows[t.pk].state, rows[t.pk].cancel_reason) for t in tasks]
