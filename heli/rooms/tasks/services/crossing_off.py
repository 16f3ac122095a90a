"""How problems end: crossed off by somebody who did nothing of it, opened again, their effect looked at later."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from heli.kernel import audit
from heli.kernel.problems import Problem as Refusal
from heli.kernel.versions import check_version
from heli.rooms.tasks import access, rules
from heli.rooms.tasks.enums import ProblemState, TaskState
from heli.rooms.tasks.models import Problem, Task
from heli.rooms.tasks.services.follow_ups import REASON_LENGTH, require_ahead, required_reason
from heli.rooms.tasks.services.rectifications import locked_problem
from heli.rooms.tasks.services.revising import Amendment, amend_tasks, withdraw_tasks
from heli.rooms.tasks.services.working import NewTask, TransitionRefused, open_tasks, return_task

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


@transaction.atomic
def close_problem(
    *, problem_id: int, note: str, check_months: int, by: Person, at: datetime, version: int | None
) -> Problem:
    """Cross a problem off; never by anybody with a hand in a measure (nor does the database take it).

    The effect is looked at ``check_months`` later, by a task that opens by itself; 0 = not.
    """
    problem = locked_problem(problem_id, by, at)
    check_version(problem, version, {"state": ProblemState.CLOSED})
    access.can_close_problem(by, problem, at.date()).require()
    _move(problem, ProblemState.CLOSED)
    tasks = _tasks(problem)
    if not rules.may_close([task.state for task in tasks]):
        raise TransitionRefused(
            _("This problem cannot be crossed off yet."),
            _("Every measure has to be verified and closed first, and there has to be one."),
            _("Review what is handed in, or withdraw a measure with a reason."),
        )
    problem.closed_at, problem.closed_by, problem.closing_note = at, by, note.strip()[:REASON_LENGTH]
    problem.hands = sorted(access.hands_on(task.pk for task in tasks))
    problem.check_months = check_months
    problem.check_on = rules.effect_check_on(at.date(), check_months) if check_months else None
    problem.check_task = None
    changes: dict[str, object] = {"note": problem.closing_note, "check_on": problem.check_on}
    return _saved(problem, "problem.closed", by, at, changes)


@transaction.atomic
def reopen_problem(
    *,
    problem_id: int,
    measure_ids: Collection[int],
    due_on: date,
    reason: str,
    by: Person,
    at: datetime,
    version: int | None,
) -> Problem:
    """Open a problem again with a reason: the named measures go back to their units, due on a new day."""
    problem = locked_problem(problem_id, by, at)
    check_version(problem, version, {"state": ProblemState.OPEN})
    access.can_verify(by, problem.rectification, at.date()).require()
    text = required_reason(reason)
    require_ahead(due_on, at.date())
    _move(problem, ProblemState.OPEN)
    again = set(problem.measures.filter(pk__in=measure_ids).values_list("task_id", flat=True))
    tasks = [task for task in _tasks(problem) if task.pk in again and task.state == TaskState.CLOSED]
    if not tasks:
        raise Refusal(
            _("Nothing was changed."), _("No measure was chosen."), _("Choose the measures that have to be done anew.")
        )
    if problem.check_task_id is not None:
        withdraw_tasks(task_ids=[problem.check_task_id], reason=text, by=by, at=at)
    for task in tasks:
        return_task(task_id=task.pk, reason=text, by=by, at=at, version=task.version)
    _put_off([task.pk for task in tasks], due_on, text, by, at)
    problem.closed_at = problem.closed_by = problem.check_on = problem.check_task = None
    problem.closing_note, problem.reopen_reason = "", text
    return _saved(problem, "problem.reopened", by, at, {"reason": text, "due_on": due_on})


def _put_off(task_ids: list[int], due_on: date, reason: str, by: Person, at: datetime) -> None:
    items = [
        Amendment(
            task_id=task.pk,
            title=task.title,
            line=task.line,
            starts_on=task.starts_on,
            due_on=due_on,
            deliverable=task.deliverable,
            minutes=task.minutes,
            requesters=[row.unit for row in task.requesters.select_related("unit").order_by("pk")],
        )
        for task in Task.objects.filter(pk__in=task_ids).order_by("pk")
    ]
    amend_tasks(items=items, reason=reason, by=by, at=at)


def open_effect_checks(*, at: datetime) -> int:
    """Open the tasks that look at the effect of what was crossed off months ago and return how many; nightly.

    Each in its own transaction and under its lock, so that running twice opens once.
    """
    due = Problem.objects.filter(state=ProblemState.CLOSED, check_on__lte=at.date(), check_task=None)
    return sum(_open_check(problem_id, at) for problem_id in due.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _open_check(problem_id: int, at: datetime) -> bool:
    rows = Problem.objects.select_for_update(no_key=True, of=("self",)).select_related("rectification", "closed_by")
    problem = rows.get(pk=problem_id)
    if problem.check_on is None or problem.check_on > at.date() or problem.check_task_id or problem.closed_by is None:
        return False
    new = NewTask(
        title=_("Effect check: %(problem)s") % {"problem": problem.text},
        line=problem.line,
        unit_id=problem.rectification.verifier_id,
        deliverable=_("Whether the problem came back, and how that was seen"),
        due_on=rules.check_due_on(problem.check_on),
        requesters=[problem.rectification.verifier_id],
        source=f"tasks.effect_check:{problem.pk}",
    )
    problem.check_task = open_tasks(items=[new], by=problem.closed_by, at=at)[0]
    problem.save(update_fields=["check_task"])
    audit.record("problem.effect_check_opened", subject=problem, by="effect check", at=at)
    return True


def _tasks(problem: Problem) -> list[Task]:
    """Return the tasks of a problem's measures, all locked before any entry is chained."""
    ids = problem.measures.exclude(task=None).values("task_id")
    return list(Task.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))


def _move(problem: Problem, state: ProblemState) -> None:
    if state not in rules.PROBLEM_TRANSITIONS[problem.state]:
        raise TransitionRefused(
            _("This step is not possible now."),
            _("The problem is “%(state)s”.") % {"state": ProblemState(problem.state).label},
            _("Open it again to see how it stands."),
        )
    problem.state = state


def _saved(problem: Problem, action: str, by: Person, at: datetime, changes: dict[str, object]) -> Problem:
    problem.version += 1
    problem.save()
    audit.record(action, subject=problem, by=by, at=at, changes={"state": problem.state, **changes})
    return problem
