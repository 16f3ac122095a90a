"""Turns refusals into pages: an ``AccessDenied`` looks like a missing page, a ``Problem`` says what to do."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist
from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from heli.kernel.constraints import constraint_of, contradiction
from heli.kernel.decisions import AccessDenied
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict

_log = logging.getLogger(__name__)


class ProblemMiddleware:
    """Answer a service's refusal; reading is hidden as 404, a refused act says why with 403."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, AccessDenied):
            if request.method in {"GET", "HEAD"}:
                raise Http404 from exception
            return render(request, "ui/problem.html", {"what": exception.reason}, status=403)
        if isinstance(exception, ObjectDoesNotExist):
            raise Http404 from exception
        if isinstance(exception, IntegrityError):
            _log.warning("Refused by the database: %s", constraint_of(exception))
            exception = contradiction(exception)
        if isinstance(exception, DataError):
            exception = _unstorable()
        if isinstance(exception, Problem):
            context = {
                "problem": exception,
                "what": exception.what,
                "why": exception.why,
                "remedy": exception.remedy,
                "again": again(request, exception),
            }
            return render(request, "ui/problem.html", context, status=exception.status)
        return None


def _unstorable() -> Problem:
    """What the database cannot hold: a NUL sign in a text, a number beyond its column."""
    return Problem(
        _("Nothing was saved."),
        _("Something that was sent holds a sign or a number that cannot be stored."),
        _("Type it anew instead of pasting it, and send it again."),
    )


def again(request: HttpRequest, problem: Problem) -> list[tuple[str, str]]:
    """What was posted, on top of the version saved meanwhile: a form that has read both sides can send it again.

    Empty where that is not possible: no conflict of versions, or a file was part of it.
    """
    if not isinstance(problem, VersionConflict) or problem.version is None or request.method != "POST":
        return []
    if request.FILES or "version" not in request.POST:
        return []
    posted = [
        (name, str(value))
        for name, values in request.POST.lists()
        for value in values
        if name not in {"version", "csrfmiddlewaretoken"}
    ]
    return [*posted, ("version", str(problem.version))]
