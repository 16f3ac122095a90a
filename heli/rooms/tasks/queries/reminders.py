"""What to remind whom of: the tasks in each person's hand that are late, due today or soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from heli.rooms.people import access as people
from heli.rooms.tasks import rules
from heli.rooms.tasks.models import DayReminded, QuietHours, Task

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


@dataclass(frozen=True, slots=True, order=True)
class DueCounts:
    """How many tasks in a person's hand are late, due today, and due soon."""

    late: int
    today: int
    soon: int


def waiting_by_person(today: date) -> dict[int, DueCounts]:
    """Return person id → what waits; only who has something due, and was not reminded today (four queries).

    A task waits for every holder of the post it is addressed to, as in the to-do list.
    """
    last = today + rules.SOON
    rows = (
        Task.objects.all()
        .to_do()
        .filter(due_on__lte=last)
        .exclude(starts_on__gt=today)
        .order_by()
        .values_list("unit_id", "post_kind")
        .annotate(
            late=Count("pk", filter=Q(due_on__lt=today)),
            today=Count("pk", filter=Q(due_on=today)),
            soon=Count("pk", filter=Q(due_on__gt=today)),
        )
    )
    counts = {(unit_id, kind): numbers for unit_id, kind, *numbers in rows}
    sums: dict[int, list[int]] = {}
    for address, persons in people.holders_of(counts, today).items():
        for person_id in persons:
            own = sums.setdefault(person_id, [0, 0, 0])
            for place, number in enumerate(counts[address]):
                own[place] += number
    reminded = set(DayReminded.objects.filter(day=today).values_list("person_id", flat=True))
    return {person_id: DueCounts(*numbers) for person_id, numbers in sums.items() if person_id not in reminded}


def quiet_hours(person: Person) -> QuietHours:
    """Return the person's quiet hours; an unsaved row with the usual ones where nothing was chosen."""
    return QuietHours.objects.filter(person=person).first() or QuietHours(person=person)
