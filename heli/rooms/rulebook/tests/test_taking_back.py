"""Between the decision and its day: who is told when, and a decision taken back."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.rooms.information.models import Notification
from heli.rooms.people.enums import PostKind
from heli.rooms.people.tests.factories import UnitFactory, appointed
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.rulebook import access, queries, services
from heli.rooms.rulebook.models import Adjustment, AdjustmentNotice
from heli.rooms.rulebook.tests.test_adjusting import JUNE, decided, drafted


@pytest.fixture(autouse=True)
def _english(in_english: None) -> None:
    """Let refusals speak English."""


def test_whoever_comes_under_it_until_the_day_is_told_then_and_nobody_twice(installed: Everyone, at: datetime) -> None:
    found, june = decided(installed, at), at.replace(month=6, day=1)
    services.carry_out(adjustment_id=found.pk, at=at)
    before = told_of(found)
    branch = UnitFactory(parent=installed.committee_a, kind=installed.branch_a1.kind, valid_from=date(2027, 4, 1))
    newcomer = appointed(PostKind.BRANCH_SECRETARY, branch)
    follower = appointed(PostKind.BRANCH_SECRETARY, installed.branch_a1)

    for _ in range(2):
        services.carry_out(adjustment_id=found.pk, at=june)

    after = told_of(found)
    assert len(after) == len(set(after))
    assert set(after) - set(before) == {newcomer.pk, follower.pk}
    assert set(AdjustmentNotice.objects.values_list("unit_id", flat=True)) == {
        installed.branch_a1.pk, installed.branch_a2.pk, installed.branch_b1.pk, branch.pk,
    }  # fmt: skip


def test_a_change_of_the_same_day_tells_once(installed: Everyone, at: datetime) -> None:
    found = decided(installed, at, valid_from=at.date())

    services.carry_out(adjustment_id=found.pk, at=at)

    assert AuditEntry.objects.filter(action="adjustment.told").count() == 1


def told_of(found: Adjustment) -> list[int]:
    rows = Notification.objects.filter(title__contains="read what follows", url__endswith=f"/{found.pk}/")
    return list(rows.values_list("person_id", flat=True))


def test_a_decision_is_taken_back_before_its_day_and_everyone_told_is_told(installed: Everyone, at: datetime) -> None:
    found = decided(installed, at)
    services.carry_out(adjustment_id=found.pk, at=at)
    found.refresh_from_db()
    held = queries.duty_on("A04", JUNE)
    before = set(told_of(found))

    services.take_back_decision(
        adjustment_id=found.pk, version=found.version, reason="上级另有安排", by=installed.party_head, at=at
    )
    services.carry_out(adjustment_id=found.pk, at=at.replace(month=6, day=1))

    found.refresh_from_db()
    now = queries.duty_on("A04", JUNE)
    assert held is not None
    assert now is not None
    assert (held.count, now.count, now.valid_to) == (2, 1, None)
    assert (found.state, found.note) == ("withdrawn", "上级另有安排")
    assert not found.effects.filter(applied__isnull=False).exists()
    again = set(Notification.objects.filter(title__contains="taken back").values_list("person_id", flat=True))
    assert before
    assert again >= before
    assert queries.duty_on("A04", at.date()) is not None
    assert access.can_view_adjustment(installed.branch_secretary_a1, found, at.date())
    assert drafted(installed, at, version=3).before == {"count": "1"}


@pytest.mark.parametrize(
    ("who", "day", "why"),
    [
        ("party_clerk", 0, "Who leads the work of the whole enterprise decides"),
        ("branch_secretary_a1", 0, "Who leads the work"),
        ("party_head", 90, "Its day has come"),
    ],
)
def test_who_takes_a_decision_back_and_until_when(
    installed: Everyone, at: datetime, who: str, day: int, why: str
) -> None:
    found = decided(installed, at)

    with pytest.raises(AccessDenied, match=why):
        services.take_back_decision(
            adjustment_id=found.pk, version=found.version, reason="不改了", by=getattr(installed, who),
            at=at + timedelta(days=day),
        )  # fmt: skip


def test_a_decision_others_build_on_is_not_taken_back(installed: Everyone, at: datetime) -> None:
    found = decided(installed, at)
    decided(installed, at, cells={"count": "3"}, valid_from=date(2027, 8, 1), version=2)

    with pytest.raises(Problem, match="A later change of A04 was decided on top of it"):
        services.take_back_decision(
            adjustment_id=found.pk, version=found.version, reason="不改了", by=installed.party_head, at=at
        )
    assert queries.duty_on("A04", JUNE).count == 2  # type: ignore[union-attr]  # it was installed
