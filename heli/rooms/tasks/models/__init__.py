"""Rows of tasks: the work, and what proves it."""

from heli.rooms.tasks.models.evidence import Citation, Evidence
from heli.rooms.tasks.models.work import Task, TaskHand, TaskQuerySet, TaskRequester

__all__ = [
    "Citation",
    "Evidence",
    "Task",
    "TaskHand",
    "TaskQuerySet",
    "TaskRequester",
]
