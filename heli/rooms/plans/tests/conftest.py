"""What the tests of plans share."""

from __future__ import annotations

import pytest

from heli.rooms.plans.tests.world import World, build_world


@pytest.fixture
def world(db: None) -> World:
    return build_world()
