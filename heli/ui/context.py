"""What every page shows around its content."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property

from heli.ui import account, navigation, preferences, slots
from heli.ui.account import AccountCard
from heli.ui.navigation import NavLink
from heli.ui.shapes import Link


class Shell:
    """Computed when the page asks: a fragment pays for nothing. In templates it is ``ui``."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def preferences(self) -> dict[str, str]:
        return preferences.read(self.request)

    @cached_property
    def theme(self) -> str:
        """What the server can write: the system's choice is made by theme.js before the first paint."""
        return "dark" if self.preferences["theme"] == "dark" else "light"

    @cached_property
    def nav(self) -> list[NavLink]:
        return navigation.top(self.request, self._wanted)

    @cached_property
    def phone_nav(self) -> list[NavLink]:
        return navigation.phone(self.request, self._wanted)

    @cached_property
    def page_links(self) -> list[Link]:
        return navigation.page_links(self.request)

    @property
    def _wanted(self) -> str:
        return str(getattr(self.request, "nav", ""))

    @cached_property
    def account(self) -> AccountCard | None:
        return account.card(self.request)

    @cached_property
    def group(self) -> str:
        """Name of the enterprise, for those who are signed in."""
        return str(self.account.group) if self.account else ""

    @cached_property
    def home_url(self) -> str:
        return "/"

    @cached_property
    def search_url(self) -> str:
        """Where the search field goes; empty while no room offers a search."""
        return self._first_url("search")

    @cached_property
    def sign_in_url(self) -> str:
        return str(settings.LOGIN_URL or "")

    def _first_url(self, name: str) -> str:
        for filler in slots.fillers(name, self.request):
            try:
                return reverse(filler.url_name)
            except NoReverseMatch:
                continue
        return ""


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"ui": Shell(request)}
