"""The month matrix."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from heli.rooms.people.access import PersonRequest, needs
from heli.rooms.people.enums import Permission
from heli.rooms.tasks import presenters, queries
from heli.rooms.tasks.forms import ListFilter
from heli.rooms.tasks.views.asking import chosen_unit, rail
from heli.rooms.tasks.views.downloads import xlsx


@require_safe
@needs(Permission.TASK_VIEW)
def matrix(request: PersonRequest) -> HttpResponse:
    """Show required, planned and done by duty and month for one unit and all below it; a cell opens its units."""
    today, values = request.now.date(), ListFilter(request.GET).values()
    units = queries.overseen_units(request.person, today)
    unit = chosen_unit(request, values["unit"]) or presenters.first_party_unit(units)
    year = values["year"] or today.year
    groups = presenters.matrix(unit, year, today, values["line"], missing_only=bool(values["missing"]))
    context = {
        "unit": unit,
        "units": units if unit in units else [unit, *units],
        "year": year,
        "years": range(today.year - 2, today.year + 2),
        "values": values,
        "groups": groups,
        "summary": presenters.matrix_summary(groups),
        "is_begun": (year, 1) < (today.year, today.month),
        "beside": None if values["line"] or values["missing"] else _beside(unit, year, groups),
        "months": presenters.MONTHS,
        "this_month": today.month if year == today.year else 0,
        "lines": presenters.line_options(values["line"]),
        "query": f"?{request.GET.urlencode()}",
        "drill": _drill(request, unit, year, groups, values),
        **rail(request),
    }
    return render(request, "tasks/matrix.html", context)


def _beside(unit: Any, year: int, groups: list[presenters.MatrixGroup]) -> dict[str, int]:
    """Return what makes the whole matrix differ from the ledger of minutes."""
    codes = {row.code for group in groups for row in group.rows}
    others, further = queries.beside(unit, year, codes)
    return {"others": others, "further": further}


@require_safe
@needs(Permission.TASK_VIEW)
def export_matrix(request: PersonRequest) -> HttpResponse:
    """Hand out the matrix of a unit and year as a workbook."""
    today, values = request.now.date(), ListFilter(request.GET).values()
    unit = chosen_unit(request, values["unit"]) or presenters.first_party_unit(
        queries.overseen_units(request.person, today)
    )
    year = values["year"] or today.year
    groups = presenters.matrix(unit, year, today, values["line"], missing_only=bool(values["missing"]))
    return xlsx(presenters.matrix_workbook(groups), f"{_('Month matrix')} {unit.name} {year}.xlsx")


def _drill(
    request: PersonRequest, unit: Any, year: int, groups: list[presenters.MatrixGroup], values: dict[str, Any]
) -> dict[str, Any] | None:
    rows = [row for group in groups for row in group.rows if row.code == values["duty"]]
    if not rows or not values["month"]:
        return None
    today = request.now.date()
    units = queries.matrix_cell(request.person, unit, values["duty"], year, values["month"], today)
    cell = rows[0].cells[values["month"] - 1]
    return {
        "row": rows[0],
        "cell": cell,
        "month": values["month"],
        "units": presenters.cell_rows(units, today),
        "left_out": presenters.cell_left_out(cell, units),
    }
