"""Words and cells of the month matrix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from heli.rooms.rulebook import queries as rulebook
from heli.rooms.tasks import queries, rules
from heli.rooms.tasks.enums import Line, TaskState
from heli.rooms.tasks.presenters.working import state_words
from heli.ui import punctuation

if TYPE_CHECKING:
    from heli.rooms.people.models import Unit


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """A month of a duty: planned, done, done late and in review in tasks, and what no task meets yet.

    ``unplanned`` is what the rulebook asks by the end of the month of units that have no task for it. What is handed
    in is not missing: the reviewer has the ball, not the unit.
    """

    month: int
    unplanned: int
    count: queries.MatrixCount
    is_past: bool

    @property
    def due(self) -> int:
        """How many are expected: every task, and what has none."""
        return self.count.planned + self.unplanned

    @property
    def kind(self) -> str:
        """The face of the cell: z empty, ok, lt late, miss, rev, plan, todo (see pages/matrix.css)."""
        if not self.due:
            return "z"
        if self.count.done >= self.due:
            return "lt" if self.count.late else "ok"
        if self.missing:
            return "miss"
        if self.is_past:
            return "rev"
        return "todo" if self.unplanned else "plan"

    @property
    def missing(self) -> int:
        return max(0, self.due - self.count.done - self.count.in_review) if self.is_past else 0

    @property
    def note(self) -> str:
        """What a missing cell must not hide: work that waits for its reviewer."""
        if self.kind != "miss" or not self.count.in_review:
            return ""
        return _("in review %(n)s") % {"n": self.count.in_review}

    @property
    def word(self) -> str:
        words = {
            "ok": _("in time"),
            "lt": _("late %(n)s") % {"n": self.count.late},
            "miss": _("missing %(n)s") % {"n": self.missing},
            "rev": _("in review %(n)s") % {"n": self.count.in_review},
            "plan": _("planned %(n)s") % {"n": self.count.planned - self.count.done},
            "todo": _("not planned %(n)s") % {"n": self.unplanned},
        }
        return words.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A duty with its twelve months."""

    code: str
    title: str
    period: str
    cells: tuple[MatrixCell, ...]

    @property
    def due(self) -> int:
        return sum(cell.due for cell in self.cells)

    @property
    def done(self) -> int:
        return sum(cell.count.done for cell in self.cells)

    @property
    def missing(self) -> int:
        return sum(cell.missing for cell in self.cells)


@dataclass(frozen=True, slots=True)
class MatrixGroup:
    line: str
    name: str
    rows: tuple[MatrixRow, ...]


def matrix(unit: Unit, year: int, today: date, line: str, *, missing_only: bool) -> list[MatrixGroup]:
    """Return the duties of a unit and all below it, by line, with what is planned, done and has no task each month."""
    counts, met = queries.planned_and_done(unit, year), queries.met(unit, year)
    rows: dict[str, list[MatrixRow]] = {}
    for duty in rulebook.requirements_matrix(unit, year):
        cells = tuple(
            _cell(duty.months.get(month, 0) - met[duty.code, month], counts.get((duty.code, month)), year, month, today)
            for month in MONTHS
        )
        row = MatrixRow(duty.code, duty.duty.title, _how_often(duty.duty), cells)
        if row.missing or not missing_only:
            rows.setdefault(duty.duty.line, []).append(row)
    return [
        MatrixGroup(choice.value, str(choice.label), tuple(rows[choice.value]))
        for choice in Line
        if choice.value in rows and line in {"", choice.value}
    ]


MONTHS = range(1, 13)


PERIODS = {
    "month": gettext_lazy("every month"),
    "quarter": gettext_lazy("every quarter"),
    "half": gettext_lazy("every half-year"),
    "year": gettext_lazy("every year"),
    "term": gettext_lazy("every term"),
    "event": gettext_lazy("when it arises"),
}


def _how_often(duty: rulebook.Duty) -> str:
    return f"{PERIODS[duty.rhythm[0]]} · {punctuation.listed(duty.subjects)}"


def first_party_unit(units: Sequence[Unit]) -> Unit:
    """Return the Party organization to begin with; duties are asked of the Party tree."""
    return next((unit for unit in units if unit.tree == "party"), units[0])


def _cell(unplanned: int, count: queries.MatrixCount | None, year: int, month: int, today: date) -> MatrixCell:
    return MatrixCell(month, unplanned, count or queries.MatrixCount(), (year, month) < (today.year, today.month))


def matrix_summary(groups: Sequence[MatrixGroup]) -> dict[str, int]:
    """Return how much was due in the months that are over, done of it, done late, in review, and missing."""
    cells = [cell for group in groups for row in group.rows for cell in row.cells if cell.is_past]
    return {
        "due": sum(cell.due for cell in cells),
        "done": sum(min(cell.count.done, cell.due) for cell in cells),
        "late": sum(cell.count.late for cell in cells),
        "in_review": sum(min(cell.count.in_review, cell.due) for cell in cells),
        "missing": sum(cell.missing for cell in cells),
    }


def cell_left_out(cell: MatrixCell, units: Sequence[queries.CellUnit]) -> int:
    """Return how much of the cell its list does not show: the list of a large tree ends somewhere."""
    shown = sum(each.lacking if each.task is None else 1 for each in units)
    return max(0, cell.due - shown)


def cell_rows(units: Sequence[queries.CellUnit], today: date) -> list[dict[str, Any]]:
    """Return the rows of a cell's list; two units of one name say what they belong to."""
    named = Counter(name for name, _pk in {(each.unit.name, each.unit.pk) for each in units})
    rows = []
    for each in units:
        above = each.unit.parent if named[each.unit.name] > 1 else None
        tone, words = state_words(each.task, today) if each.task else _lacking_words(each.lacking)
        if (
            each.task
            and each.task.state == TaskState.CLOSED
            and rules.was_late(each.task.due_on, each.happened_on or today)
        ):
            tone, words = "soon", _("done late")
        row = {"unit": each.unit, "above": above, "task": each.task, "happened_on": each.happened_on}
        rows.append({**row, "tone": tone, "words": words})
    return rows


def _lacking_words(number: int) -> tuple[str, str]:
    return "idle", _("Not planned") if number == 1 else _("Not planned, %(n)s times") % {"n": number}
