"""Pages of a full-size site (50,000 units, 1,000,000 persons) beside a plain Django list view of the same run.

The floor is what a page costs that counts its rows, takes twenty and prints them in a bare template: no access
rules, no layout, no language. Each page is asked to show what it is measured for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from heli.config.benchmarks.alignment import items
from heli.config.benchmarks.measuring import Figure, beside
from heli.config.benchmarks.pages import client_of, get, holder, plain, unit
from heli.rooms.plans.services import aligning, papers
from heli.rooms.plans.services.readings import NewPaper

NEEDS_SITE = True
PAPER_ITEMS = 200
_SEED = 20270310


def tree() -> Figure:
    """The organization page with the tree opened at a unit deep down, against a plain list of the units.

    Its children have to be in the answer: they come only from the tree that was really opened.
    """
    units = apps.get_model("people.Unit").objects
    deepest = units.filter(code__startswith="G-P").order_by("-depth", "code")[0]
    client = client_of(holder(unit("G-P", "group_committee"), "secretary"))
    path, child = f"{reverse('people:tree')}?at={deepest.parent_id}", reverse("people:unit", args=[deepest.pk])
    floor = plain(units.filter(tree="party").order_by("code"))
    return beside(get(client, path, f'"{child}"'), floor)


def todo() -> Figure:
    """The to-do page of a branch secretary, against a plain list of the same unit's open tasks."""
    return _todo(unit("G-P", "branch"), "branch_secretary")


def todo_of_group() -> Figure:
    """The to-do page of the group's secretary, who oversees everything, against a plain list of what is to do."""
    return _todo(unit("G-P", "group_committee"), "secretary")


def _todo(of: Any, post: str) -> Figure:
    client = client_of(holder(of, post))
    tasks = apps.get_model("tasks.Task").objects.filter(unit=of, state="open").order_by("due_on", "pk")
    first = reverse("tasks:task", args=[tasks[0].pk])
    return beside(get(client, reverse("tasks:todo"), first), plain(tasks))


def board() -> Figure:
    """The board of two papers of 200 items each, against a plain list of its findings."""
    plan = _plan()
    client = client_of(holder(unit("G-P", "group_committee"), "party_clerk"))
    findings = apps.get_model("plans.Finding").objects.filter(plan=plan).order_by("pk")
    first = apps.get_model("plans.FindingItem").objects.filter(finding=findings[0]).order_by("pk")[0]
    path = f"{reverse('plans:board', args=[plan.pk])}?finding={findings[0].pk}"
    return beside(get(client, path, first.item.text), plain(findings))


MEASURES: dict[str, Callable[[], Figure]] = {
    "tree.50k": tree,
    "todo.1m_persons": todo,
    "todo.1m_persons_group": todo_of_group,
    "board.open": board,
}


@cache
def _plan() -> Any:
    of, now = unit("G-P", "group_committee"), timezone.now()
    clerk = holder(of, "party_clerk")
    kept = apps.get_model("plans.Plan").objects.filter(unit=of, title="benchmark").order_by("pk")
    if kept:
        return kept[0]
    plan = papers.begin_plan(unit_id=of.pk, year=now.year, title="benchmark", by=clerk, at=now)
    for number, line in enumerate(("party", "integrity")):
        text = "\n".join(items(PAPER_ITEMS, _SEED + number)).encode()
        papers.add_paper(plan_id=plan.pk, line=line, paper=NewPaper(f"{line}.txt", text), by=clerk, at=now)
    aligning.align_now(plan_id=plan.pk, by=clerk, at=now)
    return plan
