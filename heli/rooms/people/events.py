"""Facts of the people room; who listens stands in ``heli/config/subscriptions.py``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class UnitMoved:
    unit_id: int
    old_path: str
    new_path: str


@dataclass(frozen=True, slots=True)
class UnitClosed:
    unit_id: int
    on: date


@dataclass(frozen=True, slots=True)
class Appointed:
    appointment_id: int
    person_id: int
    post_id: int
    unit_id: int
    valid_from: date


@dataclass(frozen=True, slots=True)
class AppointmentEnded:
    appointment_id: int
    person_id: int
    post_id: int
    unit_id: int
    on: date


@dataclass(frozen=True, slots=True)
class PersonTransferred:
    person_id: int
    on: date


@dataclass(frozen=True, slots=True)
class PersonLeft:
    person_id: int
    on: date


@dataclass(frozen=True, slots=True)
class RosterImported:
    import_id: int
    created: int
    changed: int


@dataclass(frozen=True, slots=True)
class ResetRequested:
    """A sign-in waits to be set anew. ``person_id`` is None for an administrator's; ``confirmer_ids`` are persons."""

    reset_id: int
    kind: str
    person_id: int | None
    person_name: str
    confirmer_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class ResetConfirmed:
    reset_id: int
    kind: str
    person_id: int | None
    confirmer_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StandInGiven:
    """``person_id`` acts for the holder of a post from ``first`` to ``last``; ``by_id`` arranged it."""

    appointment_id: int
    holder_id: int
    holder: str
    person_id: int
    person: str
    post: str
    first: date
    last: date
    by_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class StandInEnded:
    """``person_id`` no longer acts for the holder; ``by_id`` ended it."""

    appointment_id: int
    holder_id: int
    holder: str
    person_id: int
    person: str
    post: str
    by_id: int | None
    at: datetime
