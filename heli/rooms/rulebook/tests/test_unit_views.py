"""Pages of one unit, whom a change touches, and the export."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from heli.rooms.people.tests.factories import UnitFactory
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.rulebook.models import (
    Circumstance,
    ObligationWording,
)
from heli.rooms.rulebook.tests.test_views import ClientOf, form_of, page

# --- A unit ---


def test_a_units_page_separates_what_is_dated_what_happens_and_what_is_not_asked(
    installed: Everyone, client_of: ClientOf
) -> None:
    response = client_of(installed.branch_secretary_a2).get(reverse("rulebook:unit", args=[installed.branch_a2.pk]))

    duties = response.context["duties"]
    dated, on_event, not_asked = (
        {row.row.duty.code for row in rows} for rows in (duties.dated, duties.on_event, duties.not_asked)
    )
    assert {"A01", "A06", "A18"} <= dated
    assert {"A34", "A21"} <= on_event
    assert {"A02", "A29", "A35", "B42"} <= not_asked
    assert not dated & on_event | dated & not_asked


def test_declaring_and_ending_on_the_units_page(installed: Everyone, client_of: ClientOf) -> None:
    client, unit = client_of(installed.branch_secretary_a1), installed.branch_a1
    today = timezone.localdate()
    sent = {"condition": "has_activists", "valid_from": (today - timedelta(days=5)).isoformat(), "reason": "两名"}

    first = client.post(reverse("rulebook:declare", args=[unit.pk]), sent)
    again = client.post(reverse("rulebook:declare", args=[unit.pk]), sent)
    undated = client.post(reverse("rulebook:declare", args=[unit.pk]), {**sent, "valid_from": "soon"})
    stored = Circumstance.objects.get()
    ended = client.post(
        reverse("rulebook:end_circumstance", args=[stored.pk]),
        {"valid_to": today.isoformat(), "version": stored.version},
    )

    stored.refresh_from_db()
    assert [answer.status_code for answer in (first, again, undated, ended)] == [302, 422, 422, 302]
    assert stored.valid_to == today


def test_others_do_not_declare(installed: Everyone, client_of: ClientOf) -> None:
    sent = {"condition": "has_activists", "valid_from": "2027-01-01"}

    outside = client_of(installed.branch_secretary_b1).post(
        reverse("rulebook:declare", args=[installed.branch_a1.pk]), sent
    )
    member = client_of(installed.member_a1).post(reverse("rulebook:declare", args=[installed.branch_a1.pk]), sent)

    assert (outside.status_code, member.status_code) == (404, 403)
    assert not Circumstance.objects.exists()


def test_a_units_page_asks_the_same_number_of_queries_whatever_lies_below(
    installed: Everyone, client_of: ClientOf
) -> None:
    client, url = client_of(installed.party_clerk), reverse("rulebook:unit", args=[installed.committee_a.pk])
    client.get(url)

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    few = count()
    UnitFactory.create_batch(10, parent=installed.committee_a)

    assert count() == few


# --- Whom a change touches ---


def test_the_form_first_shows_whom_it_touches(installed: Everyone, english: ClientOf) -> None:
    client, url = english(installed.party_clerk), reverse("rulebook:edit_duty", args=["A01"])
    sent = {**form_of(client, "A01"), "conditions": ["has_committee"], "count": "2", "valid_from": "2027-01-01"}

    response = client.post(url, {**sent, "reason": "试行", "step": "check"})

    impact, shown = response.context["impact"], response.content.decode()
    assert response.status_code == 200
    assert (impact["found"].units_before, impact["found"].units_after) == (3, 1)
    assert (impact["found"].times_before, impact["found"].times_after) == (12, 8)
    assert "From 2027-01-01 on it is asked of 1 units; until then of 3." in shown
    assert "Draft this change" in shown
    assert ObligationWording.objects.filter(entry__code="A01").count() == 1


def test_a_wording_that_cannot_be_read_touches_nobody(installed: Everyone, english: ClientOf) -> None:
    client, url = english(installed.party_clerk), reverse("rulebook:edit_duty", args=["A01"])

    response = client.post(url, {**form_of(client, "A01"), "limit": "soon", "reason": "试行", "step": "check"})

    assert response.status_code == 422
    assert "impact" not in response.context


def test_switching_off_says_how_many_units_it_touches(installed: Everyone, english: ClientOf) -> None:
    assert "It is asked of 3 units today" in page(english(installed.party_clerk), "rulebook:duty", "A01")


# --- Out ---


def test_the_export_holds_what_the_filters_let_through(installed: Everyone, english: ClientOf) -> None:
    from io import BytesIO

    from python_calamine import CalamineWorkbook

    response = english(installed.member_a1).get(reverse("rulebook:export"), {"kind": "department"})

    rows = CalamineWorkbook.from_filelike(BytesIO(response.content)).get_sheet_by_index(0).to_python()
    assert response["Content-Disposition"].startswith("attachment")
    assert [row[:3] for row in rows] == [
        ["Code", "Line", "Duty"],
        ["B31", "Integrity", "Survey of integrity risks"],
        ["J03", "Both lines", "Feedback on joint-conference resolutions"],
    ]
