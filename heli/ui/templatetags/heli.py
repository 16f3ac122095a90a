"""Template tags of Heli: components, fragments of other rooms, forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.template import Context, TemplateSyntaxError
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from heli.ui import components, punctuation, toasts
from heli.ui.components import registry
from heli.ui.slots import fragments

register = template.Library()
_PARTS = "_component_parts"

for _join in (punctuation.listed, punctuation.clauses, punctuation.in_brackets):
    register.filter(_join)
for _sign in (punctuation.comma, punctuation.semicolon, punctuation.colon):
    register.simple_tag(_sign)


def _safe(rendered: str) -> SafeString:
    return mark_safe(rendered.strip())  # noqa: S308 - a rendered node list is escaped already; strip() loses the mark


class ComponentNode(Node):
    """A use of a component; ``nodelist`` is empty for the form without a block."""

    def __init__(
        self, component: registry.Component, props: Mapping[str, FilterExpression], nodelist: NodeList, variable: str
    ) -> None:
        self.component, self.props, self.nodelist, self.variable = component, props, nodelist, variable

    def render(self, context: Context) -> SafeString:
        given = {name: expression.resolve(context) for name, expression in self.props.items()}
        values = registry.complete(self.component, given)
        parts: dict[str, SafeString] = {}
        with context.push(**{_PARTS: parts}):
            content = self.nodelist.render(context)
        shown = registry.render_component(self.component, values, context, _safe(content), parts)
        if self.variable:
            context[self.variable] = shown
            return mark_safe("")
        return shown


class PartNode(Node):
    """``{% part "foot" %}`` inside a block component."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist, self.is_owned = name, nodelist, False

    def render(self, context: Context) -> SafeString:
        context[_PARTS][self.name] = _safe(self.nodelist.render(context))
        return mark_safe("")


class CaptureNode(Node):
    """``{% capture name %}…{% endcapture %}``: what stands inside, or nothing when it is blank."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: Context) -> SafeString:
        context[self.name] = _safe(self.nodelist.render(context))
        return mark_safe("")


def _literal(parser: Parser, text: str) -> str:
    expression = parser.compile_filter(text)
    if not isinstance(expression.var, str):
        raise TemplateSyntaxError(f"Write the name as a literal, not {text}.")
    return str(expression.var)


def _component(
    parser: Parser, token: Token, *, block: bool
) -> tuple[registry.Component, dict[str, FilterExpression], str]:
    bits = token.split_contents()
    if len(bits) < 2:
        raise TemplateSyntaxError(f"{bits[0]} needs the name of a component.")
    component = components.get(_literal(parser, bits[1]))
    if block and not component.is_block:
        raise TemplateSyntaxError(f"Component {component.name!r} takes no block. Use {{% c %}}.")
    rest, variable = bits[2:], ""
    if len(rest) >= 2 and rest[-2] == "as":
        variable = rest[-1]
        rest = rest[:-2]
    props = token_kwargs(rest, parser)
    if rest:
        raise TemplateSyntaxError(f"Component {component.name!r}: write name=value, not {rest[0]!r}.")
    registry.check_names(component, props)
    for name, expression in props.items():
        if isinstance(expression.var, str) and not expression.filters:
            registry.check_value(component, name, expression.var)
    return component, props, variable


@register.tag("c")
def component_tag(parser: Parser, token: Token) -> ComponentNode:
    """``{% c "state" kind="late" text=words %}``; ``as name`` keeps it for another prop."""
    component, props, variable = _component(parser, token, block=False)
    return ComponentNode(component, props, NodeList(), variable)


@register.tag("cblock")
def component_block(parser: Parser, token: Token) -> ComponentNode:
    """``{% cblock "panel" title=words %}…{% part "foot" %}…{% endpart %}{% endcblock %}``."""
    component, props, variable = _component(parser, token, block=True)
    nodelist = parser.parse(("endcblock",))
    parser.delete_first_token()
    parts = [node for node in nodelist.get_nodes_by_type(PartNode) if isinstance(node, PartNode)]
    for part in parts:
        if not part.is_owned and part.name not in component.parts:
            accepted = ", ".join(component.parts) or "none"
            raise TemplateSyntaxError(f"Component {component.name!r} has no part {part.name!r}. Accepted: {accepted}.")
        part.is_owned = True
    return ComponentNode(component, props, nodelist, variable)


@register.tag("part")
def part_tag(parser: Parser, token: Token) -> PartNode:
    name = _literal(parser, token.split_contents()[1])
    nodelist = parser.parse(("endpart",))
    parser.delete_first_token()
    return PartNode(name, nodelist)


@register.tag("capture")
def capture_tag(parser: Parser, token: Token) -> CaptureNode:
    name = token.split_contents()[1]
    nodelist = parser.parse(("endcapture",))
    parser.delete_first_token()
    return CaptureNode(name, nodelist)


@register.simple_tag(takes_context=True)
def slot(context: Context, name: str, **address: Any) -> SafeString:
    """Fragments that other rooms registered under this name; each is a link until htmx has loaded it."""
    shown = [
        (fragment.tag, fragment.tag, name, fragment.url, fragment.trigger, fragment.fallback)
        for fragment in fragments(name, context.get("request"), address)
    ]
    return format_html_join(
        "",
        '<{} class="fragment" data-slot="{}" hx-get="{}" hx-trigger="{}" hx-swap="innerHTML">{}</{}>',
        [(tag, label, url, trigger, fallback, tag) for tag, _tag, label, url, trigger, fallback in shown],
    )


@register.simple_tag
def css(name: str) -> SafeString:
    """The stylesheet of a page kind: ``{% block styles %}{% css "board" %}{% endblock %}``."""
    return format_html('<link rel="stylesheet" href="{}">', static(f"heli/css/pages/{name}.css"))


@register.simple_tag
def js(path: str) -> SafeString:
    """A script module: ``{% block scripts %}{% js "plans/js/board.js" %}{% endblock %}``."""
    return format_html('<script type="module" src="{}"></script>', static(path))


@register.simple_tag
def undo_of(message: Any) -> dict[str, str]:
    """The way back that a toast offers: its address and version."""
    url, version = toasts.undo_of(message)
    return {"url": url, "version": version}


@register.simple_tag(takes_context=True)
def form_fields(
    context: Context, form: Any, *, version: Any = None, only: str = "", columns: int = 2, focus: bool = True
) -> SafeString:
    """All fields of a form through the field component, errors first, hidden ones and the version too."""
    names = [name.strip() for name in only.split(",") if name.strip()]
    shown = [bound for bound in form.visible_fields() if not names or bound.name in names]
    hidden = [] if names else form.hidden_fields()
    if version is None and "version" not in form.fields:
        version = getattr(getattr(form, "instance", None), "version", None)
    errors = components.render("form_errors", context, form=form, focus=focus) if form.errors else mark_safe("")
    fields = format_html_join("", "{}", [(_one_field(context, bound),) for bound in shown])
    rest = format_html_join("", "{}", [(bound,) for bound in hidden])
    if version is not None:
        rest += format_html('<input type="hidden" name="version" value="{}">', version)
    css_class = "fields" if columns == 2 else "fields one"
    return format_html('{}{}<div class="{}">{}</div>', errors, rest, css_class, fields)


def _one_field(context: Context, bound: Any) -> SafeString:
    widget = bound.field.widget
    if widget.needs_multipart_form:
        multiple = bool(getattr(widget, "allow_multiple_selected", False))
        return format_html(
            '<div class="wide">{}</div>', components.render("file_drop", context, bound=bound, multiple=multiple)
        )
    wide = type(widget).__name__ in {"Textarea", "RadioSelect", "CheckboxSelectMultiple"} or bool(
        getattr(bound.field, "is_wide", False)
    )
    return components.render("field", context, bound=bound, wide=wide)
