"""A newer edition: what is taken becomes changes that another person decides, what is kept has its reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from heli.kernel import audit
from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.rooms.information.models import Notification
from heli.rooms.people.models import Person
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.rulebook import access, catalogue, queries, services
from heli.rooms.rulebook.catalogue.reading import DATA
from heli.rooms.rulebook.enums import AdjustmentState
from heli.rooms.rulebook.models import Adjustment, Edition, EditionChoice, ObligationWording
from heli.rooms.rulebook.services import Choice
from heli.rooms.rulebook.tests import in_force

MAY = date(2027, 5, 1)
JUNE = date(2027, 6, 1)
UNITS = "rulebook.units"
Maker = Callable[..., catalogue.Catalogue]
LESSON = (
    "obligations.csv",
    "party,branch,,1,times,quarter,calendar,,,,,,0,课件",
    "party,branch,,3,times,quarter,calendar,,,,,,0,课件",
)
_A55 = (
    "A55,支部书记例会,Meeting of branch secretaries,party,committee,,1,times,quarter,calendar,,,,,,0,签到表,"
    "attendance sheet,practice@-,practice,practice,,每季度一次。,Once a quarter."
)
NEW_DUTY = ("obligations.csv", "\nB01,", f"\n{_A55}\nB01,")


@pytest.fixture(autouse=True)
def _english(in_english: None) -> None:
    """Let refusals speak English."""


def edit(everyone: Everyone, at: datetime, **changes: Any) -> ObligationWording:
    values = {
        "code": "A04", "cells": {"count": "2"}, "reason": "集团要求每季度两次", "valid_from": MAY,
        "by": everyone.party_clerk, "at": at, "version": 1,
    }  # fmt: skip
    return in_force.edit_obligation(**{**values, **changes})


def take(
    everyone: Everyone,
    at: datetime,
    newer: catalogue.Catalogue,
    accepted: dict[str, bool] | None = None,
    reasons: dict[str, str] | None = None,
    **changes: Any,
) -> Edition:
    values = {
        "valid_from": JUNE, "reason": "按新版更新", "by": everyone.party_clerk, "at": at, "expected": newer.version,
        "edition": newer,
    }  # fmt: skip
    return services.draft_edition(accepted=accepted or {}, reasons=reasons or {}, **{**values, **changes})


def propose(edition: Edition, by: Person, at: datetime) -> int:
    seen = queries.version_of(queries.choices_of(edition))
    return services.propose_edition(edition_id=edition.pk, by=by, at=at, version=seen)


def decide(everyone: Everyone, at: datetime, edition: Edition) -> None:
    """Propose and decide every change of the edition."""
    propose(edition, everyone.party_clerk, at)
    for found in Adjustment.objects.filter(edition_choice__edition=edition).order_by("-pk"):
        services.decide_adjustment(
            adjustment_id=found.pk, version=found.version, choices={UNITS: Choice(is_accepted=True)},
            by=everyone.party_head, at=at,
        )  # fmt: skip


def on_june(code: str) -> queries.Duty:
    duty = queries.duty_on(code, JUNE)
    assert duty is not None
    return duty


# --- What is pending ---


def test_nothing_is_pending_while_the_edition_is_in_use(installed: Everyone) -> None:
    assert queries.pending_update() is None


def test_an_update_shows_what_it_changes_field_by_field(installed: Everyone, edition: Maker) -> None:
    update = queries.pending_update(edition(LESSON))

    assert update is not None
    assert update.installed_version == "2026.1"
    assert [
        (entry.key, [(one.column, one.base, one.own, one.shipped) for one in entry.differences])
        for entry in update.entries
    ] == [("obligation:A04", [("count", "1", "1", "3")])]


# --- Drafting: nothing takes effect ---


def test_what_is_taken_is_a_draft_and_nothing_holds_yet(installed: Everyone, at: datetime, edition: Maker) -> None:
    wordings = ObligationWording.objects.count()

    taken = take(installed, at, edition(LESSON))

    choice = EditionChoice.objects.select_related("adjustment").get(edition=taken)
    draft = choice.adjustment
    assert draft is not None
    assert (draft.state, draft.code, draft.cells, draft.hands) == (
        "draft", "A04", {"count": "3"}, [installed.party_clerk.pk],
    )  # fmt: skip
    assert (choice.kind, choice.taken, choice.kept, choice.reason) == ("changed", ["count"], [], "")
    assert (on_june("A04").count, ObligationWording.objects.count()) == (1, wordings)


def test_once_decided_it_holds_from_its_day(installed: Everyone, at: datetime, edition: Maker) -> None:
    decide(installed, at, take(installed, at, edition(LESSON)))

    counts = [duty.count for day in (MAY, JUNE) if (duty := queries.duty_on("A04", day))]
    assert (counts, on_june("A04").edited_fields, on_june("A04").catalogue_version) == ([1, 3], (), "2027.1")
    assert queries.installed_version() == "2027.1"


def test_what_is_kept_is_the_enterprises_own_with_its_reason(installed: Everyone, at: datetime, edition: Maker) -> None:
    taken = take(
        installed, at, edition(LESSON), {"obligation:A04:count": False}, {"obligation:A04": "本企业每季度一次足够"}
    )

    choice = EditionChoice.objects.get(edition=taken)
    assert (choice.taken, choice.kept, choice.reason) == ([], ["count"], "本企业每季度一次足够")
    assert not Adjustment.objects.exists()
    assert (on_june("A04").count, on_june("A04").edited_fields) == (1, ("count",))


@pytest.mark.parametrize("reasons", [{}, {"obligation:A04": "   "}, {"obligation:A05": "另一条"}])
def test_keeping_needs_a_reason(installed: Everyone, at: datetime, edition: Maker, reasons: dict[str, str]) -> None:
    with pytest.raises(Problem, match="No reason stands beside what is kept of A04"):
        take(installed, at, edition(LESSON), {"obligation:A04:count": False}, reasons)

    assert (queries.installed_version(), EditionChoice.objects.exists()) == ("2026.1", False)


def test_what_both_changed_has_to_be_decided(installed: Everyone, at: datetime, edition: Maker) -> None:
    edit(installed, at)
    newer = edition(LESSON)

    with pytest.raises(Problem, match="You had changed 1 of these values yourselves"):
        take(installed, at, newer)
    assert queries.installed_version() == "2026.1"

    decide(installed, at, take(installed, at, newer, {"obligation:A04:count": True}))
    assert (on_june("A04").count, on_june("A04").edited_fields) == (3, ())


def test_what_only_the_enterprise_changed_stays(installed: Everyone, at: datetime, edition: Maker) -> None:
    edit(installed, at)

    take(installed, at, edition())

    assert (on_june("A04").count, on_june("A04").edited_fields) == (2, ("count",))


@pytest.mark.parametrize(("accepted", "is_on"), [({}, True), ({"obligation:A55": False}, False)])
def test_a_new_duty_comes_in_off_and_is_switched_on_by_decision(
    installed: Everyone, at: datetime, edition: Maker, accepted: dict[str, bool], is_on: bool
) -> None:
    taken = take(installed, at, edition(NEW_DUTY), accepted, {"obligation:A55": "暂不设"})
    before = on_june("A55").is_on
    asked = queries.units_asked(installed.party_clerk, "A55", JUNE)
    decide(installed, at, taken)

    assert (before, asked, on_june("A55").is_on) == (False, 0, is_on)


@pytest.mark.parametrize(("accepted", "is_on"), [({}, False), ({"obligation:J14": False}, True)])
def test_a_withdrawn_duty_is_switched_off_by_decision_or_kept(
    installed: Everyone, at: datetime, edition: Maker, accepted: dict[str, bool], is_on: bool
) -> None:
    lines = (DATA / "obligations.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    row = next(line for line in lines if line.startswith("J14,"))

    taken = take(installed, at, edition(("obligations.csv", row, "")), accepted, {"obligation:J14": "仍在做"})
    before = on_june("J14").is_on
    decide(installed, at, taken)

    assert (before, on_june("J14").is_on, on_june("J14").catalogue_version) == (True, is_on, "2026.1")


def test_a_new_key_link_comes_in_with_its_new_duty(installed: Everyone, at: datetime, edition: Maker) -> None:
    link = "K20,联席会议/协调机制"
    newer = edition(NEW_DUTY, ("key_links.csv", link, f"K21,书记例会,Meetings of secretaries,party,A55\n{link}"))

    decide(installed, at, take(installed, at, newer))

    assert {one.code: one.obligations for one in queries.key_links(JUNE) if one.is_on}["K21"] == ("A55",)
    assert on_june("A55").record.key_link == "书记例会"


def test_a_new_instrument_waits_for_its_decision(installed: Everyone, at: datetime, edition: Maker) -> None:
    lines = (DATA / "instruments.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    row = next(line for line in lines if line.startswith("branch-2018,"))
    newer = edition(("instruments.csv", row, row + row.replace("branch-2018,", "branch-2027,", 1)))

    taken = take(installed, at, newer)
    before = queries.instrument_on("branch-2027", JUNE)
    decide(installed, at, taken)

    after = queries.instrument_on("branch-2027", JUNE)
    assert before is not None
    assert after is not None
    assert (before.is_on, after.is_on) == (False, True)


# --- All or nothing, once ---


def test_an_edition_is_drafted_whole_or_not_at_all(installed: Everyone, at: datetime, edition: Maker) -> None:
    edit(installed, at, code="J14", valid_from=date(2027, 7, 1))  # J14 changes after the day of the update
    newer = edition(LESSON, NEW_DUTY, ("obligations.csv", "J14,复合型人才培养", "J14,复合型干部培养"))

    with pytest.raises(Problem):
        take(installed, at, newer, {"obligation:J14:title_zh": True})

    assert (Adjustment.objects.count(), queries.installed_version(), queries.duty_on("A55", JUNE)) == (
        0, "2026.1", None,
    )  # fmt: skip


def test_an_entry_with_a_change_under_way_is_named(installed: Everyone, at: datetime, edition: Maker) -> None:
    services.draft_adjustment(
        family="obligation", code="A04", cells={"count": "2"}, reason="集团要求", valid_from=JUNE,
        by=installed.party_clerk, at=at, version=1,
    )  # fmt: skip

    with pytest.raises(Problem, match="Another change of A04 is under way"):
        take(installed, at, edition(LESSON))

    assert queries.installed_version() == "2026.1"


def test_an_edition_is_gone_through_once(installed: Everyone, at: datetime, edition: Maker) -> None:
    newer = edition(LESSON)
    take(installed, at, newer)

    with pytest.raises(Problem, match="Somebody has gone through this edition already"):
        take(installed, at, newer)

    assert AuditEntry.objects.filter(action="rulebook.update_accepted").count() == 1


def test_nothing_is_drafted_where_the_log_cannot_be_written(
    installed: Everyone, at: datetime, edition: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(action: str, **_values: object) -> None:
        if action == "rulebook.update_accepted":
            raise RuntimeError("the log is full")

    newer = edition(LESSON, NEW_DUTY)
    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError, match="the log is full"), transaction.atomic():
        take(installed, at, newer)

    assert (Adjustment.objects.count(), EditionChoice.objects.count(), Edition.objects.count()) == (0, 0, 1)


def test_one_audit_entry_names_what_was_chosen(installed: Everyone, at: datetime, edition: Maker) -> None:
    take(installed, at, edition(LESSON, NEW_DUTY), {"obligation:A55": False}, {"obligation:A55": "暂不设"})

    changes = AuditEntry.objects.get(action="rulebook.update_accepted").changes
    assert changes == {
        "from": "2026.1", "to": "2027.1", "reason": "按新版更新",
        "entries": {
            "obligation:A04": {"taken": ["count"], "kept": [], "reason": ""},
            "obligation:A55": {"taken": [], "kept": ["is_on"], "reason": "暂不设"},
        },
    }  # fmt: skip


# --- Four eyes ---


def test_who_chose_does_not_decide(installed: Everyone, at: datetime, edition: Maker) -> None:
    taken = take(installed, at, edition(LESSON), by=installed.party_head)
    propose(taken, installed.party_clerk, at)
    found = Adjustment.objects.get()
    values = {"adjustment_id": found.pk, "version": found.version, "choices": {UNITS: Choice(is_accepted=True)}}

    for hand in (installed.party_head, installed.party_clerk):
        with pytest.raises(AccessDenied):
            services.decide_adjustment(**values, by=hand, at=at)
    services.decide_adjustment(**values, by=installed.secretary, at=at)

    found.refresh_from_db()
    assert (found.state, found.decided_by) == ("decided", installed.secretary)


def test_the_database_lets_nobody_decide_what_they_chose(installed: Everyone, at: datetime, edition: Maker) -> None:
    taken = take(installed, at, edition(LESSON))
    propose(taken, installed.party_clerk, at)

    with pytest.raises(IntegrityError, match="rulebook_adjustment_four_eyes"), transaction.atomic():
        Adjustment.objects.update(state=AdjustmentState.DECIDED, decided_at=at, decided_by=installed.party_clerk)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"kept": ["title_zh"], "reason": ""}, "rulebook_choice_kept_has_reason"),
        ({"adjustment": None}, "rulebook_choice_taken_is_a_change"),
        ({"taken": []}, "rulebook_choice_taken_is_a_change"),
    ],
)
def test_the_database_keeps_what_a_choice_promises(
    installed: Everyone, at: datetime, edition: Maker, changes: dict[str, Any], name: str
) -> None:
    take(installed, at, edition(LESSON))

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        EditionChoice.objects.update(**changes)


# --- Proposing them together ---


def test_they_are_proposed_together_with_one_notice(installed: Everyone, at: datetime, edition: Maker) -> None:
    taken = take(installed, at, edition(LESSON, NEW_DUTY))

    number = propose(taken, installed.party_clerk, at)
    again = propose(taken, installed.party_clerk, at)

    told = Notification.objects.filter(url=f"/rulebook/editions/{taken.pk}/")
    assert (number, again) == (2, 0)
    assert set(Adjustment.objects.values_list("state", flat=True)) == {"proposed"}
    assert set(told.values_list("person", flat=True)) == access.deciders(at.date()) - {installed.party_clerk.pk}


def test_all_are_proposed_or_none(installed: Everyone, at: datetime, edition: Maker) -> None:
    taken = take(installed, at, edition(LESSON, NEW_DUTY))
    edit(installed, at, code="A55", cells={"count": "2"})

    with pytest.raises(Problem, match="A55 was changed in another way"):
        propose(taken, installed.party_clerk, at)

    assert set(Adjustment.objects.values_list("state", flat=True)) == {"draft"}


# --- Who sees it ---


def test_list_and_object_agree(installed: Everyone, at: datetime, edition: Maker) -> None:
    take(installed, at, edition(LESSON))
    everyone = [
        installed.party_clerk, installed.party_head, installed.secretary, installed.branch_secretary_a1,
        installed.member_a1, None,
    ]  # fmt: skip

    sees = {}
    for person in everyone:
        listed = set(access.visible_editions(person, at.date()))
        assert listed == {one for one in Edition.objects.all() if access.can_view_edition(person, at.date())}
        sees[person] = bool(listed)

    assert list(sees.values()) == [True, True, True, False, False, False]


def test_only_who_coordinates_the_whole_enterprise_chooses(installed: Everyone, at: datetime, edition: Maker) -> None:
    newer = edition(LESSON)
    with pytest.raises(AccessDenied):
        take(installed, at, newer, by=installed.branch_secretary_a1)
    taken = take(installed, at, newer)

    for person in (installed.branch_secretary_a1, installed.member_a1):
        with pytest.raises(AccessDenied):
            propose(taken, person, at)
        with pytest.raises(Http404):
            access.edition_for(person, taken.pk, at.date())
    assert queries.edition_of(Adjustment.objects.get()) == taken
