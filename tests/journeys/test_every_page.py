"""Every page of the house in a browser, on a desk, by day and by night: clean, readable, complete in its language.

A page that answers with a refusal, a script error, a content security report, an accessibility violation, a page that
scrolls sideways and a sentence left in the other language fail here, whichever room the page belongs to.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from heli.ui.testing.browser import Journey
from tests.journeys import every_page
from tests.journeys.every_page import LEFT_OUT, OPENED_BY, Who, named_routes
from tests.journeys.looks import faults_of, status

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow(70)]


def test_every_route_is_opened_or_left_out_with_a_reason(enterprise: dict[str, Any]) -> None:
    client = Client()
    client.force_login(every_page.accounts()[Who.CLERK])
    unknown, known = [], set()

    for name, path in named_routes():
        known.add(name)
        if name in LEFT_OUT or name in OPENED_BY or name in enterprise:
            continue
        if "1" in path and status(client, path) != 405:
            unknown.append(f"{name} ({path}): give its ids in every_page.furnish, or a reason in LEFT_OUT")

    assert unknown == []
    assert sorted((LEFT_OUT.keys() | OPENED_BY.keys() | enterprise.keys()) - known) == []


def test_every_page_looks_right(
    enterprise: dict[str, Any],
    new_journey: Callable[..., Journey],
    axe: Callable[..., list[str]],
    shot: Callable[..., Path],
) -> None:
    faults = faults_of("desk", enterprise, new_journey(), axe, shot)

    assert "\n".join(faults) == ""
