"""Words on pages of plans that say one thing, and say it rightly."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from heli.rooms.plans.enums import Choice, FindingKind
from heli.rooms.plans.models import Finding, Plan, PlanDocument
from heli.rooms.plans.presenters import words
from heli.rooms.plans.presenters.board import next_words
from heli.rooms.plans.presenters.cards import articles, moment
from heli.rooms.plans.queries.board import KindCount
from heli.rooms.plans.queries.directories import takes_effect_on
from heli.rooms.plans.services import deciding
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.test_pages import signed_in
from heli.rooms.plans.tests.world import World


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ("1-6,~9", "第 1-6 条；约第 9 条"),
        ("7,8;9", "第 7、8、9 条"),
        ("~5-6", "约第 5-6 条"),
        ("", ""),
    ],
)
def test_no_sign_of_the_rulebook_stands_in_an_article(codes: str, said: str) -> None:
    with translation.override("zh-hans"):
        assert articles(codes) == said


def test_another_day_is_named_with_its_date() -> None:
    at = datetime(2027, 3, 10, 2, 5, tzinfo=UTC)

    with translation.override("zh-hans"):
        assert moment(at, date(2027, 3, 10)) == "10:05"
        assert moment(at, date(2027, 3, 11)).startswith("03-10 ")


def test_papers_of_one_title_are_called_by_their_files() -> None:
    one = PlanDocument(pk=1, title="工作要点", filename="党建.docx")
    two = PlanDocument(pk=2, title="工作要点", filename="廉政.docx")
    three = PlanDocument(pk=3, title="责任分工", filename="分工.docx")
    pasted = PlanDocument(pk=4, title="工作要点", filename="")

    found = words.paper_names([one, two, three, pasted])

    assert found == {1: "党建.docx", 2: "廉政.docx", 3: "责任分工", 4: "工作要点"}


def test_pasted_papers_of_one_title_are_called_by_their_lines() -> None:
    one, two = (PlanDocument(pk=pk, title="工作要点", line=line) for pk, line in ((1, "party"), (2, "integrity")))

    with translation.override("zh-hans"):
        assert words.paper_names([one, two]) == {1: "工作要点（党建）", 2: "工作要点（廉政）"}
        assert words.paper_names([one]) == {1: "工作要点"}


def test_a_decided_card_says_who_when_and_how_much(world: World, at: datetime) -> None:
    plan = journey.aligned(world, at)
    finding = Finding.objects.filter(plan=plan, kind=FindingKind.DUPLICATE).order_by("rank")[0]
    deciding.decide(
        plan_id=plan.pk, finding_id=finding.pk, choice=Choice.ASSIGN,
        values={"lead": "组织人事部", "due": date(2027, 6, 30), "quantity": "三场"}, by=world.people["clerk"], at=at,
    )  # fmt: skip
    board = reverse("plans:board", args=[plan.pk])

    listed = signed_in(world.people["clerk"]).get(f"{board}?done=1").content.decode()

    for said in ("组织人事部", "6月底", "三场"):
        assert said in listed


class TestWhatIsNext:
    """The board and the plan's page say what is left, in which order, and what was decided last."""

    def test_it_names_the_kind_at_hand_and_ends_with_the_plan(self) -> None:
        with translation.override("zh-hans"):
            three = [KindCount("duplicate", 4, 0), KindCount("conflict", 12, 9), KindCount("gap", 28, 28)]
            assert next_words(three) == "现在处理：冲突 9；接着：遗漏 28；最后生成合一计划"
            assert next_words(three[:2]) == "还剩：冲突 9；处理完即可生成合一计划"
            assert next_words(three[:1]) == "都已处理，可以生成合一计划"
            assert next_words([]) == ""

    def test_the_plan_page_counts_as_the_board_does(self, world: World, at: datetime) -> None:
        plan = journey.aligned(world, at)
        client = signed_in(world.people["clerk"])
        page = reverse("plans:plan", args=[plan.pk])
        before = client.get(page).context["deciding"]
        finding = Finding.objects.filter(plan=plan, kind=FindingKind.GAP).order_by("rank")[0]

        journey.decide_one(finding, world.people["clerk"], at)

        after = client.get(page)
        assert sum(row.done for row in before.kinds) == 0
        assert before.last == ""
        assert sum(row.done for row in after.context["deciding"].kinds) == 1
        assert world.people["clerk"].name in after.context["deciding"].last
        board = client.get(reverse("plans:board", args=[plan.pk])).context["view"]
        assert after.context["deciding"].next == board.waiting


def test_plan_and_board_tell_papers_of_one_title_apart(world: World, at: datetime) -> None:
    plan = journey.aligned(world, at)
    PlanDocument.objects.filter(plan=plan).update(title="工作要点")
    clerk = signed_in(world.people["clerk"])

    for name in ("plan", "board"):
        page = clerk.get(reverse(f"plans:{name}", args=[plan.pk])).content.decode()
        for paper in PlanDocument.objects.filter(plan=plan):
            assert paper.filename in page.replace(f"download>{paper.filename}", "")


class TestPublished:
    """A plan for next year is published today and holds from its first day: one word for each, none against another."""

    def test_it_holds_from_the_first_day_of_its_year(self, world: World, at: datetime) -> None:
        version = journey.submitted(world, at)
        shown = signed_in(world.people["secretary"]).get(_address(version.plan_id)).content.decode()

        approved = journey.approve(version, world.people["secretary"], at)

        assert takes_effect_on(version.plan, date(2026, 11, 28)) == date(2027, 1, 1)
        assert takes_effect_on(version.plan, date(2027, 5, 2)) == date(2027, 5, 2)
        assert approved.effective_on == takes_effect_on(version.plan, at.date())
        with translation.override("zh-hans"):
            assert "立即执行" not in shown

    def test_a_published_board_proposes_no_draft(self, world: World, at: datetime) -> None:
        version = journey.published(world, at)

        page = signed_in(world.people["clerk"]).get(reverse("plans:board", args=[version.plan_id])).content.decode()

        assert "已经发布" in page
        assert "可以生成合一计划" not in page

    def test_warnings_of_the_beginning_end_with_it(self, world: World, at: datetime) -> None:
        plan = journey.aligned(world, at)
        journey.begun(world, at, title="另一份")
        clerk = signed_in(world.people["clerk"])
        before = _plan_page(clerk, plan.pk)
        for finding in plan.findings.order_by("rank"):
            journey.decide_one(finding, world.people["clerk"], at)
        version = journey.submit(journey.conclude(plan, world.people["clerk"], at), world.people["clerk"], at)
        journey.approve(version, world.people["secretary"], at)

        assert "另一份" in before
        assert "另一份" not in _plan_page(clerk, plan.pk)


class TestBesideAnother:
    """Another plan of the same unit and year: a warning with the way to it on every page up to its publishing."""

    def test_the_board_and_the_version_name_it_until_it_is_published(self, world: World, at: datetime) -> None:
        other = journey.begun(world, at, title="已有的一份")
        version = journey.concluded(world, at)
        clerk, boss = (signed_in(world.people[key]) for key in ("clerk", "secretary"))
        board, page = reverse("plans:board", args=[version.plan_id]), _address(version.plan_id)
        way = f'href="{reverse("plans:plan", args=[other.pk])}"'
        assert way in clerk.get(page).content.decode()

        journey.submit(version, world.people["clerk"], at)
        submitted = boss.get(page).content.decode()
        journey.approve(version, world.people["secretary"], at)

        assert way in submitted
        assert "data-confirm" in submitted
        assert way not in clerk.get(page).content.decode()
        assert way not in clerk.get(board).content.decode()

    def test_a_published_one_is_offered_for_revision(self, world: World, at: datetime) -> None:
        published = journey.published(world, at)
        Plan.objects.filter(pk=published.plan_id).update(title="已发布的一份")
        plan = journey.aligned(world, at)

        page = signed_in(world.people["clerk"]).get(reverse("plans:board", args=[plan.pk])).content.decode()

        assert f"{_address(published.plan_id)}#revise" in page


def _address(plan_id: int) -> str:
    return reverse("plans:version", args=[plan_id, 1])


def _plan_page(client: Client, plan_id: int) -> str:
    return client.get(reverse("plans:plan", args=[plan_id])).content.decode()
