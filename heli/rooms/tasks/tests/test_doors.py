"""The doors of this room open to whom the page concerns, and keep shut what does not."""

from __future__ import annotations

from datetime import date

import pytest

from heli.rooms.information import owners
from heli.rooms.tasks import services
from heli.rooms.tasks.services import NewFollowUp
from heli.rooms.tasks.tests.factories import TaskFactory, TemplateFactory


def _tasks(everyone, _at):
    return [TaskFactory(unit=unit).pk for unit in (everyone.branch_a1, everyone.branch_b1)]


def _templates(everyone, _at):
    roots = (everyone.committee_a, everyone.committee_b)
    return [TemplateFactory(root=root, unit=root, approved_by=everyone.party_head).pk for root in roots]


def _follow_ups(everyone, at):
    values = {"unit_id": everyone.discipline_office.pk, "subject": "报送自查情况", "text": "请自查。"}
    values |= {"line": "integrity", "due_on": date(2027, 3, 31)}
    return [
        services.issue_follow_up(new=NewFollowUp(**values, lead=branch), by=everyone.discipline_clerk, at=at).pk
        for branch in (everyone.branch_a1, everyone.branch_b1)
    ]


@pytest.mark.parametrize(
    ("prefix", "make"), [("/tasks/", _tasks), ("/tasks/templates/", _templates), ("/follow-ups/", _follow_ups)]
)
def test_a_page_opens_to_its_own_branch_and_to_those_above(everyone, at, prefix, make):
    of_a, of_b = make(everyone, at)

    for person, opens in (
        (everyone.branch_secretary_a1, {of_a}),
        (everyone.branch_secretary_b1, {of_b}),
        (everyone.discipline_clerk, {of_a, of_b}),
        (everyone.former_clerk, set()),
    ):
        assert owners.opened(prefix, person, at, {of_a, of_b, 0}) == opens
    assert owners.opened(prefix, everyone.discipline_clerk, at, {of_a}) == {of_a}
