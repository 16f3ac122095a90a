"""What a half-year of work shows: duties nobody met, items nobody used, overload, work returned again and again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from heli.kernel import audit
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.responsibilities.models import DutyLimit
from heli.rooms.responsibilities.tests import world as lists
from heli.rooms.rulebook import services
from heli.rooms.rulebook.models import ReviewProposal
from heli.rooms.rulebook.records import HalfYear, reviewers
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.tests.factories import TaskFactory

IN_HALF = date(2026, 9, 30)


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def proposed(everyone: Everyone, at: datetime) -> dict[tuple[str, str], dict[str, Any]]:
    services.prepare_review(half=HalfYear(2026, 2), at=at)
    return {(one.kind, one.key): one.params for one in ReviewProposal.objects.all()}


@pytest.fixture
def enterprise(everyone: Everyone, at: datetime) -> Everyone:
    services.install_catalogue(by=everyone.party_clerk, at=at, valid_from=date(2026, 1, 1))
    return everyone


def closed(everyone: Everyone, code: str, at: datetime) -> None:
    secretary = everyone.branch_secretary_a1
    TaskFactory(
        unit=everyone.branch_a1, obligation=code, due_on=IN_HALF, state=TaskState.CLOSED, accepted_at=at,
        accepted_by=secretary, handed_in_at=at, handed_in_by=secretary, closed_at=at, closed_by=everyone.party_clerk,
    )  # fmt: skip


def test_a_duty_that_nobody_met_is_proposed_until_somebody_meets_it(enterprise: Everyone, at: datetime) -> None:
    before = proposed(enterprise, at)
    closed(enterprise, "A04", at)
    after = proposed(enterprise, at)

    assert before[("tasks.unmet", "A04")] == {"times": 6, "units": 3}  # three branches, two quarters
    assert ("tasks.unmet", "A04") not in after
    assert ("tasks.unmet", "A02") in after


def test_an_item_is_unused_until_work_carries_its_duty(enterprise: Everyone, at: datetime) -> None:
    post = lists.post_of(enterprise.branch_secretary_a1)
    during = at.replace(year=2026, month=9)
    lists.issued(enterprise, during, unit=enterprise.branch_a1, edits=[lists.edit("党课", post, obligations=("A04",))])

    other = lists.post_of(enterprise.branch_secretary_a2)
    lists.issued(enterprise, during, unit=enterprise.branch_a2, edits=[lists.edit("换届", other, obligations=("A17",))])

    before = proposed(enterprise, at)
    TaskFactory(unit=enterprise.branch_a1, obligation="A04", due_on=IN_HALF)
    after = proposed(enterprise, at)

    assert before[("responsibilities.unused", "A04")] == {"items": 1, "lists": 1}
    assert ("responsibilities.unused", "A04") not in after
    assert ("responsibilities.unused", "A17") not in before  # an election is due at the end of a term


def test_a_post_above_the_limit_is_named_without_its_holder(enterprise: Everyone, at: datetime) -> None:
    post = lists.post_of(enterprise.branch_secretary_a1)
    edits = [lists.edit(f"第{number}项", post, obligations=()) for number in range(3)]
    lists.issued(enterprise, at.replace(year=2026, month=9), unit=enterprise.branch_a1, edits=edits)
    DutyLimit.objects.create(items=2, reason="试行", set_at=at, set_by=enterprise.party_head)

    found = proposed(enterprise, at)

    one = ReviewProposal.objects.get(kind="responsibilities.overload")
    assert found[("responsibilities.overload", str(post.pk))] == {"items": 3, "limit": 2}
    assert enterprise.branch_secretary_a1.name not in (one.title_zh, one.title_en)
    assert enterprise.branch_a1.name in one.title_zh


def test_work_returned_again_and_again_is_proposed_by_its_duty(enterprise: Everyone, at: datetime) -> None:
    during = at.replace(year=2026, month=9)
    for times in (2, 3, 1):
        task = TaskFactory(unit=enterprise.branch_a1, obligation="A06", due_on=IN_HALF + timedelta(days=times))
        for _ in range(times):
            audit.record("task.returned", subject=task, by=enterprise.party_clerk, at=during)

    assert proposed(enterprise, at)[("tasks.returned", "A06")] == {"tasks": 2, "returns": 5}


def test_every_proposal_says_what_was_found_and_what_could_be_done(enterprise: Everyone, at: datetime) -> None:
    proposed(enterprise, at)

    known = {reviewer.name: reviewer for reviewer in reviewers()}
    for one in ReviewProposal.objects.all():
        found, idea = known[one.kind.partition(".")[0]].words(one.kind, one.params)
        assert found
        assert idea
        assert "%(" not in found + idea
