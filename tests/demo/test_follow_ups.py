"""The demo's follow-ups: one urged while a helper has answered, one with a later date asked for."""

from __future__ import annotations

from datetime import datetime

import pytest

from heli.config.demo import follow_ups, people
from heli.rooms.tasks.enums import Rung, TaskState
from heli.rooms.tasks.models import Extension, FollowUp, FollowUpUnit

pytestmark = pytest.mark.django_db


def test_one_climbed_one_has_a_later_date_asked_for_and_loading_twice_changes_nothing(at: datetime) -> None:
    moment = at.replace(month=11)
    people.load(moment)
    follow_ups.load(moment)
    follow_ups.load(moment)

    rows = FollowUpUnit.objects.select_related("task").order_by("pk")
    assert FollowUp.objects.count() == 2
    assert [(row.rung, row.task.state) for row in rows] == [
        (Rung.URGE, TaskState.OPEN),
        (Rung.NONE, TaskState.HANDED_IN),
        (Rung.NONE, TaskState.OPEN),
        (Rung.NONE, TaskState.OPEN),
    ]
    assert Extension.objects.get().decided_at is None
