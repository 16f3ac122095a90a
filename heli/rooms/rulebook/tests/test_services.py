from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from heli.kernel import audit
from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.rulebook import catalogue, queries, services
from heli.rooms.rulebook.enums import Enforcement, Family
from heli.rooms.rulebook.models import (
    Circumstance,
    Instrument,
    KeyLink,
    Obligation,
    ObligationWording,
)
from heli.rooms.rulebook.tests import in_force

MAY = date(2027, 5, 1)
JUNE = date(2027, 6, 1)


def edit(everyone: Everyone, at: datetime, **changes: object) -> ObligationWording:
    values = {
        "code": "A04", "cells": {"count": "2"}, "reason": "集团要求每季度两次", "valid_from": MAY,
        "by": everyone.party_clerk, "at": at, "version": 1,
    }  # fmt: skip
    return in_force.edit_obligation(**{**values, **changes})


# --- Installing ---


def test_installing_takes_over_every_entry(installed: Everyone) -> None:
    counts = (Instrument.objects.count(), Obligation.objects.count(), KeyLink.objects.count())

    assert counts == (48, 124, 20)
    assert [duty.record for duty in queries.duties_on(MAY)] == list(catalogue.load().obligations)


def test_installing_again_changes_nothing(installed: Everyone, at: datetime, edition: Callable) -> None:
    before = list(ObligationWording.objects.order_by("pk").values())
    newer = edition()

    again = services.install_catalogue(by="system", at=at + timedelta(days=1), edition=newer)

    assert again.catalogue_version == "2026.1"
    assert list(ObligationWording.objects.order_by("pk").values()) == before
    assert AuditEntry.objects.filter(action="rulebook.installed").count() == 1


def test_installing_is_in_force_from_the_first_day_of_the_year(everyone: Everyone, at: datetime) -> None:
    services.install_catalogue(by="system", at=at)

    assert set(ObligationWording.objects.values_list("valid_from", flat=True)) == {date(2027, 1, 1)}


# --- Editing ---


def test_an_edit_keeps_the_past_readable(installed: Everyone, at: datetime) -> None:
    edit(installed, at)

    past, now = queries.duty_on("A04", date(2027, 4, 30)), queries.duty_on("A04", MAY)
    assert past is not None
    assert now is not None
    assert (past.count, now.count) == (1, 2)
    assert (past.edited_fields, now.edited_fields) == ((), ("count",))
    assert (past.valid_to, now.valid_from, now.version) == (MAY, MAY, 2)


def test_an_edit_changes_what_is_expected_from_its_day_on(installed: Everyone, at: datetime) -> None:
    edit(installed, at)

    expected = queries.expected_occurrences(installed.branch_a1, 2027)

    months = {one.occurrence.due_on.month: one.occurrence.times for one in expected if one.duty.code == "A04"}
    assert months == {3: 1, 6: 2, 9: 2, 12: 2}


def test_an_edit_writes_one_audit_entry(installed: Everyone, at: datetime) -> None:
    edit(installed, at)

    entry = AuditEntry.objects.get(action="rulebook.obligation_changed")
    assert (entry.subject_label, entry.changes) == ("A04", {"count": ["1", "2"], "reason": "集团要求每季度两次"})


def test_an_edit_is_not_saved_without_its_audit_entry(
    installed: Everyone, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("the log is full")

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError):
        edit(installed, at)

    now = queries.duty_on("A04", MAY)
    assert now is not None
    assert (now.count, now.version) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"reason": "  "}, "A change of the rulebook needs its reason."),
        ({"cells": {"count": "1"}}, "All values are as they were."),
        ({"valid_from": date(2026, 1, 1)}, "The last change of this entry takes effect on 2026-01-01."),
        ({"cells": {"period": "fortnight"}},
         "A value of A04 cannot be used: 'fortnight' is not one of month, quarter, half, year, term, event"),
        ({"cells": {"period": "event"}},
         "A value of A04 cannot be used: 'calendar' does not go with the period 'event'"),
        ({"cells": {"conditions": "has_canteen"}}, "A value of A04 cannot be used: 'has_canteen' is not known"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("in_english")
def test_an_edit_is_refused_with_the_reason(
    installed: Everyone, at: datetime, changes: dict[str, object], why: str
) -> None:
    with pytest.raises(Problem) as raised:
        edit(installed, at, **changes)

    assert raised.value.why == why
    assert ObligationWording.objects.filter(entry__code="A04").count() == 1


def test_of_two_edits_of_one_version_the_second_sees_both_sides(installed: Everyone, at: datetime) -> None:
    edit(installed, at)

    with pytest.raises(VersionConflict) as raised:
        edit(installed, at, cells={"count": "3"}, valid_from=JUNE)

    assert raised.value.yours == {"count": "3"}


def test_only_who_coordinates_the_whole_enterprise_edits(installed: Everyone, at: datetime) -> None:
    with pytest.raises(AccessDenied):
        services.draft_adjustment(
            family=Family.OBLIGATION, code="A04", cells={"count": "2"}, reason="试", valid_from=MAY,
            by=installed.branch_secretary_a1, at=at, version=1,
        )  # fmt: skip

    assert ObligationWording.objects.filter(entry__code="A04").count() == 1


def test_a_switched_off_duty_is_asked_of_nobody(installed: Everyone, at: datetime) -> None:
    in_force.switch_obligation(
        code="A06", is_on=False, enforcement=Enforcement.WARN, reason="由集团统一组织", valid_from=MAY,
        by=installed.party_clerk, at=at, version=1,
    )  # fmt: skip

    before = {duty.code for duty in queries.obligations_for(installed.branch_a1, date(2027, 4, 30))}
    after = {duty.code for duty in queries.obligations_for(installed.branch_a1, MAY)}
    assert before - after == {"A06"}


def test_a_gate_can_block(installed: Everyone, at: datetime) -> None:
    in_force.switch_obligation(
        code="B11", is_on=True, enforcement=Enforcement.BLOCK, reason="不谈话不任职", valid_from=MAY,
        by=installed.party_clerk, at=at, version=1,
    )  # fmt: skip

    now = queries.duty_on("B11", MAY)
    assert now is not None
    assert (now.is_on, now.enforcement, now.edited_fields) == (True, "block", ())


def test_an_instrument_gets_the_edition_in_force(installed: Everyone, at: datetime) -> None:
    in_force.edit_instrument(
        code="branch-2018", cells={"effective_on": "2018-10-28"}, reason="核对原文", valid_from=MAY,
        by=installed.party_clerk, at=at, version=1,
    )  # fmt: skip

    now = queries.instrument_on("branch-2018", MAY)
    assert now is not None
    assert (now.record.effective_on, now.edited_fields) == ("2018-10-28", ("effective_on",))


@pytest.mark.usefixtures("in_english")
def test_a_key_link_names_duties_that_exist(installed: Everyone, at: datetime) -> None:
    change = {
        "code": "K13",
        "is_on": True,
        "reason": "一并查",
        "valid_from": MAY,
        "by": installed.party_clerk,
        "at": at,
    }

    with pytest.raises(Problem) as raised:
        in_force.edit_key_link(cells={"obligations": "B19;B99"}, version=1, **change)
    in_force.edit_key_link(cells={"obligations": "B19;B20"}, version=1, **change)

    assert raised.value.why == "The rulebook has no duty B99."
    duty = queries.duty_on("B20", MAY)
    assert duty is not None
    assert duty.record.key_link == "警示教育"


def test_the_database_refuses_two_wordings_at_a_time(installed: Everyone, at: datetime) -> None:
    wording = ObligationWording.objects.get(entry__code="A04")
    wording.pk = None
    wording.valid_from = MAY

    with pytest.raises(IntegrityError), transaction.atomic():
        wording.save(force_insert=True)


# --- What a unit says about itself ---


def declare(everyone: Everyone, at: datetime, **changes: object) -> Circumstance:
    values = {
        "unit_id": everyone.branch_a1.pk, "condition": "has_activists", "valid_from": date(2027, 1, 1), "reason": "",
        "by": everyone.branch_secretary_a1, "at": at,
    }  # fmt: skip
    return services.declare_circumstance(**{**values, **changes})


def test_a_declared_circumstance_asks_for_its_duties(installed: Everyone, at: datetime) -> None:
    before = {duty.code for duty in queries.obligations_for(installed.branch_a1, MAY)}

    declare(installed, at)

    after = {duty.code for duty in queries.obligations_for(installed.branch_a1, MAY)}
    assert after - before == {"A35", "A36"}


def test_an_ended_circumstance_asks_no_more(installed: Everyone, at: datetime) -> None:
    stored = declare(installed, at)

    services.end_circumstance(pk=stored.pk, valid_to=MAY, by=installed.branch_secretary_a1, at=at, version=1)

    asked = [
        one.occurrence.due_on
        for one in queries.expected_occurrences(installed.branch_a1, 2027)
        if one.duty.code == "A36"
    ]
    assert asked == [date(2027, 3, 31)]


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"condition": "has_groups"}, "This fact is taken from another record and is not entered here."),
        ({"condition": "has_canteen"}, "This fact is taken from another record and is not entered here."),
        ({"valid_to": date(2026, 12, 31)}, "The last day lies before the first."),
        ({"valid_from": MAY}, "The same is already entered for some of these days."),
    ],
)
def test_a_circumstance_is_refused_with_the_reason(
    installed: Everyone, at: datetime, changes: dict[str, object], why: str
) -> None:
    declare(installed, at, condition="has_activists")

    with pytest.raises(Problem) as raised:
        declare(installed, at, **changes)

    assert raised.value.why == why


def test_a_new_term_ends_the_running_one(installed: Everyone, at: datetime) -> None:
    declare(installed, at, condition="term_started", valid_from=date(2024, 3, 1))
    declare(installed, at, condition="term_started", valid_from=date(2027, 2, 20))

    terms = Circumstance.objects.order_by("valid_from").values_list("valid_from", "valid_to")
    assert list(terms) == [(date(2024, 3, 1), date(2027, 2, 20)), (date(2027, 2, 20), None)]


@pytest.mark.usefixtures("in_english")
def test_a_circumstance_ends_after_it_began(installed: Everyone, at: datetime) -> None:
    stored = declare(installed, at)

    with pytest.raises(Problem) as raised:
        services.end_circumstance(
            pk=stored.pk, valid_to=date(2027, 1, 1), by=installed.branch_secretary_a1, at=at, version=1
        )
    with pytest.raises(VersionConflict):
        services.end_circumstance(pk=stored.pk, valid_to=MAY, by=installed.branch_secretary_a1, at=at, version=2)

    assert raised.value.why == "It began on 2027-01-01."
    assert Circumstance.objects.get().valid_to is None


def test_nobody_declares_about_units_of_others(installed: Everyone, at: datetime) -> None:
    from django.http import Http404

    with pytest.raises(Http404):
        declare(installed, at, by=installed.branch_secretary_b1)

    assert not Circumstance.objects.exists()
