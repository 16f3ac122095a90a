"""Who stands in for whom, in words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from heli.rooms.people import access
from heli.rooms.people.models import Appointment, Person, StandIn, Unit


@dataclass(frozen=True, slots=True)
class StandInRow:
    """One who stands in, now or later."""

    pk: int
    version: int
    name: str
    state: str
    tone: str
    days: str
    reason: str


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A post of a person's page: may its unit be opened, who stands in, and does the reader arrange that."""

    held: Appointment
    is_link: bool
    stand_in: str
    may_arrange: bool
    to_mend: str = ""


def stand_in_rows(rows: Sequence[StandIn], today: date) -> list[StandInRow]:
    return [
        StandInRow(
            row.pk,
            row.version,
            row.person.name,
            _("stands in") if row.valid_from <= today else _("not begun yet"),
            "run" if row.valid_from <= today else "plan",
            _("%(first)s to %(last)s") % {"first": date_format(row.valid_from), "last": date_format(row.last_day)},
            row.reason,
        )
        for row in rows
    ]


def held_rows(
    person: Person,
    posts: Sequence[Appointment],
    stand_ins: Mapping[int, Sequence[StandIn]],
    arrangeable: Collection[int],
    sees: Callable[[Unit], bool],
    on: date,
) -> list[HeldRow]:
    return [
        HeldRow(
            held,
            sees(held.post.unit),
            _standing(stand_ins.get(held.pk, ()), on),
            held.pk in arrangeable,
            access.can_hold(person, held.post).reason,
        )
        for held in posts
    ]


def _standing(rows: Sequence[StandIn], on: date) -> str:
    now = next((row for row in rows if row.valid_from <= on), None)
    if now is None:
        return ""
    return _("%(person)s stands in until %(day)s") % {"person": now.person.name, "day": date_format(now.last_day)}
