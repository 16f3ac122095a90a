"""Hand-over sheets: whose they are, what goes over."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from heli.kernel.periods import holds_on
from heli.rooms.people import queries as people
from heli.rooms.responsibilities import access, records
from heli.rooms.responsibilities.enums import ListState, WorkState
from heli.rooms.responsibilities.models import HandOver, Item

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Post
    from heli.rooms.responsibilities.records import DutyWork


def items_of_post_on(post_id: int, on: date) -> list[Item]:
    """Return the items for which the post answers in lists in force on that day, and in those issued to begin later."""
    issued = Q(version__state__in=(ListState.IN_FORCE, ListState.REPLACED)) & holds_on(on, "version__")
    coming = Q(version__state=ListState.IN_FORCE, version__valid_from__gt=on)
    rows = Item.objects.filter(issued | coming, accountable_id=post_id).select_related("version__list__unit")
    return list(rows.order_by("version__list_id", "number"))


def open_work_of(post: Post, person_id: int, on: date, today: date) -> list[DutyWork]:
    """Return the undone work addressed to the post, as other rooms tell it."""
    units = dict.fromkeys((post.unit_id, post.acts_for_id))
    holdings = tuple(
        records.Holding(unit_id, post.kind, on - timedelta(days=1)) for unit_id in units if unit_id is not None
    )
    query = records.WorkQuery(
        person_id=person_id, holdings=holdings, units=(), obligations=frozenset(),
        start=on - timedelta(days=366), end=on + timedelta(days=366), today=max(on, today),
    )  # fmt: skip
    return [work for work in records.collect_work(query) if work.is_addressed and work.state != WorkState.DONE]


def sheets_for_list(person: Person | None, on: date, *, is_open: bool | None = None) -> QuerySet[HandOver]:
    """Return the sheets the person may open, newest first."""
    rows = access.visible_hand_overs(person, on).select_related("post__unit", "from_person", "to_person")
    closed = (Q(from_signed_at__isnull=False) | Q(witnessed_at__isnull=False)) & Q(to_signed_at__isnull=False)
    if is_open is not None:
        rows = rows.exclude(closed) if is_open else rows.filter(closed)
    return rows.order_by("-on", "-pk")


def to_sign(person: Person) -> list[HandOver]:
    """Return the sheets that wait for this person's signature, oldest first."""
    mine = Q(from_person=person, from_signed_at__isnull=True, witnessed_at__isnull=True) | Q(
        to_person=person, to_signed_at__isnull=True
    )
    return list(
        HandOver.objects.filter(mine).select_related("post__unit", "from_person", "to_person").order_by("on", "pk")
    )


def items_of(sheet: HandOver) -> list[Item]:
    """Return the items that go over, in order."""
    rows = Item.objects.filter(pk__in=sheet.items.values("item_id")).select_related("version__list__unit")
    return list(rows.order_by("version__list_id", "number"))


def has_left(person: Person, on: date) -> bool:
    """Return whether the person no longer works here."""
    return person.left_on is not None and person.left_on <= on


def tenures(post_id: int) -> list[tuple[int, date, date | None]]:
    """Return who held the post from when until when."""
    return [(one.person_id, one.valid_from, one.valid_to) for one in people.appointments_to([post_id])]
