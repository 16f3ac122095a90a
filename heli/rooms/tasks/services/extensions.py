"""Later dates and second rounds of a follow-up: asked for, granted, refused; opened again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.rooms.information import services as information
from heli.rooms.information.enums import NotificationKind
from heli.rooms.people import access as people
from heli.rooms.tasks import access
from heli.rooms.tasks.enums import FollowUpState, Rung, TaskState
from heli.rooms.tasks.models import Extension, FollowUp, FollowUpUnit, Task
from heli.rooms.tasks.services import follow_ups
from heli.rooms.tasks.services.revising import Amendment, amend_tasks
from heli.rooms.tasks.services.working import TransitionRefused, keep_hands, return_task

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


@transaction.atomic
def ask_extension(*, asked_id: int, until: date, reason: str, by: Person, at: datetime) -> Extension:
    """Ask for a later date with a reason; one open request at a time."""
    asked = follow_ups.locked_asked(asked_id)
    access.can_do(by, asked.task, at.date()).require()
    follow_ups.require_running(asked.follow_up)
    text = follow_ups.required_reason(reason)
    if asked.task.state not in {TaskState.OPEN, TaskState.ACCEPTED, TaskState.RETURNED}:
        raise TransitionRefused(
            _("A later date cannot be asked for now."), _("The answer is handed in."), _("Withdraw it first.")
        )
    if asked.task.due_on is not None and until <= asked.task.due_on:
        raise Problem(
            _("The new date is not later than the present one."),
            _("It is due on %(day)s.") % {"day": asked.task.due_on},
            _("Give a later day."),
        )
    if asked.extensions.filter(decided_at=None).exists():
        raise TransitionRefused(
            _("A request of this unit is still open."),
            _("One is decided before the next."),
            _("Wait for the decision."),
        )
    extension = Extension.objects.create(asked_of=asked, until=until, reason=text, requested_at=at, requested_by=by)
    keep_hands(asked.task, by, at)
    changes = {"until": [asked.task.due_on, until], "reason": text}
    audit.record("follow_up.extension_requested", subject=asked, by=by, at=at, changes=changes)
    title = gettext_noop("%(unit)s asks for a later date: %(subject)s")
    follow_ups.tell_asker(asked.follow_up, title, {"unit": asked.unit.name}, at)
    return extension


@transaction.atomic
def decide_extension(
    *, follow_up_id: int, extension_id: int, is_granted: bool, reason: str, by: Person, at: datetime
) -> Extension:
    """Grant or refuse a later date; a granted one begins the ladder anew.

    Never by the one who asked for it, in whose name it was asked, or who had another hand in the unit's answer.
    """
    follow_up = access.follow_up_for(by, follow_up_id, at.date())
    access.can_direct(by, follow_up, at.date()).require()
    found = access.extension_for(by, follow_up, extension_id, at.date())
    asked = follow_ups.locked_asked(found.asked_of_id)
    extension = Extension.objects.select_for_update(no_key=True).get(pk=extension_id)
    _require_decidable(extension, asked.task, by, at.date())
    follow_ups.require_running(asked.follow_up)
    text = reason.strip() if is_granted and not reason.strip() else follow_ups.required_reason(reason)
    extension.decided_at, extension.decided_by = at, by
    extension.is_granted, extension.decision_reason = is_granted, text
    extension.save()
    if is_granted:
        _put_off([asked], extension.until, extension.reason, by, at)
    action = "follow_up.extension_granted" if is_granted else "follow_up.extension_refused"
    audit.record(action, subject=asked, by=by, at=at, changes={"until": extension.until, "reason": text})
    _tell_requester(extension, asked, at)
    return extension


def _require_decidable(extension: Extension, task: Task, by: Person, on: date) -> None:
    if extension.decided_at is not None:
        raise TransitionRefused(
            _("This request is already decided."),
            _("%(person)s decided it.") % {"person": extension.decided_by},
            _("The unit can ask again."),
        )
    if not people.counts_as(by, on).isdisjoint({extension.requested_by_id, *access.hands_on([task.pk])}):
        raise Problem(
            _("Nobody grants a later date to themselves."),
            _("It was asked by you, in your name, or for work you have a hand in."),
            _("Another person of the asking unit decides."),
        )


def _put_off(asked: Sequence[FollowUpUnit], until: date, reason: str, by: Person, at: datetime) -> None:
    """Move the date of these units' tasks; what they were urged for is past."""
    for one in asked:
        one.rung, one.climbed_on = Rung.NONE, None
    FollowUpUnit.objects.bulk_update(asked, ["rung", "climbed_on"])
    items = [
        Amendment(
            task_id=one.task.pk,
            title=one.task.title,
            line=one.task.line,
            starts_on=one.task.starts_on,
            due_on=until,
            deliverable=one.task.deliverable,
            minutes=one.task.minutes,
            requesters=[row.unit for row in one.task.requesters.select_related("unit").order_by("pk")],
        )
        for one in asked
    ]
    amend_tasks(items=items, reason=reason, by=by, at=at)


def _tell_requester(extension: Extension, asked: FollowUpUnit, at: datetime) -> None:
    granted, refused = gettext_noop("Later date granted: %(subject)s"), gettext_noop("Later date refused: %(subject)s")
    information.notify(
        persons=[extension.requested_by_id],
        kind=NotificationKind.TASK,
        title=granted if extension.is_granted else refused,
        reason=gettext_noop("You asked for it."),
        params={"subject": asked.follow_up.subject},
        url=f"/follow-ups/{asked.follow_up_id}/",
        at=at,
        line=asked.follow_up.line,
    )


@transaction.atomic
def reopen_follow_up(
    *,
    follow_up_id: int,
    asked_ids: Collection[int],
    due_on: date,
    reason: str,
    by: Person,
    at: datetime,
    version: int | None,
) -> FollowUp:
    """Open it again with a reason: the named units' answers go back to them, due on a new day."""
    follow_up = follow_ups.locked_follow_up(follow_up_id, by, at, version, FollowUpState.RUNNING)
    access.can_direct(by, follow_up, at.date()).require()
    text = follow_ups.required_reason(reason)
    follow_ups.require_ahead(due_on, at.date())
    follow_ups.move(follow_up, FollowUpState.RUNNING)
    tasks = {task.pk: task for task in follow_ups.lock_tasks(follow_up)}
    again = list(follow_up.units.filter(pk__in=asked_ids).select_related("task").order_by("pk"))
    if not again:
        raise Problem(
            _("Nothing was changed."), _("No unit was chosen."), _("Choose the units that have to answer again.")
        )
    for asked in again:
        return_task(task_id=asked.task_id, reason=text, by=by, at=at, version=tasks[asked.task_id].version)
    _put_off(_fresh(again), due_on, text, by, at)
    follow_up.closed_at = follow_up.closed_by = None
    follow_up.reopen_reason, follow_up.closing_note = text, ""
    return follow_ups.saved(follow_up, "follow_up.reopened", by, at, {"reason": text, "due_on": due_on})


def _fresh(asked: Sequence[FollowUpUnit]) -> list[FollowUpUnit]:
    """Return the rows with their tasks as they stand now."""
    tasks = Task.objects.in_bulk([one.task_id for one in asked])
    for one in asked:
        one.task = tasks[one.task_id]
    return list(asked)
