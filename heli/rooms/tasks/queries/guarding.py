"""The burden guard before something is asked: who asks the same units for the same, and whose month runs over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum
from django.db.models.functions import ExtractMonth, ExtractYear

from heli.engines.alignment import compare
from heli.rooms.rulebook import queries as rulebook
from heli.rooms.tasks import access, rules
from heli.rooms.tasks.enums import TaskState, TemplateState
from heli.rooms.tasks.models import Task, TaskTemplate
from heli.rooms.tasks.queries import burden
from heli.rooms.tasks.queries.duties import serving
from heli.rooms.tasks.queries.templates import AHEAD, audience, dues_between

if TYPE_CHECKING:
    from heli.rooms.people.models import Person

SAME = "same"


@dataclass(frozen=True, slots=True)
class SameAsk:
    """Another template that asks the same of units this one asks too, in a month in which both fall due."""

    template: TaskTemplate
    units: int
    months: Sequence[rules.Month]
    is_same_duty: bool


@dataclass(frozen=True, slots=True)
class PlannedAsk:
    """Tasks of the same duty that units have already from elsewhere, in months in which this template falls due."""

    units: int
    tasks: int
    asked_by: Sequence[str]


@dataclass(frozen=True, slots=True)
class OverLimit:
    """Units whose month would run over its limit: how many, and the first few with month, minutes and limit."""

    units: int
    examples: Sequence[tuple[str, rules.Month, int, int]]


@dataclass(frozen=True, slots=True)
class Guard:
    """What the guard says of a template before it is put in force."""

    same: Sequence[SameAsk]
    planned: PlannedAsk | None
    over: OverLimit | None

    @property
    def needs_reason(self) -> bool:
        """Whether somebody has to say why it stands beside the others."""
        return bool(self.same or self.planned)


def guard(person: Person | None, template: TaskTemplate, on: date) -> Guard:
    """Return what else asks the same and whose month runs over, as far as the person may see it."""
    same, planned = asked_already(person, template, on)
    return Guard(same=same, planned=planned, over=_over(template, _dues(template, on), on))


def asked_already(person: Person | None, template: TaskTemplate, on: date) -> tuple[list[SameAsk], PlannedAsk | None]:
    """Return the templates and the planned tasks that ask the same units for the same in the same months."""
    months = sorted({rules.Month.of(due.due) for due in _dues(template, on)})
    return _same(person, template, months, on), _planned(person, template, months, on)


def _dues(template: TaskTemplate, on: date) -> list[rules.Due]:
    return dues_between(template, max(on, template.starts_on), min(template.ends_on, on + AHEAD))


def _same(person: Person | None, template: TaskTemplate, months: Sequence[rules.Month], on: date) -> list[SameAsk]:
    """Return the like templates; one query beside one for each of the few that are like it."""
    standing = access.visible_templates(person, on).filter(
        state__in=[TemplateState.SUBMITTED, TemplateState.APPROVED],
        starts_on__lte=template.ends_on,
        ends_on__gte=max(template.starts_on, on),
    )
    others = standing.exclude(pk=template.pk).select_related("root", "unit", "owner").order_by("title", "pk")
    days, found = rulebook.work_calendar(), []
    for other in others:
        if not _may_meet(template, other):
            continue
        shared = _shared_months(other, months, on, days)
        if not shared or not _asks_the_same(template, other):
            continue
        units = audience(template, on).filter(pk__in=audience(other, on).values("pk")).count()
        if units:
            found.append(SameAsk(other, units, shared, bool(template.obligation) and bool(other.obligation)))
    return found


def _asks_the_same(one: TaskTemplate, other: TaskTemplate) -> bool:
    """Return whether two templates name the same duty of the rulebook or, where one names none, read the same."""
    if one.obligation and other.obligation:
        return one.obligation == other.obligation
    return compare(one.title, other.title).verdict == SAME


def _may_meet(one: TaskTemplate, other: TaskTemplate) -> bool:
    kinds = {each.root.path: each.root.kind for each in (one, other)}
    return rules.overlaps(_audience(one), _audience(other), kinds)


def _audience(template: TaskTemplate) -> tuple[str, frozenset[str]]:
    return template.root.path, frozenset(template.unit_kinds)


def _shared_months(
    other: TaskTemplate, months: Sequence[rules.Month], on: date, days: rules.WorkingDays
) -> list[rules.Month]:
    dues = dues_between(other, max(on, other.starts_on), min(other.ends_on, on + AHEAD), days)
    return sorted({rules.Month.of(due.due) for due in dues} & set(months))


def _planned(
    person: Person | None, template: TaskTemplate, months: Sequence[rules.Month], on: date
) -> PlannedAsk | None:
    if not template.obligation or not months:
        return None
    within = serving(
        [template.obligation],
        unit__in=audience(template, on).values("pk"),
        due_on__range=(months[0].first, months[-1].last),
    )
    rows = (
        access.visible_tasks(person, on)
        .filter(within, reduce(or_, (Q(due_on__gte=month.first, due_on__lte=month.last) for month in months)))
        .exclude(state=TaskState.CANCELED)
        .exclude(source__startswith=burden.ISSUE_PREFIX)
    )
    counts = rows.aggregate(tasks=Count("pk", distinct=True), units=Count("unit", distinct=True))
    if not counts["tasks"]:
        return None
    names = rows.order_by("requesters__unit__name").values_list("requesters__unit__name", flat=True).distinct()
    return PlannedAsk(counts["units"], counts["tasks"], [name for name in names[:4] if name])


def _over(template: TaskTemplate, dues: Sequence[rules.Due], on: date) -> OverLimit | None:
    """Add up, for each unit asked, what is out, what is to come and what this template adds (nine queries)."""
    limits = burden.limits_around(template.root)
    if not limits or not dues:
        return None
    own = burden.asked_by(template, dues)
    load = rules.LoadBelow(template.root.path, _others(template, dues), limits)
    out = _minutes_out(template, on, list(own.minutes))
    over = []
    for pk, name, path, kind in audience(template, on).order_by("path").values_list("pk", "name", "path", "kind"):
        for month, minutes in own.minutes.items():
            limit = load.limit(path, kind, month)
            if limit is None:
                continue
            in_all = minutes + load.coming(path, kind, month) + out.get((pk, month), 0)
            if in_all > limit:
                over.append((name, month, in_all, limit))
                break
    return OverLimit(len(over), over[:5]) if over else None


def _others(template: TaskTemplate, dues: Sequence[rules.Due]) -> list[rules.Asked]:
    """What the other templates in force will ask in these months of any unit that this one asks."""
    near = TaskTemplate.objects.filter(state=TemplateState.APPROVED).exclude(pk=template.pk)
    first, last = rules.Month.of(dues[0].due).first, rules.Month.of(dues[-1].due).last
    return [
        burden.asked_by(other, coming)
        for other, coming in burden.coming(near, first, last)
        if _may_meet(template, other)
    ]


def _minutes_out(template: TaskTemplate, on: date, months: Sequence[rules.Month]) -> dict[tuple[int, rules.Month], int]:
    """Return (unit, month) → minutes of tasks that are out already; one query."""
    tasks = Task.objects.filter(
        unit__in=audience(template, on).values("pk"),
        due_on__gte=months[0].first,
        due_on__lte=months[-1].last,
        minutes__isnull=False,
    ).exclude(state=TaskState.CANCELED)
    rows = (
        tasks.annotate(year=ExtractYear("due_on"), month=ExtractMonth("due_on"))
        .order_by()
        .values("unit", "year", "month")
        .annotate(asked=Sum("minutes"))
    )
    return {(row["unit"], rules.Month(row["year"], row["month"])): row["asked"] for row in rows}
