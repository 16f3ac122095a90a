"""Small marks: icons, lines, states, tags, persons, keys."""

from __future__ import annotations

import re
from pathlib import Path

from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from heli.ui import punctuation
from heli.ui.components.registry import Component, Prop, Values, register

SPRITE = "heli/icons.svg"
_SPRITE_FILE = Path(__file__).resolve().parents[1] / "static" / SPRITE
ICONS: tuple[str, ...] = tuple(
    sorted(re.findall(r'<symbol id="i-([a-z-]+)"', _SPRITE_FILE.read_text(encoding="utf-8")))
)

LINES = ("party", "integrity", "both")
LINE_NAMES = {
    "party": gettext_noop("Party building"),
    "integrity": gettext_noop("Integrity"),
    "both": gettext_noop("Both lines"),
}
STATES = ("idle", "run", "wait", "soon", "late", "done")
STATE_ICONS = {"idle": "draft", "run": "half", "wait": "clock", "soon": "clock", "late": "alert", "done": "check"}


def icon(name: str, label: str = "") -> SafeString:
    """The SVG of an icon: decorative, or with a label an image."""
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="i" viewBox="0 0 16 16" {}><use href="{}#i-{}"/></svg>', role, static(SPRITE), name)


def line_name(line: str) -> str:
    return _(LINE_NAMES[line])


def line_letter(line: str) -> str:
    letters = {
        "party": pgettext("line mark", "P"),
        "integrity": pgettext("line mark", "I"),
        "both": pgettext("line mark", "B"),
    }
    return letters[line]


def line_mark(line: str, *, decorative: bool = False) -> SafeString:
    """The mark of a line. Decorative where the word stands beside it."""
    name = line_name(line)
    spoken = mark_safe("") if decorative else format_html('<span class="sr">{}</span>', name)
    return format_html(
        '<span class="ln {}" title="{}"><span aria-hidden="true">{}</span>{}</span>',
        line,
        name,
        line_letter(line),
        spoken,
    )


def state(kind: str, text: object, icon_name: str = "", *, flat: bool = False) -> SafeString:
    css = " ".join(part for part in ("st", "" if kind == "idle" else kind, "flat" if flat else "") if part)
    return format_html('<span class="{}">{}{}</span>', css, icon(icon_name or STATE_ICONS[kind]), text)


def face(name: object, line: str = "") -> SafeString:
    tint = {"party": " p", "integrity": " g"}.get(line, "")
    return format_html('<span class="face{}" aria-hidden="true">{}</span>', tint, str(name)[:1])


def keys(text: str) -> SafeString:
    """A shortcut as it is printed on the keyboard: "g h" is two keys one after the other."""
    return format_html_join(" ", "<kbd>{}</kbd>", [(key.upper() if len(key) == 1 else key,) for key in text.split()])


def _icon(values: Values, _context: Context) -> SafeString:
    return icon(values["name"], values["label"])


def _line_mark(values: Values, _context: Context) -> SafeString:
    mark = line_mark(values["line"], decorative=bool(values["text"] or values["decorative"]))
    if not values["text"]:
        return mark
    return format_html('<span class="line-word">{}{}</span>', mark, line_name(values["line"]))


def _state(values: Values, _context: Context) -> SafeString:
    return state(values["kind"], values["text"], values["icon"], flat=values["flat"])


def _mini_tag(values: Values, _context: Context) -> SafeString:
    if values["href"]:
        return format_html('<a class="mini-tag" href="{}">{}</a>', values["href"], values["text"])
    return format_html('<span class="mini-tag">{}</span>', values["text"])


def _person(values: Values, _context: Context) -> SafeString:
    name = values["name"]
    shown = format_html('<a class="link-plain" href="{}">{}</a>', values["href"], name) if values["href"] else name
    note = format_html('<span class="small faint">{}</span>', values["note"]) if values["note"] else ""
    return format_html(
        '<span class="person">{}<span class="person-name">{}</span>{}</span>', face(name, values["line"]), shown, note
    )


def _faces(values: Values, _context: Context) -> SafeString:
    people = [
        (person.get("name"), person.get("line", "")) if isinstance(person, dict) else (person.name, person.line)
        for person in values["people"]
    ]
    shown = format_html_join("", "{}", [(face(name, line),) for name, line in people])
    names = punctuation.listed(name for name, _line in people)
    return format_html('<span class="faces" role="img" aria-label="{}">{}</span>', names, shown)


def _keys(values: Values, _context: Context) -> SafeString:
    return keys(values["text"])


_LINE = Prop("the line", choices=LINES)

register(
    Component(
        "icon",
        "A drawn sign from the sprite.",
        {
            "name": Prop("the sign", required=True, choices=ICONS),
            "label": Prop("spoken name; empty = decorative"),
        },
        render=_icon,
    )
)
register(
    Component(
        "line_mark",
        "The mark of a line: letter, shape and colour.",
        {
            "line": Prop("the line", required=True, choices=LINES),
            "text": Prop("write the name beside it", kind="bool", default=False),
            "decorative": Prop("the name already stands beside it", kind="bool", default=False),
        },
        render=_line_mark,
    )
)
register(
    Component(
        "state",
        "A state: word, sign and colour together.",
        {
            "kind": Prop("the tone", required=True, choices=STATES),
            "text": Prop("the word; says how much, not only that", required=True),
            "icon": Prop("another sign than the tone's own", choices=ICONS),
            "flat": Prop("without the tint", kind="bool", default=False),
        },
        render=_state,
    )
)
register(
    Component(
        "mini_tag",
        "A fact that is no state.",
        {
            "text": Prop("the word", required=True),
            "href": Prop("where it leads"),
        },
        render=_mini_tag,
    )
)
register(
    Component(
        "person",
        "A person: face, name, where from.",
        {
            "name": Prop("the name", required=True),
            "note": Prop("unit or post"),
            "href": Prop("where the name leads"),
            "line": _LINE,
        },
        render=_person,
    )
)
register(
    Component(
        "faces",
        "Who else is here.",
        {
            "people": Prop("list of Face", kind="list", required=True),
        },
        render=_faces,
    )
)
register(
    Component(
        "keys",
        "A keyboard shortcut as printed on the keys.",
        {
            "text": Prop('the keys, "g h" for one after the other', required=True),
        },
        render=_keys,
    )
)
