"""What a unit's lists said on two days, and who answered on each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.http import Http404

from heli.rooms.people import queries as people
from heli.rooms.responsibilities import access
from heli.rooms.responsibilities.models import Item, ListVersion
from heli.rooms.responsibilities.rules.then_and_now import Pair, Standing, pairs

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Unit


@dataclass(frozen=True, slots=True)
class ThenAndNow:
    """The versions that held on the two days (None: no list held), and their items in pairs."""

    unit: Unit
    then: ListVersion | None
    now: ListVersion | None
    pairs: Sequence[Pair]


def then_and_now(person: Person | None, unit_id: int, first: date, second: date, today: date) -> ThenAndNow:
    """Return what held on both days as far as the person may open it (a fixed number of queries).

    Raises the same 404 for a unit without lists and for one whose lists are not open to the person.
    """
    own = access.visible_lists(person, today).filter(unit_id=unit_id).select_related("unit").order_by("-year", "pk")
    any_list = own.first()
    if any_list is None:
        raise Http404
    then, now = (_holding(person, unit_id, day, today) for day in (first, second))
    return ThenAndNow(any_list.unit, then, now, pairs(_standings(then, first), _standings(now, second)))


def _holding(person: Person | None, unit_id: int, day: date, today: date) -> ListVersion | None:
    rows = access.visible_versions(person, today).filter(list__unit_id=unit_id).holding(day).select_related("list")
    return rows.order_by("-valid_from", "-pk").first()


def _standings(version: ListVersion | None, on: date) -> list[Standing]:
    if version is None:
        return []
    items = list(Item.objects.filter(version=version).select_related("accountable").order_by("number"))
    held = people.holders_by_post({item.accountable_id for item in items if item.accountable_id is not None}, on)
    return [
        Standing(
            lineage=str(item.lineage), origin=item.origin, number=item.number, text=item.text_zh, kind=item.kind,
            post_id=item.accountable_id, post=item.accountable.title if item.accountable else "",
            holders=tuple(person.name for person in held.get(item.accountable_id or 0, ())),
        )
        for item in items
    ]  # fmt: skip
