"""What to remind whom of: tasks in each person's hand that are late, due today or soon, and what awaits review."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q

from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.tasks import rules
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import DayReminded, QuietHours, Task, TaskRequester

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


@dataclass(frozen=True, slots=True, order=True)
class DueCounts:
    """How many tasks in a person's hand are late, due today, and due soon, and how many await their review."""

    late: int = 0
    today: int = 0
    soon: int = 0
    review: int = 0


def waiting_by_person(today: date) -> dict[int, DueCounts]:
    """Return person id → what waits; only for whom something does, and who was not reminded today (seven queries).

    A task waits for every holder of the post it is addressed to, and for review by those of the asking unit, as in the
    to-do list.
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
    reviews = _reviews_by_person(today)
    reminded = set(DayReminded.objects.filter(day=today).values_list("person_id", flat=True))
    found = {}
    for person_id in (sums.keys() | +reviews) - reminded:
        late, due, soon = sums.get(person_id, (0, 0, 0))
        found[person_id] = DueCounts(late, due, soon, reviews[person_id])
    return found


def _reviews_by_person(today: date) -> Counter[int]:
    """Return person id → handed-in tasks that their unit asked for and they had no hand in (three queries)."""
    within = Q(task__unit__path__startswith=F("unit__path")) | Q(task__unit__path__startswith=F("unit__serves__path"))
    waiting = TaskRequester.objects.filter(within, task__state=TaskState.HANDED_IN).order_by()
    counts = dict(waiting.values_list("unit_id").annotate(n=Count("task")))
    kinds = people.post_kinds_with(Permission.TASK_VERIFY)
    held = people.holders_of({(unit_id, kind) for unit_id in counts for kind in kinds}, today)
    able = {(person_id, unit_id) for (unit_id, _kind), persons in held.items() for person_id in persons}
    found: Counter[int] = Counter()
    for person_id, unit_id in able:
        found[person_id] += counts[unit_id]
    own = waiting.filter(task__hands__person__in=list(found)).values_list("task__hands__person_id", "unit_id")
    for person_id, unit_id, number in own.annotate(n=Count("task")):
        if (person_id, unit_id) in able:
            found[person_id] -= number
    return found


def quiet_hours(person: Person) -> QuietHours:
    """Return the person's quiet hours; an unsaved row with the usual ones where nothing was chosen."""
    return QuietHours.objects.filter(person=person).first() or QuietHours(person=person)
