"""Every page of the house in a browser, on a phone and in large type: clean, readable, complete in its language.

A page that answers with a refusal, a script error, a content security report, an accessibility violation, a page that
scrolls sideways and a sentence left in the other language fail here, whichever room the page belongs to.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from heli.ui.testing.browser import Journey
from tests.journeys.looks import faults_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow(60)]


def test_every_page_looks_right(
    enterprise: dict[str, Any],
    new_journey: Callable[..., Journey],
    axe: Callable[..., list[str]],
    shot: Callable[..., Path],
) -> None:
    faults = faults_of("phone", enterprise, new_journey(), axe, shot)

    assert "\n".join(faults) == ""
