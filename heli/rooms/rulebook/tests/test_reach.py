"""Who decides a change reaches all that follows from it; others read in words that they see a part, and who could."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from heli.rooms.people.enums import PostKind, UnitKind
from heli.rooms.people.models import Person, Unit
from heli.rooms.people.tests.factories import UnitFactory, appointed
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.rulebook import queries, records, services
from heli.rooms.rulebook.enums import Family
from heli.rooms.rulebook.models import Adjustment, AdjustmentEffect
from heli.rooms.rulebook.services.deciding import ReachTooShort

JUNE = date(2027, 6, 1)


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def other(everyone: Everyone) -> Unit:
    """A second topmost Party organization with a branch that owes what every branch owes."""
    top: Unit = UnitFactory(kind=UnitKind.GROUP_COMMITTEE, name="另一党委")
    UnitFactory(parent=top, name="另一支部")
    return top


def proposed(everyone: Everyone, at: datetime, cells: dict[str, str] | None = None) -> Adjustment:
    draft = services.draft_adjustment(
        family=Family.OBLIGATION, code="A06", cells=cells or {"title_zh": "主题党日活动"}, reason="改名",
        valid_from=JUNE, by=everyone.party_clerk, at=at, version=1,
    )  # fmt: skip
    return services.propose_adjustment(adjustment_id=draft.pk, version=draft.version, by=everyone.party_clerk, at=at)


def decide(found: Adjustment, by: Person, at: datetime) -> Adjustment:
    choices = {
        group.key: services.Choice(is_accepted=True)
        for group in queries.groups_of(queries.change_of(found), records.Reader(by, at.date()))
        if group.act
    }
    return services.decide_adjustment(adjustment_id=found.pk, version=found.version, choices=choices, by=by, at=at)


def queries_reader(by: Person, at: datetime) -> Any:
    from_records = services.deciding.records.Reader
    return from_records(by, at.date())


def test_who_reaches_all_of_it_decides(installed: Everyone, at: datetime) -> None:
    assert decide(proposed(installed, at), installed.secretary, at).state == "decided"


def test_who_reaches_a_part_is_refused_and_told_that_nobody_could(
    installed: Everyone, other: Unit, at: datetime
) -> None:
    found = proposed(installed, at)

    with pytest.raises(ReachTooShort) as refused:
        decide(found, installed.secretary, at)

    found.refresh_from_db()
    assert (found.state, AdjustmentEffect.objects.count()) == ("proposed", 0)
    assert "Nobody's posts reach all of it today." in str(refused.value)
    assert "另一" not in str(refused.value)


def test_the_refusal_names_who_could(installed: Everyone, other: Unit, at: datetime) -> None:
    both = appointed(PostKind.SECRETARY, other)
    appointed(PostKind.DEPUTY_SECRETARY, installed.group, person=both)
    found = proposed(installed, at)

    with pytest.raises(ReachTooShort, match=f"{both.name} can decide: their posts reach all of it."):
        decide(found, installed.secretary, at)
    assert decide(found, both, at).state == "decided"


def test_what_stays_within_reach_is_decided_beside_another_top(installed: Everyone, other: Unit, at: datetime) -> None:
    """A committee duty is asked of no unit below the other top, as it has no committee; the top itself owes nothing."""
    Unit.objects.filter(pk=other.pk).update(has_committee=False)
    found = proposed(installed, at, {"title_zh": "改名", "subjects": "branch"})
    Unit.objects.filter(path__startswith=other.path).exclude(pk=other.pk).update(valid_to=date(2027, 1, 1))

    assert decide(found, installed.secretary, at).state == "decided"


def test_who_reaches_a_part_returns_or_declines_it(installed: Everyone, other: Unit, at: datetime) -> None:
    found = proposed(installed, at)

    declined = services.decline_adjustment(
        adjustment_id=found.pk, version=found.version, reason="另议", by=installed.secretary, at=at
    )

    assert declined.state == "declined"


def test_a_decision_is_taken_back_by_who_reaches_it(installed: Everyone, at: datetime) -> None:
    found = decide(proposed(installed, at), installed.secretary, at)
    UnitFactory(parent=UnitFactory(kind=UnitKind.GROUP_COMMITTEE, name="另一党委"), name="另一支部")

    with pytest.raises(ReachTooShort):
        services.take_back_decision(
            adjustment_id=found.pk, version=found.version, reason="另议", by=installed.secretary, at=at
        )


@pytest.mark.parametrize(("who", "is_counted"), [("secretary", False), ("discipline_secretary", True)])
def test_the_page_says_what_is_seen_and_counts_only_what_may_be_opened(
    installed: Everyone, other: Unit, at: datetime, client_of: Callable[..., Any], who: str, *, is_counted: bool
) -> None:
    person = getattr(installed, who)
    if is_counted:
        appointed(PostKind.STAFF, other, person=person)
    found = proposed(installed, at)

    page = client_of(person).get(reverse("rulebook:adjustment", args=[found.pk]))

    beyond = queries.beyond_reach(person, found, at.date())
    assert beyond is not None
    assert (beyond.units, beyond.names) == ((1, ("另一支部",)) if is_counted else (None, ()))
    assert page.context["sees_whole"] is False
    body = page.content.decode()
    assert ("另一支部" in body) is is_counted
    assert 'value="decide"' not in body
    assert 'value="return"' in body


def test_who_reaches_the_whole_enterprise_costs_one_query(installed: Everyone, at: datetime) -> None:
    found = proposed(installed, at)
    installed.secretary.scopes = {}
    queries.beyond_reach(installed.secretary, found, at.date())

    with CaptureQueriesContext(connection) as captured:
        assert queries.beyond_reach(installed.secretary, found, at.date()) is None

    assert len(captured) == 1
