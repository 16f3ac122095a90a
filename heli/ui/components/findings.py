"""A proposal to decide on: its card, its score, its sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template import Context

from heli.ui.components.marks import LINES
from heli.ui.components.registry import Component, Prop, Values, register
from heli.ui.shapes import Threshold

# tone and sign of each kind of finding
KINDS = {
    "duplicate": ("wait", "pair"),
    "conflict": ("late", "clash"),
    "gap": ("soon", "hole"),
    "related": ("idle", "near"),
}
WIDTH = 300


def _card(values: Values, _context: Context) -> Values:
    tone, sign = KINDS[values["kind"]]
    return {"tone": tone, "sign": sign}


def scale_shape(value: float, thresholds: list[Threshold]) -> dict[str, Any]:
    """Bands and pin of the scale in units of its drawing, 0..1 over WIDTH."""
    marks = [(min(max(mark.at, 0.0), 1.0), mark.label) for mark in thresholds]
    ends = [*(at for at, _label in marks[1:]), 1.0][: len(marks)]
    bands = [
        {
            "x": round(at * WIDTH),
            "w": round((end - at) * WIDTH),
            "css": f"s{min(index + 1, 2)}",
            "label": label,
            "at": at,
        }
        for index, ((at, label), end) in enumerate(zip(marks, ends, strict=True))
    ]
    return {"bands": bands, "pin": round(min(max(value, 0.0), 1.0) * WIDTH, 1), "width": WIDTH}


def _scale(values: Values, _context: Context) -> Values:
    thresholds = [Threshold(**mark) if isinstance(mark, Mapping) else mark for mark in values["thresholds"]]
    return scale_shape(float(values["value"]), thresholds)


register(
    Component(
        "finding_card",
        "A finding: kind, title, places, why, decisions.",
        {
            "kind": Prop("the kind", required=True, choices=tuple(KINDS)),
            "kind_text": Prop("its word", required=True),
            "title": Prop("what it is about", required=True),
            "places": Prop("where: both numbers, or neither"),
            "score": Prop("the number, large", kind="any"),
            "say": Prop("the sentence of the score"),
            "why": Prop("the reason"),
            "active": Prop("the one being decided", kind="bool", default=False),
            "holder": Prop("somebody else has it: name"),
            "since": Prop("since when"),
            "next": Prop("what happens after the decision"),
            "id": Prop("element id"),
            "level": Prop("heading level", choices=("2", "3"), default="3"),
        },
        is_block=True,
        parts=("scale", "slots", "decide", "next"),
        passes=True,
        prepare=_card,
    )
)
register(
    Component(
        "scale",
        "A score on its scale, thresholds named.",
        {
            "value": Prop("0 to 1", kind="number", required=True),
            "thresholds": Prop("list of Threshold, rising", kind="list", required=True),
            "start": Prop("the word at zero", required=True),
            "label": Prop("the whole in words, spoken", required=True),
        },
        prepare=_scale,
    )
)
register(
    Component(
        "slots",
        "Both sides of a finding, slot by slot.",
        {
            "rows": Prop("list of Slot", kind="list", required=True),
            "caption": Prop("what is compared; spoken", required=True),
            "left": Prop("head of the left side"),
            "right": Prop("head of the right side"),
            "left_line": Prop("mark of the left side", choices=LINES),
            "right_line": Prop("mark of the right side", choices=LINES),
            "result": Prop("head of the result"),
            "same_text": Prop("word for a row in which both agree"),
            "change_text": Prop("word of the link that changes a result"),
        },
    )
)
