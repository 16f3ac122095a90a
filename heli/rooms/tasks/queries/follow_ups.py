"""Follow-ups: the ledger, one page, what waits for the asker, and the units that can be asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, Max, OuterRef, Prefetch, Q, QuerySet

from heli.kernel.models import AuditEntry
from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.tasks import access
from heli.rooms.tasks.enums import FollowUpState, Rung, TaskState
from heli.rooms.tasks.models import Citation, Extension, FollowUp, FollowUpUnit, Task

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Unit

_ANSWERED = (TaskState.HANDED_IN, TaskState.CLOSED)


def ledger(
    person: Person | None, on: date, *, state: str = "", line: str = "", text: str = "", asked_by_me: bool = False
) -> QuerySet[FollowUp]:
    """Return the follow-ups that concern the person, newest first, each with ``seen``: the units one may see.

    ``state`` is a state, or answered, late or listed; these look at nothing but the units one may see.
    """
    seen = access.visible_asked(person, on)
    found = access.visible_follow_ups(person, on).select_related("unit", "asked_by")
    if state in FollowUpState.values:
        found = found.filter(state=state)
    elif state:
        found = found.filter(_looks(seen, state, on), state=FollowUpState.RUNNING)
    if line:
        found = found.filter(line=line)
    if asked_by_me:
        found = found.filter(unit__in=access.posts_that(person, Permission.TASK_VERIFY, on))
    if text:
        named = Exists(seen.filter(follow_up=OuterRef("pk"), unit__name__icontains=text))
        words = Q(subject__icontains=text) | Q(text__icontains=text) | Q(unit__name__icontains=text) | named
        found = found.filter(words | Q(number=int(text)) if text.isdecimal() and len(text) < 9 else words)
    rows = seen.select_related("unit", "task").order_by("-role", "unit__path")
    return found.prefetch_related(Prefetch("units", queryset=rows, to_attr="seen")).order_by("-asked_at", "-pk")


def _looks(seen: QuerySet[FollowUpUnit], state: str, on: date) -> Q:
    mine = seen.filter(follow_up=OuterRef("pk"))
    waiting = mine.exclude(task__state__in=_ANSWERED)
    if state == "answered":
        return Q(~Exists(waiting))
    if state == "late":
        return Q(Exists(waiting.filter(task__due_on__lt=on)))
    return Q(Exists(mine.filter(rung=Rung.LIST)))


def returned_since(tasks: Iterable[Task]) -> dict[int, datetime]:
    """Return when each returned task was last given back (one query)."""
    ids = [str(task.pk) for task in tasks if task.state == TaskState.RETURNED]
    rows = AuditEntry.objects.filter(subject_kind="tasks.task", subject_id__in=ids, action="task.returned")
    found = rows.values("subject_id").annotate(last=Max("at")).order_by("subject_id")
    return {int(row["subject_id"]): row["last"] for row in found}


@dataclass(frozen=True, slots=True)
class Asked:
    """One asked unit as the person may see it."""

    row: FollowUpUnit
    holders: tuple[str, ...]
    citations: tuple[Citation, ...]
    extensions: tuple[Extension, ...]


@dataclass(frozen=True, slots=True)
class FollowUpPage:
    """A follow-up with the units one may see, the names of the others, and what happened."""

    follow_up: FollowUp
    asked: tuple[Asked, ...]
    others: tuple[FollowUpUnit, ...]
    returned: dict[int, datetime]
    history: tuple[AuditEntry, ...]


def follow_up_page(person: Person | None, follow_up: FollowUp, on: date) -> FollowUpPage:
    every = list(follow_up.units.select_related("unit", "task").order_by("-role", "unit__path"))
    visible = set(access.visible_asked(person, on).filter(follow_up=follow_up).values_list("pk", flat=True))
    seen = [row for row in every if row.pk in visible]
    tasks = [row.task for row in seen]
    cited = Citation.objects.filter(task__in=tasks).select_related("evidence", "evidence__recorded_by")
    citations = list(cited.order_by("evidence__recorded_at", "pk"))
    requests = Extension.objects.filter(asked_of__in=seen).select_related("requested_by", "decided_by")
    extensions = list(requests.order_by("-requested_at", "-pk"))
    return FollowUpPage(
        follow_up=follow_up,
        asked=tuple(
            Asked(
                row=row,
                holders=tuple(people.names_of_holders(row.unit_id, row.task.post_kind, on)),
                citations=tuple(one for one in citations if one.task_id == row.task_id),
                extensions=tuple(one for one in extensions if one.asked_of_id == row.pk),
            )
            for row in seen
        ),
        others=tuple(row for row in every if row.pk not in visible),
        returned=returned_since(tasks),
        history=tuple(_history(follow_up, seen)),
    )


def _history(follow_up: FollowUp, seen: list[FollowUpUnit]) -> QuerySet[AuditEntry]:
    """Return what happened to the follow-up and to the units one may see; nothing of the others."""
    own = Q(subject_kind="tasks.followup", subject_id=str(follow_up.pk))
    asked = Q(subject_kind="tasks.followupunit", subject_id__in=[str(row.pk) for row in seen])
    tasks = Q(subject_kind="tasks.task", subject_id__in=[str(row.task_id) for row in seen])
    return AuditEntry.objects.filter(own | asked | tasks).order_by("number")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person who asks: answered follow-ups to close, later dates to decide on."""

    answered: tuple[FollowUp, ...]
    extensions: tuple[Extension, ...]


def waiting_for(person: Person | None, on: date, limit: int = 8) -> Waiting:
    units = access.posts_that(person, Permission.TASK_VERIFY, on)
    if not units:
        return Waiting((), ())
    answered = ledger(person, on, state="answered", asked_by_me=True)
    asked = FollowUpUnit.objects.filter(follow_up__unit__in=units, follow_up__state=FollowUpState.RUNNING)
    requests = Extension.objects.filter(asked_of__in=asked, decided_at=None).exclude(requested_by=person)
    requests = requests.select_related("asked_of__follow_up__unit", "asked_of__unit", "asked_of__task")
    rows = requests.order_by("requested_at", "pk")
    return Waiting(tuple(answered[:limit]), tuple(rows[:limit]))


def follow_up_of(task: Task) -> FollowUp | None:
    """Return the follow-up that a task answers, or None."""
    row = FollowUpUnit.objects.filter(task=task).select_related("follow_up__unit").order_by("pk").first()
    return row.follow_up if row else None


def units_to_ask_for(person: Person | None, on: date) -> list[Unit]:
    """Return the units in whose name the person may issue a follow-up, in tree order."""
    ids = access.posts_that(person, Permission.TASK_ASSIGN, on)
    return list(people.units_with(person, Permission.TASK_ASSIGN, on).filter(pk__in=ids).order_by("path"))


def assignable_unit(person: Person | None, text: str, on: date) -> Unit | None:
    """Return the unit of this code, or of this name where only one has it, to which the person may assign."""
    scope = people.units_with(person, Permission.TASK_ASSIGN, on).current(on)
    by_code = scope.filter(code=text).order_by("pk").first()
    if by_code is not None:
        return by_code
    named = list(scope.filter(name=text).order_by("pk")[:2])
    return named[0] if len(named) == 1 else None


def assignable_units(person: Person | None, text: str, on: date, limit: int = 12) -> list[Unit]:
    """Return units to suggest: the topmost before anything is typed."""
    scope = people.units_with(person, Permission.TASK_ASSIGN, on).current(on)
    found = Q(name__icontains=text) | Q(code__istartswith=text) | Q(pinyin__startswith=text.lower()) if text else Q()
    return list(scope.filter(found).order_by("depth", "path")[:limit])
