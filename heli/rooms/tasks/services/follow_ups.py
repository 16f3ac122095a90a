"""What a follow-up goes through: issued, answered, put off, urged, closed, opened again, withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from heli.kernel import audit
from heli.kernel.decisions import denied
from heli.kernel.problems import Problem
from heli.kernel.versions import check_version
from heli.rooms.information import services as information
from heli.rooms.information.enums import NotificationKind
from heli.rooms.people import access as people
from heli.rooms.people.enums import ROLE_OF_POST, Permission, Role
from heli.rooms.people.queries import way_to
from heli.rooms.tasks import access, rules
from heli.rooms.tasks.enums import FollowUpState, Rung, TaskState, UnitRole
from heli.rooms.tasks.models import FollowUp, FollowUpUnit, Task
from heli.rooms.tasks.rules.follow_ups import Ladder
from heli.rooms.tasks.services.numbering import next_number
from heli.rooms.tasks.services.revising import withdraw_tasks
from heli.rooms.tasks.services.working import (
    NewEvidence,
    NewTask,
    TransitionRefused,
    accept_task,
    cite_evidence,
    close_task,
    hand_in,
    open_tasks,
    record_evidence,
)
from heli.ui import punctuation

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Unit

SERIES = "follow_up"
REASON_LENGTH = 500
_ANSWERED = frozenset({TaskState.HANDED_IN, TaskState.CLOSED, TaskState.CANCELED})


@dataclass(frozen=True, slots=True)
class NewFollowUp:
    """An instruction to issue; ``post_kind`` empty = whoever does tasks in the units."""

    unit_id: int
    subject: str
    text: str
    line: str
    due_on: date
    lead: Unit
    helpers: Sequence[Unit] = ()
    post_kind: str = ""
    ladder: Ladder | None = None


@transaction.atomic
def issue_follow_up(*, new: NewFollowUp, by: Person, at: datetime) -> FollowUp:
    """Give the instruction the unit's next number and open a task for each unit that is asked."""
    on = at.date()
    if new.unit_id not in access.posts_that(by, Permission.TASK_ASSIGN, on):
        denied(
            _("A follow-up is issued in the name of a unit in which you hold a post that may assign tasks.")
        ).require()
    units = list(dict.fromkeys([new.lead, *new.helpers]))
    for unit in units:
        people.has(by, Permission.TASK_ASSIGN, unit, on).require()
    _require_holders(units, new.post_kind, on)
    require_ahead(new.due_on, on)
    ladder = new.ladder or rules.default_ladder()
    follow_up = FollowUp.objects.create(
        unit_id=new.unit_id,
        year=on.year,
        number=next_number(SERIES, new.unit_id, on.year),
        subject=new.subject,
        text=new.text,
        line=new.line,
        due_on=new.due_on,
        remind_days=ladder.remind,
        urge_days=ladder.urge,
        list_days=ladder.list,
        asked_at=at,
        asked_by=by,
    )
    tasks = open_tasks(items=[_task_of(follow_up, unit, new) for unit in units], by=by, at=at)
    FollowUpUnit.objects.bulk_create(
        FollowUpUnit(
            follow_up=follow_up, unit=unit, task=task, role=UnitRole.LEAD if unit == new.lead else UnitRole.HELP
        )
        for unit, task in zip(units, tasks, strict=True)
    )
    changes = {"number": follow_up.number, "due_on": new.due_on, "units": [unit.name for unit in units]}
    audit.record("follow_up.issued", subject=follow_up, by=by, at=at, changes=changes)
    return follow_up


def _task_of(follow_up: FollowUp, unit: Unit, new: NewFollowUp) -> NewTask:
    """The lead also asks its helpers, so that it sees what they answer."""
    requesters = [new.unit_id] if unit == new.lead else [new.unit_id, new.lead.pk]
    return NewTask(
        title=new.subject,
        line=new.line,
        unit_id=unit.pk,
        post_kind=new.post_kind,
        due_on=new.due_on,
        requesters=requesters,
        source=f"tasks.follow_up:{follow_up.pk}",
    )


def _require_holders(units: Sequence[Unit], post_kind: str, on: date) -> None:
    held = people.holders_of({(unit.pk, post_kind) for unit in units}, on)
    empty = [unit.name for unit in units if (unit.pk, post_kind) not in held]
    if empty:
        raise Problem(
            _("Nobody would receive this in %(units)s.") % {"units": punctuation.listed(empty)},
            _("Nobody holds that post there today."),
            _("Address another unit or post, or have the post filled first."),
        )


def require_ahead(due_on: date, on: date) -> None:
    if due_on < on:
        raise Problem(
            _("The due date lies in the past."),
            _("Nobody can meet it."),
            _("Give a day from today on."),
        )


@transaction.atomic
def answer_follow_up(
    *, asked_id: int, answer: NewEvidence, cited: Sequence[int], by: Person, at: datetime, version: int | None
) -> Task:
    """Answer for a unit: record the words once, cite what is already recorded, hand in.

    ``version`` is the task's; the task is accepted on the way where nobody accepted it yet.
    """
    asked = locked_asked(asked_id)
    require_running(asked.follow_up)
    task = asked.task
    if task.state == TaskState.OPEN:
        task = accept_task(task_id=task.pk, by=by, at=at, version=version)
        version = task.version
    record_evidence(task_id=task.pk, new=answer, by=by, at=at)
    for evidence_id in cited:
        cite_evidence(task_id=task.pk, evidence_id=evidence_id, by=by, at=at)
    handed_in = hand_in(task_id=task.pk, by=by, at=at, version=version)
    follow_up = asked.follow_up
    tell_asker(follow_up, gettext_noop("%(unit)s answered: %(subject)s"), {"unit": asked.unit.name}, at)
    return handed_in


@transaction.atomic
def climb_by_hand(*, asked_id: int, by: Person, at: datetime) -> FollowUpUnit:
    """Bring a unit one rung up before the ladder does."""
    asked = locked_asked(asked_id)
    access.can_direct(by, asked.follow_up, at.date()).require()
    require_running(asked.follow_up)
    if not _has_the_ball(asked.task):
        raise TransitionRefused(
            _("This unit cannot be urged now."),
            _("It has answered; the ball is with the asker."),
            _("Close its answer or return it with a reason."),
        )
    if asked.rung == Rung.LIST:
        raise TransitionRefused(
            _("This unit is already on the top rung."),
            _("Above “%(rung)s” there is none.") % {"rung": Rung.LIST.label},
            _("Speak with the unit, or grant it a later date."),
        )
    _climb(asked, asked.rung + 1, by, at)
    return asked


def climb_ladders(*, at: datetime) -> int:
    """Bring every unit whose day has come one rung up and return how many; the nightly job.

    Each in its own transaction and under its lock: killed in the middle, or run twice, nobody climbs two rungs a day.
    """
    today = at.date()
    waiting = FollowUpUnit.objects.filter(
        follow_up__state=FollowUpState.RUNNING,
        task__state__in=[TaskState.OPEN, TaskState.ACCEPTED, TaskState.RETURNED],
        rung__lt=Rung.LIST,
    ).order_by("pk")
    return sum(_climb_if_due(asked_id, today, at) for asked_id in waiting.values_list("pk", flat=True))


@transaction.atomic
def _climb_if_due(asked_id: int, today: date, at: datetime) -> bool:
    asked = locked_asked(asked_id)
    follow_up = asked.follow_up
    if follow_up.state != FollowUpState.RUNNING or not _has_the_ball(asked.task):
        return False
    ladder = Ladder(follow_up.remind_days, follow_up.urge_days, follow_up.list_days)
    rung = rules.next_rung(ladder, asked.task.due_on, today, asked.rung, asked.climbed_on)
    if rung is None:
        return False
    _climb(asked, rung, "ladder", at)
    return True


def _climb(asked: FollowUpUnit, rung: int, by: Person | str, at: datetime) -> None:
    asked.rung, asked.climbed_on = rung, at.date()
    asked.save(update_fields=["rung", "climbed_on"])
    audit.record("follow_up.climbed", subject=asked, by=by, at=at, changes={"rung": rung})
    titles = {
        Rung.REMIND: gettext_noop("Reminder: %(subject)s"),
        Rung.URGE: gettext_noop("Urged: %(subject)s"),
        Rung.LIST: gettext_noop("Listed for follow-up: %(subject)s"),
    }
    follow_up = asked.follow_up
    information.notify(
        persons=_told_at(asked, rung, at.date()),
        kind=NotificationKind.TASK,
        title=titles[Rung(rung)],
        reason=gettext_noop("%(unit)s is asked, due %(due)s. You hold a post there or above it."),
        params={"subject": follow_up.subject, "unit": asked.unit.name, "due": str(asked.task.due_on)},
        url=f"/follow-ups/{follow_up.pk}/",
        at=at,
        line=follow_up.line,
    )


def _told_at(asked: FollowUpUnit, rung: int, on: date) -> set[int]:
    """Return who is told at a rung: who has the task, the leaders of the unit, the leaders of the units above."""
    told, leaders = rules.tells(rung), [kind.value for kind, role in ROLE_OF_POST.items() if role == Role.LEADER]
    addresses = {(asked.unit_id, asked.task.post_kind)} if "holders" in told else set()
    above = way_to(asked.unit)[:-1]
    units = ([asked.unit_id] if "leaders" in told else []) + (above if "above" in told else [])
    addresses |= {(unit_id, kind) for unit_id in units for kind in leaders}
    return {person for persons in people.holders_of(addresses, on).values() for person in persons}


@transaction.atomic
def close_follow_up(*, follow_up_id: int, note: str, by: Person, at: datetime, version: int | None) -> FollowUp:
    """Close it, and with it the answers still awaiting review; never by anybody who answered (nor the database)."""
    follow_up = locked_follow_up(follow_up_id, by, at, version, FollowUpState.CLOSED)
    access.can_close_follow_up(by, follow_up, at.date()).require()
    move(follow_up, FollowUpState.CLOSED)
    tasks = lock_tasks(follow_up)
    if not rules.is_answered([task.state for task in tasks]):
        waiting = [task.unit.name for task in tasks if task.state not in _ANSWERED]
        raise TransitionRefused(
            _("This follow-up cannot be closed yet."),
            _("No answer yet from %(units)s.") % {"units": punctuation.listed(waiting)},
            _("Wait for the answers, urge, or withdraw the follow-up with a reason."),
        )
    for task in tasks:
        if task.state == TaskState.HANDED_IN:
            close_task(task_id=task.pk, by=by, at=at, version=task.version)
    follow_up.closed_at, follow_up.closed_by, follow_up.closing_note = at, by, note.strip()[:REASON_LENGTH]
    follow_up.hands = sorted(access.hands_on(task.pk for task in tasks))
    return saved(follow_up, "follow_up.closed", by, at, {"note": follow_up.closing_note})


@transaction.atomic
def withdraw_follow_up(*, follow_up_id: int, reason: str, by: Person, at: datetime, version: int | None) -> FollowUp:
    """Take the instruction back; its number stays used, what was answered stays recorded."""
    follow_up = locked_follow_up(follow_up_id, by, at, version, FollowUpState.WITHDRAWN)
    access.can_direct(by, follow_up, at.date()).require()
    follow_up.withdraw_reason = required_reason(reason)
    move(follow_up, FollowUpState.WITHDRAWN)
    withdraw_tasks(task_ids=[task.pk for task in lock_tasks(follow_up)], reason=reason, by=by, at=at)
    return saved(follow_up, "follow_up.withdrawn", by, at, {"reason": follow_up.withdraw_reason})


def locked_asked(asked_id: int) -> FollowUpUnit:
    """Return the asked unit, it and its follow-up locked: closing and climbing wait for each other."""
    found = FollowUpUnit.objects.select_related("follow_up", "task", "unit").get(pk=asked_id)
    FollowUp.objects.select_for_update(no_key=True).get(pk=found.follow_up_id)
    rows = FollowUpUnit.objects.select_for_update(no_key=True, of=("self", "task"))
    return rows.select_related("follow_up", "task", "unit").get(pk=asked_id)


def _has_the_ball(task: Task) -> bool:
    return task.state in {TaskState.OPEN, TaskState.ACCEPTED, TaskState.RETURNED}


def locked_follow_up(
    follow_up_id: int, by: Person, at: datetime, version: int | None, wants: FollowUpState
) -> FollowUp:
    """Return it locked, seen through the person's door, in the version the person has read."""
    access.follow_up_for(by, follow_up_id, at.date())
    follow_up = FollowUp.objects.select_for_update(no_key=True).get(pk=follow_up_id)
    check_version(follow_up, version, {"state": wants})
    return follow_up


def lock_tasks(follow_up: FollowUp) -> list[Task]:
    """Return its tasks, all locked before any entry is chained, so that no two acts wait for each other."""
    ids = follow_up.units.values("task_id")
    return list(
        Task.objects.select_for_update(no_key=True, of=("self",))
        .select_related("unit")
        .filter(pk__in=ids)
        .order_by("pk")
    )


def move(follow_up: FollowUp, state: FollowUpState) -> None:
    """Bring it to a state that the table allows."""
    if state not in rules.FOLLOW_UP_TRANSITIONS[follow_up.state]:
        raise TransitionRefused(
            _("This step is not possible now."),
            _("The follow-up is “%(state)s”.") % {"state": FollowUpState(follow_up.state).label},
            _("Open it again to see who has the ball."),
        )
    follow_up.state = state


def require_running(follow_up: FollowUp) -> None:
    if follow_up.state != FollowUpState.RUNNING:
        raise TransitionRefused(
            _("This follow-up is not running."),
            _("The follow-up is “%(state)s”.") % {"state": FollowUpState(follow_up.state).label},
            _("The asking unit can open it again."),
        )


def required_reason(reason: str) -> str:
    """Return the reason as it is kept, or say that it is missing or too long."""
    text = reason.strip()
    if not text:
        raise Problem(_("Nothing was changed."), _("Those concerned need to know why."), _("Write the reason."))
    if len(text) > REASON_LENGTH:
        raise Problem(
            _("Nothing was changed."),
            _("The reason has %(count)s characters; %(limit)s fit.") % {"count": len(text), "limit": REASON_LENGTH},
            _("Shorten it; details can go into a conversation or a file."),
        )
    return text


def saved(follow_up: FollowUp, action: str, by: Person, at: datetime, changes: dict[str, object]) -> FollowUp:
    """Write the row, its next version and the audit entry."""
    follow_up.version += 1
    follow_up.save()
    audit.record(action, subject=follow_up, by=by, at=at, changes={"state": follow_up.state, **changes})
    return follow_up


def tell_asker(follow_up: FollowUp, title: str, params: dict[str, str], at: datetime) -> None:
    """Tell the one who asked."""
    information.notify(
        persons=[follow_up.asked_by_id],
        kind=NotificationKind.TASK,
        title=title,
        reason=gettext_noop("You asked for it."),
        params={"subject": follow_up.subject, **params},
        url=f"/follow-ups/{follow_up.pk}/",
        at=at,
        line=follow_up.line,
    )
