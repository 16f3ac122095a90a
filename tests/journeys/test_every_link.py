"""Every link of the demo enterprise leads somewhere, whoever follows it: a page, a fragment or a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve

from heli.rooms.people.models import Account
from tests.journeys import every_page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow(20)]

_LINK = re.compile(r'(?:href|hx-get|data-fragment)="(/[^"#]*)')


def test_every_link_leads_somewhere(enterprise: dict[str, Any]) -> None:
    reached: set[str] = set()

    dead = [line for account in every_page.accounts() for line in _follow(account, reached)]

    assert "\n".join(dead) == ""
    assert {"plans:board", "plans:split", "tasks:matrix", "responsibilities:mine", "people:log"} <= reached


def _follow(account: Account, reached: set[str]) -> Iterator[str]:
    """Open from home one page of each route that links lead to, and yield those that answer with a refusal."""
    client = Client()
    client.force_login(account)
    seen, opened, queue = {"/"}, set(), [("/", "home")]
    while queue:
        path, source = queue.pop(0)
        route = _route(path)
        if route is None or route in opened:
            continue
        opened.add(route)
        answer: Any = client.get(path)
        html = _html(answer)
        answer.close()
        if answer.status_code >= 400:
            yield f"{account.sign_in_name}: {path} answers {answer.status_code}, linked from {source}"
            continue
        fresh = [link for link in _links(html, answer) if link not in seen]
        seen.update(fresh)
        queue.extend((link, path) for link in fresh)
    reached |= opened


def _html(answer: HttpResponse) -> str:
    is_html = answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming
    return answer.content.decode() if is_html else ""


def _links(html: str, answer: HttpResponse) -> Iterator[str]:
    if "Location" in answer.headers:
        yield answer.headers["Location"]
    yield from (unescape(link) for link in _LINK.findall(html))


def _route(path: str) -> str | None:
    try:
        match = resolve(path.split("?", maxsplit=1)[0])
    except Resolver404:
        return None
    return match.view_name or match.route
