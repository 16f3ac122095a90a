"""What a component is, which props it takes, and how a wrong use is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.template import Context, Engine, TemplateSyntaxError
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

Values = dict[str, Any]
_PASSED_ON = ("hx_", "data_", "aria_")
_KINDS: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: not isinstance(value, bool | Mapping | list | tuple),
    "bool": lambda _value: True,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "list": lambda value: isinstance(value, Iterable) and not isinstance(value, str | bytes | Promise),
    "map": lambda value: isinstance(value, Mapping),
    "any": lambda _value: True,
}


@dataclass(frozen=True, slots=True)
class Prop:
    """One named input of a component. ``kind`` is a key of the kinds table above."""

    help: str
    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    default: Any = ""


@dataclass(frozen=True, slots=True)
class Component:
    """A named part of a page.

    ``render`` builds the part in Python; without it the template ``ui/c/<name>.html`` does. ``prepare``
    turns the props into what that template reads. ``parts`` are the named places of a block component;
    ``passes`` lets ``hx_*``, ``data_*`` and ``aria_*`` through to the element.
    """

    name: str
    doc: str
    props: Mapping[str, Prop]
    is_block: bool = False
    parts: tuple[str, ...] = ()
    passes: bool = False
    render: Callable[[Values, Context], SafeString] | None = None
    prepare: Callable[[Values, Context], Values] | None = None
    template: str = field(default="")

    def accepted(self) -> str:
        extra = ", hx_*, data_*, aria_*" if self.passes else ""
        return ", ".join(self.props) + extra


_components: dict[str, Component] = {}


def register(component: Component) -> Component:
    """Add a component. Two of one name are a programming error."""
    if component.name in _components:
        raise ValueError(f"Component {component.name!r} is registered twice.")
    _components[component.name] = component
    return component


def get(name: str) -> Component:
    if name not in _components:
        raise TemplateSyntaxError(f"Unknown component {name!r}. Components: {', '.join(sorted(_components))}.")
    return _components[name]


def everything() -> Sequence[Component]:
    return [_components[name] for name in sorted(_components)]


def check_names(component: Component, names: Iterable[str]) -> None:
    """Refuse unknown props and missing required ones."""
    given = set(names)
    for name in sorted(given):
        if name not in component.props and not (component.passes and name.startswith(_PASSED_ON)):
            raise TemplateSyntaxError(
                f"Component {component.name!r} has no prop {name!r}. Accepted: {component.accepted()}."
            )
    for name, prop in component.props.items():
        if prop.required and name not in given:
            raise TemplateSyntaxError(
                f"Component {component.name!r} needs {name!r} ({prop.help}). Accepted: {component.accepted()}."
            )


def check_value(component: Component, name: str, value: Any) -> None:
    """Refuse a value of the wrong kind or outside the choices. Empty values stand for the default."""
    prop = component.props.get(name)
    if prop is None or value is None or value == "":
        return
    if prop.choices and str(value) not in prop.choices:
        raise TemplateSyntaxError(
            f"Component {component.name!r}: {name}={str(value)!r} is not a choice. Choices: {', '.join(prop.choices)}."
        )
    if not _KINDS[prop.kind](value):
        raise TemplateSyntaxError(
            f"Component {component.name!r}: {name} takes a {prop.kind}, not {type(value).__name__}."
        )


def complete(component: Component, given: Mapping[str, Any]) -> Values:
    """The full set of values: checked, defaults filled in, passed-on attributes under ``attrs``."""
    values: Values = {}
    for name, prop in component.props.items():
        value = given.get(name)
        check_value(component, name, value)
        values[name] = prop.default if value is None or value == "" else value
    values["attrs"] = attributes({name: given[name] for name in given if name not in component.props})
    return values


def attributes(pairs: Mapping[str, Any]) -> SafeString:
    """HTML attributes with a leading space each; True is a bare attribute, None and False are left out."""
    shown = [
        (name.replace("_", "-"), value) for name, value in pairs.items() if value is not None and value is not False
    ]
    bare = format_html_join("", " {}", [(name,) for name, value in shown if value is True])
    return bare + format_html_join("", ' {}="{}"', [(n, v) for n, v in shown if v is not True])


def render(name: str, context: Context | None = None, /, content: Any = "", **given: Any) -> SafeString:
    """Render a component from Python, with the same checks as in a template."""
    component = get(name)
    check_names(component, given)
    return render_component(component, complete(component, given), context or Context(), content, {})


def render_component(
    component: Component, values: Values, context: Context, content: Any, parts: Mapping[str, SafeString]
) -> SafeString:
    values["content"], values["parts"] = content, parts
    if component.render is not None:
        return component.render(values, context)
    if component.prepare is not None:
        values = {**values, **component.prepare(values, context)}
    inner = context.new(values)
    for name in ("csrf_token", "request", "ui"):
        if name in context:
            inner[name] = context[name]
    path = component.template or f"ui/c/{component.name}.html"
    engine = context.template.engine if context.template is not None else Engine.get_default()
    return engine.get_template(path).render(inner)
