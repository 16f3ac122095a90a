"""Conflicts that share an item: one card with its counterparts, decided together or one by one, nothing lost."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from heli.engines.alignment import items as engine
from heli.engines.alignment.board import Board
from heli.engines.alignment.conflicts import Conflict
from heli.engines.alignment.reasons import Reason
from heli.kernel.models import AuditEntry
from heli.rooms.people.models import Person
from heli.rooms.plans.enums import Choice, FindingKind, Line
from heli.rooms.plans.models import Decision, DraftItem, Finding, Plan
from heli.rooms.plans.rules.grouping import groups
from heli.rooms.plans.rules.proposals import Groups, proposals
from heli.rooms.plans.services import aligning, deciding, papers
from heli.rooms.plans.services.deciding import AlreadyDecided
from heli.rooms.plans.services.pairing import NoSuchPair
from heli.rooms.plans.services.readings import NewPaper
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.test_pages import signed_in
from heli.rooms.plans.tests.world import World

PLACES = "东厂区 西厂区 南厂区 北厂区 中心站 培训楼 物流园 研究院 码头区 试验场".split()

edges = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")).filter(lambda pair: pair[0] < pair[1]),
    unique=True,
)


@given(edges, st.sets(st.sampled_from("gh")))
def test_each_pair_is_in_exactly_one_group_and_no_item_is_shared_by_two(
    pairs: list[tuple[str, str]], above: set[str]
) -> None:
    pairs = [pair for pair in pairs if not set(pair) <= above]  # two items from above are never compared

    found = groups(pairs, hubs=above)

    told = [frozenset((hub, other)) for hub, *others in found for other in others]
    assert sorted(map(sorted, told)) == sorted(map(sorted, pairs))
    hubs = [hub for hub, *_others in found]
    assert len(hubs) == len(set(hubs))
    assert not [other for _hub, *others in found for other in others if other in above]


@given(edges)
def test_what_was_decided_stays_as_it_was(pairs: list[tuple[str, str]]) -> None:
    before = groups(pairs)[-1:]

    after = groups(reversed(pairs), settled=before)

    assert after[: len(before)] == before


def test_a_decided_group_of_which_a_pair_is_gone_is_grouped_anew() -> None:
    assert groups([("a", "b"), ("c", "b")], settled=[("a", "b", "c")]) == [("b", "a", "c")]


def _paper(verb: str, number: int) -> NewPaper:
    lines = [f"{at + 1}.{PLACES[at % 10]}{at // 10 + 1}号{verb}现场检查频次。" for at in range(number)]
    return NewPaper(f"{verb}.txt", "\n".join(["2027年工作要点", *lines]).encode())


def opposed(world: World, at: datetime, number: int) -> Plan:
    """A plan of two papers of which every line of one asks for the opposite of every line of the other."""
    plan, clerk = journey.begun(world, at), world.people["clerk"]
    for line, verb in ((Line.PARTY, "减少"), (Line.INTEGRITY, "增加")):
        papers.add_paper(plan_id=plan.pk, line=line, paper=_paper(verb, number), by=clerk, at=at, issuer="")
    aligning.align(plan_id=plan.pk, by=clerk, at=at)
    return Plan.objects.get(pk=plan.pk)


def conflicts(plan: Plan) -> list[Finding]:
    standing = Finding.objects.filter(plan=plan, kind=FindingKind.CONFLICT, is_standing=True)
    return list(standing.in_order().prefetch_related("links__item"))


def pairs_of(plan: Plan) -> set[frozenset[int]]:
    found: list[frozenset[int]] = []
    for finding in conflicts(plan):
        first, *others = [link.item_id for link in sorted(finding.links.all(), key=lambda link: link.position)]
        found += [frozenset((first, other)) for other in others]
    assert len(found) == len(set(found))
    return set(found)


def test_cards_grow_with_the_lines_and_no_pair_is_lost(world: World, at: datetime) -> None:
    plan = opposed(world, at, 12)

    assert len(conflicts(plan)) == 12
    rows = DraftItem.objects.filter(plan=plan).items().values_list("line", "pk")
    party, integrity = ([pk for line, pk in rows if line == each] for each in (Line.PARTY, Line.INTEGRITY))
    assert pairs_of(plan) == {frozenset((a, b)) for a in party for b in integrity}
    for finding in conflicts(plan):
        assert all(link.reason["zh"] for link in list(finding.links.all())[1:])


def test_sixty_lines_against_sixty_are_sixty_cards() -> None:
    lines: tuple[tuple[str, engine.Line], ...] = (("P", "party"), ("I", "integrity"))
    items = [
        engine.Item(f"{prefix}{n}", line, f"{line} {n}号事项", "", "", engine.Place(None), ())
        for prefix, line in lines
        for n in range(60)
    ]
    by_id = {item.id: item for item in items}
    pairs = [(f"P{a}", f"I{b}") for a in range(60) for b in range(60)]
    against = [
        Conflict("goal", pair, Reason("conflicts", "goal", {
            "object": "检查", "a": by_id[pair[0]], "b": by_id[pair[1]], "aim_a": "减少", "aim_b": "增加",
        }))
        for pair in pairs
    ]  # fmt: skip

    found = proposals(Board(tuple(items), (), (), tuple(against), (), (), {}, {}))

    assert len(found) == 60
    told = [(card.links[0].item, link.item) for card in found for link in card.links[1:]]
    assert sorted(told) == sorted(pairs)
    assert len({card.signature for card in found}) == 60


def test_a_card_decided_for_another_kind_tears_no_pairs_apart() -> None:
    items = [engine.Item(pk, "party", f"{pk}号事项", "", "", engine.Place(None), ()) for pk in ("P0", "I0", "I1", "I2")]
    against = [
        Conflict("goal", ("P0", other), Reason("conflicts", "goal", {
            "object": "检查", "a": items[0], "b": items[0], "aim_a": "减少", "aim_b": "增加",
        }))
        for other in ("I0", "I1", "I2")
    ]  # fmt: skip
    board = Board(tuple(items), (), (), tuple(against), (), (), {}, {})

    beside = proposals(board, Groups(settled=(("overload", ("P0", "I0", "I1")),)))
    of_kind = proposals(board, Groups(settled=(("goal", ("P0", "I0", "I1")),)))

    assert [len(card.links) for card in beside] == [4]
    assert sorted(len(card.links) for card in of_kind) == [2, 3]


def decide(finding: Finding, by: Person, at: datetime, **more: object) -> Decision:
    return deciding.decide(
        plan_id=finding.plan_id, finding_id=finding.pk, choice=Choice.KEEP_BOTH, reason="各有所指", by=by, at=at, **more
    )  # type: ignore[arg-type]


class TestDecisions:
    @pytest.fixture
    def plan(self, world: World, at: datetime) -> Plan:
        return opposed(world, at, 3)

    @pytest.fixture
    def clerk(self, world: World) -> Person:
        return world.people["clerk"]

    def test_one_decision_holds_for_the_whole_card_and_stays_when_aligned_again(
        self, plan: Plan, clerk: Person, at: datetime
    ) -> None:
        group = conflicts(plan)[0]
        decision = decide(group, clerk, at)

        aligning.align(plan_id=plan.pk, by=clerk, at=at)

        assert Finding.objects.get(pk=group.pk).is_standing
        assert Decision.objects.get(finding=group).pk == decision.pk

    def test_a_pair_is_decided_by_itself_and_the_others_stay_open(
        self, plan: Plan, clerk: Person, at: datetime
    ) -> None:
        group, before = conflicts(plan)[0], pairs_of(plan)
        shared, first, second, third = group.links.all()

        decision = decide(group, clerk, at, pair=second.item_id)

        alone = decision.finding
        assert [link.item_id for link in alone.links.order_by("position")] == [shared.item_id, second.item_id]
        assert alone.reason == second.reason
        assert [link.item_id for link in group.links.order_by("position")] == [
            shared.item_id, first.item_id, third.item_id,
        ]  # fmt: skip
        assert pairs_of(plan) == before
        assert AuditEntry.objects.get(action="plan.decided").changes["out_of"] == group.pk

    def test_aligning_again_finds_the_pair_and_the_rest_as_they_were_left(
        self, plan: Plan, clerk: Person, at: datetime
    ) -> None:
        group, before = conflicts(plan)[0], pairs_of(plan)
        alone = decide(group, clerk, at, pair=group.links.all()[1].item_id).finding

        aligning.align(plan_id=plan.pk, by=clerk, at=at)

        assert pairs_of(plan) == before
        assert {alone.pk, group.pk} <= {finding.pk for finding in conflicts(plan)}
        assert Decision.objects.get(undone_at__isnull=True).finding_id == alone.pk

    def test_a_pair_undone_and_aligned_goes_back_to_the_others_and_out_again(
        self, plan: Plan, clerk: Person, at: datetime
    ) -> None:
        group, before = conflicts(plan)[0], pairs_of(plan)
        item = group.links.all()[1].item_id
        decision = decide(group, clerk, at, pair=item)
        deciding.undo_decision(plan_id=plan.pk, decision_id=decision.pk, by=clerk, at=at)
        aligning.align(plan_id=plan.pk, by=clerk, at=at)
        assert pairs_of(plan) == before
        whole = next(each for each in conflicts(plan) if item in [link.item_id for link in each.links.all()[1:]])

        again = decide(whole, clerk, at, pair=item)

        assert again.finding_id == decision.finding_id
        assert pairs_of(plan) == before

    def test_the_last_pair_is_an_ordinary_card(self, plan: Plan, clerk: Person, at: datetime) -> None:
        group = conflicts(plan)[0]
        for _turn in range(2):
            decide(group, clerk, at, pair=group.links.order_by("position")[1].item_id)

        left = Finding.objects.get(pk=group.pk)
        last = left.links.order_by("position")[1]
        assert (left.links.count(), last.reason) == (2, {})
        with pytest.raises(NoSuchPair):
            decide(left, clerk, at, pair=last.item_id)
        decide(left, clerk, at)
        aligning.align(plan_id=plan.pk, by=clerk, at=at)
        assert Finding.objects.get(pk=group.pk).is_standing

    def test_who_comes_second_learns_it(self, plan: Plan, clerk: Person, at: datetime) -> None:
        group = conflicts(plan)[0]
        item = group.links.all()[1].item_id
        decide(group, clerk, at, pair=item)

        with pytest.raises(NoSuchPair):
            decide(group, clerk, at, pair=item)
        decide(group, clerk, at)
        with pytest.raises(AlreadyDecided):
            decide(group, clerk, at, pair=group.links.order_by("position")[1].item_id)


def test_the_card_lists_each_counterpart_with_its_reason_and_a_way_to_decide_it(world: World, at: datetime) -> None:
    plan = opposed(world, at, 8)
    group = conflicts(plan)[0]
    client = signed_in(world.people["clerk"])
    board = reverse("plans:board", args=[plan.pk])
    _shared, *others = group.links.all()

    page = client.get(f"{board}?finding={group.pk}").content.decode()

    for link in others:
        assert link.reason["zh"] in page
        assert f"finding={group.pk}&amp;pair={link.item_id}" in page
    alone = client.get(f"{board}?finding={group.pk}&pair={others[0].item_id}").content.decode()
    assert f'name="pair" value="{others[0].item_id}"' in alone
    client.post(
        reverse("plans:decide", args=[plan.pk, group.pk]),
        {"choice": Choice.KEEP_BOTH, "reason": "各有所指", "pair": others[0].item_id},
    )
    assert Decision.objects.get().finding.links.count() == 2


@pytest.mark.parametrize("sent", ["x", "0", "99999999"])
def test_a_pair_that_is_none_changes_nothing(world: World, at: datetime, sent: str) -> None:
    plan = opposed(world, at, 3)
    group = conflicts(plan)[0]
    board = reverse("plans:board", args=[plan.pk])

    answer = signed_in(world.people["clerk"]).get(f"{board}?finding={group.pk}&pair={sent}")

    assert answer.status_code == 200
    assert b'name="pair"' not in answer.content
