"""One list of problems after an inspection: one crossed off, one with a late measure, one to be verified.

It takes the way of the product itself, on the days on which each step would have happened.
"""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import translation

from heli.rooms.people import access as people
from heli.rooms.people.models import Person, Unit
from heli.rooms.tasks import rules, services
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Problem, Rectification, Task
from heli.rooms.tasks.services import NewEvidence, NewMeasure, NewProblem, NewRectification

_DATA = Path(__file__).parent / "data" / "rectification.toml"


def load(at: datetime) -> None:
    """Open the list once; a site without the demo's units, or with rectifications, is left alone."""
    draft = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    if Rectification.objects.exists() or not Unit.objects.filter(code=draft["unit"]).exists():
        return
    with translation.override("zh-hans"):
        _load(draft, at)


def _load(draft: dict[str, Any], at: datetime) -> None:
    clerk, opened_at = _holder("discipline_clerk"), at + timedelta(days=draft["found"])
    units = {unit.code: unit for unit in Unit.objects.filter(code__startswith="P-GF")}
    new = NewRectification(
        unit=units[draft["unit"]],
        verifier_id=Unit.objects.get(code=draft["verifier"]).pk,
        title=draft["title"],
        source=draft["source"],
        found_on=opened_at.date(),
        found_by=draft["found_by"],
    )
    rectification = services.open_rectification(new=new, by=clerk, at=opened_at)
    problems = [
        NewProblem(
            one["text"],
            one["line"],
            [
                NewMeasure(each["text"], units[each["unit"]].pk, _day(each["due"], at), each["deliverable"])
                for each in one["measures"]
            ],
        )
        for one in draft["problems"]
    ]
    rows = services.add_problems(
        rectification_id=rectification.pk, problems=problems, by=clerk, at=opened_at + timedelta(days=6)
    )
    for row, one in zip(rows, draft["problems"], strict=True):
        _work(row, one["measures"], at)


def _day(offset: int, at: datetime) -> Any:
    return (at + timedelta(days=offset)).date()


def _holder(kind: str) -> Person:
    return Person.objects.filter(appointments__post__kind=kind, account__isnull=False).order_by("pk")[0]


def _work(problem: Problem, measures: list[dict[str, Any]], at: datetime) -> None:
    """Do what the draft says is done; a problem whose measures are all verified is crossed off."""
    for measure, draft in zip(problem.measures.select_related("task").order_by("number"), measures, strict=True):
        if "done" in draft and measure.task is not None:
            _do(measure.task, draft, at)
    states = list(problem.measures.values_list("task__state", flat=True))
    if all(state == TaskState.CLOSED for state in states):
        services.close_problem(
            problem_id=problem.pk, note="", check_months=rules.check_months(), by=_holder("discipline_head"),
            at=at + timedelta(days=-20), version=1,
        )  # fmt: skip


def _do(task: Task, draft: dict[str, Any], at: datetime) -> None:
    day = at + timedelta(days=draft["done"])
    holders = people.holders_of({(task.unit_id, "")}, day.date())[task.unit_id, ""]
    person = Person.objects.get(pk=holders[0])
    accepted = services.accept_task(task_id=task.pk, by=person, at=day, version=task.version)
    evidence = NewEvidence(title=task.title[:200], happened_on=day.date(), text=draft["answer"])
    services.record_evidence(task_id=task.pk, new=evidence, by=person, at=day)
    handed_in = services.hand_in(task_id=task.pk, by=person, at=day, version=accepted.version)
    if "is_only_handed_in" not in draft:
        verifier = _holder("discipline_clerk")
        services.close_task(task_id=task.pk, by=verifier, at=day + timedelta(days=2), version=handed_in.version)
