"""What proves a task against its stretch of time, and against the other periods of the same duty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from heli.rooms.rulebook import queries as rulebook
from heli.rooms.tasks import rules
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Citation, Task, TemplateIssue

if TYPE_CHECKING:
    from heli.rooms.tasks.models import TaskQuerySet
    from heli.rooms.tasks.rules import Span

_ISSUED = "tasks.issue:"


@dataclass(frozen=True, slots=True)
class Proven:
    """A task's stretch, the days on which its evidence happened, and evidence id → other tasks it proves.

    ``others`` are tasks of the same unit and the same duty or plan item that fall due on another day.
    """

    span: Span
    days: Mapping[int, date]
    others: Mapping[int, list[Task]]

    @property
    def outside(self) -> list[date]:
        return sorted({day for day in self.days.values() if not self.span.holds(day)})

    @property
    def needs_reason(self) -> bool:
        return rules.needs_reason(self.span, self.days.values(), [self.days[pk] for pk in self.others])


def proven(task: Task) -> Proven:
    """Return how what the task cites stands to its time (three queries)."""
    cited = Citation.objects.filter(task=task).order_by("pk").values_list("evidence_id", "evidence__happened_on")
    days = dict(cited)
    names = ("source", "starts_on", "due_on", "obligation")
    (span,) = spans([{name: getattr(task, name) for name in names}])
    return Proven(span, days, _others(task, days))


def _others(task: Task, evidence_ids: Iterable[int]) -> dict[int, list[Task]]:
    same = Q(task__source=task.source) if task.source else Q(pk__in=[])
    if task.obligation:
        same |= Q(task__obligation=task.obligation)
    rows = Citation.objects.filter(same, evidence__in=list(evidence_ids), task__unit=task.unit_id)
    rows = rows.exclude(task__state=TaskState.CANCELED).exclude(task__due_on=task.due_on).exclude(task=task.pk)
    found: dict[int, list[Task]] = {}
    for row in rows.select_related("task").order_by("task__due_on", "pk"):
        found.setdefault(row.evidence_id, []).append(row.task)
    return found


def seen_of(found: Proven, visible: TaskQuerySet) -> dict[int, list[Task]]:
    """Return of the other tasks those the reader may open (one query, none where there are none)."""
    ids = {task.pk for tasks in found.others.values() for task in tasks}
    seen = set(visible.filter(pk__in=ids).order_by("pk").values_list("pk", flat=True)) if ids else set()
    return {pk: [task for task in tasks if task.pk in seen] for pk, tasks in found.others.items()}


def spans(rows: Iterable[Mapping[str, Any]]) -> list[Span]:
    """Return the stretch of each row, in order; it asks for templates and duties where a row rests on one."""
    listed = list(rows)
    issues = {row["source"]: int(row["source"].removeprefix(_ISSUED)) for row in listed if _is_issued(row["source"])}
    periods: dict[int, str] = {}
    if issues:
        periods = dict(TemplateIssue.objects.filter(pk__in=issues.values()).order_by("pk").values_list("pk", "period"))
    every = _rhythms([row for row in listed if row["starts_on"] is None and row["due_on"] and row["obligation"]])
    return [
        rules.span_of(
            row["starts_on"],
            row["due_on"],
            periods.get(issues.get(row["source"], 0), ""),
            every.get(row["obligation"], ""),
        )
        for row in listed
    ]


def _rhythms(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return duty → the calendar period in which the rulebook asks for it, as worded when the latest falls due."""
    days = [row["due_on"] for row in rows]
    return {duty.code: duty.period for duty in rulebook.duties_on(max(days))} if days else {}


def _is_issued(source: str) -> bool:
    return source.startswith(_ISSUED) and source.removeprefix(_ISSUED).isdigit()
