from __future__ import annotations

from datetime import date

import pytest

from heli.rooms.people.tests.factories import UnitFactory
from heli.rooms.rulebook import services as rulebook
from heli.rooms.tasks import presenters, queries
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.presenters import MatrixCell
from heli.rooms.tasks.queries import CellUnit, MatrixCount, months
from heli.rooms.tasks.tests.factories import CitationFactory, EvidenceFactory, TaskFactory


@pytest.mark.parametrize(
    ("unplanned", "planned", "done", "late", "review", "is_past", "kind", "missing"),
    [
        (0, 0, 0, 0, 0, True, "z", 0),
        (0, 8, 8, 0, 0, True, "ok", 0),
        (0, 8, 8, 2, 0, True, "lt", 0),
        (0, 8, 6, 0, 0, True, "miss", 2),
        (0, 8, 6, 0, 1, True, "miss", 1),
        (0, 8, 6, 0, 2, True, "rev", 0),
        (8, 0, 0, 0, 0, True, "miss", 8),
        (2, 8, 8, 0, 0, True, "miss", 2),
        (0, 8, 2, 0, 3, False, "plan", 0),
        (5, 3, 1, 0, 0, False, "todo", 0),
        (0, 2, 2, 0, 0, False, "ok", 0),
        (0, 2, 1, 0, 0, True, "miss", 1),
    ],
)
def test_cell_truth_table(unplanned, planned, done, late, review, is_past, kind, missing):
    cell = MatrixCell(1, unplanned, MatrixCount(planned, done, late, review), is_past)

    assert (cell.kind, cell.missing) == (kind, missing)
    assert bool(cell.word) == (kind != "z")
    assert bool(cell.note) == (kind == "miss" and review > 0)


@pytest.fixture
def installed(everyone, at):
    rulebook.install_catalogue(by=everyone.party_clerk, at=at)


def _closed(everyone, at, happened_on, **task):
    done = TaskFactory(obligation="A06", state=TaskState.CLOSED, closed_at=at, closed_by=everyone.party_clerk, **task)
    CitationFactory(task=done, evidence=EvidenceFactory(unit=done.unit, happened_on=happened_on))


def test_planned_and_done_tells_late_from_late_entry(everyone, at):
    _closed(everyone, at, date(2027, 1, 20), unit=everyone.branch_a1, due_on=date(2027, 1, 31))
    _closed(everyone, at, date(2027, 2, 3), unit=everyone.branch_a2, due_on=date(2027, 1, 31))
    TaskFactory(obligation="A06", unit=everyone.branch_b1, due_on=date(2027, 1, 31))
    TaskFactory(obligation="A06", unit=everyone.branch_b1, due_on=date(2027, 1, 29), state=TaskState.HANDED_IN)
    TaskFactory(obligation="A06", unit=everyone.branch_b1, due_on=date(2027, 1, 30), state=TaskState.CANCELED)

    counts = queries.planned_and_done(everyone.group, 2027)

    assert counts == {("A06", 1): MatrixCount(planned=4, done=2, late=1, in_review=1)}


def test_matrix_of_a_committee_counts_its_branches(everyone, installed, at):
    _closed(everyone, at, date(2027, 1, 20), unit=everyone.branch_a1, due_on=date(2027, 1, 31))

    groups = presenters.matrix(everyone.committee_a, 2027, at.date(), "party", missing_only=False)

    day = next(row for row in groups[0].rows if row.code == "A06")
    assert [(cell.due, cell.count.done, cell.kind) for cell in day.cells[:3]] == [
        (2, 1, "miss"),
        (2, 0, "miss"),
        (2, 0, "todo"),
    ]


def test_cell_names_the_units_with_and_without_a_task(everyone, installed, at):
    TaskFactory(obligation="A06", unit=everyone.branch_a1, due_on=date(2027, 1, 31))

    cell = queries.matrix_cell(everyone.secretary_a, everyone.committee_a, "A06", 2027, 1, at.date())

    assert [(row.unit, row.task is None) for row in cell] == [(everyone.branch_a1, False), (everyone.branch_a2, True)]


def test_matrix_page_opens_a_cell_and_hides_units_of_others(everyone, installed, client_of):
    client = client_of(everyone.secretary_a)

    page = client.get(f"/tasks/matrix/?unit={everyone.committee_a.pk}&year=2027&duty=A06&month=1").content.decode()

    assert everyone.branch_a2.name in page
    assert client.get(f"/tasks/matrix/?unit={everyone.committee_b.pk}").status_code == 404
    assert client_of(everyone.member_a1).get("/tasks/matrix/").status_code == 404


def test_a_cell_says_what_its_list_leaves_out(everyone, installed, client_of, monkeypatch):
    address = f"/tasks/matrix/?unit={everyone.committee_a.pk}&year=2027&duty=A06&month=1"
    client = client_of(everyone.secretary_a)
    whole = client.get(address)
    monkeypatch.setattr(months, "CELL_ROWS", 1)
    TaskFactory(obligation="A06", unit=everyone.branch_a1, due_on=date(2027, 1, 30))
    TaskFactory(obligation="A06", unit=everyone.branch_a1, due_on=date(2027, 1, 31))

    cut = client.get(address)

    assert (whole.context["drill"]["left_out"], "未列出" in whole.content.decode()) == (0, False)
    assert [row["unit"] for row in cut.context["drill"]["units"]] == [everyone.branch_a1, everyone.branch_a2]
    assert "另有 1 项未列出" in cut.content.decode()


def test_a_unit_that_lacks_several_says_how_many(everyone):
    rows = presenters.cell_rows([CellUnit(everyone.group, None, None, number) for number in (1, 2)], date(2027, 3, 1))

    assert [row["words"] for row in rows] == ["未排", "未排 2 次"]


def test_units_of_one_name_say_what_they_belong_to(everyone):
    twins = [UnitFactory(name="机关党支部", parent=parent) for parent in (everyone.committee_a, everyone.committee_b)]

    rows = presenters.cell_rows(
        [CellUnit(unit, None, None, 1) for unit in (*twins, twins[0], everyone.branch_a1)], date(2027, 3, 1)
    )

    assert [row["above"] for row in rows] == [everyone.committee_a, everyone.committee_b, everyone.committee_a, None]
