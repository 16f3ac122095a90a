"""The ledger of minutes: what is asked of a unit month by month, by whom, and what a unit asks of others.

Minutes stand on the task: what the template, or the item of a plan, stated for whoever does it when it was asked. A
plan revised later changes them only while the task is undone, so finished months stay as they were. Tasks that come
from elsewhere (a follow-up) or whose plan says nothing state none: they are counted and never guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, Exists, F, IntegerField, Max, Min, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast, Coalesce

from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.people.queries import way_to
from heli.rooms.rulebook import queries as rulebook
from heli.rooms.tasks import access, rules
from heli.rooms.tasks.enums import IssueState, JoinState, TaskState, TemplateState
from heli.rooms.tasks.models import (
    MonthlyLimit,
    Task,
    TaskQuerySet,
    TaskRequester,
    TaskTemplate,
    TemplateIssue,
    TemplateJoin,
)
from heli.rooms.tasks.queries.templates import dues_between

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Unit

ISSUE_PREFIX = "tasks.issue:"
_NONE = Cast(Value(None), IntegerField())  # typed: a CASE without branches is text to the database
Month = rules.Month


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing asked of the unit in one month: by whom, how often, and minutes in all (None = none stated)."""

    month: Month
    title: str
    asked_by: tuple[str, ...]
    times: int
    minutes: int | None
    template_id: int | None
    is_to_come: bool = False


@dataclass(frozen=True, slots=True)
class UnitLedger:
    """What is asked of one unit in a year. ``limits`` holds the limit of each month, None where there is none."""

    year: int
    asks: Sequence[Ask]
    limits: dict[Month, int | None] = field(default_factory=dict)

    def minutes(self, month: Month, *, to_come: bool | None = None) -> int:
        """Return the minutes of a month: in all, or only what is out or still to come."""
        return sum(each.minutes or 0 for each in self.in_month(month) if to_come in (None, each.is_to_come))

    def unstated(self, month: Month) -> int:
        """Return how many tasks of a month state no minutes."""
        return sum(each.times for each in self.in_month(month) if each.minutes is None)

    def in_month(self, month: Month) -> list[Ask]:
        return [each for each in self.asks if each.month == month]

    def is_over(self, month: Month) -> bool:
        limit = self.limits.get(month)
        return limit is not None and self.minutes(month) > limit


def months_of(year: int) -> list[Month]:
    return [Month(year, number) for number in range(1, 13)]


def unit_ledger(person: Person | None, unit: Unit, year: int, today: date) -> UnitLedger:
    """Return the ledger of one unit (a fixed number of queries). The caller has opened the unit."""
    out = _out(person, unit, year, today)
    coming = _to_come(unit, year, today)
    limits = limits_above(unit)
    return UnitLedger(
        year=year,
        asks=sorted([*out, *coming], key=lambda each: (each.month, each.is_to_come, -(each.minutes or 0), each.title)),
        limits={
            month: rules.limit_on(unit.path, unit.kind, date(month.year, month.month, 1), limits)
            for month in months_of(year)
        },
    )


def _out(person: Person | None, unit: Unit, year: int, today: date) -> list[Ask]:
    rows = (
        access.visible_tasks(person, today)
        .filter(unit=unit, due_on__year=year)
        .exclude(state=TaskState.CANCELED)
        .order_by("due_on", "pk")
        .values_list("pk", "due_on", "source", "title", "minutes")
    )
    tasks = list(rows)
    templates = _templates(source for _pk, _due, source, *_rest in tasks)
    askers = _askers([pk for pk, *_rest in tasks])
    found: dict[tuple[Month, object], list[tuple[str, tuple[str, ...], int | None, int | None]]] = defaultdict(list)
    for pk, due_on, source, title, minutes in tasks:
        if due_on is None:
            continue  # the filter on the year left none
        asked_by, template = askers.get(pk, ()), templates.get(source)
        key = template or (title, asked_by)
        found[Month.of(due_on), (key, minutes)].append((title, asked_by, minutes, template))
    asks = []
    for (month, _key), members in found.items():
        title, asked_by, minutes, template = members[0]
        in_all = None if minutes is None else minutes * len(members)
        asks.append(Ask(month, title, asked_by, len(members), in_all, template))
    return asks


def _templates(sources: Iterable[str]) -> dict[str, int]:
    """Return the template of each source that is an issue of one (one query)."""
    numbers = {int(source.removeprefix(ISSUE_PREFIX)) for source in sources if source.startswith(ISSUE_PREFIX)}
    return {issue.source: issue.template_id for issue in TemplateIssue.objects.in_bulk(numbers).values()}


def _askers(task_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    rows = TaskRequester.objects.filter(task__in=task_ids).order_by("pk").values_list("task", "unit__name")
    found: dict[int, tuple[str, ...]] = {}
    for task_id, name in rows:
        found[task_id] = (*found.get(task_id, ()), name)
    return found


def _to_come(unit: Unit, year: int, today: date) -> list[Ask]:
    """What templates in force will still ask of the unit this year, by their own dates."""
    first, last = max(today, date(year, 1, 1)), date(year, 12, 31)
    if first > last:
        return []
    asks = []
    for template, dues in coming(templates_above(unit), first, last):
        if not asked_by(template).concerns(unit.path, unit.kind):
            continue
        by_month: dict[Month, int] = {}
        for due in dues:
            by_month[Month.of(due.due)] = by_month.get(Month.of(due.due), 0) + 1
        names = tuple(unit.name for unit in askers_of(template))
        asks += [
            Ask(month, template.title, names, times, template.minutes * times, template.pk, is_to_come=True)
            for month, times in by_month.items()
        ]
    return asks


def templates_above(unit: Unit) -> QuerySet[TaskTemplate]:
    """Return the approved templates whose root is the unit or above it."""
    return TaskTemplate.objects.filter(root__in=way_to(unit), state=TemplateState.APPROVED)


def coming(templates: QuerySet[TaskTemplate], first: date, last: date) -> list[tuple[TaskTemplate, list[rules.Due]]]:
    """Return each template with its dates in ``[first, last]`` that are not out yet; five queries for any number."""
    rows = list(
        templates.filter(starts_on__lte=last, ends_on__gte=first)
        .select_related("root", "unit")
        .prefetch_related("joins__unit")
        .order_by("pk")
    )
    standing = TemplateIssue.objects.filter(template__in=rows).exclude(state=IssueState.WITHDRAWN)
    out = set(standing.values_list("template_id", "period"))
    days = rulebook.work_calendar()
    found = [
        (template, [due for due in dues_between(template, first, last, days) if (template.pk, due.period) not in out])
        for template in rows
    ]
    return [(template, dues) for template, dues in found if dues]


def askers_of(template: TaskTemplate) -> list[Unit]:
    """Return the units that ask: the template's own first, then those that joined it."""
    joined = [join.unit for join in template.joins.all() if join.state == JoinState.ACCEPTED]
    return [template.unit, *sorted(joined, key=lambda unit: unit.pk)]


def asked_by(template: TaskTemplate, dues: Sequence[rules.Due] = ()) -> rules.Asked:
    """Return what a template asks, and of which units, as the arithmetic takes it. Needs ``root``."""
    minutes: dict[Month, int] = {}
    for due in dues:
        month = Month.of(due.due)
        minutes[month] = minutes.get(month, 0) + template.minutes
    return rules.Asked(template.root.path, frozenset(template.unit_kinds), minutes)


def limits_above(unit: Unit) -> list[rules.Limit]:
    """Return every limit ever set at the unit or above it."""
    return _limits(MonthlyLimit.objects.filter(root__in=way_to(unit)))


def limits_around(unit: Unit) -> list[rules.Limit]:
    """Return every limit set at, above or below the unit."""
    return _limits(MonthlyLimit.objects.filter(Q(root__in=way_to(unit)) | Q(root__path__startswith=unit.path)))


def _limits(rows: QuerySet[MonthlyLimit]) -> list[rules.Limit]:
    found = rows.order_by("root__path", "unit_kind", "starts_on", "pk")
    return [rules.Limit(*row) for row in found.values_list("root__path", "unit_kind", "minutes", "starts_on")]


def limit_rows(unit: Unit) -> list[MonthlyLimit]:
    """Return the limits set at this unit, newest first, each with who set it."""
    rows = MonthlyLimit.objects.filter(root=unit).select_related("set_by")
    return list(rows.order_by("unit_kind", "-starts_on", "-pk"))


def load_below(
    person: Person | None, unit: Unit, month: Month, today: date, *, over: bool = False
) -> QuerySet[Task, Any]:
    """Return the units in and below ``unit`` of which something is asked that month, in tree order.

    Each row names ``unit_id``, ``unit__name``, ``tasks``, ``stated`` (minutes), ``unstated`` and ``limit`` (None
    where there is none); with ``over`` only units above their limit. Two queries for any number of units.
    """
    tasks = _asked_below(person, unit, today).filter(due_on__year=month.year, due_on__month=month.month)
    rows = (
        tasks.values("unit_id", "unit__name", "unit__path")
        .annotate(
            tasks=Count("pk"),
            unstated=Count("pk", filter=Q(minutes__isnull=True)),
            limit=Max(_limit_case(limits_around(unit), date(month.year, month.month, 1))),
        )
        .annotate(stated=Sum("minutes", default=0))
        .order_by("unit__path")
    )
    return rows.filter(stated__gt=F("limit")) if over else rows


def _asked_below(person: Person | None, unit: Unit, today: date) -> TaskQuerySet:
    """Return what is out in a unit and below; who oversees it sees all of that, so nothing is asked row by row."""
    overseen = people.scope_paths(person, Permission.TASK_VIEW, today)
    is_overseen = any(unit.path.startswith(path) for path in overseen)
    tasks = Task.objects.all() if is_overseen else access.visible_tasks(person, today)
    return tasks.filter(unit__path__startswith=unit.path).exclude(state=TaskState.CANCELED)


def has_units_below(person: Person | None, unit: Unit, today: date) -> bool:
    return people.units_with(person, Permission.TASK_VIEW, today).current(today).filter(parent=unit).exists()


@dataclass(frozen=True, slots=True)
class MonthTotal:
    """What is out in one month for a unit and all units below it: tasks, stated minutes, tasks that state none."""

    month: Month
    tasks: int = 0
    minutes: int = 0
    unstated: int = 0


def totals_below(person: Person | None, unit: Unit, year: int, today: date) -> list[MonthTotal]:
    """Return the twelve months over a unit and all units below (one query beside those for the reader's rights)."""
    tasks = _asked_below(person, unit, today).filter(due_on__year=year)
    rows = (
        tasks.order_by()
        .values("due_on__month")
        .annotate(tasks=Count("pk"), unstated=Count("pk", filter=Q(minutes__isnull=True)))
        .annotate(stated=Sum("minutes", default=0))
        .values_list("due_on__month", "tasks", "stated", "unstated")
    )
    found = {number: MonthTotal(Month(year, number), *counts) for number, *counts in rows}
    return [found.get(month.month, MonthTotal(month)) for month in months_of(year)]


def _limit_case(limits: Sequence[rules.Limit], on: date) -> Case:
    """Return the limit of a task's unit as SQL: what ``rules.limit_on`` says, the nearest and newest first."""
    held = [each for each in limits if each.starts_on <= on]
    held.sort(key=lambda each: (-len(each.path), date.max - each.starts_on))
    return Case(
        *(When(unit__kind=each.kind, unit__path__startswith=each.path, then=Value(each.minutes)) for each in held),
        default=_NONE,
        output_field=IntegerField(),
    )


@dataclass(frozen=True, slots=True)
class AskedOfOthers:
    """One template of an asking unit: what it asked of others in a year, as it stands on their tasks.

    ``units`` is the largest number at one time; ``least`` and ``most`` are the minutes of one task.
    """

    template: TaskTemplate
    units: int
    times: int
    least: int
    most: int
    minutes: int


def asks_of_others(person: Person | None, unit: Unit, year: int, today: date) -> list[AskedOfOthers]:
    """Return what a unit asked of others in a year, alone or since it asks together with others (two queries).

    Counted as in the ledger of those asked: by the minutes that stand on a task, in the year it is due, canceled
    ones left out. It reads every task that is out, so it comes as a part of the page.
    """
    joined = TemplateJoin.objects.filter(
        template=OuterRef("template"), unit=unit, state=JoinState.ACCEPTED, answered_at__lte=OuterRef("requested_at")
    )
    issues = (
        TemplateIssue.objects.filter(
            Q(template__unit=unit) | Exists(joined),
            template__in=access.visible_templates(person, today),
            state=IssueState.ISSUED,
            due_on__year__range=(year - 1, year + 1),  # a later day may have been granted
        )
        .select_related("template__root", "template__unit")
        .order_by("template__title", "template", "due_on", "pk")
    )
    of_template: dict[int, list[TemplateIssue]] = defaultdict(list)
    for issue in issues:
        of_template[issue.template_id].append(issue)
    asked = _asked_by_source([issue.source for listed in of_template.values() for issue in listed], year)
    found = []
    for listed in of_template.values():
        rows = [asked[issue.source] for issue in listed if issue.source in asked]
        if rows:
            found.append(
                AskedOfOthers(
                    listed[0].template,
                    units=max(row["tasks"] for row in rows),
                    times=len(rows),
                    least=min(row["least"] for row in rows),
                    most=max(row["most"] for row in rows),
                    minutes=sum(row["stated"] for row in rows),
                )
            )
    return found


def _asked_by_source(sources: Sequence[str], year: int) -> dict[str, Any]:
    """Return source → its tasks of the year that stand and their minutes: least, most and in all."""
    tasks = Task.objects.filter(source__in=sources, due_on__year=year)
    standing = tasks.exclude(source="").exclude(state=TaskState.CANCELED)  # what the index over sources holds
    least, most = (Coalesce(of("minutes"), 0) for of in (Min, Max))
    rows = (
        standing.order_by()
        .values("source")
        .annotate(tasks=Count("pk"), stated=Sum("minutes", default=0), least=least, most=most)
    )
    return {row["source"]: row for row in rows}
