"""Pages of tasks."""

from heli.rooms.tasks.views.lists import PAGE_SIZE, of_unit, task_list, todo
from heli.rooms.tasks.views.months import matrix
from heli.rooms.tasks.views.working import (
    accept,
    cite_evidence,
    close_task,
    evidence_file,
    hand_in,
    record_evidence,
    return_task,
    task_page,
    withdraw_citation,
    withdraw_hand_in,
)

__all__ = [
    "PAGE_SIZE",
    "accept",
    "cite_evidence",
    "close_task",
    "evidence_file",
    "hand_in",
    "matrix",
    "of_unit",
    "record_evidence",
    "return_task",
    "task_list",
    "task_page",
    "todo",
    "withdraw_citation",
    "withdraw_hand_in",
]
