"""Pages of a full-size site (50,000 units, 1,000,000 persons) beside a plain Django list view of the same run.

The floor is what a page costs that counts its rows, takes twenty and prints them in a bare template: no access
rules, no layout, no language.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from heli.config.benchmarks.alignment import items
from heli.config.benchmarks.measuring import Figure, figure, p95_ms
from heli.rooms.plans.services import aligning, papers
from heli.rooms.plans.services.readings import NewPaper

NEEDS_SITE = True
_SEED = 20270310
_PAPER_ITEMS = 200
_ROWS = "{% for row in page %}<li>{{ row.pk }} {{ row }}</li>{% endfor %}{{ page.paginator.count }}"


class PageFailed(RuntimeError):
    """A page that was to be measured did not answer with 200."""


def tree() -> Figure:
    """The organization page with the tree opened at a branch deep down, against a plain list of the units."""
    branch = _unit("G-P", "branch")
    client, path = _client(_holder(_unit("G-P", "group_committee"), "secretary")), reverse("people:tree")
    floor = _plain(apps.get_model("people.Unit").objects.filter(tree="party").order_by("code"))
    return figure(p95_ms(_get(client, f"{path}?unit={branch.pk}")), p95_ms(floor), "ms")


def todo() -> Figure:
    """The to-do page of a branch secretary, against a plain list of the same unit's open tasks."""
    branch = _unit("G-P", "branch")
    client = _client(_holder(branch, "branch_secretary"))
    tasks = apps.get_model("tasks.Task").objects.filter(unit=branch, state="open").order_by("due_on", "pk")
    return figure(p95_ms(_get(client, reverse("tasks:todo"))), p95_ms(_plain(tasks)), "ms")


def board() -> Figure:
    """The board of two papers of 200 items each, against a plain list of its findings."""
    plan = _plan()
    client = _client(_holder(_unit("G-P", "group_committee"), "party_clerk"))
    findings = apps.get_model("plans.Finding").objects.filter(plan=plan).order_by("pk")
    path = reverse("plans:board", args=[plan.pk])
    return figure(p95_ms(_get(client, path)), p95_ms(_plain(findings)), "ms")


MEASURES: dict[str, Callable[[], Figure]] = {"tree.50k": tree, "todo.1m_persons": todo, "board.open": board}


def _unit(prefix: str, kind: str) -> Any:
    units = apps.get_model("people.Unit").objects.filter(code__startswith=prefix, kind=kind)
    return units.order_by("code")[0]


def _holder(unit: Any, kind: str) -> Any:
    posts = apps.get_model("people.Appointment").objects.filter(post__unit=unit, post__kind=kind)
    return posts.select_related("person").order_by("pk")[0].person


@cache
def _plan() -> Any:
    unit, now = _unit("G-P", "group_committee"), timezone.now()
    clerk = _holder(unit, "party_clerk")
    kept = apps.get_model("plans.Plan").objects.filter(unit=unit, title="benchmark").order_by("pk")
    if kept:
        return kept[0]
    plan = papers.begin_plan(unit_id=unit.pk, year=now.year, title="benchmark", by=clerk, at=now)
    for number, line in enumerate(("party", "integrity")):
        text = "\n".join(items(_PAPER_ITEMS, _SEED + number)).encode()
        papers.add_paper(plan_id=plan.pk, line=line, paper=NewPaper(f"{line}.txt", text), by=clerk, at=now)
    aligning.align_now(plan_id=plan.pk, by=clerk, at=now)
    return plan


def _client(person: Any) -> Client:
    """Return a browser signed in as ``person``."""
    account, _made = apps.get_model("people.Account").objects.get_or_create(
        person=person, defaults={"sign_in_name": person.staff_no}
    )
    client = Client(HTTP_HOST="localhost")
    client.force_login(account, backend="heli.rooms.people.backends.StaffNumberOrEmailBackend")
    session = client.session
    session["second_factor_set_up"] = True  # what the person would have done at the first sign-in
    session.save()
    return client


def _get(client: Client, path: str) -> Callable[[], object]:
    def get() -> object:
        answer = client.get(path)
        if answer.status_code != 200:
            raise PageFailed(f"{path} answered {answer.status_code} {answer.get('Location', '')}")
        return answer

    return get


def _plain(rows: QuerySet[Any]) -> Callable[[], HttpResponse]:
    template = Engine().from_string(_ROWS)

    def view(_request: HttpRequest | None = None) -> HttpResponse:
        return HttpResponse(template.render(Context({"page": Paginator(rows, 20).page(1)})))

    return view
