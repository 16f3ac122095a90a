"""What people do with tasks. Each verb locks, asks, checks, writes and records in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from heli.kernel import audit, events
from heli.kernel.files import StoredFile
from heli.kernel.problems import Problem
from heli.kernel.versions import check_version
from heli.rooms.information import services as information
from heli.rooms.information.enums import NotificationKind
from heli.rooms.people import access as people
from heli.rooms.tasks import access, rules
from heli.rooms.tasks.enums import EvidenceKind, TaskState
from heli.rooms.tasks.events import TaskClosed, TaskHandedIn, TaskReturned
from heli.rooms.tasks.models import Citation, Evidence, FurtherDuty, Task, TaskHand, TaskRequester
from heli.rooms.tasks.services.parts import require_parts
from heli.rooms.tasks.services.recording import keep_fact
from heli.rooms.tasks.services.spans import require_span

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


REASON_LENGTH = 500


_AT_ONCE = 1000


class TransitionRefused(Problem):
    """The task is not in a state from which the verb is possible."""

    status = 409


class EvidenceMissing(Problem):
    """A task cannot be handed in without anything that proves it."""


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task to open. ``post_kind`` empty = whoever does tasks in the unit; ``requesters`` are unit ids.

    ``minutes`` is how long it takes whoever does it; None where those who ask do not say.
    """

    title: str
    line: str
    unit_id: int
    post_kind: str = ""
    deliverable: str = ""
    starts_on: date | None = None
    due_on: date | None = None
    minutes: int | None = None
    requesters: Sequence[int] = ()
    source: str = ""
    obligation: str = ""
    further_duties: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class NewEvidence:
    """A fact to record: one of text, stored file or link; ``happened_on`` is the day it happened."""

    title: str
    happened_on: date
    text: str = ""
    url: str = ""
    file: StoredFile | None = field(default=None)


@transaction.atomic
def open_tasks(
    *, items: Sequence[NewTask], by: Person, at: datetime, on_rows: Callable[[int], object] = int
) -> list[Task]:
    """Open many tasks in one act and tell the holders of the posts. The caller has decided that ``by`` may.

    A task with the same source, unit, post and due date that is already open is refused by the database
    (``IntegrityError``), so an act repeated after a crash cannot open its tasks twice. ``on_rows`` is told how many
    are written so far.
    """
    rows = [
        Task(
            title=item.title[:500],
            line=item.line,
            unit_id=item.unit_id,
            post_kind=item.post_kind,
            deliverable=item.deliverable[:500],
            minutes=item.minutes,
            starts_on=item.starts_on,
            due_on=item.due_on,
            source=item.source,
            obligation=item.obligation,
            opened_at=at,
            opened_by=by,
        )
        for item in items
    ]
    tasks: list[Task] = []
    for start in range(0, len(rows), _AT_ONCE):
        made = Task.objects.bulk_create(rows[start : start + _AT_ONCE])
        asked = list(zip(made, items[start : start + _AT_ONCE], strict=True))
        TaskRequester.objects.bulk_create(
            [
                TaskRequester(task=task, unit_id=unit_id)
                for task, item in asked
                for unit_id in dict.fromkeys(item.requesters)
            ]
        )
        FurtherDuty.objects.bulk_create(
            [
                FurtherDuty(task=task, code=code)
                for task, item in asked
                for code in dict.fromkeys(item.further_duties)
                if code and code != item.obligation
            ]
        )
        tasks += made
        on_rows(len(tasks))
    if tasks:
        _tell_holders(tasks, at)
        audit.record(
            "tasks.opened",
            subject=("tasks.task", f"{tasks[0].pk}-{tasks[-1].pk}"),
            by=by,
            at=at,
            changes={"count": len(tasks), "sources": sorted({task.source for task in tasks})[:50]},
        )
    return tasks


def _tell_holders(tasks: Sequence[Task], at: datetime) -> None:
    """One message a person, however many tasks the act opened for them."""
    held = people.holders_of({(task.unit_id, task.post_kind) for task in tasks}, at.date())
    counts: dict[int, int] = {}
    for task in tasks:
        for person_id in held.get((task.unit_id, task.post_kind), ()):
            counts[person_id] = counts.get(person_id, 0) + 1
    for count in sorted(set(counts.values())):
        information.notify(
            persons=[person_id for person_id, number in counts.items() if number == count],
            kind=NotificationKind.TASK,
            title=gettext_noop("%(count)s new tasks in your to-do list"),
            reason=gettext_noop("You hold the post they are addressed to."),
            params={"count": count},
            url="/",
            at=at,
        )


@transaction.atomic
def accept_task(*, task_id: int, by: Person, at: datetime, version: int | None) -> Task:
    """Take the task in hand."""
    task = _locked(task_id, by, at, version, TaskState.ACCEPTED)
    access.can_do(by, task, at.date()).require()
    _move(task, TaskState.ACCEPTED)
    task.accepted_at, task.accepted_by = at, by
    keep_hands(task, by, at)
    return _saved(task, "task.accepted", by, at)


@transaction.atomic
def record_evidence(*, task_id: int, new: NewEvidence, by: Person, at: datetime) -> Evidence:
    """Record a fact once, for the task's unit, and cite it for this task."""
    task, hands = _locked_in_hand(task_id, by, at)
    _require_editable(task)
    if new.happened_on > at.date():
        raise Problem(
            _("The day it happened lies in the future."),
            _("Evidence shows what was done, not what is planned."),
            _("Give the day on which it was done, today at the latest."),
        )
    content = {"title": new.title, "happened_on": new.happened_on, **_content(new)}
    evidence = keep_fact(task, content, hands=hands, by=by, at=at)
    audit.record("evidence.recorded", subject=evidence, by=by, at=at, changes={"task": task.pk})
    return evidence


def _content(new: NewEvidence) -> dict[str, object]:
    if new.file is not None:
        return {
            "kind": EvidenceKind.FILE,
            "text": new.text,
            "file_name": new.file.name,
            "file_hash": new.file.sha256,
            "file_size": new.file.size,
            "file_type": new.file.content_type,
        }
    if new.url:
        return {"kind": EvidenceKind.LINK, "url": new.url, "text": new.text}
    if not new.text.strip():
        raise EvidenceMissing(
            _("There is nothing to record."),
            _("Evidence is a text, a file or a link."),
            _("Write what was done, choose a file, or cite a fact that is already recorded."),
        )
    return {"kind": EvidenceKind.TEXT, "text": new.text}


@transaction.atomic
def cite_evidence(*, task_id: int, evidence_id: int, by: Person, at: datetime) -> Citation:
    """Use a fact that is already recorded for one more task; citing it again changes nothing."""
    task, hands = _locked_in_hand(task_id, by, at)
    _require_editable(task)
    evidence = access.evidence_for(by, evidence_id, at.date())
    citation, is_new = Citation.objects.get_or_create(
        task=task, evidence=evidence, defaults={"cited_at": at, "cited_by": by}
    )
    if is_new:
        _keep_hand(task, hands | access.hands_on_fact(evidence), at)
        audit.record("evidence.cited", subject=evidence, by=by, at=at, changes={"task": task.pk})
    return citation


@transaction.atomic
def withdraw_citation(*, task_id: int, evidence_id: int, by: Person, at: datetime) -> None:
    """Take a fact off this task; the fact itself stays."""
    task, _hands = _locked_in_hand(task_id, by, at)
    _require_editable(task)
    evidence = access.evidence_for(by, evidence_id, at.date())
    removed, _rows = Citation.objects.filter(task=task, evidence=evidence).delete()
    if removed:
        audit.record("evidence.citation_withdrawn", subject=evidence, by=by, at=at, changes={"task": task.pk})


@transaction.atomic
def hand_in(*, task_id: int, by: Person, at: datetime, version: int | None, without_parts: str = "") -> Task:
    """Hand the task to review; needs at least one evidence, and every part in, or why not (``without_parts``)."""
    task = _locked(task_id, by, at, version, TaskState.HANDED_IN)
    access.can_do(by, task, at.date()).require()
    if not task.citations.exists():
        raise EvidenceMissing(
            _("The task cannot be handed in yet."),
            _("Nothing proves it."),
            _("Record what was done once, or cite a fact that is already recorded."),
        )
    _move(task, TaskState.HANDED_IN)
    said = require_parts(task, without_parts)
    task.handed_in_at, task.handed_in_by, task.return_reason = at, by, ""
    keep_hands(task, by, at)
    saved = _saved(task, "task.handed_in", by, at, said)
    events.publish(TaskHandedIn(task_id=task.pk))
    return saved


@transaction.atomic
def return_task(*, task_id: int, reason: str, by: Person, at: datetime, version: int | None) -> Task:
    """Give a handed-in (or closed) task back with a reason."""
    task = _locked(task_id, by, at, version, TaskState.RETURNED)
    access.can_review(by, task, at.date()).require()
    if not reason.strip():
        raise Problem(
            _("The task was not returned."),
            _("The unit needs to know what is missing."),
            _("Write the reason."),
        )
    if len(reason.strip()) > REASON_LENGTH:
        raise Problem(
            _("The task was not returned."),
            _("The reason has %(count)s characters; %(limit)s fit.")
            % {"count": len(reason.strip()), "limit": REASON_LENGTH},
            _("Shorten it; details can go into a conversation or a file."),
        )
    _move(task, TaskState.RETURNED)
    task.return_reason, task.closed_at, task.closed_by = reason.strip(), None, None
    saved = _saved(task, "task.returned", by, at, {"reason": task.return_reason})
    _tell_one(task, task.handed_in_by_id, gettext_noop("Returned: %(title)s"), at)
    events.publish(TaskReturned(task_id=task.pk))
    return saved


@transaction.atomic
def close_task(*, task_id: int, by: Person, at: datetime, version: int | None, reason: str = "") -> Task:
    """Verify and close; never by anyone who ever did any part of the work, nor without ``reason`` on a proof that
    lies outside the time of the task.

    The database itself refuses the one who handed in.
    """
    task = _locked(task_id, by, at, version, TaskState.CLOSED)
    access.can_review(by, task, at.date()).require()
    _move(task, TaskState.CLOSED)
    said = require_span(task, reason)
    task.closed_at, task.closed_by = at, by
    saved = _saved(task, "task.closed", by, at, said)
    _tell_one(task, task.handed_in_by_id, gettext_noop("Completed: %(title)s"), at)
    events.publish(TaskClosed(task_id=task.pk, source=task.source))
    return saved


@transaction.atomic
def withdraw_hand_in(*, task_id: int, by: Person, at: datetime, version: int | None) -> Task:
    """Take a handed-in task back before anybody reviewed it."""
    task = _locked(task_id, by, at, version, TaskState.ACCEPTED)
    access.can_do(by, task, at.date()).require()
    if task.state != TaskState.HANDED_IN:
        raise _refused(task, TaskState.ACCEPTED)
    _move(task, TaskState.ACCEPTED)
    task.handed_in_at = task.handed_in_by = None
    return _saved(task, "task.hand_in_withdrawn", by, at)


def _locked(
    task_id: int, by: Person, at: datetime, version: int | None = -1, wants: TaskState = TaskState.OPEN
) -> Task:
    """Return the task locked for this transaction, seen through the person's door; -1 asks for no version.

    ``wants`` is the state the person meant to bring it to, for both sides of a conflict.
    """
    access.task_for(by, task_id, at.date())
    task = Task.objects.select_for_update(no_key=True, of=("self",)).select_related("unit").get(pk=task_id)
    if version != -1:
        check_version(task, version, {"state": wants})
    return task


def _locked_in_hand(task_id: int, by: Person, at: datetime) -> tuple[Task, frozenset[int]]:
    """Return the task locked, if it is this person's to do, and whose hand it then is; who may do it also sees it.

    Only who is refused costs the questions that tell why: 404 for what they cannot see, else the reason.
    """
    task = Task.objects.select_for_update(no_key=True).filter(pk=task_id).order_by("pk").first()
    hands = access.hands_on_task(by, task, at.date()) if task is not None else frozenset()
    if task is None or not hands:
        task = _locked(task_id, by, at)
        access.can_do(by, task, at.date()).require()
    return task, hands


def keep_hands(task: Task, by: Person, at: datetime) -> None:
    """Remember who worked on the task, and in whose name; undoing the part does not undo this."""
    _keep_hand(task, access.hands_on_task(by, task, at.date()), at)


def _keep_hand(task: Task, person_ids: Collection[int], at: datetime) -> None:
    hands = [TaskHand(task=task, person_id=pk, since=at) for pk in sorted(person_ids)]
    TaskHand.objects.bulk_create(hands, ignore_conflicts=True)


def _move(task: Task, state: TaskState) -> None:
    if not rules.can_move(task.state, state):
        raise _refused(task, state)
    task.state = state


def _refused(task: Task, state: TaskState) -> TransitionRefused:
    return TransitionRefused(
        _("This step is not possible now."),
        _("The task is “%(state)s”; from there it cannot become “%(next)s”.")
        % {"state": TaskState(task.state).label, "next": state.label},
        _("Open the task again to see who has it."),
    )


def _require_editable(task: Task) -> None:
    if task.state not in {TaskState.OPEN, TaskState.ACCEPTED, TaskState.RETURNED}:
        raise TransitionRefused(
            _("The evidence of this task cannot be changed now."),
            _("The task is “%(state)s”.") % {"state": TaskState(task.state).label},
            _("Withdraw the hand-in, or ask the reviewer to return it."),
        )


def _saved(task: Task, action: str, by: Person, at: datetime, changes: dict[str, object] | None = None) -> Task:
    task.version += 1
    task.save()
    audit.record(action, subject=task, by=by, at=at, changes={"state": task.state, **(changes or {})})
    return task


def _tell_one(task: Task, person_id: int | None, title: str, at: datetime) -> None:
    if person_id is not None:
        information.notify(
            persons=[person_id],
            kind=NotificationKind.TASK,
            title=title,
            reason=gettext_noop("You handed it in."),
            params={"title": task.title[:200]},
            url=f"/tasks/{task.pk}/",
            at=at,
            line=task.line,
        )
