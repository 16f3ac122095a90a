from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heli.rooms.tasks import queries
from heli.rooms.tasks.access import working
from heli.rooms.tasks.tests.factories import TaskFactory


@pytest.mark.parametrize("few", [20_000, 0])
def test_given_away_are_the_undone_tasks_of_others_that_ones_units_asked_for(everyone, at, monkeypatch, few):
    monkeypatch.setattr(working, "ASKED_FEW", few)
    on, asker = at.date(), [everyone.party_department]
    late, soon, someday = (
        TaskFactory(unit=everyone.branch_b1, requesters=asker, due_on=due)
        for due in (on - timedelta(days=400), on + timedelta(days=1), None)
    )
    TaskFactory(unit=everyone.branch_a1, requesters=asker, state="canceled", cancel_reason="-")
    TaskFactory(unit=everyone.party_department, requesters=asker)
    TaskFactory(unit=everyone.branch_a2, requesters=[everyone.discipline_office])

    assert queries.given_away(everyone.party_clerk, on) == [late, soon, someday]
    assert queries.given_away(everyone.member_a1, on) == []
    assert queries.given_away(None, on) == []


def test_given_away_asks_as_much_for_one_as_for_many(everyone, at):
    counts = []
    for number in (1, 3, 50):
        TaskFactory.create_batch(number, unit=everyone.branch_b1, requesters=[everyone.party_department])
        with CaptureQueriesContext(connection) as asked:
            assert queries.given_away(everyone.party_clerk, at.date())
        counts.append(len(asked))

    assert len(set(counts)) == 1
