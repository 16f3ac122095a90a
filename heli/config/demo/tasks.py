"""A year of the demo's tasks: what was done with its evidence, what came late, what is missing, what lies ahead.

Past months are done but for a few; the same seed makes the same year. One audit entry says that it is demo data.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from django.db import transaction
from django.utils import translation

from heli.kernel import audit
from heli.rooms.people import access as people
from heli.rooms.people.models import Person, Unit
from heli.rooms.rulebook import queries as rulebook
from heli.rooms.tasks.enums import EvidenceKind, TaskState
from heli.rooms.tasks.models import Citation, Evidence, Task, TaskRequester

_DATA = Path(__file__).parent / "data"
_SEED = 20260101
_MISSING, _LATE, _LATER_ENTRY, _TO_REVIEW = 0.02, 0.05, 0.07, 0.04
_AHEAD = 38  # days for which tasks are already open


@dataclass(slots=True)
class _Year:
    """Rows to be written in bulk."""

    tasks: list[Task] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)


def load(at: datetime) -> None:
    """Write the year around ``at`` once; a site that has tasks is left alone."""
    if Task.objects.exists():
        return
    with transaction.atomic(), translation.override("zh-hans"):
        year = _Year()
        chance = random.Random(_SEED)  # noqa: S311 - invents a year, guards nothing
        clerk, reviewer, department = _office()
        for unit, post_kind, holder in _doers(at.date()):
            for expected in rulebook.expected_occurrences(unit, at.year):
                if (expected.occurrence.due_on - at.date()).days < _AHEAD:
                    _add(year, chance, expected, unit, post_kind, holder, (clerk, reviewer), at)
        Task.objects.bulk_create(year.tasks, batch_size=2000)
        Evidence.objects.bulk_create(year.evidence, batch_size=2000)
        Citation.objects.bulk_create(year.citations, batch_size=2000)
        TaskRequester.objects.bulk_create(
            [TaskRequester(task=task, unit=department) for task in year.tasks], batch_size=5000
        )
        audit.record(
            "demo.tasks_loaded", subject=("tasks.task", "*"), by="demo", at=at, changes={"count": len(year.tasks)}
        )


@cache
def _rows(name: str) -> dict[str, str]:
    """Return a data file of two columns as a mapping."""
    with (_DATA / name).open(encoding="utf-8", newline="") as lines:
        return {row[0]: row[1] for row in csv.reader(lines)}


def _office() -> tuple[Person, Person, Unit]:
    """Return the clerk who assigned, the head who reviews, and their department."""
    clerk = _holder_of("party_clerk")
    head = _holder_of("party_head")
    post = clerk.appointments.select_related("post__unit").order_by("pk")[0].post
    return clerk, head, post.unit


def _holder_of(kind: str) -> Person:
    return Person.objects.filter(appointments__post__kind=kind, account__isnull=False).order_by("pk")[0]


def _doers(on: date) -> list[tuple[Unit, str, Person]]:
    """Return each Party organization with the kind of post that does its tasks in the demo and who holds it."""
    kinds = _rows("task_posts.csv")
    units = list(Unit.objects.filter(kind__in=kinds, tree="party").current(on).order_by("path"))
    held = people.holders_of({(unit.pk, kinds[unit.kind]) for unit in units}, on)
    persons = Person.objects.in_bulk([ids[0] for ids in held.values()])
    return [
        (unit, kinds[unit.kind], persons[held[unit.pk, kinds[unit.kind]][0]])
        for unit in units
        if (unit.pk, kinds[unit.kind]) in held
    ]


def _titled(expected: rulebook.ExpectedOccurrence) -> str:
    due = expected.occurrence.due_on
    return _rows("tasks.csv")[expected.duty.rhythm[0]].format(
        duty=expected.duty.title,
        month=due.month,
        quarter=(due.month + 2) // 3,
        half=(due.month + 5) // 6,
        year=due.year,
    )


def _add(
    year: _Year, chance: random.Random, expected: rulebook.ExpectedOccurrence, unit: Unit, post_kind: str,
    holder: Person, office: tuple[Person, Person], at: datetime,
) -> None:  # fmt: skip
    today, due = at.date(), expected.occurrence.due_on
    opened = datetime.combine(max(due - timedelta(days=25), date(due.year, 1, 4)), time(9, 5), at.tzinfo)
    task = Task(
        title=_titled(expected),
        line=expected.duty.line,
        unit=unit,
        post_kind=post_kind,
        deliverable=_rows("tasks.csv")["joint"].join(expected.duty.evidence)[:500],
        due_on=due,
        obligation=expected.duty.code,
        opened_at=min(opened, at),
        opened_by=office[0],
    )
    year.tasks.append(task)
    if due < today and chance.random() > _MISSING:
        _do(year, chance, task, holder, office[1], at)


def _do(year: _Year, chance: random.Random, task: Task, holder: Person, reviewer: Person, at: datetime) -> None:
    due = task.due_on or at.date()
    late = chance.randint(1, 6) if chance.random() < _LATE else -chance.randint(0, 9)
    happened = min(due + timedelta(days=late), at.date())
    entered = happened + timedelta(
        days=chance.randint(10, 20) if chance.random() < _LATER_ENTRY else chance.randint(0, 2)
    )
    recorded = min(datetime.combine(entered, time(chance.randint(9, 17), chance.randint(0, 59)), at.tzinfo), at)
    evidence = Evidence(
        unit=task.unit,
        kind=EvidenceKind.TEXT,
        title=task.title,
        text=task.deliverable,
        happened_on=happened,
        recorded_at=recorded,
        recorded_by=holder,
    )
    year.evidence.append(evidence)
    year.citations.append(Citation(task=task, evidence=evidence, cited_at=recorded, cited_by=holder))
    task.accepted_at, task.accepted_by = min(task.opened_at + timedelta(days=1), recorded), holder
    task.handed_in_at, task.handed_in_by, task.state = recorded, holder, TaskState.HANDED_IN
    is_recent = (at.date() - due).days < 40
    if not (is_recent and chance.random() < _TO_REVIEW * 5):
        task.state = TaskState.CLOSED
        task.closed_at, task.closed_by = min(recorded + timedelta(days=1), at), reviewer
