"""Reminders: one message a day and person, never in the hours that person keeps quiet, never on a day off."""

from __future__ import annotations

from collections.abc import Mapping
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
_AT_ONCE = 2000


def remind(*, at: datetime) -> int:
    """Remind everybody whose quiet hours are over and who was not reminded today; return how many were.

    What is late, due today or soon, or handed in for review is one message. Persons go in batches, each a
    transaction of its own: run again, or twice at once, it reminds nobody twice, and killed in the middle it goes on
    where it was. On a day off nobody is reminded, nor while everybody has quiet hours.
    """
    today = at.date()
    own = {each.person_id: each for each in QuietHours.objects.all()}
    usual = rules.is_quiet(at.time(), rules.QUIET_FROM, rules.QUIET_TO)
    awake = {pk for pk, hours in own.items() if not rules.is_quiet(at.time(), hours.starts, hours.ends)}
    if (usual and not awake) or not rulebook.work_calendar().is_working(today):
        return 0
    waiting = queries.waiting_by_person(today)
    due = sorted(pk for pk in waiting if pk in awake or (pk not in own and not usual))
    told = 0
    for start in range(0, len(due), _AT_ONCE):
        told += _remind_batch({pk: waiting[pk] for pk in due[start : start + _AT_ONCE]}, at)
    DayReminded.objects.filter(day__lt=today - _KEPT).delete()
    return told


@transaction.atomic
def _remind_batch(waiting: Mapping[int, queries.DueCounts], at: datetime) -> int:
    """Tell a batch of persons, whoever was told meanwhile left out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    told = DayReminded.objects.filter(day=at.date(), person__in=waiting).values_list("person_id", flat=True)
    left = sorted(set(waiting) - set(told))
    if not left:
        return 0
    DayReminded.objects.bulk_create([DayReminded(person_id=pk, day=at.date()) for pk in left])
    by_counts: dict[queries.DueCounts, list[int]] = {}
    for person_id in left:
        by_counts.setdefault(waiting[person_id], []).append(person_id)
    for counts in sorted(by_counts):
        _tell(by_counts[counts], counts, at)
    audit.record(
        "reminders.sent", subject=("tasks.reminders", f"{at:%Y-%m-%d}"), by="reminders", at=at,
        changes={"persons": len(left)},
    )  # fmt: skip
    return len(left)


_DUE = gettext_noop("In your hand: %(today)s due today, %(soon)s within three days, %(late)s overdue")
_REVIEW = gettext_noop("%(review)s tasks that were handed in await your review")
_BOTH = gettext_noop(
    "In your hand: %(today)s due today, %(soon)s within three days, %(late)s overdue; %(review)s handed in for review"
)


def _tell(persons: list[int], counts: queries.DueCounts, at: datetime) -> None:
    is_due = bool(counts.late or counts.today or counts.soon)
    information.notify(
        persons=persons,
        kind=NotificationKind.TASK,
        title=_DUE if not counts.review else _BOTH if is_due else _REVIEW,
        reason=gettext_noop("Your posts do or review them. At most one such message a day."),
        params={"late": counts.late, "today": counts.today, "soon": counts.soon, "review": counts.review},
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
