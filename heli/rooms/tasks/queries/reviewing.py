"""What a half-year of tasks shows: duties that nobody met, and work that was returned again and again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, time

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from heli.kernel.models import AuditEntry
from heli.rooms.people import queries as people
from heli.rooms.people.enums import Tree
from heli.rooms.rulebook import queries as rulebook
from heli.rooms.rulebook.records import Finding, HalfYear
from heli.rooms.tasks import rules
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import FurtherDuty, Task
from heli.rooms.tasks.queries.duties import further_duties

UNMET, RETURNED = "tasks.unmet", "tasks.returned"
_AT_ONCE = 5000


def find(half: HalfYear) -> list[Finding]:
    """Return what the half-year shows, by code; a job's work, not a page's."""
    duties = {duty.code: duty for duty in rulebook.duties_on(half.end)}
    return [*_unmet(half, duties), *_returned(half, duties)]


def words(kind: str, params: Mapping[str, str | int]) -> tuple[str, str]:
    if kind == UNMET:
        return (
            _("It was due %(times)s times in %(units)s units, and no task that carries it was closed.") % params,
            _("Have it planned and assigned, or change or switch off the duty."),
        )
    return (
        _("%(tasks)s tasks that carry it were returned more than once, %(returns)s times in all.") % params,
        _("Say more clearly what proves it, or ask for less."),
    )


def used(half: HalfYear) -> list[str]:
    """Return the duties that tasks due in the half-year carried (two queries)."""
    first = _of_half(half).exclude(state=TaskState.CANCELED).values_list("obligation", flat=True).distinct()
    further = _further_of_half(half).exclude(task__state=TaskState.CANCELED).values_list("code", flat=True).distinct()
    return sorted({*first, *further})


def _of_half(half: HalfYear):  # type: ignore[no-untyped-def]  # a queryset, grouped by the caller
    tasks = Task.objects.filter(due_on__gte=half.start, due_on__lt=half.end)
    return tasks.exclude(obligation="").order_by("obligation")


def _further_of_half(half: HalfYear):  # type: ignore[no-untyped-def]  # as above
    return FurtherDuty.objects.filter(task__due_on__gte=half.start, task__due_on__lt=half.end).order_by("code")


def _unmet(half: HalfYear, duties: Mapping[str, rulebook.Duty]) -> list[Finding]:
    closed = _of_half(half).filter(state=TaskState.CLOSED).values("obligation").annotate(n=Count("pk"))
    met = {row["obligation"] for row in closed}
    met.update(_further_of_half(half).filter(task__state=TaskState.CLOSED).values_list("code", flat=True).distinct())
    months = range(half.start.month, half.start.month + 6)
    times: Counter[str] = Counter()
    units: Counter[str] = Counter()
    for tree in Tree:
        for top in people.topmost_units(tree, half.start):
            for row in rulebook.requirements_matrix(top, half.year):
                times[row.code] += sum(number for month, number in row.months.items() if month in months)
                units[row.code] += row.units
    return [
        _finding(UNMET, duties[code], {"times": times[code], "units": units[code]})
        for code in sorted(times)
        if times[code] and code not in met and code in duties and duties[code].is_on
    ]


def _returned(half: HalfYear, duties: Mapping[str, rulebook.Duty]) -> list[Finding]:
    start, end = (timezone.make_aware(datetime.combine(day, time())) for day in (half.start, half.end))
    entries = AuditEntry.objects.filter(action="task.returned", subject_kind="tasks.task", at__gte=start, at__lt=end)
    by_task = Counter(entries.order_by("number").values_list("subject_id", flat=True))
    often = {int(pk): number for pk, number in by_task.items() if rules.is_returned_often(number)}
    tasks: Counter[str] = Counter()
    returns: Counter[str] = Counter()
    ids = sorted(often)
    for first in range(0, len(ids), _AT_ONCE):
        chunk = ids[first : first + _AT_ONCE]
        rows = Task.objects.filter(pk__in=chunk).exclude(obligation="").order_by("pk")
        carried = [*rows.values_list("pk", "obligation")]
        carried += [(pk, code) for pk, codes in further_duties(chunk).items() for code in codes]
        for pk, code in carried:
            tasks[code] += 1
            returns[code] += often[pk]
    return [
        _finding(RETURNED, duties[code], {"tasks": tasks[code], "returns": returns[code]})
        for code in sorted(tasks)
        if code in duties and tasks[code] >= rules.RETURNED_TASKS
    ]


def _finding(kind: str, duty: rulebook.Duty, params: Mapping[str, str | int]) -> Finding:
    record = duty.record
    return Finding(
        kind, duty.code, record.title_zh, record.title_en, params, reverse("rulebook:duty", args=[duty.code])
    )
