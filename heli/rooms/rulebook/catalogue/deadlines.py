"""Time limits as they are written in the catalogue: ``P1M``, ``P30D``, ``15wd``, ``-P6M``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

DeadlineUnit = Literal["days", "months", "years", "working_days"]

_WRITTEN = re.compile(r"(?P<before>-?)(?:P(?P<calendar>[1-9]\d{0,2})(?P<unit>[DMY])|(?P<working>[1-9]\d{0,2})wd)")
_UNITS: dict[str, DeadlineUnit] = {"D": "days", "M": "months", "Y": "years"}


@dataclass(frozen=True, slots=True)
class Deadline:
    """A span counted from an event; ``is_before`` counts backwards from it."""

    amount: int
    unit: DeadlineUnit
    is_before: bool = False

    def __str__(self) -> str:
        sign = "-" if self.is_before else ""
        if self.unit == "working_days":
            return f"{sign}{self.amount}wd"
        return f"{sign}P{self.amount}{self.unit[0].upper()}"


def parse_deadline(text: str) -> Deadline | None:
    """Return the deadline written as ``text``; nothing for an empty text.

    Raises ``ValueError`` naming the accepted forms.
    """
    if not text:
        return None
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no time limit; write P15D, P1M, P2Y or 15wd, with a leading - to count back")
    is_before = found["before"] == "-"
    if found["working"]:
        return Deadline(int(found["working"]), "working_days", is_before)
    return Deadline(int(found["calendar"]), _UNITS[found["unit"]], is_before)
