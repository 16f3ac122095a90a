"""Theme and type size: kept in cookies, written into ``<html>`` by the server."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse

THEMES: Final = ("system", "light", "dark")
TYPES: Final = ("normal", "large")
COOKIES: Final = {"theme": ("heli_theme", THEMES), "type": ("heli_type", TYPES)}
A_YEAR: Final = 365 * 24 * 3600


def read(request: HttpRequest) -> dict[str, str]:
    """The preferences of this browser; the first choice of each where none is set."""
    chosen = {}
    for name, (cookie, choices) in COOKIES.items():
        value = request.COOKIES.get(cookie, "")
        chosen[name] = value if value in choices else choices[0]
    return chosen


def write(response: HttpResponse, name: str, value: str, *, secure: bool) -> bool:
    """Store one preference. False = no such preference or choice."""
    cookie, choices = COOKIES.get(name, ("", ()))
    if value not in choices:
        return False
    response.set_cookie(cookie, value, max_age=A_YEAR, samesite="Lax", secure=secure, httponly=True)
    return True
