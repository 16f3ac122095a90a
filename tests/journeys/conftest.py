"""The demo enterprise for the journeys over every page: filled and furnished once a run, a copy for each journey."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.template.base import Template
from django.test.utils import _TestState
from django.utils import timezone

from heli.config import demo, paths
from heli.config.testing import postgres
from tests.journeys import every_page


@pytest.fixture
def enterprise(
    axe: object, transactional_db: None, worker_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, Any]]:
    """The ids of each route's page in the demo enterprise; axe is found before the folder of data moves.

    Pages are rendered as on a site: the test client's copies of every template's context are looked at by no journey.
    """
    monkeypatch.setattr(paths, "VAR", tmp_path)
    monkeypatch.setattr(Template, "_render", _TestState.saved_data.template_render)
    with postgres.filled("demo", worker_id, _furnished) as ids:
        yield ids


def _furnished() -> dict[str, dict[str, Any]]:
    at = timezone.localtime()
    demo.load(at)
    return every_page.furnish(at)
