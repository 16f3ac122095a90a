"""Where items that become one contradict each other, and what a person said of it: nothing is picked in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

Slot = Literal["when", "lead", "quantity"]

# What may stand for a side: the item above, both amounts, or words of the person's own.
ABOVE, BOTH, TYPED = "above", "both", "typed"
_WINDOW = ("start", "due", "period")


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the items says. ``ref`` names it in an answer: the id of the item, or ``ABOVE``."""

    ref: str
    lead: str = ""
    start: date | None = None
    due: date | None = None
    period: str = ""
    quantity: str = ""
    # What the paper says of the time where no day or rhythm could be read from it.
    words: str = ""

    def says(self, slot: Slot) -> Any:
        """Return what the side says of a slot; empty where it says nothing."""
        if slot == "when":
            window = (self.start, self.due, self.period)
            return window if any(window) else (self.words,) if self.words else ()
        return self.lead if slot == "lead" else self.quantity


def differing(sides: Sequence[Side]) -> tuple[Slot, ...]:
    """Return the slots of which at least two sides say different things."""
    slots: tuple[Slot, ...] = ("when", "lead", "quantity")
    return tuple(slot for slot in slots if len({side.says(slot) for side in sides if side.says(slot)}) > 1)


def settle(sides: Sequence[Side], values: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Slot, ...]]:
    """Return the values with each answer put in the words it stands for, and the slots nobody answered for.

    An answer is ``when_of``, ``lead_of`` or ``quantity_of``; what a person typed goes before it. ``window`` says
    that the days given are the whole window, nothing of the items' own is kept beside them.
    """
    kept = {name: value for name, value in values.items() if not name.endswith("_of")}
    by_ref = {side.ref: side for side in sides}
    open_slots: list[Slot] = []
    for slot in differing(sides):
        answer = str(values.get(f"{slot}_of", ""))
        names = _WINDOW if slot == "when" else (slot,)
        if not any(kept.get(name) for name in names):
            said = _said(slot, answer, sides, by_ref)
            if not said:
                open_slots.append(slot)
                continue
            kept |= said
        if slot == "when":
            kept["window"] = "exact"
    return kept, tuple(open_slots)


def _said(slot: Slot, answer: str, sides: Sequence[Side], by_ref: Mapping[str, Side]) -> dict[str, Any]:
    if slot == "quantity" and answer == BOTH:
        return {"quantity": "；".join(dict.fromkeys(side.quantity for side in sides if side.quantity))}
    side = by_ref.get(answer)
    if side is None or not side.says(slot):
        return {}
    if slot == "when":
        window = {"start": side.start, "due": side.due, "period": side.period}
        return {name: value for name, value in window.items() if value}
    return {slot: side.says(slot)}
