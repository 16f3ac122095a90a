"""Days off and at work that the enterprise enters itself, beside the shipped calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.rooms.rulebook import access
from heli.rooms.rulebook.enums import DayKind
from heli.rooms.rulebook.models import CalendarDay

if TYPE_CHECKING:
    from heli.rooms.people.models import Account, Person


@transaction.atomic
def enter_days(
    *, first: date, last: date, kind: str, name: str, reason: str, by: Person | Account, at: datetime
) -> int:
    """Say that the days count as days off or working days; an empty kind takes the own entries back.

    Returns how many days changed. Dates that are already set are not moved: tasks keep the day they were given.
    """
    access.can_edit_calendar(by, timezone.localdate(at)).require()
    if last < first or (last - first).days > 31:
        raise Problem(
            _("These days were not entered."),
            _("From %(first)s to %(last)s is no stretch of at most 32 days.") % {"first": first, "last": last},
            _("Choose a last day on or after the first, and enter longer stretches month by month."),
        )
    if not reason.strip():
        raise Problem(
            _("These days were not entered."),
            _("Whoever counts on a date needs to know why it moved."),
            _("Write the reason, for example the number of the notice."),
        )
    changed = 0
    for number in range(first.toordinal(), last.toordinal() + 1):
        changed += _enter(date.fromordinal(number), kind, name.strip()[:60], reason.strip()[:300], by, at)
    if not changed:
        raise Problem(_("Nothing was changed."), _("The days already stand like this."), _("Look at the year below."))
    audit.record(
        "rulebook.calendar_entered",
        subject=("rulebook.calendar", str(first.year)),
        by=by,
        at=at,
        changes={"from": first, "to": last, "kind": kind, "name": name.strip(), "reason": reason.strip()},
    )
    return changed


def _enter(day: date, kind: str, name: str, reason: str, by: Person | Account, at: datetime) -> int:
    newest = CalendarDay.objects.select_for_update(no_key=True).filter(day=day).order_by("-pk")[:1]
    stands = next(((entry.kind, entry.name) for entry in newest), ("", ""))
    if stands == (kind, name if kind else ""):
        return 0
    CalendarDay.objects.create(
        day=day,
        kind=DayKind(kind) if kind else "",
        name=name if kind else "",
        reason=reason,
        recorded_at=at,
        recorded_by=str(by),
    )
    return 1
