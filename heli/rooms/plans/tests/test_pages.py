"""Pages over HTTP: the whole way from two papers to a branch secretary's task."""

from __future__ import annotations

import io
from datetime import datetime

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from heli.engines.officedocs.reading import read
from heli.rooms.people.models import Account, Person
from heli.rooms.plans.enums import FindingKind, PlanState
from heli.rooms.plans.models import Decision, DraftItem, Finding, Plan, PlanItem
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.papers import INTEGRITY, PARTY
from heli.rooms.plans.tests.world import World
from heli.rooms.tasks import access as tasks


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(
        Account.objects.get(person=person), backend="heli.rooms.people.backends.StaffNumberOrEmailBackend"
    )
    return client


def test_two_papers_become_tasks_of_branch_secretaries(world: World, at: datetime) -> None:
    clerk = signed_in(world.people["clerk"])
    new = clerk.post(
        reverse("plans:new"),
        {"unit": world.units["group"].pk, "year": 2027, "title": ""},
    )
    plan = Plan.objects.get()
    assert new["Location"] == reverse("plans:plan", args=[plan.pk])
    for line, name, text in (("party", "党建.txt", PARTY), ("integrity", "廉政.txt", INTEGRITY)):
        file = SimpleUploadedFile(name, text.encode())
        clerk.post(reverse("plans:add_papers", args=[plan.pk]), {"line": line, "files": file})
    assert clerk.get(reverse("plans:plan", args=[plan.pk])).status_code == 200

    clerk.post(reverse("plans:align", args=[plan.pk]))
    board = clerk.get(reverse("plans:board", args=[plan.pk]))
    assert "find-card active" in board.content.decode()
    for finding in Finding.objects.filter(plan=plan).order_by("rank"):
        journey.decide_one(finding, world.people["clerk"], at)
    plan.refresh_from_db()
    concluded = clerk.post(reverse("plans:conclude", args=[plan.pk]), {"stamp": plan.stamp})
    assert concluded["Location"] == reverse("plans:version", args=[plan.pk, 1])
    assert clerk.get(concluded["Location"]).status_code == 200
    clerk.post(reverse("plans:submit", args=[plan.pk]), {"version": journey.seen(plan.versions.get())})

    secretary = signed_in(world.people["secretary"])
    secretary.post(reverse("plans:approve", args=[plan.pk, 1]), {"version": journey.seen(plan.versions.get())})
    plan.refresh_from_db()
    assert plan.state == PlanState.PUBLISHED
    branch = world.people["a1_secretary"]
    mine = tasks.tasks_in_hand(branch, at.date()).values_list("title", flat=True)
    assert any("主题党日" in title for title in mine)
    page = signed_in(branch).get(reverse("plans:version", args=[plan.pk, 1])).content.decode()
    assert "主题党日" in page
    assert "责任书" not in page


def test_a_decision_through_the_form_is_taken_and_undone(world: World, at: datetime) -> None:
    plan = journey.aligned(world, at)
    clerk = signed_in(world.people["clerk"])
    finding = Finding.objects.filter(plan=plan, kind=FindingKind.DUPLICATE).order_by("rank").first()
    assert finding is not None
    answers = journey.first_of([link.item for link in finding.links.select_related("item").order_by("position")])

    page = clerk.post(
        reverse("plans:decide", args=[plan.pk, finding.pk]),
        {"choice": "merge", "text": "召开警示教育大会", **answers},
        headers={"HX-Request": "true"},
    )
    decision = Decision.objects.get(finding=finding)
    clerk.post(reverse("plans:undo", args=[plan.pk, decision.pk]))

    decision.refresh_from_db()
    assert page.status_code == 200
    assert (decision.values["text"], decision.undone_by_id) == ("召开警示教育大会", world.people["clerk"].pk)


@pytest.mark.parametrize("name", ["plans:list", "plans:new"])
def test_pages_open_for_a_clerk(world: World, name: str) -> None:
    assert signed_in(world.people["clerk"]).get(reverse(name)).status_code == 200


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_line_of_a_paper_is_shown_with_what_it_became(world: World, at: datetime, language: str) -> None:
    text = f"各单位：\n{PARTY}附件：任务分解表\n第1页\n"
    plan = journey.begun(world, at)
    clerk = signed_in(world.people["clerk"])
    clerk.cookies["heli_language"] = language
    file = SimpleUploadedFile("要点.txt", text.encode())
    clerk.post(reverse("plans:add_papers", args=[plan.pk]), {"line": "party", "files": file})
    paper = plan.documents.get()

    page = clerk.get(reverse("plans:split", args=[plan.pk, paper.pk])).content.decode()

    assert paper.rows.filter(kind="left_out").count() >= 2
    for line in filter(None, text.splitlines()):
        assert line.split("（")[0] in page


def _sheets(data: bytes) -> dict[str, list[list[str]]]:
    """Every row of every sheet below its head, as text."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {
        sheet.title: [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        for sheet in book
    }


def test_the_board_goes_out_with_every_item(world: World, at: datetime) -> None:
    version = journey.published(world, at)

    answer = signed_in(world.people["clerk"]).get(reverse("plans:board_xlsx", args=[version.plan_id]))

    sheets = list(_sheets(answer.content).values())
    texts = {cell for row in sheets[1] for cell in row}
    assert {item.text for item in DraftItem.objects.filter(plan=version.plan).items()} <= texts


def test_the_plan_goes_out_row_by_row(world: World, at: datetime) -> None:
    version = journey.published(world, at)
    items = list(version.items.order_by("number"))
    clerk = signed_in(world.people["clerk"])

    (rows,) = _sheets(clerk.get(reverse("plans:plan_xlsx", args=[version.plan_id, 1])).content).values()
    document = read(clerk.get(reverse("plans:plan_docx", args=[version.plan_id, 1])).content, "out.docx")

    assert [(row[0], row[2], row[4], row[10]) for row in rows[1:]] == [
        (str(item.number), item.text, item.lead, item.quantity) for item in items
    ]
    text = "".join("".join(block.text.split()) for block in document.blocks)
    for item in items:
        assert "".join(item.text.split()).rstrip("。") in text
        assert item.lead in text


def test_a_branch_exports_only_what_concerns_it(world: World, at: datetime) -> None:
    version = journey.published(world, at)

    data = signed_in(world.people["b1_secretary"]).get(reverse("plans:plan_xlsx", args=[version.plan_id, 1])).content

    texts = " ".join(block.text for block in read(data, "out.xlsx").blocks)
    assert "主题党日" in texts
    assert "责任书" not in texts


def test_the_board_is_closed_to_readers(world: World, at: datetime) -> None:
    plan = journey.published(world, at).plan
    branch = signed_in(world.people["b1_secretary"])

    answers = [branch.get(reverse(f"plans:{name}", args=[plan.pk])).status_code for name in ("board", "board_xlsx")]

    assert answers == [404, 404]


def test_the_one_who_comes_second_sees_both_sides(world: World, at: datetime) -> None:
    plan = journey.aligned(world, at)
    finding = Finding.objects.filter(plan=plan, kind=FindingKind.DUPLICATE).order_by("rank")[0]
    journey.decide_one(finding, world.people["disc_clerk"], at)

    answer = signed_in(world.people["clerk"]).post(
        reverse("plans:decide", args=[plan.pk, finding.pk]), {"choice": "keep_both", "reason": "参加对象不同"}
    )

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "参加对象不同" in page
    assert "郁亭" in page


def test_presence_names_who_is_on_a_card(world: World, at: datetime) -> None:
    plan = journey.aligned(world, at)
    first, second = signed_in(world.people["clerk"]), signed_in(world.people["disc_clerk"])
    second.post(reverse("plans:presence", args=[plan.pk]))

    page = first.post(reverse("plans:presence", args=[plan.pk])).content.decode()

    assert "郁亭" in page
    assert "祝岚" not in page


def test_the_revision_shows_whom_it_touches_before_it_takes_effect(world: World, at: datetime) -> None:
    version = journey.published(world, at)
    clerk = signed_in(world.people["clerk"])
    clerk.post(reverse("plans:revise", args=[version.plan_id]), {"reason": "会期提前", "version": version.version})
    item = PlanItem.objects.get(version__number=2, text__contains="主题党日")

    clerk.post(reverse("plans:leave_out", args=[version.plan_id, 2, item.pk]), {"reason": "并入专项行动", "version": 1})
    page = clerk.get(reverse("plans:version", args=[version.plan_id, 2])).content.decode()

    assert "会期提前" in page
    for key in ("a1", "a2", "b1", "b2"):
        assert world.units[key].name in page


def test_a_paper_of_another_year_and_a_twin_plan_are_pointed_out(world: World, at: datetime) -> None:
    plan = journey.begun(world, at)
    twin = journey.begun(world, at, title="2027年统筹计划（二）")
    clerk = signed_in(world.people["clerk"])
    file = SimpleUploadedFile("2024年要点.txt", "2024年党建工作要点\n1.开展谈心谈话。".encode())
    clerk.post(reverse("plans:add_papers", args=[plan.pk]), {"line": "party", "files": file})

    page = clerk.get(reverse("plans:plan", args=[plan.pk]))

    assert page.context["foreign_years"] == [(plan.documents.get().title, "2024")]
    assert reverse("plans:plan", args=[twin.pk]) in page.content.decode()


def test_a_plan_of_next_year_is_in_force_from_its_first_day(world: World, at: datetime) -> None:
    version = journey.published(world, at.replace(year=2026, month=12, day=1))

    assert version.effective_on is not None
    assert version.effective_on.isoformat() == "2027-01-01"


@pytest.mark.parametrize(("kind", "verb"), [(FindingKind.GAP, "is added"), (FindingKind.DUPLICATE, "comes out")])
def test_a_card_speaks_of_merging_only_where_items_merge(
    world: World, at: datetime, kind: FindingKind, verb: str
) -> None:
    plan = journey.aligned(world, at)
    finding = Finding.objects.filter(plan=plan, kind=kind, is_standing=True).order_by("rank")[0]
    clerk = Client(headers={"accept-language": "en"})
    clerk.force_login(
        Account.objects.get(person=world.people["clerk"]),
        backend="heli.rooms.people.backends.StaffNumberOrEmailBackend",
    )

    page = clerk.get(reverse("plans:board", args=[plan.pk]), {"finding": finding.pk}).content.decode()

    said = {each for each in ("is added", "comes out") if f"Change what {each}" in page}
    assert said == {verb}
