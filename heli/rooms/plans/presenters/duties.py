"""A duty of the rulebook as a task that could stand in a plan: verb, object, how often, what it leaves behind."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from heli.rooms.rulebook.catalogue import Obligation


def task_of(duty: Obligation) -> str:
    """Return the duty as a sentence of the plan; a proposal, which a person may change."""
    words, title = _words(), duty.title_zh
    shape, found = next((shape, found) for shape, pattern in _shapes() if (found := pattern.search(title)))
    turn = "event" if duty.period == "event" else "often" if _is_counted(duty) else "once"
    rhythms = words["rhythm"] | (words["rhythm_often"] if turn == "often" else {})
    what = shape[turn].format(
        rhythm=rhythms.get(duty.period, ""),
        title=title,
        amount=words["amount"][duty.count_unit].format(count=duty.count),
        **found.groupdict(),
    )
    evidence = words["deliverable"]["joint"].join(deliverables_of(duty)[: words["deliverable"]["most"]])
    sentence = words["deliverable"]["sentence" if evidence else "without"]
    return str(sentence.format(what=what, keeps=shape["keeps"], evidence=evidence))


def deliverables_of(duty: Obligation) -> Sequence[str]:
    """Return what proves the duty, without the remarks in brackets."""
    remark = _words()["deliverable"]["remark"]
    return [re.sub(remark, "", each).strip() for each in duty.evidence_zh]


def quantity_of(duty: Obligation) -> str:
    """Return how much the duty asks, with its unit; empty where once is enough."""
    return str(_words()["quantity"][duty.count_unit].format(count=duty.count)) if _is_counted(duty) else ""


def _is_counted(duty: Obligation) -> bool:
    return duty.count_unit == "hours" or duty.count > 1


@cache
def _shapes() -> Sequence[tuple[dict[str, str], re.Pattern[str]]]:
    return [(shape, re.compile(shape["pattern"])) for shape in _words()["shape"]]


@cache
def _words() -> dict[str, Any]:
    text = resources.files("heli.rooms.plans").joinpath("data", "duties.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
