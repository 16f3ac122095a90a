"""Things one presses: buttons, menus, dialogs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template import Context, TemplateSyntaxError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from heli.ui.components.marks import ICONS, icon, keys
from heli.ui.components.registry import Component, Prop, Values, attributes, register

BUTTON_KINDS = ("default", "primary", "quiet", "danger")
SIZES = ("sm", "md", "lg")


def _classes(values: Values) -> str:
    kind = "" if values["kind"] == "default" else f"btn-{values['kind']}"
    size = "" if values["size"] == "md" else f"btn-{values['size']}"
    parts = ("btn", kind, size, "btn-icon" if values["icon_only"] else "", values["cls"])
    return " ".join(part for part in parts if part)


def _inside(values: Values) -> SafeString:
    sign = icon(values["icon"]) if values["icon"] else mark_safe("")
    if values["busy"]:
        sign = mark_safe('<span class="spin" aria-hidden="true"></span>')
    text = values["text"]
    if values["missing"]:
        text = format_html('{}<span class="why">{}</span>', text, values["missing"])
    if values["icon_only"]:
        text = format_html('<span class="sr">{}</span>', text)
    key = keys(values["key"]) if values["key"] and not values["icon_only"] else ""
    return format_html("{}{}{}", sign, text, key)


def _shared_attributes(values: Values) -> dict[str, Any]:
    return {
        "id": values["id"] or None,
        "title": values["text"] if values["icon_only"] else None,
        "data-key": values["key"] or None,
        "data-key-label": values["text"] if values["key"] else None,
        "data-confirm": values["confirm"] or None,
        "data-opens": values["opens"] or None,
        "data-closes": "1" if values["closes"] else None,
        "aria-label": values["label"] or None,
    }


def button(values: Values, context: Context) -> SafeString:
    """A link, a button, a one-button form, or the reason why it cannot be pressed now."""
    css, inside = _classes(values), _inside(values)
    if values["missing"] or values["busy"]:
        state = "busy" if values["busy"] else "disabled"
        return format_html('<span class="{}" aria-{}="true">{}</span>', css, state, inside)
    shared = attributes(_shared_attributes(values)) + values["attrs"]
    if values["href"]:
        download = mark_safe(" download") if values["download"] else ""
        return format_html('<a class="{}" href="{}"{}{}>{}</a>', css, values["href"], download, shared, inside)
    kind = "button" if values["opens"] or values["closes"] else values["type"]
    own = attributes({"name": values["name"] or None, "value": values["value"] or None, "form": values["form"] or None})
    pressed = format_html('<button type="{}" class="{}"{}{}>{}</button>', kind, css, own, shared, inside)
    return _in_form(values, pressed, context) if values["post"] else pressed


def _in_form(values: Values, pressed: SafeString, context: Context) -> SafeString:
    token = context.get("csrf_token", "")
    hidden: dict[str, Any] = {"csrfmiddlewaretoken": token, **values["values"]}
    if values["version"] is not None:
        hidden["version"] = values["version"]
    fields = format_html_join("", '<input type="hidden" name="{}" value="{}">', list(hidden.items()))
    return format_html(
        '<form method="post" action="{}" class="one-button">{}{}</form>', values["post"], fields, pressed
    )


def _menu(values: Values, _context: Context) -> Values:
    if not values["text"] and not values["label"]:
        raise TemplateSyntaxError("Component 'menu' needs text or label.")
    return {"links": [_as_link(link) for link in values["items"]]}


def _as_link(link: Any) -> Mapping[str, Any]:
    if isinstance(link, Mapping):
        return link
    return {"label": link.label, "url": link.url, "icon": getattr(link, "icon", "")}


register(
    Component(
        "button",
        "Verb first. One primary a page or dialog.",
        {
            "text": Prop("the verb", required=True),
            "kind": Prop("the weight", choices=BUTTON_KINDS, default="default"),
            "size": Prop("the size", choices=SIZES, default="md"),
            "href": Prop("makes it a link"),
            "post": Prop("makes it a form of its own that posts there, csrf token included"),
            "values": Prop("hidden values of that form", kind="map", default={}),
            "version": Prop("hidden version of that form", kind="any", default=None),
            "type": Prop("of a button without post", choices=("submit", "button", "reset"), default="submit"),
            "name": Prop("name of the pressed button"),
            "value": Prop("value of the pressed button"),
            "form": Prop("id of the form it belongs to"),
            "icon": Prop("sign before the verb", choices=ICONS),
            "icon_only": Prop("show only the sign; the text is spoken", kind="bool", default=False),
            "key": Prop('keyboard shortcut, "n" or "g h"'),
            "missing": Prop("what is missing: the button cannot be pressed and says so"),
            "busy": Prop("working now", kind="bool", default=False),
            "confirm": Prop("question asked before it acts"),
            "opens": Prop("id of the dialog it opens"),
            "closes": Prop("closes its dialog", kind="bool", default=False),
            "download": Prop("the link is a file", kind="bool", default=False),
            "label": Prop("spoken name, where the text is not enough"),
            "id": Prop("element id"),
            "cls": Prop("additional classes"),
        },
        passes=True,
        render=button,
    )
)
register(
    Component(
        "menu",
        "More actions behind one button; works without scripts; arrows walk through it, Escape returns to its head.",
        {
            "text": Prop("what the button says"),
            "label": Prop("spoken name, where the button shows only a sign"),
            "icon": Prop("sign on the button", choices=ICONS),
            "items": Prop("list of Link; or put <a> and buttons in the block", kind="list", default=()),
            "align": Prop("side on which it opens", choices=("start", "end"), default="start"),
            "cls": Prop("classes of the button", default="btn"),
        },
        is_block=True,
        prepare=_menu,
    )
)
register(
    Component(
        "dialog",
        "A native dialog. A button with opens=<id> opens it.",
        {
            "id": Prop("element id", required=True),
            "title": Prop("the question or task", required=True),
            "action": Prop("makes the dialog a form that posts there"),
            "version": Prop("hidden version of that form", kind="any", default=None),
            "open": Prop("shown at once, also without scripts", kind="bool", default=False),
            "wide": Prop("for tables", kind="bool", default=False),
            "upload": Prop("the form sends files", kind="bool", default=False),
        },
        is_block=True,
        parts=("foot",),
        passes=True,
    )
)
