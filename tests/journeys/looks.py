"""How every page is looked at: the four looks, what is wrong with a page, and what it leaves in the other language."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.test import Client
from django.urls import reverse

from heli.config import messages
from heli.rooms.people.models import Post
from heli.ui.components.marks import ICONS
from heli.ui.testing.browser import DESKTOP, PHONE, Journey
from tests.journeys import every_page
from tests.journeys.every_page import LEFT_OUT, OPENED_BY, QUERIES, Who, named_routes


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is opened, and how it is turned without opening it again: ``rules`` are what the turn can break.

    Every rule of axe is asked at the desk; what a phone can break beside is seen in large type.
    """

    language: str
    width: int
    turned: str
    rules: tuple[str, ...]
    is_asked_all: bool = False


LOOKS = {
    "desk": Look("zh-hans", DESKTOP, "night", ("color-contrast", "link-in-text-block"), is_asked_all=True),
    "phone": Look("en", PHONE, "large", ("color-contrast", "target-size", "scrollable-region-focusable")),
}

# The attributes that the server writes for a preference; ``test_preferences_are_set_from_the_menu`` shows that it does.
_TURN = {
    "night": "document.documentElement.setAttribute('data-bs-theme', 'dark')",
    "large": "document.documentElement.setAttribute('data-type', 'large')",
}
_SIDEWAYS = "document.documentElement.scrollWidth > window.innerWidth"
# Everything a page says: its texts, and what only a pointer or a screen reader meets.
_SAID = """() => {
  const language = document.documentElement.lang, said = [document.title];
  const foreign = (node) =>
    node.closest("script, style, template, textarea") || (node.closest("[lang]")?.lang ?? "") !== language;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) if (!foreign(walk.currentNode.parentElement)) said.push(walk.currentNode.textContent);
  for (const node of document.querySelectorAll("[aria-label], [title], [placeholder], [alt], [data-confirm]"))
    if (!foreign(node))
      for (const name of ["aria-label", "title", "placeholder", "alt", "data-confirm"])
        said.push(node.getAttribute(name) ?? "");
  return [...new Set(said.map((one) => one.replace(/\\s+/g, " ").trim()))].filter(Boolean);
}"""
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_ENGLISH = re.compile(r"[A-Za-z][a-z'’-]*(?: [A-Za-z][a-z'’-]+){2,}")

_TEXTS = (models.CharField, models.TextField, models.JSONField)


def faults_of(
    name: str,
    ids: dict[str, Any],
    journey: Journey,
    axe: Callable[..., list[str]],
    shot: Callable[..., Path],
) -> list[str]:
    """Open every page of the demo in one look, turn it, and return what is wrong, a line each, with route and path."""
    look, words = LOOKS[name], Words()
    journey.show(width=look.width, language=look.language)
    sessions = sessions_of_everybody()
    faults: list[str] = []

    for route, path in pages(ids):
        journey.set_cookies({settings.SESSION_COOKIE_NAME: sessions.get(OPENED_BY.get(route, Who.CLERK), "")})
        answer = journey.open(path)
        wrong = [] if answer is not None and answer.status == 200 else [f"answers {answer and answer.status}"]
        wrong += _sideways(journey) + words.left_over(journey.page.evaluate(_SAID), look.language)
        wrong += axe(journey) if look.is_asked_all else []
        shot(journey, f"{name}-{route.replace(':', '-')}")
        journey.page.evaluate(_TURN[look.turned])
        wrong += [f"{look.turned}: {each}" for each in (*_sideways(journey), *axe(journey, rules=look.rules))]
        shot(journey, f"{look.turned}-{route.replace(':', '-')}")
        wrong += journey.problems()
        journey.faults.clear()
        faults += [f"{route} {path}: {each}" for each in wrong]

    return faults


def _sideways(journey: Journey) -> list[str]:
    return ["scrolls sideways"] if journey.page.evaluate(_SIDEWAYS) else []


class Words:
    """What the enterprise's own papers and names say in either language, and what the house has to translate."""

    def __init__(self) -> None:
        self._own = "\n".join(_stored_texts())
        catalogues = [messages.stored(app) for app in messages.apps()]
        self._translated = {
            str(text)
            for catalogue in catalogues
            for message in catalogue
            for text in (message.id if isinstance(message.id, tuple | list) else (message.id,))
            if _CHINESE.search(str(message.string))
        } - set(ICONS)

    def left_over(self, said: list[str], language: str) -> list[str]:
        """What the page says in the other language although no paper or name of the enterprise says so."""
        if language == "en":
            return [f"Chinese: {text}" for text in said if any(run not in self._own for run in _CHINESE.findall(text))]
        return [f"English: {text}" for text in said if self._is_english(text) and text not in self._own]

    def _is_english(self, text: str) -> bool:
        return not _CHINESE.search(text) and (text in self._translated or _ENGLISH.search(text) is not None)


def _stored_texts() -> Iterator[str]:
    for model in apps.get_models():
        names = [each.name for each in model._meta.fields if isinstance(each, _TEXTS)]
        for row in model.objects.values_list(*names) if names else ():
            yield from (each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in row)
    yield from (post.full_title for post in Post.objects.select_related("unit"))  # says once what both names say


def pages(ids: dict[str, Any]) -> list[tuple[str, str]]:
    """Every route that shows a page, with the path to open."""
    reader, found = Client(), {}
    reader.force_login(every_page.accounts()[Who.CLERK])
    for name, path in named_routes():
        if name in ids:
            found[name] = reverse(name, kwargs=ids[name]) + QUERIES.get(name, "")
        elif name in OPENED_BY or (name not in LEFT_OUT and "1" not in path and status(reader, path) != 405):
            found[name] = path
    return sorted(found.items())


def status(reader: Client, path: str) -> int:
    answer: Any = reader.get(path)
    answer.close()
    return int(answer.status_code)


def sessions_of_everybody() -> dict[Who, str]:
    accounts, made = every_page.accounts(), {}
    for who in {*OPENED_BY.values(), Who.CLERK} - {Who.VISITOR}:
        client = Client()
        client.force_login(accounts[who])
        made[who] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return made
