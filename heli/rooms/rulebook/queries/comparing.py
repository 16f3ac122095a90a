"""What held in the rulebook on two days, entry by entry and column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from heli.kernel.periods import holds_on
from heli.rooms.rulebook import rules
from heli.rooms.rulebook.enums import Family
from heli.rooms.rulebook.models import WORDINGS, Wording
from heli.rooms.rulebook.queries.entries import shown_columns


@dataclass(frozen=True, slots=True)
class EntryDifference:
    """An entry that is not the same on both days: ``kind`` is added, on, off or changed; fields with both values.

    ``reasons`` are those of the wordings that began between the days, first one first.
    """

    family: Family
    code: str
    title_zh: str
    title_en: str
    kind: str
    fields: Sequence[tuple[str, str, str]]
    reasons: Sequence[tuple[date, str]]


def compare_days(first: date, second: date) -> list[EntryDifference]:
    """Return what differs between two days, instruments first, by code (three queries a family)."""
    return [found for family in Family for found in _family(family, first, second)]


def _family(family: Family, first: date, second: date) -> list[EntryDifference]:
    then, now = (_held(family, day) for day in (first, second))
    begun: dict[str, list[tuple[date, str]]] = {}
    between = WORDINGS[family].objects.filter(valid_from__gt=first, valid_from__lte=second).exclude(reason="")
    for code, day, reason in between.order_by("valid_from").values_list("entry__code", "valid_from", "reason"):
        begun.setdefault(code, []).append((day, reason))
    found = []
    for code, wording in sorted(now.items()):
        before = shown_columns(then[code]) if code in then else None
        kind, fields = rules.difference_of_days(before, shown_columns(wording))
        if kind:
            found.append(
                EntryDifference(family, code, *_titles(wording.cells()), kind, fields, tuple(begun.get(code, ())))
            )
    return found


def _held(family: Family, day: date) -> dict[str, Wording]:
    worded = WORDINGS[family].objects.filter(holds_on(day)).select_related("entry").order_by("entry__code")
    return {wording.entry.code: wording for wording in worded}


def _titles(cells: Mapping[str, str]) -> tuple[str, str]:
    return cells.get("title_zh") or cells["name_zh"], cells.get("title_en") or cells["name_en"]
