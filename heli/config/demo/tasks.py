"""A year of the demo's tasks: what was done with its evidence, what came late, what is missing, what lies ahead.

Past months are done but for a few; the same seed makes the same year. One audit entry says that it is demo data.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.db import transaction

from heli.kernel import audit
from heli.rooms.people import access as people
from heli.rooms.people.models import Person, Unit
from heli.rooms.tasks.enums import EvidenceKind, TaskState
from heli.rooms.tasks.models import Citation, Evidence, Task, TaskRequester

_DATA = Path(__file__).parent / "data" / "tasks.csv"
_SEED = 20260101
_MISSING, _LATE, _LATER_ENTRY, _TO_REVIEW = 0.03, 0.06, 0.08, 0.04


@dataclass(frozen=True, slots=True)
class _Kind:
    obligation: str
    line: str
    title: str
    months: tuple[int, ...]
    day: int
    unit_kind: str
    post_kind: str
    deliverable: str

    def titled(self, month: int) -> str:
        quarter, half = (month + 2) // 3, (month + 5) // 6
        return self.title.format(month=month, quarter=quarter, half=half)


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
    with transaction.atomic():
        year = _Year()
        chance = random.Random(_SEED)  # noqa: S311 - invents a year, guards nothing
        clerk, reviewer, department = _office()
        for kind in _kinds():
            for unit, holder in _doers(kind, at.date()):
                for month in kind.months:
                    _add(year, chance, kind, unit, holder, clerk, reviewer, month, at)
        Task.objects.bulk_create(year.tasks, batch_size=2000)
        Evidence.objects.bulk_create(year.evidence, batch_size=2000)
        Citation.objects.bulk_create(year.citations, batch_size=2000)
        TaskRequester.objects.bulk_create(
            [TaskRequester(task=task, unit=department) for task in year.tasks], batch_size=5000
        )
        audit.record(
            "demo.tasks_loaded", subject=("tasks.task", "*"), by="demo", at=at, changes={"count": len(year.tasks)}
        )


def _kinds() -> Iterator[_Kind]:
    with _DATA.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            months = tuple(int(month) for month in row.pop("months").split())
            yield _Kind(**{**row, "months": months, "day": int(row["day"])})


def _office() -> tuple[Person, Person, Unit]:
    """Return the clerk who assigned, the head who reviews, and their department."""
    clerk = _holder_of("party_clerk")
    head = _holder_of("party_head")
    post = clerk.appointments.select_related("post__unit").order_by("pk")[0].post
    return clerk, head, post.unit


def _holder_of(kind: str) -> Person:
    return Person.objects.filter(appointments__post__kind=kind, account__isnull=False).order_by("pk")[0]


def _doers(kind: _Kind, on: date) -> list[tuple[Unit, Person]]:
    units = Unit.objects.filter(kind=kind.unit_kind, tree="party").current(on).order_by("path")
    if kind.obligation == "A02":
        units = units.filter(has_committee=True)
    held = people.holders_of({(unit.pk, kind.post_kind) for unit in units}, on)
    persons = Person.objects.in_bulk([ids[0] for ids in held.values()])
    return [(unit, persons[held[unit.pk, kind.post_kind][0]]) for unit in units if (unit.pk, kind.post_kind) in held]


def _add(
    year: _Year, chance: random.Random, kind: _Kind, unit: Unit, holder: Person,
    clerk: Person, reviewer: Person, month: int, at: datetime,
) -> None:  # fmt: skip
    today = at.date()
    due = _day(today.year, month, kind.day)
    if month > today.month + 1:
        return
    opened = datetime.combine(due - timedelta(days=25), time(9, 5), at.tzinfo)
    task = Task(
        title=kind.titled(month),
        line=kind.line,
        unit=unit,
        post_kind=kind.post_kind,
        deliverable=kind.deliverable,
        due_on=due,
        obligation=kind.obligation,
        opened_at=min(opened, at),
        opened_by=clerk,
    )
    year.tasks.append(task)
    if due < today and chance.random() > _MISSING:
        _do(year, chance, task, holder, reviewer, at)


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


def _day(year: int, month: int, day: int) -> date:
    """Return that day, or the month's last."""
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day, last))
