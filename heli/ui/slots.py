"""Places on a page that other rooms fill by URL name, so that a page need not know them.

A room registers in its ``apps.py``: ``slots.register("topbar.bell", "information:bell", label=_("Notices"))``.
The page says ``{% slot "topbar.bell" %}`` or, with an object, ``{% slot "unit.page" pk=unit.pk %}``.
Without scripts the fragment is a link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString


def _always(_request: HttpRequest) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Filler:
    """Who fills a slot: the fragment's URL name, and the page that shows the same without scripts."""

    url_name: str
    label: Any
    page_url_name: str = ""
    order: int = 100
    visible: Callable[[HttpRequest], bool] = _always
    trigger: str = "load"
    tag: str = "div"


@dataclass(frozen=True, slots=True)
class Fragment:
    url: str
    fallback: SafeString
    trigger: str
    tag: str


_fillers: dict[str, dict[str, Filler]] = {}


def register(
    name: str,
    url_name: str,
    *,
    label: Any,
    page_url_name: str = "",
    order: int = 100,
    visible: Callable[[HttpRequest], bool] = _always,
    trigger: str = "load",
    tag: str = "div",
) -> None:
    """Let ``url_name`` fill the slot ``name``. Registering the same URL name again replaces it."""
    _fillers.setdefault(name, {})[url_name] = Filler(url_name, label, page_url_name, order, visible, trigger, tag)


def fillers(name: str, request: HttpRequest | None) -> list[Filler]:
    """Who fills the slot for this request, in order."""
    known = sorted(_fillers.get(name, {}).values(), key=lambda filler: (filler.order, filler.url_name))
    return [filler for filler in known if request is None or filler.visible(request)]


def fragments(name: str, request: HttpRequest | None, address: Mapping[str, Any]) -> Iterator[Fragment]:
    """The slot's fragments; one whose page does not exist is left out."""
    for filler in fillers(name, request):
        try:
            url = reverse(filler.url_name, kwargs=dict(address) or None)
            page = reverse(filler.page_url_name, kwargs=dict(address) or None) if filler.page_url_name else url
        except NoReverseMatch:
            continue
        fallback = format_html('<a class="fragment-link" href="{}">{}</a>', page, filler.label)
        yield Fragment(url, fallback, filler.trigger, filler.tag)
