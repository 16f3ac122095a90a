"""How much a request may bring along: looked at before anything is read, and far less from strangers."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

# Signed in: several papers of the largest size at once.
MAX_BODY = 256 * 1024 * 1024
# Of strangers: a sign-in, or what a key of the API may send.
MAX_OF_STRANGERS = 2 * 1024 * 1024


class BodyLimit:
    """Refuse a body over the limit by its announced length. Stands behind what says who is asking.

    Nothing has been read by then: forms are parsed by the check of the token, which runs later.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        account = getattr(request, "account", None)
        limit = MAX_BODY if account is not None else MAX_OF_STRANGERS
        if _length(request) <= limit:
            return self.get_response(request)
        context = {
            "what": _("This is too large."),
            "why": _("At most %(size)s MB are taken in at once.") % {"size": limit // (1024 * 1024)},
            "remedy": _("Hand in fewer or smaller files.") if account is not None else _("Sign in first."),
        }
        return render(request, "ui/problem.html", context, status=413)


def _length(request: HttpRequest) -> int:
    sent = str(request.META.get("CONTENT_LENGTH") or "")
    return int(sent) if sent.isdecimal() else 0
