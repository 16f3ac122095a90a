"""What a rectification goes through: opened, filled with problems and measures, its statutory dates made tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from heli.kernel import audit
from heli.kernel.decisions import denied
from heli.kernel.problems import Problem as Refusal
from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.rulebook import queries as rulebook
from heli.rooms.tasks import access, rules
from heli.rooms.tasks.enums import Line, ProblemState
from heli.rooms.tasks.models import Measure, Problem, Rectification, Task
from heli.rooms.tasks.services.follow_ups import required_reason
from heli.rooms.tasks.services.numbering import next_number
from heli.rooms.tasks.services.revising import withdraw_tasks
from heli.rooms.tasks.services.working import NewTask, TransitionRefused, open_tasks

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Unit

SERIES = "rectification"


@dataclass(frozen=True, slots=True)
class NewRectification:
    """A list of problems to open; ``found_on`` is the day of the feedback, from which statutory periods count."""

    unit: Unit
    verifier_id: int
    title: str
    source: str
    found_on: date
    found_by: str = ""


@dataclass(frozen=True, slots=True)
class NewMeasure:
    """What is done against a problem; ``post_kind`` empty = whoever does tasks in the unit."""

    text: str
    unit_id: int
    due_on: date
    deliverable: str = ""
    post_kind: str = ""


@dataclass(frozen=True, slots=True)
class NewProblem:
    text: str
    line: str
    measures: Sequence[NewMeasure] = ()


@transaction.atomic
def open_rectification(*, new: NewRectification, by: Person, at: datetime) -> Rectification:
    """Give the list the verifying unit's next number."""
    on = at.date()
    people.has(by, Permission.TASK_ASSIGN, new.unit, on).require()
    if new.verifier_id not in access.posts_that(by, Permission.TASK_VERIFY, on):
        denied(_("The verifying unit is one in which you hold a post that may verify.")).require()
    if new.found_on > on:
        raise Refusal(
            _("The day of the feedback lies in the future."),
            _("Periods count from the day on which it was received."),
            _("Give today or an earlier day."),
        )
    rectification = Rectification.objects.create(
        unit=new.unit,
        verifier_id=new.verifier_id,
        year=on.year,
        number=next_number(SERIES, new.verifier_id, on.year),
        title=new.title,
        source=new.source,
        found_by=new.found_by,
        found_on=new.found_on,
        opened_at=at,
        opened_by=by,
    )
    changes = {"number": rectification.number, "source": new.source, "found_on": new.found_on}
    audit.record("rectification.opened", subject=rectification, by=by, at=at, changes=changes)
    return rectification


@transaction.atomic
def add_problems(
    *, rectification_id: int, problems: Sequence[NewProblem], by: Person, at: datetime, file_hash: str = ""
) -> list[Problem]:
    """Add problems with their measures, all or none, and open one task a measure."""
    rectification = _locked(rectification_id, by, at)
    access.can_plan(by, rectification, at.date()).require()
    last = rectification.problems.aggregate(last=Max("number"))["last"] or 0
    rows = Problem.objects.bulk_create(
        Problem(
            rectification=rectification, number=last + offset, text=new.text, line=new.line, added_at=at, added_by=by
        )
        for offset, new in enumerate(problems, start=1)
    )
    pairs = [(row, measure) for row, new in zip(rows, problems, strict=True) for measure in new.measures]
    _open_measures(rectification, pairs, by, at)
    changes = {"count": len(rows), "measures": len(pairs), **({"file": file_hash} if file_hash else {})}
    audit.record("rectification.problems_added", subject=rectification, by=by, at=at, changes=changes)
    return rows


@transaction.atomic
def add_measure(*, problem_id: int, new: NewMeasure, by: Person, at: datetime) -> Measure:
    """Add a measure to an open problem."""
    problem = locked_problem(problem_id, by, at)
    access.can_plan(by, problem.rectification, at.date()).require()
    require_open(problem)
    measure = _open_measures(problem.rectification, [(problem, new)], by, at)[0]
    audit.record("problem.measure_added", subject=problem, by=by, at=at, changes={"measure": measure.number})
    return measure


def _open_measures(
    rectification: Rectification, pairs: Sequence[tuple[Problem, NewMeasure]], by: Person, at: datetime
) -> list[Measure]:
    """Write the measures and open their tasks; each task's source names its measure."""
    _require_possible(pairs, at.date())
    numbers = {problem.pk: problem.measures.count() for problem, _new in pairs}
    measures = []
    for problem, _new in pairs:
        numbers[problem.pk] += 1
        measures.append(Measure(problem=problem, number=numbers[problem.pk]))
    Measure.objects.bulk_create(measures)
    items = [
        NewTask(
            title=new.text,
            line=problem.line,
            unit_id=new.unit_id,
            post_kind=new.post_kind,
            deliverable=new.deliverable,
            due_on=new.due_on,
            requesters=[rectification.verifier_id],
            source=f"tasks.measure:{measure.pk}",
        )
        for (problem, new), measure in zip(pairs, measures, strict=True)
    ]
    for measure, task in zip(measures, open_tasks(items=items, by=by, at=at), strict=True):
        measure.task = task
    Measure.objects.bulk_update(measures, ["task"])
    return measures


def _require_possible(pairs: Sequence[tuple[Problem, NewMeasure]], on: date) -> None:
    """Refuse dates in the past and addresses that nobody holds."""
    if any(new.due_on < on for _problem, new in pairs):
        raise Refusal(_("The due date lies in the past."), _("Nobody can meet it."), _("Give a day from today on."))
    addresses = {(new.unit_id, new.post_kind) for _problem, new in pairs}
    if addresses - set(people.holders_of(addresses, on)):
        raise Refusal(
            _("Nobody would receive one of the measures."),
            _("Nobody holds that post in its unit today."),
            _("Address another unit or post, or have the post filled first."),
        )


@transaction.atomic
def withdraw_measure(*, measure_id: int, reason: str, by: Person, at: datetime) -> Measure:
    """Take a measure back with a reason; a problem is not crossed off by withdrawing all of them."""
    measure = Measure.objects.select_related("problem").get(pk=measure_id)
    problem = locked_problem(measure.problem_id, by, at)
    access.can_plan(by, problem.rectification, at.date()).require()
    require_open(problem)
    text = required_reason(reason)
    if not withdraw_tasks(task_ids=[measure.task_id] if measure.task_id else [], reason=text, by=by, at=at):
        raise TransitionRefused(
            _("This measure cannot be withdrawn."),
            _("It is completed or withdrawn already."),
            _("Add another measure if something is missing."),
        )
    changes = {"measure": measure.number, "reason": text}
    audit.record("problem.measure_withdrawn", subject=problem, by=by, at=at, changes=changes)
    return measure


@transaction.atomic
def open_statutory_tasks(*, rectification_id: int, by: Person, at: datetime) -> list[Task]:
    """Open a task of the rectifying unit for each date the rulebook sets; those already open are left alone."""
    rectification = _locked(rectification_id, by, at)
    access.can_verify(by, rectification, at.date()).require()
    source = f"tasks.rectification:{rectification.pk}"
    known = set(Task.objects.filter(source=source).values_list("obligation", flat=True))
    due = rulebook.due_after_event(rules.statutory_duties(rectification.source), rectification.found_on)
    items = [
        NewTask(
            title=f"{one.duty.title} · {rectification.title}",
            line=Line.BOTH,
            unit_id=rectification.unit_id,
            deliverable="、".join(one.duty.evidence),
            due_on=one.due_on,
            requesters=[rectification.verifier_id],
            source=source,
            obligation=one.duty.code,
        )
        for one in due
        if one.duty.code not in known
    ]
    if not items:
        raise TransitionRefused(
            _("There is nothing to open."),
            _("The rulebook sets no date for this source, or its tasks are open already."),
            _("Look at the tasks of the unit."),
        )
    tasks = open_tasks(items=items, by=by, at=at)
    changes = {"obligations": [item.obligation for item in items]}
    audit.record("rectification.statutory_tasks_opened", subject=rectification, by=by, at=at, changes=changes)
    return tasks


def _locked(rectification_id: int, by: Person, at: datetime) -> Rectification:
    access.rectification_for(by, rectification_id, at.date())
    rows = Rectification.objects.select_for_update(no_key=True, of=("self",)).select_related("unit")
    return rows.get(pk=rectification_id)


def locked_problem(problem_id: int, by: Person, at: datetime) -> Problem:
    """Return the problem locked, seen through the person's door."""
    access.problem_for(by, problem_id, at.date())
    rows = Problem.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("rectification__unit", "rectification__verifier").get(pk=problem_id)


def require_open(problem: Problem) -> None:
    if problem.state != ProblemState.OPEN:
        raise TransitionRefused(
            _("This problem is crossed off."),
            _("Its measures are verified and closed."),
            _("The verifying unit can open it again with a reason."),
        )
