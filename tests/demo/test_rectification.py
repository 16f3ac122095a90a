"""The demo's rectification: one problem crossed off, one late, one to be verified."""

from __future__ import annotations

from datetime import datetime

import pytest

from heli.config.demo import people, rectification, rulebook
from heli.rooms.tasks import queries
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Problem, Rectification

pytestmark = pytest.mark.django_db


def test_three_problems_in_three_states_and_loading_twice_changes_nothing(at: datetime) -> None:
    moment = at.replace(month=11)
    for part in (people, rulebook, rectification, rectification):
        part.load(moment)

    problems = Problem.objects.order_by("number")
    measures = [list(one.measures.order_by("number").values_list("task__state", flat=True)) for one in problems]
    assert [one.state for one in problems] == ["closed", "open", "open"]
    assert measures == [[TaskState.CLOSED], [TaskState.OPEN, TaskState.OPEN], [TaskState.HANDED_IN]]
    assert problems[0].check_on is not None
    assert [one.duty.code for one in queries.statutory_dates(Rectification.objects.get())] == ["B42", "B43"]
