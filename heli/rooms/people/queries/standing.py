"""Who stands in for whom: what pages show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from heli.rooms.people.models import Person, StandIn


def stand_ins_of(appointment_ids: Iterable[int], on: date) -> dict[int, list[StandIn]]:
    """Return who stands in for these appointments that day or later, soonest first (one query)."""
    rows = StandIn.objects.filter(appointment__in=list(appointment_ids), valid_to__gt=on).select_related("person")
    found: dict[int, list[StandIn]] = {}
    for row in rows.order_by("valid_from", "pk"):
        found.setdefault(row.appointment_id, []).append(row)
    return found


def stood_in_for(person: Person, on: date) -> list[StandIn]:
    """Return for whom the person stands in that day, with post and unit (one query)."""
    rows = StandIn.objects.current(on).filter(person=person)
    return list(rows.select_related("appointment__person", "appointment__post__unit").order_by("valid_from", "pk"))
