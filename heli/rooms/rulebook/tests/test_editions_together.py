"""Many changed entries of an edition: proposed as seen, decided together with one reason, single ones apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from heli.kernel.decisions import AccessDenied
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.people.models import Person
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.rulebook import catalogue, queries, records, services
from heli.rooms.rulebook.models import Adjustment, Edition, EditionChoice
from heli.rooms.rulebook.tests.test_editions import LESSON, NEW_DUTY, edit

Maker = Callable[..., catalogue.Catalogue]
JUNE = date(2027, 6, 1)


@pytest.fixture(autouse=True)
def _english(in_english: None) -> None:
    """Let refusals speak English."""


@pytest.fixture
def taken(installed: Everyone, at: datetime, edition: Maker) -> Edition:
    """An edition that changes one duty and brings another, both taken and drafted."""
    newer = edition(LESSON, NEW_DUTY)
    return services.draft_edition(
        accepted={}, reasons={}, valid_from=JUNE, reason="按新版更新", by=installed.party_clerk, at=at,
        expected=newer.version, edition=newer,
    )  # fmt: skip


def seen(edition: Edition) -> int:
    return queries.version_of(queries.choices_of(edition))


def propose(edition: Edition, by: Person, at: datetime) -> int:
    return services.propose_edition(edition_id=edition.pk, by=by, at=at, version=seen(edition))


def decide(edition: Edition, by: Person, at: datetime, **changes: Any) -> int:
    values = {
        "edition_id": edition.pk, "chosen": set(Adjustment.objects.values_list("pk", flat=True)), "is_accepted": True,
        "reason": "同意按新版", "by": by, "at": at, "version": seen(edition),
    }  # fmt: skip
    return services.decide_edition(**{**values, **changes})


def states() -> list[str]:
    return list(Adjustment.objects.order_by("pk").values_list("state", flat=True))


def test_what_changed_since_the_page_was_opened_is_not_proposed(
    installed: Everyone, at: datetime, taken: Edition
) -> None:
    before, one = seen(taken), Adjustment.objects.order_by("pk")[0]
    services.move_adjustment(
        adjustment_id=one.pk, valid_from=date(2027, 7, 1), reason="推迟", by=installed.party_clerk, at=at,
        version=one.version,
    )  # fmt: skip

    for version in (before, None):
        with pytest.raises(VersionConflict):
            services.propose_edition(edition_id=taken.pk, by=installed.party_clerk, at=at, version=version)

    assert states() == ["draft", "draft"]
    assert propose(taken, installed.party_clerk, at) == 2


@pytest.mark.parametrize(("is_accepted", "state"), [(True, "decided"), (False, "declined")])
def test_several_are_decided_with_one_reason_and_one_is_left_out(
    installed: Everyone, at: datetime, taken: Edition, state: str, *, is_accepted: bool
) -> None:
    propose(taken, installed.party_clerk, at)
    first, second = Adjustment.objects.order_by("pk")

    number = decide(taken, installed.party_head, at, chosen={first.pk}, is_accepted=is_accepted)

    first.refresh_from_db()
    assert (number, states(), first.note) == (1, [state, "proposed"], "同意按新版")
    assert first.effects.filter(is_accepted=False).count() == 0
    assert decide(taken, installed.party_head, at, chosen={second.pk}) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"reason": " "}, "has to know why"), ({"chosen": set()}, "No change is chosen"), ({"chosen": {0}}, "No change")],
)
def test_a_decision_needs_a_reason_and_something_marked(
    installed: Everyone, at: datetime, taken: Edition, changes: dict[str, Any], words: str
) -> None:
    propose(taken, installed.party_clerk, at)

    with pytest.raises(Problem, match=words):
        decide(taken, installed.party_head, at, **changes)
    assert states() == ["proposed", "proposed"]


def test_all_of_them_are_decided_or_none(installed: Everyone, at: datetime, taken: Edition) -> None:
    propose(taken, installed.party_clerk, at)
    edit(installed, at, code="A55", cells={"count": "2"})

    with pytest.raises(Problem, match="A55 was changed in another way"):
        decide(taken, installed.party_head, at)
    assert states() == ["proposed", "proposed"]


def test_nobody_decides_what_they_drafted_or_did_not_see(installed: Everyone, at: datetime, taken: Edition) -> None:
    before = seen(taken)
    propose(taken, installed.party_clerk, at)

    with pytest.raises(AccessDenied):
        decide(taken, installed.party_clerk, at)
    with pytest.raises(VersionConflict):
        decide(taken, installed.party_head, at, version=before)
    assert states() == ["proposed", "proposed"]


def test_begun_work_is_decided_on_its_own_page(
    installed: Everyone, at: datetime, taken: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A room beside the real ones names work that is begun."""
    group = records.Group("begun.tasks", 2, act=records.CANCEL, is_begun=True)
    follower = records.Follower(
        "begun", frozenset({"begun.tasks"}), str, lambda key, _act: key, lambda _change, _reader: [group],
        lambda *_: [], lambda *_: records.Touched(), lambda *_: 0, lambda *_: (),
    )  # fmt: skip
    monkeypatch.setitem(records._followers, "begun", follower)
    propose(taken, installed.party_clerk, at)

    with pytest.raises(Problem, match="their own pages ask whether begun work is kept"):
        decide(taken, installed.party_head, at)
    assert decide(taken, installed.party_head, at, is_accepted=False) == 2


def test_one_reason_stands_for_all_that_is_kept(installed: Everyone, at: datetime, edition: Maker) -> None:
    newer = edition(LESSON, NEW_DUTY)
    keep = {entry.key_of(one): False for entry in queries.pending_update(newer).entries for one in entry.differences}  # type: ignore[union-attr] # it is pending
    keep |= {entry.key: False for entry in queries.pending_update(newer).entries if not entry.differences}  # type: ignore[union-attr] # it is pending

    services.draft_edition(
        accepted=keep, reasons={"obligation:A04": "已有约定"}, kept_reason="暂缓", valid_from=JUNE, reason="按新版更新",
        by=installed.party_clerk, at=at, expected=newer.version, edition=newer,
    )  # fmt: skip

    reasons = dict(EditionChoice.objects.values_list("code", "reason"))
    assert len(reasons) == 2
    assert set(reasons.values()) <= {"已有约定", "暂缓"}
    assert "暂缓" in reasons.values()


def test_the_page_decides_what_is_marked(
    installed: Everyone, at: datetime, taken: Edition, client_of: Callable[..., Client]
) -> None:
    propose(taken, installed.party_clerk, at)
    client, path = client_of(installed.party_head), reverse("rulebook:edition", args=[taken.pk])
    first, _second = Adjustment.objects.order_by("pk")

    page = client.get(path)
    refused = client.post(
        reverse("rulebook:decide_edition", args=[taken.pk]),
        {"version": page.context["version"], "change": [first.pk], "step": "accept", "note": ""},
    )
    answer = client.post(
        reverse("rulebook:decide_edition", args=[taken.pk]),
        {"version": page.context["version"], "change": [first.pk], "step": "accept", "note": "同意"},
    )
    short = client.get(reverse("rulebook:follows_change", args=[first.pk]), headers={"hx-request": "true"})

    assert page.context["to_decide"] == 2
    assert [row.is_marked for row in refused.context["rows"]] == [True, False]
    assert (refused.status_code, answer.status_code, short.status_code) == (422, 302, 200)
    assert states() == ["decided", "proposed"]
    assert client_of(installed.party_clerk).get(path).context["to_decide"] == 0
