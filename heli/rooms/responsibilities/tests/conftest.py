from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.utils import translation

from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.responsibilities.models import ListVersion
from heli.rooms.responsibilities.tests import world


@pytest.fixture
def in_force(everyone: Everyone, at: datetime) -> ListVersion:
    """The group's list in force: one item of the secretary, one of the discipline secretary."""
    edits = [
        world.edit("主持年度工作", world.post_of(everyone.secretary), obligations=(), line="both"),
        world.edit("监督执纪", world.post_of(everyone.discipline_secretary), kind="oversight", line="integrity"),
    ]
    return world.issued(everyone, at, edits=edits)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Let refusals speak English; pages follow the browser's language."""
    with translation.override("en"):
        yield
