"""The arithmetic of plans, without a database."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heli.rooms.plans import rules
from heli.rooms.plans.enums import Choice, FindingKind, PlanState, VersionState


def item(pk: int, line: str = "party", **more: object) -> rules.SourceItem:
    return replace(rules.SourceItem(pk=pk, line=line, text=f"任务{pk}"), **more)  # type: ignore[arg-type]


def merge(pk: int, *items: int, **values: object) -> rules.Ruling:
    return rules.Ruling(pk, FindingKind.DUPLICATE, Choice.MERGE, items, values)


class TestStates:
    def test_every_state_has_its_row(self) -> None:
        assert set(rules.PLAN_TRANSITIONS) == set(PlanState)
        assert set(rules.VERSION_TRANSITIONS) == set(VersionState)

    @pytest.mark.parametrize("old", list(PlanState))
    @pytest.mark.parametrize("new", list(PlanState))
    def test_only_what_the_table_holds_is_allowed(self, old: PlanState, new: PlanState) -> None:
        if new in rules.PLAN_TRANSITIONS[old]:
            rules.check_plan_transition(old, new)
        else:
            with pytest.raises(rules.IllegalTransition):
                rules.check_plan_transition(old, new)

    @pytest.mark.parametrize("old", list(VersionState))
    @pytest.mark.parametrize("new", list(VersionState))
    def test_versions_too(self, old: VersionState, new: VersionState) -> None:
        if new in rules.VERSION_TRANSITIONS[old]:
            rules.check_version_transition(old, new)
        else:
            with pytest.raises(rules.IllegalTransition):
                rules.check_version_transition(old, new)

    def test_every_state_is_reached_from_the_first(self) -> None:
        reached, border = {PlanState.DRAFTING}, [PlanState.DRAFTING]
        while border:
            fresh = rules.PLAN_TRANSITIONS[border.pop()] - reached
            reached |= fresh
            border += fresh

        assert reached == set(PlanState)

    @pytest.mark.parametrize(
        ("approver", "submitter", "hands", "expected"),
        [(1, 1, set(), False), (1, 2, {1}, False), (1, 2, {2, 3}, True), (1, None, set(), True)],
    )
    def test_nobody_approves_their_own_work(
        self, approver: int, submitter: int | None, hands: set[int], expected: bool
    ) -> None:
        assert rules.may_approve(approver, submitter, hands) is expected


class TestChoices:
    def test_every_kind_takes_at_least_two_decisions(self) -> None:
        assert {kind: len(choices) > 1 for kind, choices in rules.ALLOWED_CHOICES.items()} == dict.fromkeys(
            FindingKind, True
        )

    @pytest.mark.parametrize(
        ("kind", "choice", "reason", "values", "items", "missing"),
        [
            ("duplicate", "merge", "", {"text": "甲"}, 2, ()),
            ("duplicate", "merge", "", {}, 2, ("text",)),
            ("duplicate", "merge", "", {"text": "甲"}, 1, ("two_items",)),
            ("duplicate", "keep_both", "", {}, 2, ("reason",)),
            ("duplicate", "keep_both", "  ", {}, 2, ("reason",)),
            ("duplicate", "keep_both", "对象不同", {}, 2, ()),
            ("duplicate", "add", "", {"text": "甲"}, 2, ("choice",)),
            ("gap", "add", "", {"text": "甲"}, 0, ()),
            ("gap", "not_applicable", "", {}, 0, ("reason",)),
            ("gap", "assign", "", {}, 0, ("text", "lead_or_date")),
            ("gap", "assign", "", {"lead": "纪检室"}, 0, ("text",)),
            ("gap", "assign", "", {"lead": "纪检室", "text": "甲"}, 0, ()),
            ("conflict", "assign", "", {"due": "2027-06-30"}, 2, ()),
            ("conflict", "not_applicable", "x", {}, 2, ("choice",)),
            ("upper", "merge", "", {"text": "甲"}, 1, ()),
            ("related", "assign", "", {"lead": "甲"}, 2, ("choice",)),
        ],
    )
    def test_what_is_missing_is_named(
        self, kind: str, choice: str, reason: str, values: dict[str, str], items: int, missing: tuple[str, ...]
    ) -> None:
        assert rules.what_is_missing(kind, choice, reason=reason, values=values, items=items) == missing


class TestComposition:
    def test_merged_items_have_both_lines_and_the_earliest_date(self) -> None:
        a = item(1, owner="党群工作部", due=date(2027, 6, 30), deliverable="签到", obligations=("B19",))
        b = item(2, "integrity", owner="纪检室", due=date(2027, 9, 30), deliverable="课件", text="一段更长的任务文字")

        (composed,) = rules.compose([a, b], [merge(9, 1, 2)])

        assert composed == rules.Composed(
            sources=(1, 2), rulings=(9,), line="both", text="一段更长的任务文字；任务1。", lead="党群工作部",
            helpers=("纪检室",), due=date(2027, 6, 30), deliverable="签到；课件", obligations=("B19",),
        )  # fmt: skip

    def test_a_merged_text_holds_what_each_asks(self) -> None:
        long, short = "召开全员警示教育大会，组织观看警示教育片。", "召开警示教育大会，用身边案例教育职工。"

        joined = rules.joined_text([short, long])

        assert joined == "召开全员警示教育大会，组织观看警示教育片；用身边案例教育职工。"

    def test_equal_texts_stay_one(self) -> None:
        assert rules.joined_text(["开展自查。", "开展自查。"]) == "开展自查。"

    @given(st.lists(st.text(alphabet="党纪督查学习，。；", min_size=1, max_size=30), min_size=1, max_size=4))
    def test_no_clause_of_any_text_is_lost(self, texts: list[str]) -> None:
        joined = rules.joined_text(texts)

        for text in texts:
            for clause in re.findall(r"[^，。；]{2,}", text):
                pairs = [clause[at : at + 2] for at in range(len(clause) - 1)]
                assert sum(pair in joined for pair in pairs) >= 0.8 * len(pairs)

    def test_a_programme_is_not_cut_short_by_a_deadline(self) -> None:
        year = item(1, start=date(2027, 1, 1), due=date(2027, 12, 31), period="month", quantity="12次")
        once = item(2, "integrity", due=date(2027, 10, 31))

        (composed,) = rules.compose([year, once], [merge(9, 1, 2)])

        assert (composed.start, composed.due, composed.quantity) == (date(2027, 1, 1), date(2027, 12, 31), "12次")

    def test_what_a_person_set_wins_and_the_former_lead_helps(self) -> None:
        a, b = item(1, owner="党群工作部"), item(2, "integrity", owner="纪检室")

        (composed,) = rules.compose([a, b], [merge(9, 1, 2, text="合并后", lead="纪检室", due=date(2027, 5, 1))])

        assert (composed.text, composed.lead, composed.helpers, composed.due) == (
            "合并后", "纪检室", ("党群工作部",), date(2027, 5, 1),
        )  # fmt: skip

    def test_a_decision_for_one_side_leaves_the_other_alone(self) -> None:
        ruling = rules.Ruling(9, FindingKind.CONFLICT, Choice.ASSIGN, (1, 2), {"target": 2, "due": date(2027, 5, 1)})

        first, second = rules.compose([item(1), item(2)], [ruling])

        assert (first.due, second.due) == (None, date(2027, 5, 1))

    def test_a_gap_becomes_an_item_of_its_own(self) -> None:
        ruling = rules.Ruling(
            9, FindingKind.GAP, Choice.ADD, (), {"text": "节前提醒", "line": "integrity"}, obligation="B28"
        )

        composed = rules.compose([], [ruling])

        assert [(one.text, one.line, one.obligations, one.sources) for one in composed] == [
            ("节前提醒", "integrity", ("B28",), ())
        ]

    def test_what_does_not_apply_adds_nothing(self) -> None:
        ruling = rules.Ruling(9, FindingKind.GAP, Choice.NOT_APPLICABLE, (), {}, "上级统一部署")

        assert rules.compose([item(1)], [ruling])[0].sources == (1,)
        assert len(rules.compose([item(1)], [ruling])) == 1

    def test_kept_apart_and_merged_through_a_third_is_a_contradiction(self) -> None:
        apart = rules.Ruling(7, FindingKind.DUPLICATE, Choice.KEEP_BOTH, (1, 3), {}, "对象不同")

        found = rules.contradictions([1, 2, 3], [merge(8, 1, 2), merge(9, 2, 3), apart])

        assert found == (rules.Contradiction(7, (8, 9), (1, 3)),)

    @settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)).filter(lambda pair: pair[0] != pair[1]), max_size=9)
    )
    def test_every_item_ends_in_exactly_one_composed_item(self, pairs: list[tuple[int, int]]) -> None:
        number = 9
        items = [item(pk, "party" if pk % 2 else "integrity", deliverable=f"成果{pk}") for pk in range(1, number + 1)]
        rulings = [merge(100 + at, *pair) for at, pair in enumerate(pairs)]

        composed = rules.compose(items, rulings)

        assert sorted(pk for one in composed for pk in one.sources) == list(range(1, number + 1))
        assert sorted(word for one in composed for word in one.deliverable.split("；")) == sorted(
            f"成果{pk}" for pk in range(1, number + 1)
        )
        for a, b in pairs:
            assert any({a, b} <= set(one.sources) for one in composed)


class TestStretches:
    @pytest.mark.parametrize(
        ("start", "due", "period", "after", "expected"),
        [
            (None, date(2027, 6, 30), "", date(2027, 3, 1), [date(2027, 6, 30)]),
            (None, None, "", date(2027, 3, 1), [date(2027, 12, 31)]),
            (None, None, "quarter", date(2027, 5, 1), [date(2027, 6, 30), date(2027, 9, 30), date(2027, 12, 31)]),
            (None, None, "half", date(2027, 1, 1), [date(2027, 6, 30), date(2027, 12, 31)]),
            (date(2027, 3, 1), date(2027, 4, 15), "month", date(2027, 1, 1), [date(2027, 3, 31), date(2027, 4, 15)]),
            (None, date(2027, 2, 28), "month", date(2027, 9, 1), [date(2027, 2, 28)]),
            (None, None, "event", date(2027, 9, 1), [date(2027, 12, 31)]),
        ],
    )
    def test_a_rhythm_gives_one_due_date_each(
        self, start: date | None, due: date | None, period: str, after: date, expected: list[date]
    ) -> None:
        found = rules.stretches(start=start, due=due, period=period, year=2027, after=after)

        assert [stretch.due for stretch in found] == expected

    @settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.dates(date(2026, 1, 1), date(2028, 12, 31)),
        st.integers(0, 700),
        st.sampled_from(["month", "quarter", "half", "year", "two_months"]),
    )
    def test_stretches_follow_each_other_without_overlap(self, start: date, days: int, period: str) -> None:
        due = date.fromordinal(start.toordinal() + days)

        found = rules.stretches(start=start, due=due, period=period, year=start.year, after=date(2000, 1, 1))

        assert (found[0].start, found[-1].due) == (start, due)
        for one, other in itertools.pairwise(found):
            assert other.start is not None
            assert other.start.toordinal() == one.due.toordinal() + 1


class TestComparison:
    def test_added_removed_and_changed_are_told_apart(self) -> None:
        old = [rules.ItemFacts("a", 1, "甲", due="2027-06-30"), rules.ItemFacts("b", 2, "乙")]
        new = [rules.ItemFacts("a", 1, "甲", due="2027-05-31"), rules.ItemFacts("c", 2, "丙")]

        changes = rules.compare(old, new)

        assert [(change.kind, change.facts.lineage, change.fields) for change in changes] == [
            ("changed", "a", (("due", "2027-06-30", "2027-05-31"),)),
            ("added", "c", ()),
            ("removed", "b", ()),
        ]

    def test_another_number_is_no_change(self) -> None:
        assert rules.compare([rules.ItemFacts("a", 1, "甲")], [rules.ItemFacts("a", 7, "甲")]) == ()


class TestReconciling:
    """Which tasks of a changed item go on, end and begin."""

    ON = date(2027, 5, 10)

    def _task(self, pk: int, due: date, *, unit: int = 1, done: bool = False) -> rules.Running:
        return rules.Running(pk, (unit, ""), due.replace(day=1), due, done)

    def _reconcile(
        self, running: list[rules.Running], stretches: list[rules.Stretch], units: tuple[int, ...] = (1,)
    ) -> rules.Reconciled:
        addresses = [(unit, "") for unit in units]
        return rules.reconcile(addresses=addresses, stretches=stretches, running=running, on=self.ON)

    def test_a_moved_day_keeps_the_task(self) -> None:
        wanted = rules.Stretch(None, date(2027, 8, 20))

        found = self._reconcile([self._task(7, date(2027, 6, 30))], [wanted])

        assert found == rules.Reconciled(kept=((7, wanted),), withdrawn=(), opened=())

    def test_what_is_done_is_not_asked_again(self) -> None:
        wanted = rules.Stretch(None, date(2027, 8, 20))

        found = self._reconcile([self._task(7, date(2027, 4, 30), done=True)], [wanted])

        assert found == rules.Reconciled((), (), ())

    def test_another_unit_takes_over(self) -> None:
        wanted = rules.Stretch(None, date(2027, 6, 30))

        found = self._reconcile([self._task(7, date(2027, 6, 30))], [wanted], units=(2,))

        assert found == rules.Reconciled(kept=(), withdrawn=(7,), opened=(((2, ""), wanted),))

    def test_late_work_goes_on_and_past_months_are_not_opened(self) -> None:
        months = [rules.Stretch(date(2027, month, 1), date(2027, month, 28)) for month in (3, 4, 5, 6)]

        found = self._reconcile([self._task(7, date(2027, 4, 30))], months)

        assert found.kept == ((7, months[1]),)
        assert [stretch for _address, stretch in found.opened] == months[2:]

    def test_fewer_occurrences_withdraw_what_is_left(self) -> None:
        quarter = rules.Stretch(date(2027, 4, 1), date(2027, 6, 30))
        running = [self._task(pk, date(2027, pk, day)) for pk, day in ((4, 30), (5, 31), (6, 30))]

        found = self._reconcile(running, [quarter])

        assert (found.kept, found.withdrawn, found.opened) == (((6, quarter),), (4, 5), ())
