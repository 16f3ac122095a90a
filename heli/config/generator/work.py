"""Years of tasks of a generated enterprise, from the rulebook's duties: past ones closed with evidence, others open."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps

from heli.config.generator import tables
from heli.config.generator.staff import People
from heli.config.generator.structure import Trees
from heli.rooms.rulebook import catalogue

_LATE_SHARE = 0.04
_DAYS_OF_WORK = 28
_Rows = Iterator[tuple[Any, ...]]
_TASK_COLUMNS = (
    "id", "title", "line", "unit_id", "starts_on", "due_on", "state", "source", "obligation", "opened_at",
    "opened_by_id", "accepted_at", "accepted_by_id", "handed_in_at", "handed_in_by_id", "closed_at", "closed_by_id",
)  # fmt: skip


def write(
    shape: dict[str, Any], trees: Trees, people: People, years: int, at: datetime, chance: random.Random
) -> tuple[int, int]:
    """Write the tasks of ``years`` up to three months ahead of ``at``; returns how many tasks and evidences."""
    if not people.heads:
        return 0, 0
    task_model, evidence_model = apps.get_model("tasks.Task"), apps.get_model("tasks.Evidence")
    citation_model = apps.get_model("tasks.Citation")
    closed: list[tuple[int, int, int, date, str]] = []
    first = tables.first_id(task_model)
    tasks = tables.copy(
        task_model,
        _TASK_COLUMNS,
        _tasks(shape["tasks_per_year"] * years, trees, people, years, at, chance, first, closed),
    )
    evidence, citation = tables.first_id(evidence_model), tables.first_id(citation_model)
    tables.copy(
        evidence_model,
        ("id", "unit_id", "kind", "title", "text", "happened_on", "recorded_at", "recorded_by_id"),
        (
            (evidence + n, unit, "text", title, shape["evidence"].format(title=title), day, _noon(day, at), person)
            for n, (_task, unit, person, day, title) in enumerate(closed)
        ),
    )
    tables.copy(
        citation_model,
        ("id", "task_id", "evidence_id", "cited_at", "cited_by_id"),
        (
            (citation + n, task, evidence + n, _noon(day, at), person)
            for n, (task, _u, person, day, _t) in enumerate(closed)
        ),
    )
    return tasks, len(closed)


def _tasks(
    per_unit: int,
    trees: Trees,
    people: People,
    years: int,
    at: datetime,
    chance: random.Random,
    first: int,
    closed: list[tuple[int, int, int, date, str]],
) -> _Rows:
    duties = [duty for duty in catalogue.load().obligations if duty.trigger == "calendar"]
    by_kind = {unit.kind: [duty for duty in duties if unit.kind in duty.unit_kinds] or duties for unit in trees.units}
    top = next(unit for unit in trees.units if unit.kind == "group_committee")
    opener = people.heads[top.id]
    start = (at - timedelta(days=365 * years - 90)).date()
    number = first
    for unit in trees.of_tree("party"):
        head = people.heads.get(unit.id)
        if head is None:
            continue
        own = by_kind[unit.kind]
        for index in range(per_unit):
            duty = own[index % len(own)]
            due = start + timedelta(days=(index + 1) * 365 * years // per_unit)
            begun = due - timedelta(days=_DAYS_OF_WORK)
            opened = _noon(begun, at)
            is_done = due < at.date() and chance.random() > _LATE_SHARE and head != opener
            done: tuple[Any, ...] = (None,) * 6
            if is_done:
                handed_in = due - timedelta(days=1)
                done = (opened, head, _noon(handed_in, at), head, _noon(due, at), opener)
                closed.append((number, unit.id, head, handed_in, duty.title_zh))
            state = "closed" if is_done else "open"
            source = f"generate:{index}"
            yield (
                number, duty.title_zh, duty.line, unit.id, begun, due, state, source, duty.code, opened, opener, *done,
            )  # fmt: skip
            number += 1


def _noon(day: date, at: datetime) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=at.tzinfo)
