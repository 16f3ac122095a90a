"""A merge asks where the items differ, and takes nothing over that nobody chose."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from heli.rooms.plans import rules
from heli.rooms.plans.enums import Choice, FindingKind, Line
from heli.rooms.plans.models import Decision, DraftItem, Finding, Plan
from heli.rooms.plans.services import aligning, deciding
from heli.rooms.plans.services.papers import NewPaper, add_paper
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.test_pages import signed_in
from heli.rooms.plans.tests.world import World

JUNE, SEPTEMBER = date(2027, 6, 30), date(2027, 9, 30)
A = rules.Side("1", lead="党群工作部", due=JUNE, quantity="不少于2次")
B = rules.Side("2", lead="纪检室", due=SEPTEMBER, quantity="全覆盖")

sides = st.builds(
    rules.Side,
    ref=st.sampled_from(["1", "2", "3"]),
    lead=st.sampled_from(["", "党群工作部", "纪检室"]),
    start=st.sampled_from([None, date(2027, 1, 1)]),
    due=st.sampled_from([None, JUNE, SEPTEMBER]),
    period=st.sampled_from(["", "month"]),
    quantity=st.sampled_from(["", "2次", "4次"]),
)


class TestRules:
    def test_all_that_differs_is_asked(self) -> None:
        assert rules.differing([A, B]) == ("when", "lead", "quantity")
        assert rules.settle([A, B], {"text": "开会"}) == ({"text": "开会"}, ("when", "lead", "quantity"))

    def test_what_only_one_side_says_is_not_asked(self) -> None:
        assert rules.differing([A, rules.Side("2")]) == ()
        assert rules.differing([A, A]) == ()

    def test_an_answer_becomes_the_words_of_that_side(self) -> None:
        kept, left = rules.settle([A, B], {"when_of": "2", "lead_of": "1", "quantity_of": "both"})

        assert left == ()
        assert kept == {"due": SEPTEMBER, "window": "exact", "lead": "党群工作部", "quantity": "不少于2次；全覆盖"}

    def test_what_a_person_typed_goes_before(self) -> None:
        kept, left = rules.settle(
            [A, B], {"when_of": "typed", "due": "2027-08-31", "lead": "综合部", "quantity": "3次", "lead_of": "1"}
        )

        assert (kept["due"], kept["lead"], kept["quantity"], left) == ("2027-08-31", "综合部", "3次", ())

    def test_something_else_without_words_is_no_answer(self) -> None:
        answers = {"when_of": "typed", "lead_of": "typed", "quantity_of": "9"}
        assert rules.settle([A, B], answers)[1] == ("when", "lead", "quantity")

    @given(st.lists(sides, min_size=2, max_size=4, unique_by=lambda side: side.ref))
    def test_nothing_is_picked_in_silence(self, found: list[rules.Side]) -> None:
        kept, left = rules.settle(found, {"text": "x"})

        assert kept == {"text": "x"}
        assert left == rules.differing(found)

    def test_the_chosen_window_replaces_both(self) -> None:
        items = [
            rules.SourceItem(pk=1, line="party", text="a", start=date(2027, 1, 1), due=JUNE),
            rules.SourceItem(pk=2, line="integrity", text="b", due=SEPTEMBER),
        ]
        values, _left = rules.settle(
            [rules.Side(str(each.pk), start=each.start, due=each.due) for each in items], {"when_of": "2", "text": "ab"}
        )

        (composed,) = rules.compose(items, [rules.Ruling(9, FindingKind.DUPLICATE, Choice.MERGE, (1, 2), values)])

        assert (composed.start, composed.due) == (None, SEPTEMBER)

    def test_helpers_of_a_paper_help_and_never_lead_twice(self) -> None:
        items = [
            rules.SourceItem(pk=1, line="party", text="a", owner="党群工作部", helpers=("工会", "纪检室")),
            rules.SourceItem(pk=2, line="integrity", text="b", owner="纪检室", helpers=("党群工作部",)),
        ]

        merged = rules.merged(items)

        assert (merged.lead, merged.helpers) == ("党群工作部", ("纪检室", "工会"))
        assert rules.names_in("工会、 团委，审计部;") == ["工会", "团委", "审计部"]


@pytest.fixture
def pair(world: World, at: datetime) -> Finding:
    """A pair that differs in all three."""
    plan = journey.begun(world, at)
    for line, text in (
        (Line.PARTY, "1.召开全集团警示教育大会，组织观看警示教育片2部（责任部门：党群工作部；完成时限：6月底前）"),
        (Line.INTEGRITY, "1.召开全集团警示教育大会，组织观看警示教育片3部（责任部门：纪检室；完成时限：9月底前）"),
    ):
        paper = NewPaper(f"{line}.txt", text.encode())
        add_paper(plan_id=plan.pk, line=line, paper=paper, by=world.people["clerk"], at=at)
    aligning.align(plan_id=plan.pk, by=world.people["clerk"], at=at)
    return Finding.objects.filter(plan=plan, kind=FindingKind.DUPLICATE).in_order()[0]


class TestBoard:
    def test_the_card_shows_both_sides_and_chooses_neither(self, world: World, pair: Finding) -> None:
        page = signed_in(world.people["clerk"]).get(reverse("plans:board", args=[pair.plan_id])).content.decode()

        for name in ("when_of", "lead_of", "quantity_of"):
            assert f'name="{name}"' in page
        asks = page[page.index('class="asks"') : page.index('class="adjust"')]
        assert "党群工作部" in asks
        assert "纪检室" in asks
        assert "checked" not in asks

    def test_a_merge_without_an_answer_is_refused_and_says_what_is_missing(self, world: World, pair: Finding) -> None:
        client = signed_in(world.people["clerk"])
        address = reverse("plans:decide", args=[pair.plan_id, pair.pk])
        items = [link.item for link in pair.links.select_related("item").order_by("position")]

        refused = client.post(address, {"choice": "merge", "text": "警示教育大会", "lead_of": str(items[1].pk)})

        assert refused.status_code == 422
        assert not Decision.objects.exists()
        page = refused.content.decode()
        asks = page[page.index('class="asks"') : page.index('class="adjust"')]
        assert asks.count("checked") == 1

        answers = {"lead_of": items[1].pk, "when_of": items[0].pk, "quantity_of": "both"}
        client.post(address, {"choice": "merge", "text": "警示教育大会", **answers})
        decision = Decision.objects.get()
        assert decision.values["lead"] == items[1].owner
        assert decision.values["due"] == "2027-06-30"
        assert decision.values["quantity"] == "；".join(item.quantity for item in items)

    def test_the_service_asks_whoever_calls_it(self, world: World, at: datetime, pair: Finding) -> None:
        with pytest.raises(deciding.DecisionIncomplete) as lacks:
            deciding.decide(
                plan_id=pair.plan_id, finding_id=pair.pk, choice=Choice.MERGE, values={"text": "警示教育大会"},
                by=world.people["clerk"], at=at,
            )  # fmt: skip

        assert lacks.value.missing == ("when", "lead", "quantity")


def test_helpers_named_in_the_paper_reach_the_plan(world: World, at: datetime) -> None:
    plan = journey.begun(world, at)
    table = "任务,牵头部门,配合部门,完成时限\n开展警示教育,党群工作部,纪检室,6月底\n"
    add_paper(
        plan_id=plan.pk, line=Line.PARTY, paper=NewPaper("表.csv", table.encode()), by=world.people["clerk"], at=at
    )

    row = DraftItem.objects.get(plan=plan, kind="item")

    assert (row.owner, row.helpers) == ("党群工作部", "纪检室")
    assert Plan.objects.get().pk == plan.pk
