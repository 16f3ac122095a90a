"""The figures of “My double duties” and of the month matrix, compared with one another."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.utils import translation

from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.responsibilities.presenters import duties as presenters
from heli.rooms.responsibilities.queries import duties, lists
from heli.rooms.responsibilities.services import signing
from heli.rooms.responsibilities.tests import world
from heli.rooms.rulebook import services as rulebook
from heli.rooms.tasks import queries as tasks
from heli.rooms.tasks.models import FurtherDuty, Task
from heli.rooms.tasks.presenters import months
from heli.rooms.tasks.tests.factories import TaskFactory


@pytest.fixture
def page(everyone: Everyone, at: datetime) -> duties.DutyPage:
    """A branch secretary with an item of each line; one task serves both, one stands on no item, one has no day."""
    rulebook.install_catalogue(by=everyone.party_clerk, at=at, valid_from=date(2026, 1, 1))
    post = world.post_of(everyone.branch_secretary_a1)
    edits = [
        world.edit("组织好党课", post, obligations=("A04",), line="party"),
        world.edit("党课讲廉洁", post, obligations=("A04", "A06"), line="integrity"),
        world.edit("两条线一起抓", post, obligations=("A06",), line="both"),
    ]
    world.issued(everyone, at, unit=everyone.branch_a1, edits=edits)
    branch = everyone.branch_a1
    for code, day in (("A04", date(2027, 2, 1)), ("A06", date(2027, 2, 9)), ("A06", date(2027, 5, 9)), ("A06", None)):
        TaskFactory(unit=branch, obligation=code, due_on=day)
    TaskFactory(unit=branch, obligation="", due_on=date(2027, 7, 1))
    TaskFactory(unit=branch, obligation="A04", due_on=date(2026, 12, 1))
    secretary = everyone.branch_secretary_a1
    return duties.duty_page(secretary, secretary, at.date(), at.date())


def test_the_figure_of_the_year_is_its_parts(page: duties.DutyPage, at: datetime) -> None:
    tally, parts = presenters.tally_of(page, at.date()), presenters.due_parts(page, at.date())
    shown = [cell for row in presenters.year_rows(page, at.date()) for cell in row.cells if cell.word]

    assert tally.due == parts.dated + parts.unplanned + parts.undated
    assert (parts.dated, parts.undated) == (4, 2)
    assert parts.unplanned > 0
    assert len(shown) == 3  # February, May and July
    with translation.override("en"):
        assert parts.words().startswith("Due this year, each piece of work once: 4 in the months beside")


def test_each_line_counts_a_piece_once(page: duties.DutyPage, at: datetime) -> None:
    of_lines = {line: page.counted_once(line)[0] for line in ("both", "party", "integrity")}
    on_items = {work.key for works in of_lines.values() for work in works}

    assert {line: len(works) for line, works in of_lines.items()} == {"both": 3, "party": 2, "integrity": 5}
    assert len(on_items) + len(page.others) == len(page.works) == 6
    for section in presenters.sections(page, at.date()):
        works, missing = page.counted_once(section.line)
        assert str(len(works) + missing) in section.summary


def test_the_list_and_the_own_page_agree_on_who_signs(everyone: Everyone, page: duties.DutyPage, at: datetime) -> None:
    secretary = everyone.branch_secretary_a1
    (asked,) = page.to_sign
    (version,) = lists.ListVersion.objects.all()

    def left() -> tuple[str, ...]:
        groups = lists.groups_of(version, lists.items_of(version), at.date())
        done, every = lists.signed_count(groups)
        names = tuple(one.name for one in lists.still_to_sign(groups).holders)
        assert every - done == len(names)
        return names

    before = left()
    signing.sign(list_id=asked.list_id, number=asked.number, post_id=asked.post_id, by=secretary, at=at)

    assert (before, left()) == ((str(secretary),), ())
    assert duties.duty_page(secretary, secretary, at.date(), at.date()).to_sign == []


def test_the_matrix_and_the_ledger_differ_by_what_is_said(
    everyone: Everyone, page: duties.DutyPage, at: datetime
) -> None:
    both = Task.objects.filter(obligation="A04", due_on__year=2027).get()
    FurtherDuty.objects.create(task=both, code="A06")
    groups = months.matrix(everyone.group, 2027, at.date(), "", missing_only=False)
    rows = [row for group in groups for row in group.rows]

    planned = sum(cell.count.planned for row in rows for cell in row.cells)
    others, further = tasks.beside(everyone.group, 2027, {row.code for row in rows})

    assert (others, further) == (1, 1)
    assert planned == Task.objects.filter(due_on__year=2027).count() - others + further


def test_what_falls_due_in_both_halves_is_called_half_yearly(everyone: Everyone, at: datetime) -> None:
    rulebook.install_catalogue(by=everyone.party_clerk, at=at, valid_from=date(2026, 1, 1))
    groups = months.matrix(everyone.group, 2027, at.date(), "", missing_only=False)

    named = {row.code: row.period.split(" · ")[0] for group in groups for row in group.rows}

    assert named["A31"] == named["B21"] == str(months.PERIODS["half"])
