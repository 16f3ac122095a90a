"""Lists of tasks and the month matrix as workbooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heli.engines.officedocs.sheets import Column, Sheet, write_xlsx
from heli.rooms.tasks.enums import Line
from heli.rooms.tasks.presenters.months import MONTHS, MatrixGroup
from heli.rooms.tasks.presenters.titles import titles_of
from heli.rooms.tasks.presenters.working import state_words

if TYPE_CHECKING:
    from heli.rooms.tasks.models import Task


def task_workbook(tasks: Sequence[Task], today: date) -> bytes:
    """Return the tasks as a workbook, a line a task."""
    columns = [
        Column(_("Line"), 10), Column(_("Task"), 48, wrap=True), Column(_("Unit"), 26), Column(_("From"), 12),
        Column(_("Due"), 12), Column(_("State"), 14), Column(_("What proves it"), 36, wrap=True),
    ]  # fmt: skip
    titles = titles_of(tasks)
    rows = [
        [
            str(Line(task.line).label), titles[task.pk], task.unit.name, task.starts_on, task.due_on,
            state_words(task, today)[1], task.deliverable,
        ]
        for task in tasks
    ]  # fmt: skip
    return write_xlsx([Sheet(_("Tasks"), columns, rows)])


def matrix_workbook(groups: Sequence[MatrixGroup]) -> bytes:
    """Return the month matrix as a workbook: done of due in each month, and what the cell says in words."""
    columns = [Column(_("Line"), 10), Column(_("Duty"), 32, wrap=True), Column(_("How often"), 22)]
    columns += [Column(_("Month %(month)s") % {"month": month}, 12, wrap=True) for month in MONTHS]
    columns += [Column(_("Done"), 8), Column(pgettext("how often", "Due"), 8), Column(_("Not done"), 8)]
    rows = [
        [
            group.name, row.title, row.period,
            *(f"{cell.count.done}/{cell.due}\n{cell.word}" if cell.due else None for cell in row.cells),
            row.done, row.due, row.missing,
        ]
        for group in groups
        for row in group.rows
    ]  # fmt: skip
    return write_xlsx([Sheet(_("Month matrix"), columns, rows)])
