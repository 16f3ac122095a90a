"""Who is signed in, as the top bar shows it. The room that knows persons registers a provider."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from heli.ui.shapes import Link


@dataclass(frozen=True, slots=True)
class AccountCard:
    """Name, what the person is here (post and unit), links of the menu, where signing out posts to.

    ``group`` is the name of the enterprise, beside the brand.
    """

    name: Any
    note: Any = ""
    links: Sequence[Link] = ()
    sign_out_url: str = ""
    group: Any = ""


Provider = Callable[[HttpRequest], AccountCard | None]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let this provider answer; the one registered last is asked first."""
    if provider not in _providers:
        _providers.insert(0, provider)


def card(request: HttpRequest) -> AccountCard | None:
    """The account of this request, or None when nobody is signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    for provider in _providers:
        if found := provider(request):
            return found
    return AccountCard(name=str(user), sign_out_url=address_of("account_logout"))


def address_of(name: str) -> str:
    """Return the address of a page, or nothing where no room has it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
