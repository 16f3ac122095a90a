"""The docs say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

from heli.config import reference

ROOT = Path(__file__).resolve().parents[2]
NOT_FOR_OPERATORS = {"HELI_SCREENSHOTS", "HELI_TEST_CLUSTER"}


def test_reference_is_what_the_code_says() -> None:
    with translation.override("en"):
        fresh = reference.text()

    assert reference.REFERENCE.read_text(encoding="utf-8") == fresh, "run python -m heli.config.reference write"


def test_every_setting_is_documented() -> None:
    sources = [path for path in (ROOT / "heli").rglob("*.py") if "tests" not in path.parts]
    asked = {
        name
        for path in sources
        for name in re.findall(r'environ(?:\.get\(|\[)"((?:HELI|DATABASE)_[A-Z_]+)"', path.read_text(encoding="utf-8"))
    }

    documented = set(
        re.findall(r"`((?:HELI|DATABASE)_[A-Z_]+)`", (ROOT / "docs/settings.md").read_text(encoding="utf-8"))
    )

    assert asked - NOT_FOR_OPERATORS - documented == set()


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_links_and_pictures_lead_somewhere(page: str) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", (ROOT / page).read_text(encoding="utf-8"))

    missing = [target for target in targets if "://" not in target and not (ROOT / target).exists()]

    assert missing == []
