"""What becomes of the work that a closed unit or post leaves: it passes on, or is withdrawn; none is lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from heli.kernel import audit
from heli.kernel.problems import Problem as Refusal
from heli.rooms.people import access as people
from heli.rooms.rulebook.records import Act, Change, Heir, number
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import FollowUp, FollowUpUnit, Rectification, Task, TaskRequester
from heli.rooms.tasks.queries import closing
from heli.rooms.tasks.services.follow_ups import SERIES
from heli.rooms.tasks.services.numbering import next_number
from heli.rooms.tasks.services.rectifications import SERIES as RECTIFICATIONS
from heli.rooms.tasks.services.revising import withdraw_tasks

if TYPE_CHECKING:
    from datetime import date

_Papers = tuple[list[FollowUp], list[Rectification]]
# Where the heir has the same task already, what is furthest on comes first.
_FURTHEST = (TaskState.HANDED_IN, TaskState.RETURNED, TaskState.ACCEPTED, TaskState.OPEN)


@transaction.atomic
def pass_on(change: Change, act: Act) -> int:
    """Carry out what was decided on a group of a closing and return how many tasks it concerned.

    Of work in hand a line left out goes the other way than its group: withdrawn where the group passes on. All rows
    are held first, so that nobody works on one meanwhile.
    """
    every = closing.tasks_of(change, act.group, Task.objects.all())
    # Papers before their tasks, as everywhere: who closes a follow-up locks it first.
    follow_ups, rectifications = closing.follow_ups_of(change, every), closing.rectifications_of(change)
    tasks = list(every.select_for_update(no_key=True, of=("self",)).select_related("unit").order_by("pk"))
    if not (tasks or follow_ups or rectifications):
        return 0
    heir = _heir(change)
    if act.group == closing.ASKED:
        return _ask_instead(change, heir, tasks, (follow_ups, rectifications), act)
    if act.group == closing.HELD:
        _rectify_instead(change, heir, rectifications, act)
        _pass(change, heir, tasks, act)
        return len(tasks)
    out = {number(key): reason for key, reason in act.left_out.items()}
    apart = [task for task in tasks if task.pk in out]
    rest = [task for task in tasks if task.pk not in out]
    if act.is_accepted:
        _withdraw_each(apart, out, act)
        _pass(change, heir, rest, act)
    else:
        _pass(change, heir, apart, act)
        withdraw_tasks(task_ids=[task.pk for task in rest], reason=act.reason, by=act.by, at=act.at)
    return len(tasks)


def _heir(change: Change) -> Heir:
    if change.heir is None:
        raise Refusal(_("Nobody takes over."), _("Work is left."), _("Choose who takes over."))
    return change.heir


def _withdraw_each(tasks: Sequence[Task], reasons: dict[int, str], act: Act) -> None:
    for reason in sorted({reasons[task.pk] for task in tasks}):
        ids = [task.pk for task in tasks if reasons[task.pk] == reason]
        withdraw_tasks(task_ids=ids, reason=reason, by=act.by, at=act.at)


def _pass(change: Change, heir: Heir, tasks: Sequence[Task], act: Act) -> None:
    """Address the tasks to the heir; what it already has from the same source is withdrawn as replaced.

    Handed-in work of that kind stays where it is: it is reviewed as it was handed in.
    """
    taken = _taken(heir, tasks)
    kinds = _kinds(heir, tasks, timezone.localdate(act.at))
    passed: list[Task] = []
    twice: list[int] = []
    for task in sorted(tasks, key=lambda one: (_FURTHEST.index(TaskState(one.state)), one.pk)):
        address = (task.source, kinds[task.post_kind], task.due_on)
        if task.source and address in taken:
            twice += [task.pk] if task.state != TaskState.HANDED_IN else []
            continue
        taken.add(address)
        task.unit_id, task.post_kind, task.version = heir.unit_id, kinds[task.post_kind], task.version + 1
        passed.append(task)
    if twice:
        why = _("Whoever takes over has the same task already. %(reason)s") % {"reason": act.reason}
        withdraw_tasks(task_ids=twice, reason=why, by=act.by, at=act.at, is_replaced=True)
    from_units = sorted({task.unit.name for task in passed})
    Task.objects.bulk_update(passed, ["unit", "post_kind", "version"], batch_size=2000)
    _answer_instead(heir, passed)
    if passed:
        _record("tasks.passed_on", change, act, {"tasks": [task.pk for task in passed], "from": from_units})


def _taken(heir: Heir, tasks: Iterable[Task]) -> set[tuple[str, str, date | None]]:
    """Return (source, post kind, due date) of what the heir has or had, withdrawn work apart."""
    ids, sources = [task.pk for task in tasks], {task.source for task in tasks if task.source}
    own = Task.objects.filter(unit=heir.unit_id, source__in=sources).exclude(state=TaskState.CANCELED)
    return set(own.exclude(pk__in=ids).order_by().values_list("source", "post_kind", "due_on"))


def _kinds(heir: Heir, tasks: Iterable[Task], on: date) -> dict[str, str]:
    """Return the kind of post each kind becomes: the heir's, the same where somebody holds it there, else whoever."""
    kinds = {task.post_kind for task in tasks}
    if heir.post_kind:
        return dict.fromkeys(kinds, heir.post_kind)
    held = people.holders_of({(heir.unit_id, kind) for kind in kinds if kind}, on)
    return {kind: kind if (heir.unit_id, kind) in held else "" for kind in kinds}


def _answer_instead(heir: Heir, tasks: Sequence[Task]) -> None:
    """Let the heir answer follow-ups; where it is asked in the same one, the answer keeps the name of who was asked."""
    asked = FollowUpUnit.objects.filter(task__in=[task.pk for task in tasks])
    also = FollowUpUnit.objects.filter(unit=heir.unit_id, follow_up__in=asked.values("follow_up"))
    ids = list(asked.exclude(follow_up__in=list(also.values_list("follow_up", flat=True))).order_by("pk"))
    first = {one.follow_up_id: one for one in reversed(ids)}
    FollowUpUnit.objects.filter(pk__in=[one.pk for one in first.values()]).update(unit=heir.unit_id)


def _ask_instead(change: Change, heir: Heir, tasks: Sequence[Task], papers: _Papers, act: Act) -> int:
    """Let the heir ask for work of others, and run the follow-ups and rectifications that the unit ran."""
    ids, (follow_ups, rectifications) = [task.pk for task in tasks], papers
    asked = TaskRequester.objects.filter(task__in=ids, unit__path__startswith=change.unit_path)
    pairs = sorted(set(asked.order_by().values_list("task_id", flat=True)))
    asked.delete()
    rows = [TaskRequester(task_id=pk, unit_id=heir.unit_id) for pk in pairs]
    TaskRequester.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)
    numbers: dict[str, list[object]] = defaultdict(list)
    for one in follow_ups:
        if not one.unit.path.startswith(change.unit_path):
            continue
        before = f"{one.year}-{one.number}"
        one.unit_id, one.year = heir.unit_id, act.at.year
        one.number, one.version = next_number(SERIES, heir.unit_id, act.at.year), one.version + 1
        one.save(update_fields=["unit", "year", "number", "version"])
        numbers["follow_ups"].append([one.pk, before, f"{one.year}-{one.number}"])
    for found in rectifications:
        if found.verifier.path.startswith(change.unit_path):
            numbers["rectifications"].append(_verify_instead(found, heir.unit_id, act))
    if pairs or numbers:
        _record("tasks.asked_instead", change, act, {"tasks": pairs, **numbers})
    return len(tasks)


def _verify_instead(found: Rectification, unit_id: int, act: Act) -> list[object]:
    """Let another unit cross the problems off, under a number of its own; who rectifies never does: the unit above."""
    if unit_id == found.unit_id and found.unit.parent_id is not None:
        unit_id = found.unit.parent_id
    before, year = f"{found.year}-{found.number}", act.at.year
    found.verifier_id, found.year, found.number = unit_id, year, next_number(RECTIFICATIONS, unit_id, year)
    found.version += 1
    found.save(update_fields=["verifier", "year", "number", "version"])
    return [found.pk, before, f"{found.year}-{found.number}"]


def _rectify_instead(change: Change, heir: Heir, papers: Sequence[Rectification], act: Act) -> None:
    """Let the heir rectify what was found in the closed unit; what the heir verified, the unit above it does."""
    found = [one for one in papers if one.unit.path.startswith(change.unit_path)]
    verified = []
    for one in found:
        above = one.verifier.parent_id if one.verifier_id == heir.unit_id else None
        one.unit_id, one.version = heir.unit_id, one.version + 1
        one.save(update_fields=["unit", "version"])
        if above is not None:
            verified.append(_verify_instead(one, above, act))
    if found:
        changes = {"rectifications": [one.pk for one in found], **({"verified": verified} if verified else {})}
        _record("tasks.rectified_instead", change, act, changes)


def _record(action: str, change: Change, act: Act, changes: dict[str, object]) -> None:
    about = {**changes, "to": _heir(change).unit_id, "reason": act.reason}
    audit.record(action, subject=("rulebook.change", change.code), by=act.by, at=act.at, changes=about)
