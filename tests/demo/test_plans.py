"""The demo's board: what contradicts is a conflict and open, and what is settled was settled with sense."""

from __future__ import annotations

from datetime import datetime

import pytest

from heli.config.demo import people, plans, rulebook
from heli.rooms.plans.enums import Choice, FindingKind
from heli.rooms.plans.models import Decision, Finding

pytestmark = pytest.mark.django_db


def _texts(finding: Finding) -> list[str]:
    return [link.item.text for link in finding.links.order_by("position")]


def _about(*words: str) -> list[Finding]:
    return [card for card in Finding.objects.in_order() if all(any(w in text for text in _texts(card)) for w in words)]


@pytest.fixture
def board(at: datetime) -> None:
    for part in (people, rulebook, plans, plans):
        part.load(at)


@pytest.mark.usefixtures("board")
def test_a_check_that_the_other_line_cancels_is_one_open_conflict_of_aims() -> None:
    (card,) = _about("实地检查资料台账", "取消对基层党支部")

    assert (card.kind, card.subkind) == (FindingKind.CONFLICT, "goal")
    assert not Decision.objects.filter(finding=card).exists()


@pytest.mark.usefixtures("board")
def test_two_events_for_all_members_on_one_day_are_a_conflict() -> None:
    (card,) = _about("主题实践活动", "参观廉政教育基地")

    assert (card.kind, card.subkind) == (FindingKind.CONFLICT, "overload")


@pytest.mark.usefixtures("board")
@pytest.mark.parametrize("other", ["参观廉政教育基地", "编印违纪违法典型案例"])
def test_a_visit_or_a_book_is_not_the_conference_twice(other: str) -> None:
    assert FindingKind.DUPLICATE not in {card.kind for card in _about("召开全集团警示教育大会", other)}


@pytest.mark.usefixtures("board")
def test_what_is_merged_keeps_what_both_asked_and_the_rest_has_reasons() -> None:
    decisions = list(Decision.objects.order_by("at"))

    merged = [each for each in decisions if each.choice == Choice.MERGE]
    assert [each.finding.kind for each in merged] == [FindingKind.DUPLICATE] * 2
    assert "12次" in merged[0].values["text"]
    assert "4次" in merged[0].values["text"]
    assert all(each.reason for each in decisions if each.choice != Choice.MERGE)
    assert len({each.by_id for each in decisions}) == 2
