"""Fields: label above, hint below, an error says what, why and the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.template import Context, TemplateSyntaxError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from heli.ui.components.registry import Component, Prop, Values, attributes, register
from heli.ui.shapes import FieldError, Option

FIELD_KINDS = (
    "text",
    "textarea",
    "select",
    "date",
    "datetime-local",
    "month",
    "time",
    "number",
    "email",
    "password",
    "search",
    "tel",
    "url",
    "file",
    "checkbox",
    "radio",
    "checkboxes",
)
_GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def as_error(error: Any) -> FieldError:
    """An error as what, why and remedy, whatever it came as."""
    if isinstance(error, FieldError):
        return error
    if isinstance(error, Mapping):
        return FieldError(**{key: error.get(key, "") for key in ("what", "why", "remedy")})
    if hasattr(error, "remedy"):
        return FieldError(error.what, error.why, error.remedy)
    return FieldError(error)


def _errors(given: Any) -> list[FieldError]:
    if not given:
        return []
    if isinstance(given, Iterable) and not isinstance(given, str | Mapping | SafeString):
        return [as_error(error) for error in given]
    return [as_error(given)]


def _described(identity: str, hint: object, errors: list[FieldError]) -> str | None:
    ids = ([f"{identity}-hint"] if hint else []) + ([f"{identity}-error"] if errors else [])
    return " ".join(ids) or None


def _field(values: Values, _context: Context) -> Values:
    if values["bound"]:
        return bound_field(values["bound"], values)
    if not values["name"]:
        raise TemplateSyntaxError("Component 'field' needs name, or bound with a field of a Django form.")
    identity = values["id"] or f"id_{values['name']}"
    errors = _errors(values["error"])
    hint = values["source"] or values["hint"]
    shared = {
        "id": identity,
        "name": values["name"],
        "required": bool(values["required"]),
        "disabled": bool(values["disabled"]),
        "readonly": bool(values["source"]),
        "placeholder": values["placeholder"] or None,
        "autocomplete": values["autocomplete"] or None,
        "list": values["list"] or None,
        "aria-invalid": "true" if errors else None,
        "aria-describedby": _described(identity, hint, errors),
    }
    kind = values["kind"]
    return {
        "identity": identity,
        "errors": errors,
        "hint": hint,
        "is_check": kind == "checkbox",
        "is_group": kind in {"radio", "checkboxes"},
        "control": _control(kind, values, shared),
    }


def _control(kind: str, values: Values, shared: dict[str, Any]) -> SafeString:
    bad = " is-invalid" if shared["aria-invalid"] else ""
    value = values["value"]
    if kind in {"radio", "checkboxes"}:
        return _choices("radio" if kind == "radio" else "checkbox", values, shared)
    if kind == "select":
        shown = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            [
                (option.value, mark_safe(" selected") if _is_chosen(option, value) else "", option.label)
                for option in _options(values["options"])
            ],
        )
        return format_html(
            '<select class="form-select{}"{}{}>{}</select>', bad, attributes(shared), values["attrs"], shown
        )
    if kind == "textarea":
        rows = attributes({**shared, "rows": values["rows"]})
        return format_html('<textarea class="form-control{}"{}{}>\n{}</textarea>', bad, rows, values["attrs"], value)
    if kind == "checkbox":
        shown = attributes({**shared, "value": value or "1", "checked": bool(values["checked"])})
        return format_html('<input type="checkbox" class="form-check-input{}"{}{}>', bad, shown, values["attrs"])
    limits = {key: values[key] if values[key] != "" else None for key in ("min", "max", "step")}
    shown = attributes({**shared, **limits, "value": value if value != "" else None})
    return format_html('<input type="{}" class="form-control{}"{}{}>', kind, bad, shown, values["attrs"])


def _options(options: Iterable[Any]) -> list[Option]:
    return [
        option
        if isinstance(option, Option)
        else Option(**option)
        if isinstance(option, Mapping)
        else Option(option[0], option[1])
        if isinstance(option, list | tuple)
        else Option(option, option)
        for option in options
    ]


def _is_chosen(option: Option, value: Any) -> bool:
    if option.selected:
        return True
    chosen = value if isinstance(value, list | tuple | set) else [value]
    return str(option.value) in {str(one) for one in chosen}


def _choices(kind: str, values: Values, shared: Mapping[str, Any]) -> SafeString:
    return format_html_join(
        "",
        (
            '<label class="form-check"><input type="{}" class="form-check-input" name="{}" value="{}"{}{}>'
            "<span>{}{}</span></label>"
        ),
        [
            (
                kind,
                values["name"],
                option.value,
                mark_safe(" checked") if _is_chosen(option, values["value"]) else "",
                attributes({"disabled": shared["disabled"], "required": shared["required"] and kind == "radio"})
                + values["attrs"],
                option.label,
                format_html(' <span class="small faint">{}</span>', option.hint) if option.hint else "",
            )
            for option in _options(values["options"])
        ],
    )


def bound_field(bound: BoundField, values: Values) -> Values:
    """What the field template needs for a field of a Django form.

    A form field with ``known_source`` holds a known value: it is read-only and says where it comes from.
    """
    widget = bound.field.widget
    source = values["source"] or getattr(bound.field, "known_source", "")
    errors = [as_error(error) for error in bound.errors]
    hint = source or values["hint"] or bound.help_text
    identity = bound.id_for_label or bound.auto_id or bound.html_name
    is_group = isinstance(widget, _GROUPS)
    if is_group:
        identity = bound.auto_id or bound.html_name
        control = _bound_choices(bound)
    else:
        control = bound.as_widget(
            attrs={
                "class": _widget_class(widget, "is-invalid" if errors else ""),
                **({"aria-invalid": "true"} if errors else {}),
                **({"aria-describedby": described} if (described := _described(identity, hint, errors)) else {}),
                **({"readonly": True} if source else {}),
                # ten lines are Django's own default, not a choice of the form
                **({"rows": values["rows"]} if widget.attrs.get("rows") == "10" else {}),
            }
        )
    return {
        "identity": identity,
        "label": values["label"] or bound.label,
        "required": bound.field.required,
        "errors": errors,
        "hint": hint,
        "source": source,
        "is_check": isinstance(widget, forms.CheckboxInput),
        "is_group": is_group,
        "control": control,
    }


def _widget_class(widget: forms.Widget, state: str) -> str:
    own = "form-select" if isinstance(widget, forms.Select) else "form-control"
    if isinstance(widget, forms.CheckboxInput):
        own = "form-check-input"
    return " ".join(part for part in (own, state, widget.attrs.get("class", "")) if part)


def _bound_choices(bound: BoundField) -> SafeString:
    return format_html_join(
        "",
        '<label class="form-check" for="{}">{}<span>{}</span></label>',
        [(choice.id_for_label, _one_choice(choice), choice.choice_label) for choice in bound.subwidgets],
    )


def _one_choice(choice: Any) -> SafeString:
    data = choice.data
    shown = {**data["attrs"], "value": data["value"], "checked": bool(data["selected"])}
    return format_html(
        '<input type="{}" class="form-check-input" name="{}"{}>', data["type"], data["name"], attributes(shown)
    )


def _form_errors(values: Values, _context: Context) -> Values:
    form = values["form"]
    listed = _errors(values["errors"])
    linked = []
    if form and form.errors:
        listed += [as_error(error) for error in form.non_field_errors()]
        for bound in form:
            linked += [(bound, as_error(error)) for error in bound.errors]
    return {"listed": listed, "linked": linked, "count": len(listed) + len(linked)}


def _file_drop(values: Values, _context: Context) -> Values:
    bound = values["bound"]
    own = {name: values[name] for name in ("name", "label", "hint", "accept", "required")}
    errors = _errors(values["error"])
    if bound:
        errors += [as_error(error) for error in bound.errors]
        known = {
            "name": bound.html_name,
            "label": bound.label,
            "hint": bound.help_text,
            "accept": bound.field.widget.attrs.get("accept", ""),
            "required": bound.field.required,
        }
        own = {name: own[name] or known[name] for name in known}
    if not own["name"]:
        raise TemplateSyntaxError("Component 'file_drop' needs name, or bound with a file field of a Django form.")
    identity = values["id"] or f"id_{own['name']}"
    described = _described(identity, own["hint"], errors)
    return {**own, "identity": identity, "errors": errors, "described": described}


register(
    Component(
        "field",
        "One input with its label, hint and error.",
        {
            "bound": Prop("a field of a Django form; then the rest comes from it", kind="any"),
            "name": Prop("name of the value"),
            "label": Prop("what is asked"),
            "kind": Prop("the control", choices=FIELD_KINDS, default="text"),
            "value": Prop("the value so far", kind="any"),
            "checked": Prop("of a checkbox", kind="bool", default=False),
            "options": Prop("list of Option or pairs", kind="list", default=()),
            "hint": Prop("how to fill it in"),
            "error": Prop("words, FieldError or Problem, or a list of them", kind="any"),
            "source": Prop("the value is known: read-only, and where it comes from"),
            "required": Prop("must be filled in", kind="bool", default=False),
            "disabled": Prop("cannot be filled in yet", kind="bool", default=False),
            "placeholder": Prop("example in the empty field"),
            "autocomplete": Prop("what the browser may fill in"),
            "list": Prop("id of the datalist that suggests; with hx_get it is asked for while typing"),
            "rows": Prop("lines of a textarea", kind="any", default=3),
            "min": Prop("smallest value", kind="any"),
            "max": Prop("largest value", kind="any"),
            "step": Prop("step of a number", kind="any"),
            "hide_label": Prop("the label is only spoken", kind="bool", default=False),
            "wide": Prop("takes the whole row", kind="bool", default=False),
            "id": Prop("element id"),
        },
        passes=True,
        prepare=_field,
    )
)
register(
    Component(
        "form_errors",
        "What keeps a form from being saved, each with a link to its field.",
        {
            "form": Prop("a Django form", kind="any"),
            "errors": Prop("words, FieldError or Problem, or a list of them", kind="any"),
            "title": Prop("the sentence above"),
            "focus": Prop("the page opens here", kind="bool", default=True),
        },
        prepare=_form_errors,
    )
)
register(
    Component(
        "file_drop",
        "A place for files: choose, drop or paste; a plain input without scripts.",
        {
            "bound": Prop("a file field of a Django form", kind="any"),
            "name": Prop("name of the value"),
            "label": Prop("what is asked for"),
            "hint": Prop("kinds and size"),
            "accept": Prop('for the chooser: ".docx,.xlsx"'),
            "multiple": Prop("several files", kind="bool", default=False),
            "required": Prop("must be filled in", kind="bool", default=False),
            "paste_name": Prop("name of a text value that takes pasted text"),
            "pasted": Prop("the pasted text so far"),
            "max_mb": Prop("largest file, checked before sending", kind="any"),
            "error": Prop("words, FieldError or Problem, or a list of them", kind="any"),
            "submit": Prop("send at once when a file is chosen (with scripts)", kind="bool", default=False),
            "id": Prop("element id"),
        },
        passes=True,
        prepare=_file_drop,
    )
)
