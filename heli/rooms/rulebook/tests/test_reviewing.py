"""The half-yearly review: prepared once by the system, answered by a person, open to those who draft and decide."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.people.tests.factories import PersonFactory
from heli.rooms.people.tests.fixtures import Everyone, build_everyone
from heli.rooms.rulebook import access, queries, records, services
from heli.rooms.rulebook.models import Review, ReviewProposal
from heli.rooms.rulebook.tests import in_force

HALF = records.HalfYear(2026, 2)


@pytest.fixture(autouse=True)
def _english(in_english: None) -> None:
    """Let refusals speak English."""


@pytest.fixture
def changed(installed: Everyone, at: datetime) -> Everyone:
    """The enterprise after a half-year in which one duty changed."""
    in_force.edit_obligation(
        code="A04", cells={"count": "2"}, reason="加密", valid_from=date(2026, 9, 1), by=installed.party_clerk, at=at,
        version=1,
    )  # fmt: skip
    return installed


def proposal(key: str = "obligation:A04") -> ReviewProposal:
    return ReviewProposal.objects.get(kind="rulebook.changed", key=key)


@given(st.dates(date(2000, 1, 1), date(2200, 12, 31)))
def test_the_half_year_that_ended_last_is_over_and_the_next_is_not(today: date) -> None:
    half = queries.last_half(today)

    assert half.end <= today
    assert (today - half.end).days < 185
    assert half.start < half.end


def test_what_changed_is_proposed_with_its_reason(changed: Everyone, at: datetime) -> None:
    services.prepare_review(half=HALF, at=at)

    found = proposal()
    reviewer = records.reviewer_of(found.kind)
    assert reviewer is not None
    assert reviewer.words(found.kind, found.params)[0] == "It changed in the half-year: 2026-09-01 加密"
    assert found.url == reverse("rulebook:duty", args=["A04"])


def test_a_half_year_is_not_reviewed_before_it_is_over(changed: Everyone, at: datetime) -> None:
    with pytest.raises(Problem, match="not over"):
        services.prepare_review(half=records.HalfYear(2027, 1), at=at)

    assert not Review.objects.exists()


def test_it_is_prepared_by_itself_once(changed: Everyone, at: datetime) -> None:
    answers = [services.prepare_due(at=at) for _ in range(2)]

    assert answers == [True, False]
    assert str(Review.objects.get()) == "2026-2"


def test_without_a_rulebook_nothing_is_prepared(everyone: Everyone, at: datetime) -> None:
    assert services.prepare_due(at=at) is False


def test_drawn_up_anew_answers_stay_and_open_ones_follow(changed: Everyone, at: datetime) -> None:
    services.prepare_review(half=HALF, at=at)
    services.answer_proposal(
        proposal_id=proposal().pk, is_taken=True, answer="已布置", by=changed.party_head, at=at, version=1
    )
    in_force.edit_obligation(
        code="A06", cells={"count": "2"}, reason="加密", valid_from=date(2026, 10, 1), by=changed.party_clerk, at=at,
        version=1,
    )  # fmt: skip

    services.prepare_review(half=HALF, at=at)

    states = dict(ReviewProposal.objects.filter(kind="rulebook.changed").values_list("key", "state"))
    assert states == {"obligation:A04": "taken", "obligation:A06": "open"}


@pytest.mark.parametrize(("is_taken", "answer", "state"), [(True, "", "taken"), (False, "仍需执行", "declined")])
def test_a_person_answers_once(changed: Everyone, at: datetime, is_taken: bool, answer: str, state: str) -> None:
    services.prepare_review(half=HALF, at=at)
    asked = {"proposal_id": proposal().pk, "is_taken": is_taken, "answer": answer, "at": at}

    answered = services.answer_proposal(**asked, by=changed.discipline_clerk, version=1)
    with pytest.raises(VersionConflict):
        services.answer_proposal(**asked, by=changed.party_head, version=1)
    with pytest.raises(Problem, match="answered already"):
        services.answer_proposal(**asked, by=changed.party_head, version=2)

    assert (answered.state, answered.answer, answered.answered_by) == (state, answer, changed.discipline_clerk)
    assert AuditEntry.objects.get(action="review.answered").changes["state"] == state


def test_declining_needs_a_reason(changed: Everyone, at: datetime) -> None:
    services.prepare_review(half=HALF, at=at)

    with pytest.raises(Problem, match="Write the reason"):
        services.answer_proposal(
            proposal_id=proposal().pk, is_taken=False, answer=" ", by=changed.party_head, at=at, version=1
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewProposal.objects.update(state="declined", answered_at=at, answered_by=changed.party_head)


def test_list_and_object_agree(changed: Everyone, at: datetime) -> None:
    review = services.prepare_review(half=HALF, at=at)

    for person in [*changed.persons, PersonFactory(), None]:
        listed = list(access.visible_reviews(person, at.date()))
        assert listed == ([review] if access.can_review(person, at.date()) else [])
    with pytest.raises(Http404):
        services.answer_proposal(
            proposal_id=proposal().pk, is_taken=True, answer="", by=changed.branch_secretary_a1, at=at, version=1
        )
    with pytest.raises(AccessDenied):
        services.begin_review(by=changed.branch_secretary_a1, at=at)


def test_pages_show_and_answer(changed: Everyone, english: Callable[..., Client]) -> None:
    head, secretary = english(changed.party_head), english(changed.branch_secretary_a1)
    empty = head.get(reverse("rulebook:reviews")).content.decode()
    now = timezone.now()
    half = queries.last_half(timezone.localdate())
    in_force.edit_obligation(
        code="A02", cells={"count": "3"}, reason="试行", valid_from=half.end, by=changed.party_clerk, at=now, version=1
    )
    path = reverse("rulebook:review", args=[services.prepare_review(half=half, at=now).pk])
    pk = ReviewProposal.objects.order_by("pk").values_list("pk", flat=True).first()
    answer = reverse("rulebook:answer_proposal", args=[pk or 0])

    hidden = [secretary.get(reverse("rulebook:reviews")).status_code, secretary.get(path).status_code]
    queued = head.post(reverse("rulebook:prepare_review")).status_code
    shown = head.get(path)

    assert "No review yet" in empty
    assert hidden == [404, 404]
    assert (queued, shown.status_code) == (302, 200)
    if pk is not None:
        without = head.post(answer, {"version": 1, "step": "decline"})
        taken = head.post(answer, {"version": 1, "step": "take", "note": "已布置"})
        assert (without.status_code, taken.status_code) == (422, 302)
        assert "已布置" in head.get(path, {"state": "taken"}).content.decode()


def test_a_review_asks_as_much_for_one_proposal_as_for_five(
    changed: Everyone, at: datetime, client_of: Callable[..., Client]
) -> None:
    review = services.prepare_review(half=HALF, at=at)
    review.proposals.exclude(kind="rulebook.changed").delete()
    client, path = client_of(changed.party_head), reverse("rulebook:review", args=[review.pk])

    def count() -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        return len(captured)

    one = count()
    for code in ("A02", "A03", "A06", "A20"):
        ReviewProposal.objects.create(
            review=review, kind="rulebook.changed", key=code, position=9, title_zh="事项", title_en="Duty",
            params={"reasons": ""}, url="/",
        )  # fmt: skip

    assert count() == one


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_several_who_answer_at_once_one_wins() -> None:
    everyone, at = build_everyone(), timezone.now()
    services.install_catalogue(by=everyone.party_clerk, at=at, valid_from=date(2020, 1, 1))
    review = services.prepare_review(half=queries.last_half(timezone.localdate()), at=at)
    pk = ReviewProposal.objects.create(
        review=review, kind="rulebook.changed", key="x", position=1, title_zh="事项", title_en="Duty",
        params={"reasons": ""}, url="/",
    ).pk  # fmt: skip
    people, start = [everyone.party_head, everyone.party_clerk, everyone.secretary], Barrier(3)

    def run(number: int) -> str:
        try:
            start.wait()
            services.answer_proposal(
                proposal_id=pk, is_taken=bool(number), answer="理由", by=people[number], at=at, version=1
            )
        except Problem as problem:
            return type(problem).__name__
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        answers = sorted(pool.map(run, range(3)))

    assert answers == ["VersionConflict", "VersionConflict", "done"]
