"""What tasks go through: opened, worked on, reviewed; amended and withdrawn when their source is revised."""

from heli.rooms.tasks.services.revising import Amendment, amend_tasks, hold_tasks, withdraw_tasks
from heli.rooms.tasks.services.working import (
    EvidenceMissing,
    NewEvidence,
    NewTask,
    TransitionRefused,
    accept_task,
    cite_evidence,
    close_task,
    hand_in,
    open_tasks,
    record_evidence,
    return_task,
    withdraw_citation,
    withdraw_hand_in,
)

__all__ = [
    "Amendment",
    "EvidenceMissing",
    "NewEvidence",
    "NewTask",
    "TransitionRefused",
    "accept_task",
    "amend_tasks",
    "cite_evidence",
    "close_task",
    "hand_in",
    "hold_tasks",
    "open_tasks",
    "record_evidence",
    "return_task",
    "withdraw_citation",
    "withdraw_hand_in",
    "withdraw_tasks",
]
