"""Whatever page counts what the rulebook asks and no task meets, it comes to the same, over the whole demo."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db.models import F

from heli.config import demo
from heli.rooms.people import queries as people
from heli.rooms.people.models import Unit
from heli.rooms.responsibilities.models import Item
from heli.rooms.responsibilities.queries import duties
from heli.rooms.tasks import queries as tasks
from heli.rooms.tasks.models import Task
from heli.rooms.tasks.presenters import months

pytestmark = pytest.mark.django_db


def test_the_matrix_its_cells_and_double_duties_miss_the_same(at: datetime) -> None:
    moment = at.replace(month=11)
    demo.load(moment)
    _disturb(list(Task.objects.order_by("pk").values_list("pk", flat=True)))
    group = next(unit for unit in people.topmost_units("party", moment.date()))

    pages = [page for post in _accountable() for page in _pages(post, moment)]
    shown = {key: number for page in pages for key, number in duties.missing_by_duty(page.items).items()}
    asked = {(item.unit_id, span.code) for page in pages for item in page.items for span in item.asked}

    lacking: Counter[tuple[int, str]] = Counter()
    codes = {code for _unit, code in asked}
    matrix = months.matrix(group, moment.year, moment.date(), "", missing_only=False)
    for row in [row for line in matrix for row in line.rows if row.code in codes]:
        for cell in row.cells:
            behind = dict(tasks.lacking(group, row.code, moment.year, cell.month)) if cell.due else {}
            assert sum(behind.values()) == cell.unplanned
            for unit, number in behind.items():
                lacking[unit, row.code] += number

    assert len(asked) > 50
    assert sum(shown.values()) > 5
    assert shown == {key: lacking[key] for key in asked}


def _disturb(ids: list[int]) -> None:
    """Some work is canceled, some stands earlier than planned: beside work that is there already, or too early."""
    canceled = Task.objects.filter(pk__in=ids[::7])
    canceled.update(state="canceled", closed_at=None, closed_by=None)
    moved = Task.objects.filter(pk__in=ids[::5], due_on__month__gt=2)
    moved.update(due_on=F("due_on") - timedelta(days=40), starts_on=None)


def _accountable() -> list[int]:
    within = Unit.objects.filter(tree="party").values("pk")
    posts = Item.objects.filter(accountable__isnull=False, version__list__unit__in=within).order_by("accountable")
    return list(posts.values_list("accountable", flat=True).distinct())


def _pages(post_id: int, moment: datetime) -> list[duties.DutyPage]:
    holders = people.holders_by_post([post_id], moment.date()).get(post_id, ())
    return [duties.duty_page(person, person, moment.date(), moment.date()) for person in holders]
