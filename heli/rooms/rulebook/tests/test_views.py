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
from heli.rooms.rulebook import catalogue, services
from heli.rooms.rulebook.models import (
    Adjustment,
    Circumstance,
    Edition,
    InstrumentWording,
    KeyLinkWording,
    ObligationWording,
)
from heli.rooms.rulebook.tests import in_force

ClientOf = Callable[..., Client]
READ_PAGES = [
    ("rulebook:list", []),
    ("rulebook:duty", ["A02"]),
    ("rulebook:duty", ["B28"]),
    ("rulebook:duty", ["A17"]),
    ("rulebook:duty", ["J07"]),
    ("rulebook:instruments", []),
    ("rulebook:instrument", ["branch-2018"]),
    ("rulebook:key_links", []),
]
EDIT_PAGES = [
    ("rulebook:edit_duty", ["A02"]),
    ("rulebook:edit_instrument", ["branch-2018"]),
    ("rulebook:edit_key_link", ["K01"]),
    ("rulebook:update", []),
]


def page(client: Client, name: str, *args: object, **data: object) -> str:
    response = client.get(reverse(name, args=args), data)
    assert response.status_code == 200
    return response.content.decode()


# --- Who sees what ---


@pytest.mark.parametrize(("name", "args"), [*READ_PAGES, *EDIT_PAGES])
def test_reading_is_for_all_and_changing_for_coordinators(
    installed: Everyone, client_of: ClientOf, name: str, args: list[str]
) -> None:
    answers = {}
    for who in ("party_clerk", "branch_secretary_a1", "member_a1"):
        answers[who] = client_of(getattr(installed, who)).get(reverse(name, args=args)).status_code

    others = 200 if (name, args) in READ_PAGES else 404
    assert answers == {"party_clerk": 200, "branch_secretary_a1": others, "member_a1": others}


def test_administrators_have_no_business_here(installed: Everyone, client_of: ClientOf) -> None:
    for who in ("system_administrator", "security_administrator", "audit_administrator"):
        response = client_of(getattr(installed, who)).get(reverse("rulebook:list"))
        assert response.status_code in (302, 404)
        assert "支部党员大会".encode() not in response.content


def test_a_units_page_opens_within_ones_own_part_of_the_tree(installed: Everyone, client_of: ClientOf) -> None:
    for name in ("rulebook:unit", "rulebook:of_unit"):
        client = client_of(installed.branch_secretary_a1)
        own, other = (client.get(reverse(name, args=[unit.pk])) for unit in (installed.branch_a1, installed.branch_b1))
        assert (own.status_code, other.status_code) == (200, 404)


def test_only_coordinators_are_offered_changes(installed: Everyone, client_of: ClientOf) -> None:
    edit = reverse("rulebook:edit_duty", args=["A02"])

    assert edit in page(client_of(installed.party_clerk), "rulebook:duty", "A02")
    assert edit not in page(client_of(installed.branch_secretary_a1), "rulebook:duty", "A02")


# --- The list ---


@pytest.mark.parametrize(
    ("filters", "codes"),
    [
        ({"kind": "department"}, ["B31", "J03"]),
        ({"confidence": "memory-low", "line": "both"}, ["A13", "A52", "A53", "J11"]),
        ({"period": "term"}, ["A17", "A18", "A19", "A53", "B32", "B45"]),
        ({"q": "组织生活会"}, ["A07", "A08"]),
        ({"q": "charter"}, ["A50"]),
        ({"q": "B28"}, ["B28"]),
        ({"q": "联席会议/协调机制"}, ["J02", "J03"]),
        ({"state": "off"}, []),
        ({"state": "edited"}, []),
        ({"state": "block"}, []),
        ({"period": "fortnight", "kind": "department"}, ["B31", "J03"]),  # what does not exist filters nothing
    ],
)
def test_filters(installed: Everyone, client_of: ClientOf, filters: dict[str, str], codes: list[str]) -> None:
    response = client_of(installed.member_a1).get(reverse("rulebook:list"), filters)

    assert [row.duty.code for row in response.context["rows"]] == codes


def test_tabs_count_what_the_other_filters_let_through(installed: Everyone, client_of: ClientOf) -> None:
    response = client_of(installed.member_a1).get(reverse("rulebook:list"), {"period": "month", "line": "party"})

    assert [tab.count for tab in response.context["tabs"]] == [7, 4, 1, 2]
    assert [row.duty.code for row in response.context["rows"]] == ["A02", "A03", "A06", "A20"]


def test_htmx_gets_the_rows_alone(installed: Everyone, client_of: ClientOf) -> None:
    response = client_of(installed.member_a1).get(reverse("rulebook:list"), headers={"HX-Request": "true"})

    assert "<html" not in response.content.decode()
    assert "支部党员大会" in response.content.decode()


def test_the_list_asks_the_same_number_of_queries_for_any_page(installed: Everyone, client_of: ClientOf) -> None:
    client = client_of(installed.member_a1)
    page(client, "rulebook:list")

    def count(**filters: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client, "rulebook:list", **filters)
        return len(captured)

    assert count(q="B28") == count(period="event") == count()


# --- One duty ---


def test_a_duty_says_where_it_is_written_and_how_sure_that_is(installed: Everyone, english: ClientOf) -> None:
    shown = page(english(installed.member_a1), "rulebook:duty", "A13")

    assert "Provisions on democratic-life meetings of leading members" in shown
    assert "article not established" in shown
    assert "Not certain. Check it before use." in shown
    assert "the democratic-life meeting was held: within 15 days" in shown


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("A01", "Every quarter, once"),
        ("A23", "Every year, 32 hours"),
        ("A17", "Every 5 years, once"),
        ("A19", "the term of a lower Party body ends: 6 months before"),
        ("A28", "Nov to Jan"),
        ("B28", "Before each of 7 holidays"),
        ("B34", "within 15 working days"),
        ("A46", "in Dec"),
    ],
)
def test_a_duty_says_when_in_words(installed: Everyone, english: ClientOf, code: str, words: str) -> None:
    assert words in page(english(installed.member_a1), "rulebook:duty", code)


def test_a_duty_shows_a_wording_set_for_later(installed: Everyone, english: ClientOf) -> None:
    later = timezone.localdate() + timedelta(days=30)
    in_force.edit_obligation(
        code="A04", cells={"count": "2"}, reason="下月起加密", valid_from=later, by=installed.party_clerk,
        at=timezone.now(), version=1,
    )  # fmt: skip

    shown = page(english(installed.member_a1), "rulebook:duty", "A04")

    assert "Another wording is set." in shown
    assert "下月起加密" in shown
    assert "How many: 1 → 2" in shown


# --- Changing ---


def form_of(client: Client, code: str) -> dict[str, object]:
    """Return what the browser would send back from the edit form untouched."""
    form = client.get(reverse("rulebook:edit_duty", args=[code])).context["form"]
    sent: dict[str, object] = {}
    for bound in form:
        value = bound.value()
        if value not in (None, False, ""):
            sent[bound.html_name] = value
    return sent


@pytest.mark.parametrize("code", ["A02", "A17", "A28", "A31", "B28", "B42", "J05"])
def test_an_untouched_form_changes_nothing(installed: Everyone, english: ClientOf, code: str) -> None:
    client = english(installed.party_clerk)

    response = client.post(reverse("rulebook:edit_duty", args=[code]), {**form_of(client, code), "reason": "只看看"})

    assert response.status_code == 422
    assert "Nothing was changed." in response.content.decode()


def test_a_form_drafts_a_change_and_leads_to_what_follows(installed: Everyone, english: ClientOf) -> None:
    client = english(installed.party_clerk)
    sent = {
        **form_of(client, "A04"),
        "count": "2",
        "evidence_zh": "课件\n签到表",
        "evidence_en": "slides\nsheet",
        "reason": "加密",
    }

    response = client.post(reverse("rulebook:edit_duty", args=["A04"]), sent)

    drafted = Adjustment.objects.get()
    assert response.headers["Location"] == reverse("rulebook:adjustment", args=[drafted.pk])
    assert drafted.effective_on == timezone.localdate() + timedelta(days=1)
    assert drafted.cells == {"count": "2", "evidence_zh": "课件;签到表", "evidence_en": "slides;sheet"}
    assert ObligationWording.objects.filter(entry__code="A04").count() == 1


@pytest.mark.parametrize(
    ("code", "changes", "complaint"),
    [
        ("A04", {"from_1": "1", "to_1": "3"}, "Only a yearly duty has months"),
        ("A15", {"from_1": "2", "to_1": ""}, "Choose both months, or neither."),
        ("A13", {"limit": "0"}, "Ensure this value is greater than or equal to 1."),
        ("A13", {"event_zh": "", "event_en": ""}, "Name the event."),
        ("A17", {"term_months": ""}, "A duty of a term needs the length of the term or a time limit."),
        ("A04", {"evidence_en": "slides"}, "Name as many as in Chinese, or leave the English empty."),
        ("A04", {"article_branch-2018": "15;16"}, "Write the number of the article alone"),
        ("A09", {"event_zh": ""}, "Name the event in Chinese as well."),
        ("A04", {"article_branch-2018": ""}, "Write the article, or say that it is not established."),
        ("A04", {"known_branch-2018": "none"}, "Say that the article is known, or leave its number empty."),
        ("A04", {"reason": ""}, "Reason for the change"),
    ],
)
def test_a_wrong_value_is_explained_at_its_field(
    installed: Everyone, english: ClientOf, code: str, changes: dict[str, str], complaint: str
) -> None:
    client = english(installed.party_clerk)
    sent = {**form_of(client, code), "reason": "试一试", "count": "3", **changes}

    response = client.post(reverse("rulebook:edit_duty", args=[code]), sent)

    assert response.status_code == 422
    assert complaint in response.content.decode()
    assert ObligationWording.objects.filter(entry__code=code).count() == 1


def test_a_conflict_shows_both_sides_and_keeps_what_was_written(installed: Everyone, english: ClientOf) -> None:
    client = english(installed.party_clerk)
    sent = {**form_of(client, "A04"), "count": "3", "reason": "我的理由"}
    in_force.edit_obligation(
        code="A04", cells={"count": "2"}, reason="先到的", valid_from=timezone.localdate(), by=installed.party_clerk,
        at=timezone.now(), version=1,
    )  # fmt: skip

    response = client.post(reverse("rulebook:edit_duty", args=["A04"]), sent)

    shown = response.content.decode()
    assert response.status_code == 409
    assert [(row.before, row.after) for row in response.context["conflict"]] == [("3", "2")]
    assert "Somebody else saved first." in shown
    assert "我的理由" in shown
    assert response.context["form"]["version"].value() == "2"


def test_a_branch_secretary_cannot_post_a_change(installed: Everyone, client_of: ClientOf) -> None:
    clerk = client_of(installed.party_clerk)
    sent = {**form_of(clerk, "A04"), "count": "2", "reason": "试"}
    secretary = client_of(installed.branch_secretary_a1)

    for name in ("rulebook:edit_duty", "rulebook:switch_duty"):
        assert secretary.post(reverse(name, args=["A04"]), sent).status_code == 403
    assert ObligationWording.objects.filter(entry__code="A04").count() == 1


@pytest.mark.parametrize(("reason", "status"), [("由集团统一组织", 302), ("", 422)])
def test_switching_needs_a_reason(installed: Everyone, client_of: ClientOf, reason: str, status: int) -> None:
    sent = {"is_on": "0", "enforcement": "warn", "valid_from": "2027-01-01", "version": 1, "reason": reason}

    response = client_of(installed.party_clerk).post(reverse("rulebook:switch_duty", args=["A06"]), sent)

    drafted = [one.switches for one in Adjustment.objects.all()]
    assert (response.status_code, drafted) == (status, [{"is_on": False}] if status == 302 else [])


def test_an_instrument_and_a_key_link_are_changed_by_forms(installed: Everyone, client_of: ClientOf) -> None:
    client = client_of(installed.party_clerk)
    instrument = {
        "edition_zh": "2025 年修订", "edition_en": "revised 2025",
        "issued_on": "2025-03", "effective_on": "", "note_zh": "已核对", "note_en": "Checked",
        "valid_from": "2027-01-01", "reason": "核对", "version": 1,
    }  # fmt: skip
    link = {"obligations": "b19\nb20", "is_on": "1", "valid_from": "2027-01-01", "reason": "一并查", "version": 1}

    answers = [
        client.post(reverse("rulebook:edit_instrument", args=["branch-2018"]), instrument),
        client.post(reverse("rulebook:edit_key_link", args=["K13"]), link),
        client.post(reverse("rulebook:edit_key_link", args=["K13"]), link),  # the same again: one is under way
        client.post(
            reverse("rulebook:edit_instrument", args=["branch-2018"]), {**instrument, "issued_on": "last year"}
        ),
    ]

    drafted = {one.code: one.cells for one in Adjustment.objects.all()}
    assert [answer.status_code for answer in answers] == [302, 302, 409, 422]
    assert drafted["branch-2018"]["edition_zh"] == "2025 年修订"
    assert drafted["K13"] == {"obligations": "B19;B20"}


# --- First steps ---


def test_the_first_step_of_a_change_is_offered_to_who_may_take_it(installed: Everyone, english: ClientOf) -> None:
    step = "Choose a duty to change"

    assert step in page(english(installed.party_clerk), "rulebook:adjustments")
    assert step not in page(english(installed.branch_secretary_a1), "rulebook:adjustments")


def test_an_empty_rulebook_offers_the_first_step(everyone: Everyone, client_of: ClientOf) -> None:
    install = reverse("rulebook:install")

    assert install in page(client_of(everyone.party_clerk), "rulebook:list")
    assert install not in page(client_of(everyone.branch_secretary_a1), "rulebook:list")
    assert client_of(everyone.branch_secretary_a1).post(install).status_code == 403
    assert not Edition.objects.exists()
    assert client_of(everyone.party_clerk).post(install).status_code == 302
    assert Edition.objects.get().catalogue_version == catalogue.load().version


# --- Edges ---


def test_a_rulebook_that_begins_later_can_be_read(everyone: Everyone, client_of: ClientOf) -> None:
    later = timezone.localdate() + timedelta(days=30)
    services.install_catalogue(by=everyone.party_clerk, at=timezone.now(), valid_from=later)
    client = client_of(everyone.party_clerk)

    assert "支部党员大会" in page(client, "rulebook:duty", "A01")
    assert client.get(reverse("rulebook:instrument", args=["branch-2018"])).status_code == 404


def test_a_duty_of_several_bodies_names_those_who_help(installed: Everyone, english: ClientOf) -> None:
    assert "Finance department, Audit department" in page(english(installed.member_a1), "rulebook:duty", "B29")


def test_history_speaks_of_choices_and_people_in_words(installed: Everyone, english: ClientOf) -> None:
    in_force.edit_obligation(
        code="A05", by=installed.party_clerk, at=timezone.now(), version=1, reason="核对原文后调整",
        valid_from=timezone.localdate(),
        cells={
            "confidence": "memory", "proposed": "1", "subjects": "committee_secretary;team_member", "deadline": "P1M",
            "conditions": "has_subordinates", "event_zh": "年初", "event_en": "the year began",
        },
    )  # fmt: skip

    shown = page(english(installed.member_a1), "rulebook:duty", "A05")

    for words in (
        "How sure: Verified → From memory",
        "Limit or interval is a proposal: no → yes",
        "Owed by: Secretary of the Party committee → Secretary of the Party committee, Member of the leadership team",
        "Time limit: empty → within 1 month",
        "Only where: empty → Has lower Party bodies",
    ):
        assert words in shown


def test_refusals_of_services_stand_on_the_page(installed: Everyone, english: ClientOf) -> None:
    everyone = installed
    client, unit = english(everyone.branch_secretary_a1), everyone.branch_a1
    client.post(reverse("rulebook:declare", args=[unit.pk]), {"condition": "has_activists", "valid_from": "2026-05-01"})
    stored, clerk = Circumstance.objects.get(), english(everyone.party_clerk)
    link = {"obligations": "B99", "is_on": "1", "valid_from": "2099-01-01", "reason": "试", "version": 1}
    switch = {"is_on": "1", "enforcement": "warn", "valid_from": "2099-01-01", "version": 1, "reason": "没有变化"}
    end = reverse("rulebook:end_circumstance", args=[stored.pk])

    answers = [
        (client.post(end, {"valid_to": "2026-05-01", "version": 1}), "It began on 2026-05-01."),
        (client.post(end, {"valid_to": "soon", "version": 1}), "The day is missing or is no day."),
        (clerk.post(reverse("rulebook:edit_key_link", args=["K13"]), link), "The rulebook has no duty B99."),
        (clerk.post(reverse("rulebook:switch_duty", args=["A06"]), switch), "Nothing was changed."),
    ]

    for response, words in answers:
        assert response.status_code == 422
        assert words in response.content.decode()


def test_entries_are_called_by_their_chinese_names_in_logs(installed: Everyone) -> None:
    names = [str(model.objects.order_by("pk")[0]) for model in (ObligationWording, InstrumentWording, KeyLinkWording)]

    assert names == ["支部党员大会", "中国共产党章程", "三会一课"]
