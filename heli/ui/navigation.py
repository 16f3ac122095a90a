"""The navigation: rooms register their entries in ``apps.py``; only pages that exist appear.

``register(NavItem("plans", "plans:list", _("Plans"), order=20))``. The same entry can stand in the phone's
bottom bar with ``icon`` and ``phone_order``. A page belongs to the entry that names its view, else to the last
entry in the top bar that shares its URL namespace; a view may name the entry itself: ``request.nav = "plans"``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import NoReverseMatch, Resolver404, ResolverMatch, resolve, reverse

from heli.ui.account import address_of
from heli.ui.shapes import Link


def _always(_request: HttpRequest) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the top bar and, with ``phone_order``, of the phone's bottom bar.

    ``in_top`` False keeps it out of the top bar. ``key`` is unique; ``shortcut`` is a page-wide key ("g h").
    """

    key: str
    url_name: str
    label: Any
    order: int = 100
    visible: Callable[[HttpRequest], bool] = _always
    icon: str = ""
    phone_order: int | None = None
    phone_label: Any = ""
    in_top: bool = True
    shortcut: str = ""
    views: tuple[str, ...] = ()

    @property
    def namespace(self) -> str:
        return self.url_name.rpartition(":")[0]


@dataclass(frozen=True, slots=True)
class NavLink:
    """An entry as the page shows it."""

    key: str
    label: Any
    url: str
    icon: str
    shortcut: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link about the page one is on, at its foot and in the account menu; it carries the page's own address."""

    url_name: str
    label: Any
    visible: Callable[[HttpRequest], bool]


_items: dict[str, NavItem] = {}
_page_links: dict[str, PageLink] = {}


def register(item: NavItem) -> None:
    """Add an entry; the same key again replaces it."""
    _items[item.key] = item


def register_page_link(url_name: str, label: Any, *, visible: Callable[[HttpRequest], bool] = _always) -> None:
    """Offer ``url_name`` on every page with the page's address as ``page``; the same name again replaces it."""
    _page_links[url_name] = PageLink(url_name, label, visible)


def page_links(request: HttpRequest) -> list[Link]:
    """The links about this page that exist and that this request may see."""
    shown = [link for link in _page_links.values() if link.visible(request)]
    query = urlencode({"page": request.get_full_path()[:300]})
    return [Link(link.label, f"{url}?{query}") for link in shown if (url := address_of(link.url_name))]


def items() -> list[NavItem]:
    return sorted(_items.values(), key=lambda item: (item.order, item.key))


def current_key(request: HttpRequest, wanted: str = "") -> str:
    """The key of the entry this request belongs to, among those that it may see, or "" """
    if wanted:
        return wanted
    item = _item_of(request.resolver_match, [item for item in items() if item.visible(request)])
    return item.key if item else ""


def label_of(path: str) -> str:
    """Return what the navigation calls the part of the site in which a page lies, or "" """
    try:
        item = _item_of(resolve(path), items())
    except Resolver404:
        return ""
    return str(item.label) if item else ""


def _item_of(match: ResolverMatch | None, among: Sequence[NavItem]) -> NavItem | None:
    if match is None:
        return None
    named = (item for item in among if match.view_name == item.url_name or match.view_name in item.views)
    homes = (item for item in reversed(among) if item.namespace == match.namespace and item.namespace and item.in_top)
    return next(named, None) or next(homes, None)


def top(request: HttpRequest, wanted: str = "") -> list[NavLink]:
    """The entries of the top bar that exist and that this request may see."""
    return _links(request, [item for item in items() if item.in_top], wanted, phone=False)


def phone(request: HttpRequest, wanted: str = "") -> list[NavLink]:
    """The entries of the bottom bar, at most five."""
    chosen = [item for item in items() if item.phone_order is not None]
    chosen.sort(key=lambda item: (item.phone_order or 0, item.key))
    return _links(request, chosen, wanted, phone=True)[:5]


def _links(request: HttpRequest, chosen: list[NavItem], wanted: str, *, phone: bool) -> list[NavLink]:
    current = current_key(request, wanted)
    links = []
    for item in chosen:
        if not item.visible(request):
            continue
        try:
            url = reverse(item.url_name)
        except NoReverseMatch:
            continue
        label = item.phone_label or item.label if phone else item.label
        links.append(NavLink(item.key, label, url, item.icon, item.shortcut, item.key == current))
    return links
