"""Who sees, does, reviews and directs what."""

from heli.rooms.tasks.access.working import (
    can_cancel,
    can_do,
    can_review,
    can_view,
    can_view_evidence,
    evidence_for,
    task_for,
    tasks_in_hand,
    under,
    visible_evidence,
    visible_tasks,
)

__all__ = [
    "can_cancel",
    "can_do",
    "can_review",
    "can_view",
    "can_view_evidence",
    "evidence_for",
    "task_for",
    "tasks_in_hand",
    "under",
    "visible_evidence",
    "visible_tasks",
]
