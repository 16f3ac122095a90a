"""Reminders: one message a day and person, never in the hours that person keeps quiet, never on a day off."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from heli.kernel import audit
from heli.kernel.versions import check_version
from heli.rooms.information import services as information
from heli.rooms.information.enums import NotificationKind
from heli.rooms.rulebook import queries as rulebook
from heli.rooms.tasks import queries, rules
from heli.rooms.tasks.models import DayReminded, QuietHours

if TYPE_CHECKING:
    from heli.rooms.people.models import Person

_LOCK = 0x52454D44
_KEPT = timedelta(days=31)


@transaction.atomic
def remind(*, at: datetime) -> int:
    """Remind everybody whose quiet hours are over and who was not reminded today; return how many were.

    What is late, due today and due within three days is one message. Running it again, or twice at once, reminds
    nobody twice; killed in the middle, nobody was reminded. On a day off nobody is.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    today = at.date()
    if not rulebook.work_calendar().is_working(today):
        return 0
    waiting = queries.waiting_by_person(today)
    hours = {each.person_id: each for each in QuietHours.objects.filter(person__in=waiting)}
    by_counts: dict[queries.DueCounts, list[int]] = {}
    for person_id, counts in waiting.items():
        own = hours.get(person_id) or QuietHours()
        if not rules.is_quiet(at.time(), own.starts, own.ends):
            by_counts.setdefault(counts, []).append(person_id)
    for counts in sorted(by_counts):
        _tell(by_counts[counts], counts, at)
    told = [person_id for persons in by_counts.values() for person_id in persons]
    DayReminded.objects.bulk_create([DayReminded(person_id=person_id, day=today) for person_id in sorted(told)])
    DayReminded.objects.filter(day__lt=today - _KEPT).delete()
    return len(told)


def _tell(persons: list[int], counts: queries.DueCounts, at: datetime) -> None:
    information.notify(
        persons=persons,
        kind=NotificationKind.TASK,
        title=gettext_noop("In your hand: %(today)s due today, %(soon)s within three days, %(late)s overdue"),
        reason=gettext_noop("You hold the posts they are addressed to. At most one such message a day."),
        params={"late": counts.late, "today": counts.today, "soon": counts.soon},
        url="/",
        at=at,
    )


@transaction.atomic
def keep_quiet(*, starts: time, ends: time, by: Person, at: datetime, version: int | None) -> QuietHours:
    """Choose the hours in which one gets no reminder; equal times mean none."""
    QuietHours.objects.bulk_create([QuietHours(person=by)], ignore_conflicts=True)
    hours = QuietHours.objects.select_for_update(no_key=True).get(person=by)
    check_version(hours, version, {"starts": starts, "ends": ends})
    hours.starts, hours.ends = starts, ends
    hours.version += 1
    hours.save()
    audit.record("reminders.quiet_hours", subject=hours, by=by, at=at)  # which hours is the person's own business
    return hours
