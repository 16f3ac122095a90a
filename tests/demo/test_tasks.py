"""The demo's year of tasks: honest about what is late and missing, the same every time."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from django.db.models import F, Min

from heli.config import paths
from heli.config.demo import people, rulebook, tasks
from heli.rooms.people.models import Person
from heli.rooms.tasks import queries
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Citation, Evidence, Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> datetime:
    monkeypatch.setattr(paths, "VAR", tmp_path)
    moment = at.replace(month=11)
    for part in (people, rulebook, tasks):
        part.load(moment)
    return moment


def test_a_year_has_done_late_missing_and_coming_tasks(loaded: datetime) -> None:
    today = loaded.date()
    done = Task.objects.filter(state=TaskState.CLOSED)

    assert done.count() > 800
    assert Task.objects.undone().filter(due_on__lt=today).exists()
    assert Task.objects.filter(due_on__gt=today).exists()
    assert done.annotate(first=Min("citations__evidence__happened_on")).filter(first__gt=F("due_on")).exists()


def test_every_done_task_is_proved_and_reviewed_by_somebody_else(loaded: datetime) -> None:
    closed = Task.objects.filter(state=TaskState.CLOSED)

    assert not closed.filter(citations__isnull=True).exists()
    assert not closed.filter(closed_by=F("handed_in_by")).exists()
    assert not Evidence.objects.filter(recorded_at__date__lt=F("happened_on")).exists()


def test_loading_twice_changes_nothing(loaded: datetime) -> None:
    before = (Task.objects.count(), Citation.objects.count())

    tasks.load(loaded)

    assert (Task.objects.count(), Citation.objects.count()) == before


def test_the_clerk_has_something_to_review(loaded: datetime) -> None:
    clerk = Person.objects.filter(appointments__post__kind="party_clerk", account__isnull=False).order_by("pk")[0]

    assert any(row.verb == "review" for row in queries.todo(clerk, loaded.date()).rows)
