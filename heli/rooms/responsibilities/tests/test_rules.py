"""States, checks, counting, succession and reading as arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from heli.rooms.responsibilities import catalogue, rules
from heli.rooms.responsibilities.enums import ListState
from heli.rooms.responsibilities.rules.checks import BLOCKING
from heli.rooms.responsibilities.rules.comparison import Wording
from heli.rooms.responsibilities.rules.reading import Source, guess_line

POSTS = some.integers(1, 6)
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
DAY = date(2027, 1, 1)


def item_facts() -> some.SearchStrategy[rules.ItemFacts]:
    return some.builds(
        rules.ItemFacts,
        id=some.integers(1, 50),
        accountable=some.lists(POSTS, max_size=3, unique=True).map(tuple),
        supporting=some.lists(POSTS, max_size=3, unique=True).map(tuple),
        everybody=some.booleans(),
        needs=some.sampled_from(["", "task_do", "task_verify"]),
        obligations=some.lists(some.sampled_from(["A01", "A02", "B01"]), unique=True).map(tuple),
    )


def test_the_table_of_states_is_complete() -> None:
    assert set(rules.TRANSITIONS) == set(ListState.values)
    assert {after for following in rules.TRANSITIONS.values() for after in following} <= set(ListState.values)
    assert [state for state, following in rules.TRANSITIONS.items() if not following] == ["replaced"]


@pytest.mark.parametrize(
    ("old", "new", "possible"),
    [
        ("draft", "submitted", True), ("draft", "approved", False), ("draft", "in_force", False),
        ("submitted", "approved", True), ("submitted", "returned", True), ("submitted", "in_force", False),
        ("returned", "submitted", True), ("approved", "in_force", True), ("approved", "returned", True),
        ("in_force", "replaced", True), ("in_force", "draft", False), ("replaced", "in_force", False),
    ],
)  # fmt: skip
def test_transitions(old: str, new: str, possible: bool) -> None:
    assert rules.can_move(old, new) is possible


@pytest.mark.parametrize(
    ("approver", "submitter", "hands", "may"), [(1, 2, {3}, True), (1, 1, set(), False), (1, 2, {1}, False)]
)
def test_nobody_approves_what_they_had_a_hand_in(approver: int, submitter: int, hands: set[int], may: bool) -> None:
    assert rules.may_approve(approver, submitter, hands) is may


@patient
@given(some.lists(item_facts(), max_size=8), some.dictionaries(POSTS, some.lists(POSTS, max_size=3, unique=True)))
def test_every_item_has_one_accountable_and_one_holder_or_a_finding(
    items: list[rules.ItemFacts], holders: dict[int, list[int]]
) -> None:
    means = {post: rules.MeansFacts(frozenset({"task_do"})) for post in holders}

    found = rules.find_faults(items, holders, means)

    kinds: dict[int, set[str]] = {}
    for fault in found:
        kinds.setdefault(fault.item_id or 0, set()).add(fault.kind)
    for item in {one.id: one for one in items}.values():
        if [one.id for one in items].count(item.id) > 1 or item.everybody:
            continue
        mine = kinds.get(item.id, set())
        assert ("no_accountable" in mine) == (len(item.accountable) != 1)
        if len(item.accountable) == 1:
            held = holders.get(item.accountable[0], [])
            assert ("no_holder" in mine) == (not held)
            assert ("several_holders" in mine) == (len(held) > 1)
            lacks = bool(item.needs) and (not held or item.needs != "task_do") and item.accountable[0] not in holders
            assert ("no_means" in mine) == (lacks or item.needs == "task_verify")
    assert all(fault.is_blocking == (fault.kind in BLOCKING) for fault in found)


def test_a_post_whose_reach_does_not_cover_the_unit_lacks_the_means() -> None:
    item = rules.ItemFacts(1, (7,), needs="task_do")
    far = rules.MeansFacts(frozenset({"task_do"}), covers=False)

    assert [fault.kind for fault in rules.find_faults([item], {7: [1]}, {7: far})] == ["no_means"]


@patient
@given(some.lists(POSTS), some.integers(1, 5))
def test_overload_is_who_has_more_than_the_limit(held: list[int], limit: int) -> None:
    found = rules.overloaded(held, limit)

    assert found == {person: held.count(person) for person in sorted(set(held)) if held.count(person) > limit}


@patient
@given(some.sets(some.sampled_from(["A01", "A02", "B01", "B02"])), some.lists(item_facts(), max_size=6))
def test_asked_and_listed_are_compared_both_ways(asked: set[str], items: list[rules.ItemFacts]) -> None:
    listed = {code for item in items for code in item.obligations}

    assert set(rules.unlisted(asked, items)) == asked - listed
    assert rules.items_nobody_asks(items, asked) == [one.id for one in items if not asked & set(one.obligations)]


@dataclass(frozen=True)
class Work:
    key: str
    obligations: tuple[str, ...]
    unit_id: int = 1
    line: str = "party"
    state: str = "done"
    due_on: date | None = DAY
    done_on: date | None = DAY
    recorded_on: date | None = DAY


@dataclass(frozen=True)
class Listed:
    id: int
    obligations: tuple[str, ...]
    unit_id: int = 1
    line: str = "party"


def test_done_once_is_counted_wherever_its_obligation_stands() -> None:
    party, both, other = Listed(1, ("A01",)), Listed(2, ("A01", "B01"), line="both"), Listed(3, ("A01",), unit_id=2)
    works = [Work("t:1", ("A01",)), Work("t:2", ("B01",)), Work("t:3", ("C01",))]

    found = rules.counted([party, both, other], works)

    assert found == {1: ("t:1",), 2: ("t:1", "t:2"), 3: ()}
    assert rules.lines_served(works[0], [party]) == {"party"}
    assert rules.lines_served(works[0], [party, both]) == {"party", "integrity"}


@patient
@given(
    some.lists(some.tuples(some.integers(1, 2), some.sets(some.sampled_from("ABC"))), max_size=6),
    some.lists(some.tuples(some.integers(1, 2), some.sets(some.sampled_from("ABC"))), max_size=6),
)
def test_work_counts_once_an_item_and_only_with_a_shared_obligation(
    items: list[tuple[int, set[str]]], works: list[tuple[int, set[str]]]
) -> None:
    listed = [Listed(number, tuple(sorted(codes)), unit_id=unit) for number, (unit, codes) in enumerate(items)]
    done = [Work(f"t:{number}", tuple(sorted(codes)), unit_id=unit) for number, (unit, codes) in enumerate(works)]

    found = rules.counted(listed, done)

    for item in listed:
        expected = {w.key for w in done if w.unit_id == item.unit_id and set(w.obligations) & set(item.obligations)}
        assert set(found[item.id]) == expected
        assert len(found[item.id]) == len(expected)


def test_the_tally_tells_late_undone_and_entered_later_apart() -> None:
    today = date(2027, 5, 20)
    works = [
        Work("a", (), due_on=date(2027, 5, 3), done_on=date(2027, 5, 2), recorded_on=date(2027, 5, 30)),
        Work("b", (), state="to_do", due_on=date(2027, 5, 10)),
        Work("c", (), state="to_do", due_on=date(2027, 5, 31)),
        Work("d", (), state="waiting", due_on=date(2026, 12, 1)),
        Work("e", (), due_on=date(2026, 12, 1)),
    ]

    found = rules.tally(works, today, 2027, required=3)

    assert (found.due, found.done, found.this_month, found.done_this_month) == (4, 1, 3, 1)
    assert (found.late, found.entered_later) == (1, 1)  # what waits for review is in another's hands
    assert rules.tally(works, today, 2027, required=9).due == 9


def test_the_month_grid_holds_each_work_once() -> None:
    works = [
        Work("a", ()),
        Work("b", (), state="to_do"),
        Work("c", (), line="both", due_on=date(2027, 2, 1)),
        Work("d", (), state="waiting"),
    ]

    grid = rules.month_grid(works, 2027)

    assert grid == {("party", 1): (3, 1, 1), ("both", 2): (1, 1, 0)}
    assert [month.missing for month in grid.values()] == [1, 0]


TENURES = some.lists(
    some.builds(
        lambda person, start, length: rules.Tenure(
            person, DAY + timedelta(days=start), None if length is None else DAY + timedelta(days=start + length)
        ),
        some.integers(1, 4), some.integers(-50, 300), some.one_of(some.none(), some.integers(1, 120)),
    ),
    max_size=6,
)  # fmt: skip


@patient
@given(TENURES, some.integers(0, 364))
def test_on_every_day_one_answers_or_the_post_is_vacant(tenures: list[rules.Tenure], offset: int) -> None:
    day, end = DAY + timedelta(days=offset), DAY + timedelta(days=365)

    changes = rules.successors(tenures, DAY, end)

    assert changes[0][0] == DAY
    assert [start for start, _person in changes] == sorted({start for start, _person in changes})
    answering = [person for start, person in changes if start <= day][-1]
    there = {tenure.person_id for tenure in tenures if tenure.covers(day)}
    assert (answering is None) == (not there)
    assert answering is None or answering in there


@patient
@given(TENURES, some.integers(1, 4))
def test_the_heir_holds_the_post_and_is_not_the_leaver(tenures: list[rules.Tenure], leaver: int) -> None:
    found = rules.heir(tenures, leaver, DAY)

    there = {one.person_id for one in tenures if one.covers(DAY)} - {leaver}
    assert found in there if there else found is None


def test_a_difference_names_what_was_before_and_after() -> None:
    before = [Wording("x", 1, "甲", {"line": "party"}), Wording("y", 2, "乙", {"line": "both"})]
    after = [Wording("x", 1, "甲", {"line": "both"}), Wording("z", 3, "丙", {})]

    found = rules.compare(before, after)

    assert [(one.kind, one.lineage, one.fields) for one in found] == [
        ("changed", "x", (("line", "party", "both"),)),
        ("added", "z", ()),
        ("removed", "y", ()),
    ]


ROLE = catalogue.load().roles
FACTS = [
    rules.PostFacts(1, "secretary", "党委书记"),
    rules.PostFacts(2, "team_member", "副总经理"),
    rules.PostFacts(3, "team_member", "总工程师"),
    rules.PostFacts(4, "party_head", "党群工作部主任"),
    rules.PostFacts(5, "department_head", "审计部主任"),
    rules.PostFacts(6, "department_head", "生产部主任"),
    rules.PostFacts(7, "branch_member", "组织委员"),
    rules.PostFacts(8, "branch_member", "纪检委员"),
]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("committee", [(1, (4,))]),
        ("team", [(2, ()), (3, ())]),
        ("supervising_departments", [(5, ())]),
        ("business_heads", [(6, ())]),
        ("branch_discipline", [(8, ())]),
        ("personnel", [(None, ())]),
        ("discipline_secretary", [(None, ())]),
    ],
)
def test_posts_for_a_role(role: str, expected: list[tuple[int | None, tuple[int, ...]]]) -> None:
    assert rules.posts_for(ROLE[role], FACTS) == expected


def read(*blocks: Source) -> list[rules.ReadRow]:
    labels = {word: kind for kind, names in catalogue.words()["posts"].items() for word in names}
    return rules.read_rows(blocks, FACTS, labels, catalogue.words(), ["A01", "B01"])


def test_a_row_of_a_table_is_understood_column_by_column() -> None:
    cells = (
        ("序号", "1"), ("责任内容", "定期听取党建和廉政工作汇报"), ("责任类型", "主体责任"), ("条线", "合一"),
        ("责任岗位", "党委书记"), ("配合岗位", "党群工作部主任、审计部主任"), ("佐证材料", "会议纪要"),
        ("应做事项代码", "A01；Z99"), ("依据", "本单位制度"),
    )  # fmt: skip

    (row,) = read(Source("第 2 行", "row", "…", cells))

    assert (row.text, row.kind, row.line) == ("定期听取党建和廉政工作汇报", "principal", "both")
    assert (row.accountable, row.supporting) == (1, (4, 5))
    assert (row.evidence, row.obligations, row.source) == ("会议纪要", ("A01",), "本单位制度")
    assert row.doubts == ("obligation_unknown",)


def test_what_is_not_said_is_guessed_and_marked() -> None:
    row = read(Source("第 3 行", "row", "…", (("内容", "组织廉政警示教育和纪律学习"), ("责任岗位", "王某某"))))[0]

    assert (row.kind, row.accountable) == ("dual_duty", None)
    assert set(row.doubts) == {"line_guessed", "kind_guessed", "post_unknown"}


def test_a_supporting_post_that_is_not_found_is_said() -> None:
    row = read(
        Source("1", "row", "…", (("内容", "按期召开会议研究"), ("责任岗位", "党委书记"), ("配合岗位", "外事办")))
    )[0]

    assert row.supporting == ()
    assert "support_unknown" in row.doubts


def test_a_heading_gives_kind_and_post_to_the_paragraphs_below_and_nothing_disappears() -> None:
    rows = read(
        Source("1", "heading", "党委书记第一责任人职责"),
        Source("2", "paragraph", "（一）主持制定年度计划"),
        Source("3", "paragraph", "略"),
    )

    assert [row.is_item for row in rows] == [False, True, False]
    assert (rows[1].text, rows[1].kind, rows[1].accountable) == ("主持制定年度计划", "first_person", 1)
    assert (rows[0].doubts, rows[2].doubts) == (("heading",), ("too_short",))


@patient
@given(some.lists(some.text(max_size=40), max_size=5))
def test_every_block_of_a_file_becomes_a_row(texts: list[str]) -> None:
    assert len(read(*[Source(str(n), "paragraph", text) for n, text in enumerate(texts)])) == len(texts)


@pytest.mark.parametrize(
    ("text", "line"), [("讲党课", "party"), ("节前廉洁提醒", "integrity"), ("支部廉洁教育", "both"), ("开好会", "both")]
)
def test_the_line_is_guessed_from_the_words(text: str, line: str) -> None:
    assert guess_line(text, catalogue.words()) == line
