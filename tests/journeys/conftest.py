"""The demo enterprise for the journeys over every page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from heli.config import demo, paths
from tests.journeys import every_page


@pytest.fixture
def enterprise(axe: object, transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The demo enterprise, furnished; axe is found before the folder of data moves."""
    monkeypatch.setattr(paths, "VAR", tmp_path)
    at = timezone.localtime()
    demo.load(at)
    return every_page.furnish(at)
