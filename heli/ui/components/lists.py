"""Lists of small things: tabs, crumbs, pages, facts, histories, trees."""

from __future__ import annotations

from django.template import Context
from django.utils.translation import gettext as _

from heli.ui.components.registry import Component, Prop, Values, register

TAB_STYLES = ("seg", "tabs", "kinds")


def _tabs(values: Values, _context: Context) -> Values:
    return {"label": values["label"] or _("Views")}


def _pagination(values: Values, context: Context) -> Values:
    """A Django page brings its own numbers; keyset pages bring their two links."""
    page = values["page"]
    if not page:
        return {"prev": values["prev_href"], "next": values["next_href"], "text": values["text"]}
    request = context.get("request")
    query = request.GET.copy() if request is not None else None

    def link(number: int) -> str:
        if query is None:
            return f"?page={number}"
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    shown = _("%(start)s–%(end)s of %(total)s") % {
        "start": page.start_index(),
        "end": page.end_index(),
        "total": f"{page.paginator.count}{'+' if getattr(page.paginator, 'is_more', False) else ''}",
    }
    return {
        "prev": link(page.previous_page_number()) if page.has_previous() else "",
        "next": link(page.next_page_number()) if page.has_next() else "",
        "text": values["text"] or shown,
    }


register(
    Component(
        "tabs",
        "Views of one list, each with its number.",
        {
            "items": Prop("list of Tab", kind="list", required=True),
            "style": Prop("seg = joined buttons, tabs = underlined, kinds = quiet", choices=TAB_STYLES, default="seg"),
            "label": Prop("spoken name"),
        },
        passes=True,
        prepare=_tabs,
    )
)
register(
    Component(
        "crumbs",
        "The way here; the last one is this page.",
        {
            "items": Prop("list of Link", kind="list", required=True),
        },
    )
)
register(
    Component(
        "pagination",
        "Next and previous page, and where one is.",
        {
            "page": Prop("a Django page", kind="any"),
            "prev_href": Prop("keyset: previous page"),
            "next_href": Prop("keyset: next page"),
            "text": Prop("where one is"),
        },
        prepare=_pagination,
    )
)
register(
    Component(
        "facts",
        "Terms and values side by side.",
        {
            "items": Prop("list of Fact", kind="list", required=True),
            "style": Prop("row = side by side, rows = one below the other", choices=("row", "rows"), default="row"),
        },
    )
)
register(
    Component(
        "trail",
        "What happened, newest first.",
        {
            "items": Prop("list of Step", kind="list", required=True),
            "label": Prop("spoken name"),
        },
    )
)
register(
    Component(
        "tree",
        "A tree of links, branches on demand.",
        {
            "nodes": Prop("list of Node", kind="list", required=True),
            "label": Prop("spoken name", required=True),
            "search_url": Prop("where a search goes; empty = no search field"),
            "search_name": Prop("name of the search field", default="q"),
            "search_value": Prop("what was searched"),
            "search_target": Prop("css selector that htmx fills while typing"),
            "placeholder": Prop("hint in the search field"),
        },
    )
)
