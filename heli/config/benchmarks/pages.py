"""What the benchmarks of a generated site share: units and people of it, a signed-in browser, the plain list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.template import Context, Engine
from django.test import Client

_ROWS = "{% for row in page %}<li>{{ row.pk }} {{ row }}</li>{% endfor %}{{ page.paginator.count }}"


class PageFailed(RuntimeError):
    """A page that was to be measured did not answer with 200, or did not show what it was measured for."""


def unit(prefix: str, kind: str) -> Any:
    units = apps.get_model("people.Unit").objects.filter(code__startswith=prefix, kind=kind)
    return units.order_by("code")[0]


def holder(of: Any, kind: str) -> Any:
    """Return who holds the unit's post of that kind."""
    posts = apps.get_model("people.Appointment").objects.filter(post__unit=of, post__kind=kind)
    return posts.select_related("person").order_by("pk")[0].person


def client_of(person: Any) -> Client:
    """Return a browser signed in as ``person``."""
    account, _made = apps.get_model("people.Account").objects.get_or_create(
        person=person, defaults={"sign_in_name": person.staff_no}
    )
    client = Client(HTTP_HOST="localhost")
    client.force_login(account, backend="heli.rooms.people.backends.StaffNumberOrEmailBackend")
    session = client.session
    session["second_factor_set_up"] = True  # what the person would have done at the first sign-in
    session.save()
    return client


def get(client: Client, path: str, shows: str) -> Callable[[], object]:
    """Return the work of asking for ``path``; it fails where the answer does not hold ``shows``."""
    wanted = shows.encode()

    def ask() -> object:
        answer = client.get(path)
        if answer.status_code != 200:
            raise PageFailed(f"{path} answered {answer.status_code} {answer.get('Location', '')}")
        if wanted not in answer.content:
            raise PageFailed(f"{path} does not show {shows}")
        return answer

    return ask


def plain(rows: QuerySet[Any]) -> Callable[[], HttpResponse]:
    """Return the floor: a list that counts its rows, takes twenty and prints them, without anything around it."""
    template = Engine().from_string(_ROWS)

    def view() -> HttpResponse:
        return HttpResponse(template.render(Context({"page": Paginator(rows, 20).page(1)})))

    return view
