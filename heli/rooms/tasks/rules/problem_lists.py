"""A list of problems out of a table: cells become problems with measures, or faults that name their cell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

_FILE = Path(__file__).resolve().parents[1] / "data" / "problem_list.toml"
COLUMNS = ("problem", "line", "measure", "unit", "due_on", "deliverable")
REQUIRED = ("problem", "measure", "unit", "due_on")
LONGEST = {"problem": 1000, "measure": 500, "deliverable": 500}
_DAY = re.compile(r"(\d{4})[-./\u5e74](\d{1,2})[-./\u6708](\d{1,2})\u65e5?(?:[ T]00:00(?::00)?)?")


@dataclass(frozen=True, slots=True)
class Fault:
    """A wrong cell: row number in the file, column, and why: missing, long, date, past, unit, line, first."""

    row: int
    column: str
    why: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class ListedMeasure:
    text: str
    unit_id: int
    due_on: date
    deliverable: str


@dataclass(slots=True)
class ListedProblem:
    text: str
    line: str
    measures: list[ListedMeasure] = field(default_factory=list)


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    table: dict[str, dict[str, list[str]]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return table


def head(column: str, language: str) -> str:
    """Return the head of a column in ``zh`` or ``en``."""
    return _table()[column][language][0]


def other_heads(column: str, language: str) -> list[str]:
    """Return what else the column may be called, in either language."""
    own = head(column, language)
    return [name for names in _table()[column].values() for name in names if name != own]


def line_of(text: str) -> str | None:
    """Return the line a cell names; an empty one means both."""
    words: Mapping[str, object] = _table()["lines"]
    plain = text.strip().casefold()
    return next((line for line, names in words.items() if plain in names), None)  # type: ignore[operator]  # lists of words


def day_of(text: str) -> date | None:
    """Return the day a cell holds: 2027-03-31, 2027/3/31, 2027.3.31 or with the Chinese signs."""
    found = _DAY.fullmatch(text.strip())
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def read(
    records: Iterable[tuple[int, Mapping[str, str]]], unit_of: Callable[[str], int | None], today: date
) -> tuple[list[ListedProblem], list[Fault]]:
    """Return the problems and what is wrong; nothing is left out silently.

    ``unit_of`` gives the id of the unit a cell names, or None where it fits none or several.
    """
    problems: list[ListedProblem] = []
    faults: list[Fault] = []
    for row, cells in records:
        wrong = list(_faults(row, cells, unit_of, today, is_first=not problems))
        faults += wrong
        line = line_of(cells.get("line", ""))
        text = cells["problem"].strip()
        if text:
            problems.append(ListedProblem(text, line or ""))
        if not wrong:
            problems[-1].measures.append(_measure(cells, unit_of))
    return problems, faults


def _measure(cells: Mapping[str, str], unit_of: Callable[[str], int | None]) -> ListedMeasure:
    unit_id, due_on = unit_of(cells["unit"].strip()), day_of(cells["due_on"])
    assert unit_id is not None and due_on is not None  # noqa: S101, PT018 - a row with such a fault does not come here
    return ListedMeasure(cells["measure"].strip(), unit_id, due_on, cells.get("deliverable", "").strip())


def _faults(
    row: int, cells: Mapping[str, str], unit_of: Callable[[str], int | None], today: date, *, is_first: bool
) -> Iterable[Fault]:
    if is_first and not cells["problem"].strip():
        yield Fault(row, "problem", "first")
    for column in REQUIRED[1:]:
        if not cells[column].strip():
            yield Fault(row, column, "missing")
    for column, longest in LONGEST.items():
        if len(cells.get(column, "").strip()) > longest:
            yield Fault(row, column, "long", str(longest))
    if line_of(cells.get("line", "")) is None:
        yield Fault(row, "line", "line", cells["line"].strip())
    if (due := cells["due_on"].strip()) and (day := day_of(due)) is None:
        yield Fault(row, "due_on", "date", due)
    elif due and day is not None and day < today:
        yield Fault(row, "due_on", "past", due)
    if (unit := cells["unit"].strip()) and unit_of(unit) is None:
        yield Fault(row, "unit", "unit", unit)
