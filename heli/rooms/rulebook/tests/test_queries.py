from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from heli.rooms.people.enums import UnitKind
from heli.rooms.people.models import Unit
from heli.rooms.people.tests.factories import UnitFactory
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.rulebook import catalogue, queries, services
from heli.rooms.rulebook.models import Circumstance
from heli.rooms.rulebook.tests import in_force

ON = date(2027, 3, 10)


def codes(unit: Unit, on: date = ON) -> set[str]:
    return {duty.code for duty in queries.obligations_for(unit, on)}


# --- Duties of a unit ---


def test_no_committee_meeting_without_a_committee(installed: Everyone) -> None:
    with_committee, without = codes(installed.branch_a1), codes(installed.branch_a2)

    assert with_committee - without == {"A02", "A29"}
    assert without < with_committee


def test_no_group_meeting_without_groups(installed: Everyone) -> None:
    group = UnitFactory(kind=UnitKind.PARTY_GROUP, parent=installed.branch_a1, valid_from=date(2026, 5, 1))

    assert "A03" not in codes(installed.branch_a1)
    assert codes(group) == {"A03"}


def test_each_kind_of_unit_has_its_own_duties(installed: Everyone) -> None:
    assert {"B01", "A14", "J02"} <= codes(installed.committee_a)
    assert {"B28", "B30"} <= codes(installed.commission)
    assert codes(installed.party_department) == {"B31", "J03"}
    assert "A01" not in codes(installed.committee_a)


def test_a_unit_says_why_a_duty_is_not_asked(installed: Everyone) -> None:
    with translation.override("en"):
        missing = {one.duty.code: one.missing for one in queries.unit_duties(installed.branch_a2, ON) if not one.asked}

    assert missing["A02"] == ["Has a branch committee"]
    assert missing["B42"] == ["Is in rectification after an inspection"]


def test_conditions_of_a_unit_follow_the_tree(installed: Everyone) -> None:
    UnitFactory(kind=UnitKind.PARTY_GROUP, parent=installed.branch_a2, valid_from=ON)

    assert queries.conditions_of(installed.group, ON) == {"has_committee", "has_subordinates"}
    assert queries.conditions_of(installed.branch_a1, ON) == {"has_committee"}
    assert queries.conditions_of(installed.branch_a2, ON) == {"has_groups"}
    assert queries.conditions_of(installed.branch_a2, date(2027, 3, 9)) == set()


# --- What is expected ---


def test_expected_occurrences_of_a_branch(installed: Everyone) -> None:
    expected = queries.expected_occurrences(installed.branch_a2, 2027)

    assert [one.occurrence.due_on for one in expected if one.duty.code == "A01"] == [
        date(2027, 3, 31), date(2027, 6, 30), date(2027, 9, 30), date(2027, 12, 31),
    ]  # fmt: skip
    assert [one.occurrence.due_on for one in expected] == sorted(one.occurrence.due_on for one in expected)
    assert not any(one.duty.code == "A02" for one in expected)


def test_a_unit_is_expected_to_do_nothing_before_it_exists_and_after_it_ends(installed: Everyone) -> None:
    unit = UnitFactory(parent=installed.committee_a, valid_from=date(2027, 4, 1), valid_to=date(2027, 10, 1))

    months = {one.occurrence.due_on.month for one in queries.expected_occurrences(unit, 2027) if one.duty.code == "A06"}

    assert months == {4, 5, 6, 7, 8, 9}


def test_a_term_is_due_when_its_beginning_is_known(installed: Everyone, at: datetime) -> None:
    services.declare_circumstance(
        unit_id=installed.branch_a1.pk, condition="term_started", valid_from=date(2024, 6, 12), reason="",
        by=installed.branch_secretary_a1, at=at,
    )  # fmt: skip

    found = [
        one.occurrence.due_on
        for one in queries.expected_occurrences(installed.branch_a1, 2027)
        if one.duty.code == "A18"
    ]

    assert found == [date(2027, 6, 12)]


# --- The matrix ---


@pytest.fixture
def varied(installed: Everyone, at: datetime) -> Everyone:
    """Units that begin, end and change within the year, with everything that duties depend on."""
    UnitFactory(parent=installed.committee_b, valid_from=date(2027, 2, 15), has_committee=True)
    UnitFactory(parent=installed.committee_b, valid_to=date(2027, 8, 31))
    UnitFactory(parent=installed.committee_b, valid_to=date(2027, 9, 30))
    UnitFactory(parent=installed.committee_b, valid_from=date(2028, 1, 1))
    UnitFactory(parent=installed.committee_b, valid_to=date(2027, 1, 31))
    branch = UnitFactory(parent=installed.committee_a)
    UnitFactory(kind=UnitKind.PARTY_GROUP, parent=branch, valid_from=date(2027, 5, 20))
    UnitFactory(kind=UnitKind.GENERAL_BRANCH, parent=installed.committee_a)
    for unit, condition, start, end in (
        (branch, "has_activists", date(2026, 1, 1), date(2027, 6, 30)),
        (installed.branch_b1, "has_activists", date(2027, 4, 1), None),
        (installed.branch_a1, "has_probationary", date(2027, 1, 1), None),
        (installed.branch_a1, "term_started", date(2024, 6, 12), None),
        (branch, "term_started", date(2024, 2, 29), None),
        (installed.committee_b, "term_started", date(2022, 11, 1), None),
        (installed.branch_b1, "term_started", date(2025, 11, 1), None),
    ):
        Circumstance.objects.create(unit=unit, condition=condition, valid_from=start, valid_to=end)
    in_force.edit_obligation(
        code="A04",
        cells={"count": "2"},
        reason="加密",
        valid_from=date(2027, 7, 1),
        by=installed.party_clerk,
        at=at,
        version=1,
    )
    for code, condition in (("A06", "has_groups"), ("B02", "has_subordinates"), ("A09", "is_inspected")):
        in_force.edit_obligation(
            code=code, cells={"conditions": condition}, reason="试验", valid_from=date(2027, 1, 1),
            by=installed.party_clerk, at=at, version=1,
        )  # fmt: skip
    in_force.edit_obligation(
        code="A01", cells={"conditions": "has_committee;has_activists"}, reason="试验", valid_from=date(2027, 1, 1),
        by=installed.party_clerk, at=at, version=1,
    )  # fmt: skip
    return installed


@pytest.mark.parametrize("name", ["group", "committee_a", "committee_b", "branch_a1", "commission", "company"])
@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_the_matrix_is_the_sum_of_what_each_unit_owes(varied: Everyone, name: str, year: int) -> None:
    root = getattr(varied, name)

    matrix = {
        (row.code, month): times
        for row in queries.requirements_matrix(root, year)
        for month, times in row.months.items()
    }

    owed: Counter[tuple[str, int]] = Counter()
    for unit in Unit.objects.filter(path__startswith=root.path):
        for one in queries.expected_occurrences(unit, year):
            owed[one.duty.code, one.occurrence.due_on.month] += one.occurrence.times
    assert matrix == dict(owed)


def test_the_units_behind_a_cell_are_those_that_owe_it(varied: Everyone) -> None:
    for code, month in (("A06", 9), ("A36", 3), ("A36", 6), ("A18", 6), ("A18", 2), ("A01", 3), ("A02", 2)):
        owing = {
            unit.pk
            for unit in Unit.objects.filter(path__startswith=varied.group.path)
            for one in queries.expected_occurrences(unit, 2027)
            if (one.duty.code, one.occurrence.due_on.month) == (code, month)
        }

        found = queries.units_required(varied.group, code, 2027, month)

        assert set(found.values_list("pk", flat=True)) == owing, (code, month)


def test_the_matrix_asks_the_same_number_of_queries_whatever_the_size(installed: Everyone) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            queries.requirements_matrix(installed.group, 2027)
        return len(captured)

    count()  # the duties of the year are read once and kept
    few = count()
    UnitFactory.create_batch(20, parent=installed.committee_a, has_committee=True)

    assert count() == few


def test_duties_are_read_again_after_a_change_and_only_then(installed: Everyone, at: datetime) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            queries.duties_on(ON)
        return len(captured)

    queries.duties_on(ON)
    unchanged = count()
    in_force.edit_obligation(
        code="A04",
        cells={"count": "2"},
        reason="加密",
        valid_from=date(2027, 1, 1),
        by=installed.party_clerk,
        at=at,
        version=1,
    )

    changed = {duty.code: duty.count for duty in queries.duties_on(ON)}
    assert (unchanged, changed["A04"]) == (1, 2)


def test_a_row_names_its_units_and_total(installed: Everyone) -> None:
    rows = {row.code: row for row in queries.requirements_matrix(installed.committee_a, 2027)}

    assert (rows["A01"].units, rows["A01"].total) == (2, 8)
    assert (rows["A02"].units, rows["A02"].total) == (1, 12)
    assert (rows["A23"].units, rows["A23"].total) == (2, 2)


# --- Reading ---


@pytest.mark.parametrize(
    ("language", "title", "source"),
    [
        ("zh-hans", "支部党员大会", "中国共产党支部工作条例（试行）"),
        ("en", "Branch general meeting", "Regulations on the work of Party branches (trial)"),
    ],
)
def test_a_duty_speaks_the_readers_language(installed: Everyone, language: str, title: str, source: str) -> None:
    with translation.override(language):
        duty = queries.duty_on("A01", ON)
        assert duty is not None
        (reference,) = duty.references

        assert (duty.title, reference.title, reference.article) == (title, source, "11")


def test_a_doubtful_article_says_so(installed: Everyone) -> None:
    references = {code: queries.duty_on(code, ON).references[0] for code in ("A14", "A15", "A16")}  # type: ignore[union-attr]

    said = {code: (one.article, one.is_about, one.is_unknown) for code, one in references.items()}
    assert said == {"A14": ("11", True, False), "A15": ("", False, True), "A16": ("", False, False)}


def test_history_says_what_changed_and_why(installed: Everyone, at: datetime) -> None:
    in_force.edit_obligation(
        code="A04", cells={"count": "2", "note_zh": "每季度两次。"}, reason="集团要求", valid_from=date(2027, 5, 1),
        by=installed.party_clerk, at=at, version=1,
    )  # fmt: skip

    newest, first = queries.history_of("obligation", "A04")  # type: ignore[arg-type]

    assert [column for column, _before, _after in newest.changes] == ["count", "note_zh"]
    assert (newest.wording.reason, newest.wording.recorded_by) == ("集团要求", str(installed.party_clerk))
    assert first.is_first


def test_key_links_keep_the_names_others_script_against(installed: Everyone) -> None:
    links = queries.key_links(ON)

    assert [link.name_zh for link in links][:3] == ["三会一课", "组织生活会", "民主评议党员"]
    assert len(links) == 20
    with translation.override("en"):
        assert links[0].name == "Three meetings and one lesson"


def test_nothing_is_installed_at_first(everyone: Everyone) -> None:
    assert not queries.is_installed()
    assert queries.obligations_for(everyone.branch_a1, ON) == []
    assert queries.requirements_matrix(everyone.group, 2027) == []


def test_an_edition_in_use_before_is_not_offered_again(installed: Everyone, at: datetime, edition: Callable) -> None:
    newer = edition(version="2027.1")
    services.draft_edition(
        accepted={},
        reasons={},
        valid_from=date(2027, 6, 1),
        reason="更新",
        by=installed.party_clerk,
        at=at,
        expected="2027.1",
        edition=newer,
    )

    assert queries.pending_update() is None


def test_a_rulebook_that_begins_later_asks_nothing_before(everyone: Everyone, at: datetime) -> None:
    services.install_catalogue(by=everyone.party_clerk, at=at, valid_from=date(2028, 1, 1))

    assert queries.duties_on(ON) == []
    assert queries.latest_duty("A01").valid_from == date(2028, 1, 1)
    assert queries.impact_of(everyone.party_clerk, "A01", _cells("A01"), date(2027, 6, 1)).units_before == 0
    assert queries.units_asked(everyone.party_clerk, "A01", ON) == 0


def _cells(code: str) -> dict[str, str]:
    return dict(catalogue.load().written["obligation"][code])


def test_impact_counts_the_year_after_the_day(installed: Everyone) -> None:
    monthly = {**_cells("A01"), "period": "month"}

    impact = queries.impact_of(installed.party_clerk, "A01", monthly, date(2027, 7, 1))

    assert (impact.units_before, impact.units_after) == (3, 3)
    assert (impact.times_before, impact.times_after) == (12, 36)


def test_impact_of_an_event_counts_units_alone(installed: Everyone) -> None:
    impact = queries.impact_of(installed.party_clerk, "A12", {**_cells("A12"), "subjects": "branch"}, date(2027, 7, 1))

    kinds = {one.kind: (one.before, one.after) for one in impact.kinds}
    assert kinds == {"group_committee": (1, 0), "party_committee": (2, 0), "branch": (0, 3)}
    assert (impact.times_before, impact.times_after) == (0, 0)
