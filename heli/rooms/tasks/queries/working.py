"""Reads shaped for the to-do page, one task and the lists of tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import TruncMonth

from heli.kernel.models import AuditEntry
from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.rulebook import queries as rulebook
from heli.rooms.tasks import access, rules
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Citation, Evidence, Task, TaskHand, TaskQuerySet, TaskRequester
from heli.rooms.tasks.queries.spans import Proven, proven, seen_of

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Unit


GROUPS = ("late", "today", "week", "review", "later")


SHOWN = 100
NEAR_DAYS = 31


CALENDAR_WEEKS = 4

# What falls due later than this, and has not begun, is counted by month on the to-do list.
AHEAD_DAYS = 60


@dataclass(frozen=True, slots=True)
class TodoRow:
    """One line of the to-do list. ``verb`` is what this person does next: accept, hand_in, rework or review."""

    task: Task
    verb: str
    group: str
    days_left: int | None


@dataclass(frozen=True, slots=True)
class Todo:
    """What a person has to do: near rows in due order, how many are near, counts per line of everything.

    ``later`` counts by month what falls due later and has not begun; ``month`` is the one whose rows are shown instead.
    """

    rows: tuple[TodoRow, ...]
    total: int
    lines: dict[str, int]
    later: tuple[tuple[date, int], ...] = ()
    month: date | None = None

    @property
    def groups(self) -> list[tuple[str, list[TodoRow]]]:
        """Rows under late, today, week, to review and later; groups without rows are left out."""
        found = [(group, [row for row in self.rows if row.group == group]) for group in GROUPS]
        return [(group, rows) for group, rows in found if rows]

    def count(self, group: str) -> int:
        return sum(row.group == group for row in self.rows)


_VERBS = {TaskState.OPEN: "accept", TaskState.ACCEPTED: "hand_in", TaskState.RETURNED: "rework"}


def to_review(person: Person | None, on: date) -> TaskQuerySet:
    """Return handed-in tasks that this person may review: asked for by a unit of theirs, and not their own work."""
    if person is None:
        return Task.objects.none()
    paths = people.scope_paths(person, Permission.TASK_VERIFY, on)
    own_units = {unit_id for unit_id, _kind in people.held_posts(person, on)}
    under = Q(pk__in=[])
    for path in paths:
        under |= Q(unit__path__startswith=path)
    own = people.counts_as(person, on)
    own_work = Citation.objects.filter(task=OuterRef("pk")).filter(
        Q(cited_by__in=own) | Q(evidence__recorded_by__in=own)
    )
    return (
        Task.objects.filter(under, state=TaskState.HANDED_IN)
        .filter(pk__in=TaskRequester.objects.filter(unit__in=own_units).values("task_id"))
        .exclude(Q(handed_in_by__in=own) | Q(accepted_by__in=own))
        .exclude(Exists(own_work))
        .exclude(Exists(TaskHand.objects.filter(task=OuterRef("pk"), person__in=own)))
    )


def todo(person: Person | None, today: date, line: str = "", month: date | None = None) -> Todo:
    """Return what is in this person's hand, to do and to review, soonest first; of what comes later a month or none."""
    mine = access.tasks_in_hand(person, today).to_do()
    reviews = to_review(person, today)
    lines = Counter(_by_line(mine))
    lines.update(_by_line(reviews))
    if line:
        mine, reviews = mine.filter(line=line), reviews.filter(line=line)
    ahead = Q(due_on__gt=today + timedelta(days=AHEAD_DAYS)) & (Q(starts_on__isnull=True) | Q(starts_on__gt=today))
    later = tuple(_by_month(mine.filter(ahead)))
    month = month if month in dict(later) else None
    total = (lines[line] if line else sum(lines.values())) - sum(number for _month, number in later)
    if month is None:
        rows = [*_soonest(mine.exclude(ahead)), *_soonest(reviews)]
    else:
        rows, total = (
            _soonest(mine.filter(ahead, due_on__year=month.year, due_on__month=month.month)),
            dict(later)[month],
        )
    rows.sort(key=lambda task: (task.due_on or date.max, task.pk))
    shown = tuple(_row(task, today) for task in rows[:SHOWN])
    return Todo(rows=shown, total=total, lines=dict(lines), later=later, month=month)


def _by_month(tasks: TaskQuerySet) -> list[tuple[date, int]]:
    months = tasks.order_by().annotate(month=TruncMonth("due_on")).values("month").annotate(number=Count("pk"))
    return list(months.order_by("month").values_list("month", "number"))


def _by_line(tasks: TaskQuerySet) -> dict[str, int]:
    return dict(tasks.order_by("line").values("line").annotate(number=Count("pk")).values_list("line", "number"))


def _soonest(tasks: TaskQuerySet) -> list[Task]:
    return list(tasks.select_related("unit").order_by(F("due_on").asc(nulls_last=True), "pk")[:SHOWN])


def _row(task: Task, today: date) -> TodoRow:
    verb = _VERBS.get(TaskState(task.state), "review")
    return TodoRow(
        task=task,
        verb=verb,
        group="review" if verb == "review" else rules.due_group(task.due_on, today),
        days_left=rules.days_left(task.due_on, today),
    )


@dataclass(frozen=True, slots=True)
class CalendarDay:
    day: date
    count: int
    is_today: bool


def due_calendar(todo_list: Todo, today: date) -> list[list[CalendarDay]]:
    """Return four weeks from Monday of this week, each day with how many of the list fall due."""
    monday = today - timedelta(days=today.weekday())
    due = Counter(row.task.due_on for row in todo_list.rows)
    days = [monday + timedelta(days=number) for number in range(7 * CALENDAR_WEEKS)]
    cells = [CalendarDay(day=day, count=due[day], is_today=day == today) for day in days]
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def given_away(person: Person | None, on: date, limit: int = 6) -> list[Task]:
    """Return undone tasks that this person's units asked others for, soonest first."""
    rows = _asked_for(person, on).undone().select_related("unit")
    return list(rows.order_by(F("due_on").asc(nulls_last=True), "pk")[:limit])


def _asked_for(person: Person | None, on: date) -> TaskQuerySet:
    """Return the tasks that the person's units asked other units for."""
    own_units = {unit_id for unit_id, _kind in people.held_posts(person, on)}
    return access.asked_tasks(person, on).exclude(unit__in=own_units)


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One task with everything its page shows."""

    task: Task
    requesters: tuple[str, ...]
    citations: tuple[Citation, ...]
    history: tuple[AuditEntry, ...]
    holders: tuple[str, ...]
    days_left: int | None
    duties: tuple[rulebook.Duty, ...]
    proven: Proven
    others: Mapping[int, Sequence[Task]]


def task_page(task: Task, today: date, person: Person | None = None) -> TaskPage:
    """Return what the page of a task shows; ``person`` reads it, and is told of other tasks as far as they see them."""
    citations = task.citations.select_related("evidence", "evidence__recorded_by").order_by(
        "evidence__happened_on", "pk"
    )
    requesters = task.requesters.select_related("unit").order_by("pk")
    own = Q(subject_kind="tasks.task", subject_id=str(task.pk))
    revised = Q(subject_kind="tasks.source", subject_id=task.source, changes__tasks__contains=task.pk)
    history = AuditEntry.objects.filter(own | revised if task.source else own).order_by("number")
    found = proven(task)
    return TaskPage(
        task=task,
        requesters=tuple(row.unit.name for row in requesters),
        citations=tuple(citations),
        history=tuple(history),
        holders=tuple(people.names_of_holders(task.unit_id, task.post_kind, today)),
        days_left=rules.days_left(task.due_on, today),
        duties=_duties(task, today),
        proven=found,
        others=seen_of(found, access.visible_tasks(person, today)),
    )


def _duties(task: Task, today: date) -> tuple[rulebook.Duty, ...]:
    """Return the duties of the rulebook that the task meets, as worded today; the first one first."""
    codes = [task.obligation, *task.further_duties.order_by("pk").values_list("code", flat=True)]
    worded = {duty.code: duty for duty in rulebook.duties_on(today)} if any(codes) else {}
    return tuple(worded[code] for code in codes if code in worded)


def citable_evidence(person: Person | None, task: Task, on: date, limit: int = 30) -> list[Evidence]:
    """Return the newest facts of the task's unit that this task does not cite yet.

    Facts of this task's own stretch of time come first: they are what a person looks for.
    """
    cited = task.citations.values("evidence_id")
    own = access.visible_evidence(person, on).filter(unit=task.unit_id).exclude(pk__in=cited)
    begins = task.starts_on or (task.due_on or on) - timedelta(days=NEAR_DAYS)
    near = Q(happened_on__gte=begins, happened_on__lte=(task.due_on or on) + timedelta(days=NEAR_DAYS))
    own = own.select_related("recorded_by")
    return list(own.order_by(Case(When(near, then=0), default=1), "-happened_on", "-pk")[:limit])


def tasks_of_unit(
    person: Person | None,
    unit: Unit | None,
    on: date,
    *,
    state: str = "",
    line: str = "",
    text: str = "",
    asked_by_me: bool = False,
) -> QuerySet[Task]:
    """Return the visible tasks of a unit and the units below it (None: of all one sees), soonest first.

    ``asked_by_me`` keeps those that the person's own units asked others for.
    """
    tasks = (_asked_for(person, on) if asked_by_me else access.visible_tasks(person, on)).select_related("unit")
    if unit is not None:
        tasks = tasks.filter(unit__path__startswith=unit.path)
    if state == "undone":
        tasks = tasks.undone()
    elif state == "late":
        tasks = tasks.undone().filter(due_on__lt=on)
    elif state:
        tasks = tasks.filter(state=state)
    if line:
        tasks = tasks.filter(line=line)
    if text:
        tasks = tasks.filter(title__icontains=text)
    return tasks.order_by(F("due_on").asc(nulls_last=True), "pk")


def overseen_units(person: Person | None, on: date) -> list[Unit]:
    """Return the topmost units whose tasks the person oversees, in tree order."""
    paths = people.scope_paths(person, Permission.TASK_VIEW, on)
    return list(people.units_with(person, Permission.TASK_VIEW, on).filter(path__in=paths).order_by("path"))


def tasks_of_source(source: str) -> QuerySet[Task]:
    """Return the tasks that came from one plan item, in the order of the tree."""
    return Task.objects.filter(source=source).select_related("unit").order_by("unit__path", "pk")


def tasks_of_sources(sources: Sequence[str]) -> QuerySet[Task]:
    """Return the tasks that came from any of the sources, in the order of the tree."""
    return Task.objects.filter(source__in=sources).select_related("unit").order_by("unit__path", "due_on", "pk")
