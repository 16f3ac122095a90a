"""Words of what stands around a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from heli.rooms.tasks import queries
from heli.rooms.tasks.presenters.working import Row, list_rows


@dataclass(frozen=True, slots=True)
class NeighbourRow:
    row: Row
    is_open: bool


@dataclass(frozen=True, slots=True)
class AroundView:
    parts: list[NeighbourRow]
    lead: NeighbourRow | None
    waits_for: list[NeighbourRow]
    before: list[NeighbourRow]
    missing: int

    @property
    def lead_rows(self) -> list[NeighbourRow]:
        return [self.lead] if self.lead else []

    @property
    def is_empty(self) -> bool:
        return not (self.parts or self.lead or self.waits_for or self.before)


def around_view(found: queries.Around, today: date) -> AroundView:
    return AroundView(
        parts=_rows(found.parts, today),
        lead=next(iter(_rows([found.lead] if found.lead else [], today)), None),
        waits_for=_rows(found.waits_for, today),
        before=_rows(found.before, today),
        missing=found.missing,
    )


def _rows(neighbours: Sequence[queries.Neighbour], today: date) -> list[NeighbourRow]:
    rows = list_rows((each.task for each in neighbours), today)
    return [NeighbourRow(row, each.is_open) for row, each in zip(rows, neighbours, strict=True)]
