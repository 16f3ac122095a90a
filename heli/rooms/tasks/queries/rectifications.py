"""Rectifications: the ledger, one list with its problems, one problem with its measures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q, QuerySet

from heli.kernel.models import AuditEntry
from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.rulebook import queries as rulebook
from heli.rooms.tasks import access, rules
from heli.rooms.tasks.enums import ProblemState, TaskState
from heli.rooms.tasks.models import Citation, Measure, Problem, Rectification, Task
from heli.rooms.tasks.queries.follow_ups import returned_since

if TYPE_CHECKING:
    from datetime import datetime

    from heli.rooms.people.models import Person, Unit

_UNDONE = (TaskState.OPEN, TaskState.ACCEPTED, TaskState.HANDED_IN, TaskState.RETURNED)


def rectification_ledger(
    person: Person | None, on: date, *, state: str = "", source: str = "", text: str = ""
) -> QuerySet[Rectification]:
    """Return the rectifications that concern the person, newest first, each with counts of what one may see.

    ``problem_count``, ``closed_count`` and ``late_count`` (measures past their day). ``state`` is open, closed or late.
    """
    problems = access.visible_problems(person, on)
    late = access.visible_measures(person, on).filter(task__state__in=_UNDONE, task__due_on__lt=on)
    seen = Q(problems__in=problems)
    found = access.visible_rectifications(person, on).select_related("unit", "verifier")
    found = found.annotate(
        problem_count=Count("problems", filter=seen, distinct=True),
        closed_count=Count("problems", filter=seen & Q(problems__state=ProblemState.CLOSED), distinct=True),
        late_count=Count("problems__measures", filter=Q(problems__measures__in=late), distinct=True),
    )
    mine = problems.filter(rectification=OuterRef("pk"))
    if state == "open":
        found = found.exclude(Exists(mine), ~Exists(mine.filter(state=ProblemState.OPEN)))
    elif state == "closed":
        found = found.filter(Exists(mine), ~Exists(mine.filter(state=ProblemState.OPEN)))
    elif state == "late":
        found = found.filter(Exists(late.filter(problem__rectification=OuterRef("pk"))))
    if source:
        found = found.filter(source=source)
    if text:
        worded = Exists(mine.filter(text__icontains=text))
        found = found.filter(Q(title__icontains=text) | Q(unit__name__icontains=text) | worded)
    return found.order_by("-found_on", "-pk")


def problems_seen(person: Person | None, on: date, rectifications: QuerySet[Rectification] | None) -> QuerySet[Problem]:
    """Return problems in the order of their lists, each with ``seen``: the measures one may see."""
    measures = access.visible_measures(person, on).select_related("task__unit").order_by("number")
    found = access.visible_problems(person, on).select_related("rectification__unit", "rectification__verifier")
    if rectifications is not None:
        found = found.filter(rectification__in=rectifications.values("pk"))
    found = found.select_related("closed_by", "check_task").annotate(every=Count("measures", distinct=True))
    rows = Prefetch("measures", queryset=measures, to_attr="seen")
    return found.prefetch_related(rows).order_by("-rectification__found_on", "rectification_id", "number")


@dataclass(frozen=True, slots=True)
class RectificationPage:
    """One rectification: its visible problems, the dates the rulebook sets, the tasks opened for them, its history."""

    problems: tuple[Problem, ...]
    statutory: tuple[rulebook.EventDue, ...]
    tasks: dict[str, Task]
    history: tuple[AuditEntry, ...]


def rectification_page(person: Person | None, rectification: Rectification, on: date) -> RectificationPage:
    own = problems_seen(person, on, Rectification.objects.filter(pk=rectification.pk))
    opened = access.visible_tasks(person, on).filter(source=f"tasks.rectification:{rectification.pk}")
    history = AuditEntry.objects.filter(subject_kind="tasks.rectification", subject_id=str(rectification.pk))
    return RectificationPage(
        problems=tuple(own),
        statutory=tuple(statutory_dates(rectification)),
        tasks={task.obligation: task for task in opened.order_by("pk")},
        history=tuple(history.order_by("number")),
    )


def statutory_dates(rectification: Rectification) -> list[rulebook.EventDue]:
    """Return the last days the rulebook sets for such a source, counted from the feedback."""
    return rulebook.due_after_event(rules.statutory_duties(rectification.source), rectification.found_on)


@dataclass(frozen=True, slots=True)
class MeasureSeen:
    measure: Measure
    holders: tuple[str, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """One problem: the measures one may see, how many others there are, and what happened."""

    problem: Problem
    measures: tuple[MeasureSeen, ...]
    other_count: int
    returned: dict[int, datetime]
    history: tuple[AuditEntry, ...]


def problem_page(person: Person | None, problem: Problem, on: date) -> ProblemPage:
    seen = access.visible_measures(person, on).filter(problem=problem).select_related("task__unit").order_by("number")
    measures = [measure for measure in seen if measure.task is not None]
    tasks = [measure.task for measure in measures if measure.task is not None]
    cited = Citation.objects.filter(task__in=tasks).select_related("evidence", "evidence__recorded_by")
    citations = list(cited.order_by("evidence__happened_on", "pk"))
    own = Q(subject_kind="tasks.problem", subject_id=str(problem.pk))
    work = Q(subject_kind="tasks.task", subject_id__in=[str(task.pk) for task in tasks])
    return ProblemPage(
        problem=problem,
        measures=tuple(
            MeasureSeen(
                measure=measure,
                holders=tuple(people.names_of_holders(measure.task.unit_id, measure.task.post_kind, on)),
                citations=tuple(one for one in citations if one.task_id == measure.task_id),
            )
            for measure in measures
            if measure.task is not None
        ),
        other_count=problem.measures.count() - len(measures),
        returned=returned_since(tasks),
        history=tuple(AuditEntry.objects.filter(own | work).order_by("number")),
    )


def problems_to_close(person: Person | None, on: date, limit: int = 8) -> list[Problem]:
    """Return open problems whose measures are all closed, for the people of the unit that verifies them."""
    units = access.posts_that(person, Permission.TASK_VERIFY, on)
    if not units:
        return []
    standing = Measure.objects.filter(problem=OuterRef("pk")).exclude(task__state=TaskState.CANCELED)
    undone = standing.exclude(task__state=TaskState.CLOSED)
    found = Problem.objects.filter(Exists(standing), ~Exists(undone), state=ProblemState.OPEN)
    rows = found.filter(rectification__verifier__in=units).select_related("rectification__unit")
    last = rows.annotate(last=Max("measures__task__closed_at"))
    return list(last.order_by(F("last").asc(nulls_last=True), "pk")[:limit])


def problem_of(task: Task) -> Problem | None:
    """Return the problem that a task is a measure against, or whose effect it looks at; None for other tasks."""
    own = Measure.objects.filter(task=task).values("problem_id")
    return Problem.objects.filter(Q(pk__in=own) | Q(check_task=task)).order_by("pk").first()


def units_to_verify_for(person: Person | None, on: date) -> list[Unit]:
    """Return the units in whose name the person may verify, in tree order."""
    ids = access.posts_that(person, Permission.TASK_VERIFY, on)
    return list(people.units_with(person, Permission.TASK_VERIFY, on).filter(pk__in=ids).order_by("path"))
