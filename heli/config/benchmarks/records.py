"""One record through its service, and lists of very many records, each beside the plain way in the same run.

The floors: a bare ORM insert of the same row, committed; and a plain list that counts the same rows, takes twenty
in the same order and prints them in a bare template. The lists are those of undone tasks: what the page opens with.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone

from heli.config.benchmarks.measuring import Figure, beside, figure, seconds
from heli.config.benchmarks.pages import client_of, get, holder, plain, unit
from heli.config.generator import tables
from heli.rooms.tasks import services

NEEDS_SITE = True
TASKS = "HELI_BENCH_TASKS"
SMALL, LARGE, IN_ALL = 100_000, 1_000_000, 10_000_000
_SPREAD = 360  # days over which the tasks fall due
_COLUMNS = ("id", "title", "line", "unit_id", "due_on", "opened_at", "opened_by_id")


# Work done in the last five years, spread over all branches, duties and days; nobody reviews the own work.
_HISTORY = """
INSERT INTO tasks_task (title, line, unit_id, post_kind, deliverable, starts_on, due_on, state, source, obligation,
    opened_at, opened_by_id, handed_in_at, handed_in_by_id, closed_at, closed_by_id, return_reason, cancel_reason,
    version)
SELECT 'history ' || n, CASE WHEN n %% 2 = 0 THEN 'party' ELSE 'integrity' END, b.unit, 'branch_secretary', '',
    d.due - 20, d.due, 'closed', '', 'A' || lpad((n %% 40 + 1)::text, 2, '0'), d.due - 20, %(opener)s, d.due - 1,
    b.secretary, d.due, %(opener)s, '', '', 4
FROM generate_series(1, %(missing)s) AS n
JOIN (
    SELECT u.id AS unit, min(a.person_id) AS secretary, row_number() OVER (ORDER BY u.id) - 1 AS place,
        count(*) OVER () AS number
    FROM people_unit u JOIN people_post p ON p.unit_id = u.id AND p.kind = 'branch_secretary'
    JOIN people_appointment a ON a.post_id = p.id WHERE u.kind = 'branch' AND a.person_id <> %(opener)s GROUP BY u.id
) AS b ON b.place = n %% b.number
CROSS JOIN LATERAL (SELECT %(today)s::date - (n * 7 %% 1825) AS due) AS d"""


def prepare(small: int = SMALL, large: int = LARGE, in_all: int | None = None) -> None:
    """Add undone tasks until a committee oversees ``small`` of them and the group ``large``, and work done long ago
    until the site holds ``in_all`` tasks; needs the owner's role.
    """
    now = timezone.localtime()
    in_all = int(os.environ.get(TASKS, str(IN_ALL))) if in_all is None else in_all
    with transaction.atomic():
        small_one, large_one = _committee(), _group()
        _top_up(small_one, _units_under(small_one), small, now)
        _top_up(large_one, _units_under(large_one).exclude(path__startswith=small_one.path), large, now)
        _add_history(in_all, now)


def create() -> Figure:
    """Milliseconds to record one evidence for a task: right, lock, rules, all its rows, the audit entry, committed."""
    now = timezone.localtime()
    branch = unit("G-P", "branch")
    secretary, evidence = holder(branch, "branch_secretary"), apps.get_model("tasks.Evidence")
    task = _undone(branch).order_by("pk")[0]
    fact: dict[str, Any] = {"title": "benchmark", "happened_on": now.date(), "text": "benchmark"}

    def ours() -> object:
        return services.record_evidence(task_id=task.pk, new=services.NewEvidence(**fact), by=secretary, at=now)

    def bare() -> object:
        return evidence.objects.create(unit=branch, kind="text", recorded_at=now, recorded_by=secretary, **fact)

    return beside(ours, bare)


def list_of_100k() -> Figure:
    """The list of undone tasks of whoever oversees a hundred thousand, against a plain list of the same rows."""
    return _list_of(_committee())


def list_of_1m() -> Figure:
    """The list of undone tasks of whoever oversees a million, against a plain list of the same rows."""
    return _list_of(_group())


def list_growth() -> Figure:
    """The list of a million tasks against the same page with a hundred thousand."""
    return beside(_page(_group()), _page(_committee()))


def month_matrix() -> Figure:
    """The month matrix of the group, every duty and month of a year, against one GROUP BY over the same tasks."""
    group, year = _group(), timezone.localdate().year
    tasks = apps.get_model("tasks.Task").objects.filter(unit__path__startswith=group.path, due_on__year=year)
    rows = tasks.values("obligation", "due_on__month", "state").annotate(number=Count("pk")).order_by()
    page = get(client_of(holder(group, "secretary")), f"{reverse('tasks:matrix')}?unit={group.pk}", group.name)
    page()
    return figure(seconds(page), seconds(lambda: list(rows)), "s")


MEASURES: dict[str, Callable[[], Figure]] = {
    "record.create": create,
    "list.20_of_100k": list_of_100k,
    "list.20_of_1m": list_of_1m,
    "list.20_of_1m_to_100k": list_growth,
    "matrix.month": month_matrix,
}


def _list_of(of: Any) -> Figure:
    return beside(_page(of), plain(_undone(of).select_related("unit").order_by("due_on", "pk")))


def _page(of: Any) -> Callable[[], object]:
    first = _undone(of).order_by("due_on", "pk")[0]
    return get(client_of(holder(of, "secretary")), reverse("tasks:list"), reverse("tasks:task", args=[first.pk]))


def _undone(of: Any) -> QuerySet[Any]:
    states = ("open", "accepted", "handed_in", "returned")
    return apps.get_model("tasks.Task").objects.filter(unit__path__startswith=of.path, state__in=states)


def _group() -> Any:
    return unit("G-P", "group_committee")


def _committee() -> Any:
    return unit("G-P", "party_committee")


def _units_under(of: Any) -> QuerySet[Any]:
    return apps.get_model("people.Unit").objects.filter(path__startswith=of.path)


def _top_up(of: Any, where: QuerySet[Any], wanted: int, now: datetime) -> None:
    missing = wanted - _undone(of).count()
    if missing > 0:
        task = apps.get_model("tasks.Task")
        places = list(where.order_by("pk").values_list("pk", flat=True))
        opener = holder(_group(), "secretary").pk
        tables.copy(task, _COLUMNS, _tasks(tables.first_id(task), missing, places, opener, now))


def _add_history(in_all: int, now: datetime) -> None:
    task = apps.get_model("tasks.Task")
    missing = in_all - task.objects.count()
    if missing > 0:
        values = {"opener": holder(_group(), "secretary").pk, "missing": missing, "today": now.date()}
        with tables.bare(task._meta.db_table), connection.cursor() as cursor:
            cursor.execute(_HISTORY, values)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE tasks_task")


def _tasks(first: int, count: int, places: list[int], opener: int, now: datetime) -> Iterator[tuple[Any, ...]]:
    for index in range(count):
        due = now.date() + timedelta(days=index % _SPREAD)
        line = ("party", "integrity")[index % 2]
        yield first + index, f"benchmark {index}", line, places[index % len(places)], due, now, opener
