"""A duty of the rulebook as a task that could stand in a plan: verb, object, how often, what it leaves behind."""

from __future__ import annotations

import calendar
import re
import tomllib
from collections.abc import Sequence
from datetime import date
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


def rhythm_of(duty: Obligation) -> str:
    """Return the rhythm of an item that deploys the whole duty: twice a year is once each half.

    An item opens one task a period; where no period comes as often as the duty asks, that of the duty stands, and its
    amount beside it.
    """
    often = _TIMES.get(duty.period, 0) * duty.count
    is_even = duty.count_unit == "times" and duty.trigger == "calendar" and len(duty.windows) in (0, duty.count)
    return next((period for period, times in _TIMES.items() if times == often), duty.period) if is_even else duty.period


def days_of(duty: Obligation, year: int) -> tuple[date | None, date | None]:
    """Return from when to when of the year an item falls that deploys the duty: the months its rule names, or the year.

    What comes when something happens has no day; months that run over the turn of the year end with the year.
    """
    if duty.period == "event":
        return None, None
    if len(duty.windows) != 1:
        return None, date(year, 12, 31)
    (months,) = duty.windows
    last = months.end if months.end >= months.start else 12
    start = date(year, months.start, 1) if months.start > 1 else None
    return start, date(year, last, calendar.monthrange(year, last)[1])


# How many times a year each rhythm of a plan comes.
_TIMES = {"month": 12, "two_months": 6, "quarter": 4, "half": 2, "year": 1}


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
