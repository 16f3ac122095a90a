"""Puts who is asking and what time it is on the request, once."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from heli.rooms.people.models import Person


class PersonMiddleware:
    """Set ``request.person`` (or None), ``request.account`` and ``request.now`` (aware, local)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        account = request.user if request.user.is_authenticated else None
        request.account = account  # type: ignore[attr-defined]
        person_id = getattr(account, "person_id", None)
        request.person = Person.objects.get(pk=person_id) if person_id else None  # type: ignore[attr-defined]
        if request.person is not None:  # type: ignore[attr-defined]
            request.person.scopes = {}  # type: ignore[attr-defined]  # asked once per request, not once per question
        request.now = timezone.localtime()  # type: ignore[attr-defined]
        return self.get_response(request)
