"""What tasks go through, alone and for the follow-up that asks for them."""

from heli.rooms.tasks.services.extensions import ask_extension, decide_extension, reopen_follow_up
from heli.rooms.tasks.services.follow_ups import (
    NewFollowUp,
    answer_follow_up,
    climb_by_hand,
    climb_ladders,
    close_follow_up,
    issue_follow_up,
    withdraw_follow_up,
)
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
    "NewFollowUp",
    "NewTask",
    "TransitionRefused",
    "accept_task",
    "amend_tasks",
    "answer_follow_up",
    "ask_extension",
    "cite_evidence",
    "climb_by_hand",
    "climb_ladders",
    "close_follow_up",
    "close_task",
    "decide_extension",
    "hand_in",
    "hold_tasks",
    "issue_follow_up",
    "open_tasks",
    "record_evidence",
    "reopen_follow_up",
    "return_task",
    "withdraw_citation",
    "withdraw_follow_up",
    "withdraw_hand_in",
    "withdraw_tasks",
]
