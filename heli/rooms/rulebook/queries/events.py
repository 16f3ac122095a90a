"""When a duty that an event sets off is due: the rulebook's period, counted from the day of the event."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from heli.rooms.rulebook import rules
from heli.rooms.rulebook.queries.calendar import work_calendar
from heli.rooms.rulebook.queries.entries import duties_on
from heli.rooms.rulebook.queries.records import Duty


@dataclass(frozen=True, slots=True)
class EventDue:
    """A duty with the last day its instrument allows."""

    duty: Duty
    due_on: date


def due_after_event(codes: Collection[str], event: date) -> list[EventDue]:
    """Return the switched-on duties of these codes as worded on the day of the event, soonest first.

    Duties without a period, and all of them where no rulebook is installed, are left out.
    """
    days = work_calendar()
    found = [
        EventDue(duty, rules.due_on(duty.deadline, event, days))
        for duty in duties_on(event)
        if duty.code in codes and duty.is_on and duty.deadline is not None
    ]
    return sorted(found, key=lambda one: (one.due_on, one.duty.code))
