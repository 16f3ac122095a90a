"""A duty of the rulebook as a task that could stand in a plan: how often, what, how much."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from heli.rooms.rulebook.catalogue import Obligation


def task_of(duty: Obligation) -> str:
    """Return the duty as a sentence of the plan; a proposal, which a person may change."""
    words = _words()
    shape = words["often"] if _is_counted(duty) else words["plain"]
    amount = words["amount"][duty.count_unit].format(count=duty.count)
    return str(shape.format(rhythm=words["rhythm"][duty.period], title=duty.title_zh, amount=amount))


def quantity_of(duty: Obligation) -> str:
    """Return how much the duty asks, with its unit; empty where once is enough."""
    return str(_words()["quantity"][duty.count_unit].format(count=duty.count)) if _is_counted(duty) else ""


def _is_counted(duty: Obligation) -> bool:
    return duty.count_unit == "hours" or duty.count > 1


@cache
def _words() -> dict[str, Any]:
    text = resources.files("heli.rooms.plans").joinpath("data", "duties.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
