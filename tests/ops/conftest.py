from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.ops.site import Site


@pytest.fixture
def site() -> Generator[Site, None, None]:
    """A folder for a real Heli, removed with everything that runs on it."""
    place = Site()
    yield place
    place.remove()


@pytest.fixture
def other_site() -> Generator[Site, None, None]:
    """A second, empty folder."""
    place = Site()
    yield place
    place.remove()
