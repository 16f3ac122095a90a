"""Facts of the responsibilities room; who listens stands in ``heli/config/subscriptions.py``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ListIssued:
    list_id: int
    version_id: int
    unit_id: int
    valid_from: date


@dataclass(frozen=True, slots=True)
class DutiesSigned:
    version_id: int
    post_id: int | None
    person_id: int


@dataclass(frozen=True, slots=True)
class DutiesHandedOver:
    hand_over_id: int
    post_id: int
    from_person_id: int
    to_person_id: int
