"""Lists of tasks for programs: filtered, in one order, page by page from a place that stays valid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from heli.kernel.problems import Problem
from heli.rooms.tasks.models import Evidence, Task
from heli.rooms.tasks.queries.working import tasks_of_unit

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Unit

_LAST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of a list; ``state`` may also be undone or late, both days of the due dates are included."""

    unit: Unit | None = None
    state: str = ""
    line: str = ""
    text: str = ""
    due_from: date | None = None
    due_to: date | None = None


class PlaceUnknown(Problem):
    """The place to go on from is none that a page of the list has named."""


def tasks_for_api(person: Person | None, on: date, wanted: Wanted, *, after: str, limit: int) -> list[Task]:
    """Return up to ``limit`` visible tasks that follow the place ``after``, soonest first, each with who asked."""
    tasks = tasks_of_unit(person, wanted.unit, on, state=wanted.state, line=wanted.line, text=wanted.text)
    if wanted.due_from:
        tasks = tasks.filter(due_on__gte=wanted.due_from)
    if wanted.due_to:
        tasks = tasks.filter(due_on__lte=wanted.due_to)
    if after:
        tasks = tasks.filter(_behind(after))
    return list(tasks.prefetch_related("requesters", "further_duties")[:limit])


def place_in_list(task: Task) -> str:
    """Return where a task stands in the order of lists; it stays readable when the task itself is gone."""
    return f"{task.due_on or ''}~{task.pk}"


def _behind(place: str) -> Q:
    day, _mark, number = place.partition("~")
    try:
        due = date.fromisoformat(day) if day else None
        pk = min(int(number), _LAST_ID)
    except ValueError:
        raise PlaceUnknown(
            _("This is no place in the list of tasks."),
            _("“after” takes the “next” of the page before."),
            _("Leave it out to begin with the first page."),
        ) from None
    if due is None:
        return Q(due_on__isnull=True, pk__gt=pk)
    return Q(due_on=due, pk__gt=pk) | Q(due_on__gt=due) | Q(due_on__isnull=True)


def evidence_of(task: Task) -> list[Evidence]:
    """Return the facts a task cites, in the order in which they happened."""
    cited = Evidence.objects.filter(citations__task=task).select_related("recorded_by")
    return list(cited.order_by("happened_on", "citations__pk"))
