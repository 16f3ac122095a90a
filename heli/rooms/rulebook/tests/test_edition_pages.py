"""The pages of editions: what a newer one changes, what was chosen of it, and the changes proposed together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.rulebook import catalogue, queries, services
from heli.rooms.rulebook.enums import Family
from heli.rooms.rulebook.models import Adjustment, Edition, EditionChoice, ObligationWording
from heli.rooms.rulebook.queries import editions_taken
from heli.rooms.rulebook.tests import in_force

ClientOf = Callable[..., Client]


@pytest.fixture
def outdated(everyone: Everyone, at: object, edition: Callable[..., catalogue.Catalogue]) -> Everyone:
    """An enterprise that took over an older edition, worded one duty itself, and now runs the shipped one."""
    older = edition(
        (
            "obligations.csv",
            "party,branch,,1,times,quarter,calendar,,,,,,0,课件",
            "party,branch,,3,times,quarter,calendar,,,,,,0,课件",
        ),
        ("obligations.csv", "P1M,0,谈话记录,", "P15D,0,谈话记录,"),
        version="2025.2",
    )
    since = timezone.localdate().replace(month=1, day=1)
    services.install_catalogue(by=everyone.party_clerk, at=timezone.now(), valid_from=since, edition=older)
    in_force.edit_obligation(
        code="A04", cells={"count": "2"}, reason="折中", valid_from=since + timedelta(days=1), by=everyone.party_clerk,
        at=timezone.now(), version=1,
    )  # fmt: skip
    return everyone


def test_the_update_page_asks_only_where_both_changed(outdated: Everyone, english: ClientOf) -> None:
    response = english(outdated.party_clerk).get(reverse("rulebook:update"))

    rows = [
        (entry.code, row.own, row.shipped, row.is_conflict, row.chosen)
        for entry in response.context["entries"]
        for row in entry.rows
    ]
    assert rows == [
        ("A04", "2", "1", True, ""),
        ("A34", "within 15 days", "within 1 month", False, "take"),
    ]


@pytest.mark.parametrize(
    ("choice", "reason", "status", "cells"),
    [
        ("take", "", 302, {"A04": {"count": "1"}, "A34": {"deadline": "P1M"}}),
        ("keep", "折中", 302, {"A34": {"deadline": "P1M"}}),
        ("keep", "", 422, {}),
        ("", "", 422, {}),
    ],
)
def test_what_is_taken_of_an_edition_is_drafted(
    outdated: Everyone, client_of: ClientOf, choice: str, reason: str, status: int, cells: dict[str, object]
) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    sent = {"reason": "按新版", "valid_from": tomorrow.isoformat(), "expected": catalogue.load().version}
    sent |= {"reason:obligation:A04": reason}
    if choice:
        sent["choice:obligation:A04:count"] = choice

    response = client_of(outdated.party_clerk).post(reverse("rulebook:update"), sent)

    latest = ObligationWording.objects.filter(entry__code="A04").order_by("-valid_from")[0]
    versions = {one.catalogue_version for one in editions_taken()}
    assert (response.status_code, latest.count) == (status, 2)
    assert {one.code: one.cells for one in Adjustment.objects.all()} == cells
    assert versions == ({"2025.2", catalogue.load().version} if status == 302 else {"2025.2"})


def test_a_refused_update_keeps_what_was_typed(outdated: Everyone, english: ClientOf) -> None:
    sent = {
        "reason": "按新版", "valid_from": timezone.localdate().isoformat(), "expected": catalogue.load().version,
        "choice:obligation:A34:deadline": "keep", "reason:obligation:A34": "已有约定",
        "choice:obligation:A04:count": "keep",
    }  # fmt: skip

    response = english(outdated.party_clerk).post(reverse("rulebook:update"), sent)

    shown = [(entry.reason, [row.chosen for row in entry.rows]) for entry in response.context["entries"]]
    assert "No reason stands beside what is kept of A04." in response.content.decode()
    assert shown == [("", ["keep"]), ("已有约定", ["keep"])]


def gone_through(everyone: Everyone, accepted: dict[str, bool]) -> Edition:
    return services.draft_edition(
        accepted=accepted, reasons={"obligation:A34": "已有约定"}, valid_from=timezone.localdate() + timedelta(days=1),
        reason="按新版", by=everyone.party_clerk, at=timezone.now(), expected=catalogue.load().version,
    )  # fmt: skip


def version_seen(edition: Edition) -> int:
    return queries.version_of(queries.choices_of(edition))


def test_an_edition_goes_its_way_through_the_pages(outdated: Everyone, english: ClientOf) -> None:
    taken = gone_through(outdated, {"obligation:A04:count": True, "obligation:A34:deadline": False})
    own, decide = reverse("rulebook:edition", args=[taken.pk]), english(outdated.party_head)
    clerk, found = english(outdated.party_clerk), Adjustment.objects.get()

    before = clerk.get(own).content.decode()
    seen = [english(person).get(own).status_code for person in (outdated.party_head, outdated.branch_secretary_a1)]
    refused = english(outdated.branch_secretary_a1).post(reverse("rulebook:propose_edition", args=[taken.pk]))
    answer = clerk.post(reverse("rulebook:propose_edition", args=[taken.pk]), {"version": version_seen(taken)})
    shown = decide.get(reverse("rulebook:adjustment", args=[found.pk])).content.decode()
    after, editions = clerk.get(own).content.decode(), clerk.get(reverse("rulebook:update")).content.decode()

    found.refresh_from_db()
    assert ("Propose 1 draft" in before, "Propose 1 draft" in after) == (True, False)
    assert "已有约定" in before
    assert (seen, refused.status_code, answer.status_code) == ([200, 404], 403, 302)
    assert (found.state, own in shown, "1 not decided" in editions) == ("proposed", True, True)


def test_a_refused_proposal_stands_on_the_page_of_the_edition(outdated: Everyone, english: ClientOf) -> None:
    taken = gone_through(outdated, {"obligation:A04:count": True, "obligation:A34:deadline": False})
    in_force.edit_obligation(
        code="A04", cells={"count": "4"}, reason="先改", valid_from=timezone.localdate(), by=outdated.party_clerk,
        at=timezone.now(), version=2,
    )  # fmt: skip

    response = english(outdated.party_clerk).post(
        reverse("rulebook:propose_edition", args=[taken.pk]), {"version": version_seen(taken)}
    )

    assert response.status_code == 409
    assert "A04 was changed in another way since this was drafted." in response.content.decode()


def test_a_longer_edition_asks_no_more_queries(outdated: Everyone, client_of: ClientOf) -> None:
    taken = gone_through(outdated, {"obligation:A04:count": True, "obligation:A34:deadline": False})
    client, own = client_of(outdated.party_clerk), reverse("rulebook:edition", args=[taken.pk])
    client.get(own)

    counts = []
    for code in ("A05", "A06", "A07", "A08"):
        with CaptureQueriesContext(connection) as asked:
            client.get(own)
        counts.append(len(asked))
        draft = services.draft_adjustment(
            family=Family.OBLIGATION, code=code, cells={"note_en": "Another."}, reason="补充", version=1,
            valid_from=timezone.localdate() + timedelta(days=1), by=outdated.party_clerk, at=timezone.now(),
        )  # fmt: skip
        EditionChoice.objects.create(
            edition=taken, family=Family.OBLIGATION, code=code, title_zh=code, title_en=code, kind="changed",
            taken=["note_en"], adjustment=draft,
        )  # fmt: skip

    assert len(set(counts)) == 1


def test_taking_over_without_a_reason_is_refused(outdated: Everyone, client_of: ClientOf) -> None:
    response = client_of(outdated.party_clerk).post(reverse("rulebook:update"), {"reason": "", "expected": "2026.1"})

    assert response.status_code == 422
    assert Edition.objects.count() == 1
