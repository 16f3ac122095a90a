"""As many queries for many rows as for few, and a board that opens fast at a thousand items a line."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heli.rooms.plans.enums import FindingKind, Line, RowKind
from heli.rooms.plans.models import DraftItem, Finding, FindingItem, Plan, PlanDocument
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.test_pages import signed_in
from heli.rooms.plans.tests.world import World


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200
    return len(captured)


def grow(plan: Plan, number: int) -> None:
    """Give both drafts ``number`` more items, each pair with a finding."""
    made: dict[str, list[DraftItem]] = {}
    for line in (Line.PARTY, Line.INTEGRITY):
        paper = PlanDocument.objects.filter(plan=plan, line=line).order_by("pk")[0]
        known = DraftItem.objects.filter(plan=plan, line=line).items().count()
        made[line] = DraftItem.objects.bulk_create(
            [
                DraftItem(
                    plan=plan, document=paper, line=line, position=5000 + at, number=known + at + 1, kind=RowKind.ITEM,
                    text=f"第{at}项：组织开展专项检查，形成问题清单并督促整改到位", source=f"第{at}项", owner="纪检室",
                )
                for at in range(number)
            ]
        )  # fmt: skip
    findings = Finding.objects.bulk_create(
        [
            Finding(
                plan=plan, kind=FindingKind.DUPLICATE, title={"zh": "专项检查"}, reason={"zh": "同一件事"}, score=0.9,
                signature=f"grown-{at}", rank=9000 + at,
            )
            for at in range(number)
        ]
    )  # fmt: skip
    FindingItem.objects.bulk_create(
        [
            FindingItem(finding=finding, item=made[line][at], position=position, marks=[[0, 3, "same"]])
            for at, finding in enumerate(findings)
            for position, line in enumerate((Line.PARTY, Line.INTEGRITY))
        ]
    )


@pytest.mark.parametrize("page", ["plans:board", "plans:plan"])
def test_a_grown_plan_costs_no_more_queries(world: World, at: datetime, page: str) -> None:
    plan = journey.aligned(world, at)
    client, url = signed_in(world.people["clerk"]), reverse(page, args=[plan.pk])
    before = queries(client, url)

    grow(plan, 60)

    assert queries(client, url) == before


def test_the_list_costs_the_same_for_one_and_five_plans(world: World, at: datetime) -> None:
    client, url = signed_in(world.people["clerk"]), reverse("plans:list")
    journey.begun(world, at)
    before = queries(client, url)

    for number in range(4):
        journey.begun(world, at, title=f"计划{number}")

    assert queries(client, url) == before


def test_the_split_costs_the_same_for_many_rows(world: World, at: datetime) -> None:
    plan = journey.aligned(world, at)
    paper = PlanDocument.objects.filter(plan=plan, line=Line.PARTY).order_by("pk")[0]
    client, url = signed_in(world.people["clerk"]), reverse("plans:split", args=[plan.pk, paper.pk])
    before = queries(client, url)

    grow(plan, 20)

    assert queries(client, url) == before


def test_a_version_costs_the_same_for_one_and_many_items(world: World, at: datetime) -> None:
    version = journey.concluded(world, at)
    client, url = signed_in(world.people["clerk"]), reverse("plans:version", args=[version.plan_id, 1])
    first = version.items.order_by("pk")[0]

    def add(number: int) -> None:
        type(first).objects.create(version=version, number=500 + number, line="party", text=f"任务{number}")

    add(0)
    before = queries(client, url)
    for number in range(1, 20):
        add(number)

    assert queries(client, url) == before
