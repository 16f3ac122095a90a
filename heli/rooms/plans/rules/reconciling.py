"""What a changed item does to its tasks: which go on with new words or dates, which end, which begin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from heli.rooms.plans.rules.occurrences import Stretch

Address = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Running:
    """A task of the item that was not canceled: ``address`` = unit and post kind."""

    task_id: int
    address: Address
    start: date | None
    due: date | None
    is_done: bool


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Every undone task is in exactly one of ``kept`` and ``withdrawn``; done ones are in neither."""

    kept: tuple[tuple[int, Stretch], ...]
    withdrawn: tuple[int, ...]
    opened: tuple[tuple[Address, Stretch], ...]


def reconcile(
    *, addresses: Sequence[Address], stretches: Sequence[Stretch], running: Sequence[Running], on: date
) -> Reconciled:
    """Match the tasks of one item with what it asks now, address by address.

    A task goes on with the stretch of the same due day, else with one it overlaps, else with the next that is free.
    What was done already is not asked again. A stretch without a task opens one unless it was over before ``on``;
    where all are over, the last one is asked all the same, so that late work is shown.
    """
    by_address: dict[Address, list[Running]] = defaultdict(list)
    for task in running:
        by_address[task.address].append(task)
    coming = [stretch for stretch in stretches if stretch.due >= on] or list(stretches[-1:])
    kept: list[tuple[int, Stretch]] = []
    opened: list[tuple[Address, Stretch]] = []
    for address in dict.fromkeys(addresses):
        matched, free = _match(by_address[address], stretches)
        kept += matched
        opened += [(address, stretch) for stretch in free if stretch in coming]
    ids = {task_id for task_id, _stretch in kept}
    withdrawn = tuple(task.task_id for task in running if not task.is_done and task.task_id not in ids)
    return Reconciled(tuple(kept), withdrawn, tuple(opened))


def _match(tasks: Sequence[Running], stretches: Sequence[Stretch]) -> tuple[list[tuple[int, Stretch]], list[Stretch]]:
    """Return which undone task goes on with which stretch, and the stretches that nothing covers."""
    free, kept = list(stretches), []
    # In this order each: done tasks first, as what is done is not asked again.
    left = sorted(tasks, key=lambda task: (not task.is_done, task.due or date.max, task.task_id))
    once = len(stretches) == 1
    rounds: tuple[Callable[[Running, Stretch], bool], ...] = (
        lambda task, stretch: task.due == stretch.due,
        _overlap,
        lambda task, _stretch: once or not task.is_done,
    )
    for fits in rounds:
        for task in list(left):
            stretch = next((each for each in free if fits(task, each)), None)
            if stretch is None:
                continue
            free.remove(stretch)
            left.remove(task)
            if not task.is_done:
                kept.append((task.task_id, stretch))
    return kept, free


def _overlap(task: Running, stretch: Stretch) -> bool:
    if task.due is None or stretch.start is None:
        return False
    return (task.start or task.due) <= stretch.due and task.due >= stretch.start
