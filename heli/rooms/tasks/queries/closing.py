"""What a unit or post that is closed leaves with nobody: work in its hand, and work that it asked others for."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from heli.rooms.rulebook.records import Change, Touched
from heli.rooms.tasks.enums import FollowUpState, ProblemState, TaskState
from heli.rooms.tasks.models import FollowUp, FollowUpUnit, Measure, Problem, Rectification, Task, TaskQuerySet
from heli.rooms.tasks.models import TaskRequester as Requester

LEFT, HELD, ASKED = "tasks.left", "tasks.held", "tasks.asked"
KEYS = frozenset({LEFT, HELD, ASKED})


def tasks_of(change: Change, key: str, seen: TaskQuerySet) -> TaskQuerySet:
    """Return the undone tasks of a group among ``seen``; of a unit also those of units closed below it before."""
    tasks = seen.undone()
    if key == ASKED:
        if not change.unit_path:
            return tasks.none()
        asked = Requester.objects.filter(task=OuterRef("pk"), unit__path__startswith=change.unit_path)
        return tasks.filter(Exists(asked)).exclude(unit__path__startswith=change.unit_path)
    own = tasks.filter(_in_hand(change))
    return own.filter(waited_for()) if key == HELD else own.exclude(waited_for())


def _in_hand(change: Change) -> Q:
    if change.unit_path:
        return Q(unit__path__startswith=change.unit_path)
    wanted = Q(pk__in=[])
    for unit_id, kind in sorted(change.addresses):
        wanted |= Q(unit_id=unit_id, post_kind=kind)
    return wanted


def waited_for() -> Q:
    """Return the filter for work that nobody may drop here: handed in, or an answer that somebody asked for by name."""
    this = OuterRef("pk")
    return (
        Q(state=TaskState.HANDED_IN)
        | Q(Exists(FollowUpUnit.objects.filter(task=this)))
        | Q(Exists(Measure.objects.filter(task=this)))
        | Q(Exists(Problem.objects.filter(check_task=this)))
    )


def follow_ups_of(change: Change, tasks: TaskQuerySet) -> list[FollowUp]:
    """Return the running follow-ups that the unit asked, or that ask one of ``tasks``; locked, by id."""
    answered = FollowUpUnit.objects.filter(task__in=tasks.values("pk")).values("follow_up")
    found = FollowUp.objects.select_for_update(no_key=True, of=("self",)).select_related("unit")
    running = found.filter(_run_by(change) | Q(pk__in=answered), state=FollowUpState.RUNNING)
    return list(running.order_by("pk"))


def leaves(change: Change) -> bool:
    """Return whether a closing leaves work, a follow-up or a rectification with nobody (five queries at most)."""
    if not change.is_closing:
        return False
    every = Task.objects.all()
    return (
        any(tasks_of(change, key, every).exists() for key in sorted(KEYS))
        or FollowUp.objects.filter(_run_by(change), state=FollowUpState.RUNNING).exists()
        or _to_rectify(change, Rectification.objects.all()).exists()
    )


def _run_by(change: Change) -> Q:
    return Q(unit__path__startswith=change.unit_path) if change.unit_path else Q(pk__in=[])


def rectifications_of(change: Change) -> list[Rectification]:
    """Return the rectifications that are not at their end, of the unit or verified by it; locked, by id."""
    held = Rectification.objects.select_for_update(no_key=True, of=("self",)).select_related("unit", "verifier")
    return list(_to_rectify(change, held).order_by("pk"))


def _to_rectify(change: Change, papers: QuerySet[Rectification]) -> QuerySet[Rectification]:
    path = change.unit_path
    if not path:
        return papers.none()
    is_to_come = Q(state=ProblemState.OPEN) | Q(check_on__isnull=False, check_task__isnull=True)
    return papers.filter(
        Exists(Problem.objects.filter(is_to_come, rectification=OuterRef("pk"))),
        Q(unit__path__startswith=path) | Q(verifier__path__startswith=path),
    )


def touched(change: Change, group: str) -> Touched:
    """Return the unit that takes over, and the units whose work goes on or that asked for what passes."""
    tasks = tasks_of(change, group, Task.objects.all())
    if not tasks.exists() and not leaves(change):
        return Touched()
    units = {change.heir.unit_id} if change.heir is not None else set()
    if group == ASKED:
        units.update(tasks.order_by().values_list("unit_id", flat=True).distinct())
    else:
        asking = Requester.objects.filter(task__in=tasks.values("pk"), unit__valid_to__isnull=True)
        units.update(asking.order_by().values_list("unit_id", flat=True).distinct())
    return Touched(frozenset(units))
