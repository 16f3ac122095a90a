"""Two people at once: exactly one wins, the other learns why."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.rooms.people.tests.fixtures import build_everyone
from heli.rooms.rulebook import catalogue, services
from heli.rooms.rulebook.models import (
    Adjustment,
    Circumstance,
    Edition,
    EditionChoice,
    Obligation,
    ObligationWording,
)
from heli.rooms.rulebook.tests import in_force

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WRITERS = 4


def at_once(act: Callable[[int], object]) -> list[str]:
    """Run ``act`` in several connections at the same moment; returns ``done`` or the refusal's name for each."""
    start = Barrier(WRITERS)

    def run(number: int) -> str:
        try:
            start.wait()
            act(number)
        except Problem as problem:
            return type(problem).__name__
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        return sorted(pool.map(run, range(WRITERS)))


def test_of_several_editors_of_one_version_one_wins() -> None:
    everyone, now = build_everyone(), timezone.now()
    services.install_catalogue(by=everyone.party_clerk, at=now, valid_from=date(2026, 1, 1))

    answers = at_once(
        lambda number: in_force.edit_obligation(
            code="A04", cells={"count": str(number + 2)}, reason="同时改", valid_from=date(2027, 1, 1),
            by=everyone.party_clerk, at=now, version=1,
        )
    )  # fmt: skip

    assert answers == ["VersionConflict"] * (WRITERS - 1) + ["done"]
    assert ObligationWording.objects.filter(entry__code="A04").count() == 2
    assert AuditEntry.objects.filter(action="rulebook.obligation_changed").count() == 1


def test_several_installers_install_once() -> None:
    everyone, now = build_everyone(), timezone.now()

    answers = at_once(lambda _number: services.install_catalogue(by=everyone.party_clerk, at=now))

    assert answers == ["done"] * WRITERS
    assert (Edition.objects.count(), Obligation.objects.count()) == (1, 124)
    assert ObligationWording.objects.count() == 124


def test_of_several_who_go_through_an_edition_one_drafts(edition: Callable[..., catalogue.Catalogue]) -> None:
    everyone, now = build_everyone(), timezone.now()
    services.install_catalogue(by=everyone.party_clerk, at=now, valid_from=date(2026, 1, 1))
    newer = edition(
        ("obligations.csv", ",1,times,quarter,calendar,,,,,,0,课件", ",3,times,quarter,calendar,,,,,,0,课件")
    )

    answers = at_once(
        lambda _number: services.draft_edition(
            accepted={}, reasons={}, valid_from=date(2027, 1, 1), reason="更新", by=everyone.party_clerk, at=now,
            expected=newer.version, edition=newer,
        )
    )  # fmt: skip

    assert answers == ["Problem"] * (WRITERS - 1) + ["done"]
    assert (Adjustment.objects.count(), EditionChoice.objects.count(), Edition.objects.count()) == (1, 1, 2)


def test_the_same_circumstance_is_declared_once() -> None:
    everyone, now = build_everyone(), timezone.now()

    answers = at_once(
        lambda number: services.declare_circumstance(
            unit_id=everyone.branch_a1.pk, condition="has_activists", valid_from=date(2026, 1, 1 + number), reason="",
            by=everyone.branch_secretary_a1, at=now,
        )
    )  # fmt: skip

    assert answers == ["Problem"] * (WRITERS - 1) + ["done"]
    assert Circumstance.objects.count() == 1
