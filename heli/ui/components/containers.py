"""What holds other things: panels, notes, empty places, filters."""

from __future__ import annotations

from django.template import Context

from heli.ui.components.marks import ICONS, LINES
from heli.ui.components.registry import Component, Prop, Values, register

NOTE_ICONS = {"plain": "info", "run": "info", "soon": "clock", "late": "alert", "done": "check"}


def _note(values: Values, _context: Context) -> Values:
    return {
        "icon": values["icon"] or NOTE_ICONS[values["kind"]],
        "css": "" if values["kind"] == "plain" else values["kind"],
    }


register(
    Component(
        "panel",
        "A framed part of the page with a head. No panel in a panel.",
        {
            "title": Prop("the head; empty = no head"),
            "id": Prop("element id"),
            "line": Prop("mark before the title", choices=LINES),
            "count": Prop("number after the title", kind="any"),
            "sub": Prop("quiet words after the title"),
            "more_text": Prop("words or link at the right"),
            "more_href": Prop("where they lead"),
            "level": Prop("heading level", choices=("2", "3"), default="2"),
            "flush": Prop("no padding: for lists and tables", kind="bool", default=False),
            "label": Prop("spoken name where there is no title"),
            "cls": Prop("additional classes"),
        },
        is_block=True,
        parts=("head", "foot"),
        passes=True,
    )
)
register(
    Component(
        "note",
        "A remark in the page: what, why, what would help.",
        {
            "kind": Prop("the tone", choices=tuple(NOTE_ICONS), default="plain"),
            "title": Prop("what, in bold"),
            "text": Prop("why and what would help; or use the block"),
            "href": Prop("where to act"),
            "link_text": Prop("words of that link"),
            "icon": Prop("another sign", choices=ICONS),
            "role": Prop("status speaks it when it appears, alert at once", choices=("status", "alert")),
            "id": Prop("element id"),
        },
        is_block=True,
        passes=True,
        prepare=_note,
    )
)
register(
    Component(
        "empty",
        "An empty place: what belongs here and the first step.",
        {
            "title": Prop("what is not here yet", required=True),
            "text": Prop("what belongs here"),
            "icon": Prop("the sign", choices=ICONS, default="file"),
            "action_text": Prop("the first step, a verb"),
            "action_href": Prop("where it leads"),
            "action_key": Prop("its shortcut"),
            "other_text": Prop("another step"),
            "other_href": Prop("where that leads"),
            "level": Prop("makes the title a heading of this level", choices=("2", "3")),
        },
        is_block=True,
    )
)
register(
    Component(
        "filters",
        "The row of filters above a list: a form that gets.",
        {
            "action": Prop("where it goes; empty = this page"),
            "submit": Prop("verb of the button"),
            "reset_href": Prop("where 'clear' leads; empty = no such link"),
            "auto": Prop(
                "go on every change (with scripts); only where the page stays calm", kind="bool", default=False
            ),
            "label": Prop("spoken name"),
        },
        is_block=True,
        passes=True,
    )
)
