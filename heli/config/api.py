"""The API at ``/api/``: the rooms' routers over the same services as the pages. Docs at ``/api/docs``."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from heli.kernel.access_marks import mark
from heli.kernel.constraints import contradiction
from heli.kernel.decisions import AccessDenied
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict

_ROOMS = ("people", "rulebook", "tasks", "plans", "information")

api = NinjaAPI(
    title="Heli",
    version="1",
    urls_namespace="api",
    description="Read and write what your own posts allow, with a personal key of your account page.",
    docs_url="/docs",
)


def _refuse(request: HttpRequest, status: int, what: str, **other: Any) -> HttpResponse:
    return api.create_response(request, {"what": what, "why": "", "remedy": "", "fields": [], **other}, status=status)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return _refuse(request, problem.status, problem.what, why=problem.why, remedy=problem.remedy)


@api.exception_handler(VersionConflict)
def _conflict(request: HttpRequest, conflict: VersionConflict) -> HttpResponse:
    both = {"yours": conflict.yours, "theirs": conflict.theirs, "version": conflict.version}
    return _refuse(request, conflict.status, conflict.what, why=conflict.why, remedy=conflict.remedy, **both)


@api.exception_handler(IntegrityError)
def _refused(request: HttpRequest, error: IntegrityError) -> HttpResponse:
    return _problem(request, contradiction(error))


@api.exception_handler(ObjectDoesNotExist)
def _gone(request: HttpRequest, _gone: ObjectDoesNotExist) -> HttpResponse:
    return _refuse(request, 404, _("There is nothing here, or nothing for you."))


@api.exception_handler(AccessDenied)
def _denied(request: HttpRequest, denied: AccessDenied) -> HttpResponse:
    """Hide what may not be read like what is missing; say why an act is refused."""
    if request.method in {"GET", "HEAD"}:
        return _refuse(request, 404, _("There is nothing here, or nothing for you."))
    return _refuse(request, 403, denied.reason)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, _missing: Http404) -> HttpResponse:
    return _refuse(request, 404, _("There is nothing here, or nothing for you."))


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == 401:
        return _refuse(request, 401, _("This needs a valid key."), remedy=_("Send it as “Authorization: Bearer …”."))
    return _refuse(request, error.status_code, str(error))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = [{"place": [str(part) for part in fault["loc"]], "fault": fault["msg"]} for fault in error.errors]
    return _refuse(request, 422, _("The input does not fit."), fields=fields)


for _room in _ROOMS:
    if find_spec(f"heli.rooms.{_room}.api"):
        api.add_router("", import_module(f"heli.rooms.{_room}.api").router)

urls: Any = api.urls
for _pattern in urls[0]:
    mark("public" if _pattern.name in {"openapi-json", "openapi-view", "api-root"} else "token")(_pattern.callback)
