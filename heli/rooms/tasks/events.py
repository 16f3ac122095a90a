from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaskHandedIn:
    task_id: int


@dataclass(frozen=True, slots=True)
class TaskClosed:
    task_id: int
    source: str


@dataclass(frozen=True, slots=True)
class TaskReturned:
    task_id: int
