"""Pages of follow-ups over HTTP: who sees what, the whole way, filters, export, counts of queries."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from heli.rooms.tasks import services
from heli.rooms.tasks.enums import FollowUpState, Rung, TaskState
from heli.rooms.tasks.models import FollowUp, FollowUpUnit
from heli.rooms.tasks.tests.factories import EvidenceFactory
from heli.rooms.tasks.tests.test_follow_ups import asked_of, issued


@pytest.fixture
def now():
    return timezone.localtime()


@pytest.fixture
def follow_up(everyone, now):
    return issued(everyone, now, due_on=now.date())


def _form(everyone, now, **changes):
    return {
        "unit": everyone.discipline_office.pk, "line": "integrity", "subject": "报送整治情况", "text": "请自查。",
        "lead": "甲公司第一党支部", "helpers": "甲公司第二党支部，乙公司第一党支部", "post_kind": "",
        "due_on": now.date().isoformat(), "remind_days": -3, "urge_days": 1, "list_days": 15, **changes,
    }  # fmt: skip


def test_issued_over_http_it_is_a_task_of_each_unit(everyone, client_of, now):
    response = client_of(everyone.discipline_clerk).post("/follow-ups/new/", _form(everyone, now))

    follow_up = FollowUp.objects.get()
    assert response.url == f"/follow-ups/{follow_up.pk}/"
    assert follow_up.units.count() == 3
    page = client_of(everyone.branch_secretary_b1).get("/").content.decode()
    assert "报送整治情况" in page


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"lead": "没有的支部"}, "没有的支部"),
        ({"lead": "甲公司第一党支部,甲公司第二党支部"}, "One unit leads"),
        ({"urge_days": 20}, "The steps follow one another"),
        ({"due_on": ""}, "required"),
    ],
)
def test_wrong_input_is_named_and_nothing_is_issued(everyone, client_of, now, changes, says):
    client = client_of(everyone.discipline_clerk)
    client.cookies["heli_language"] = "en"

    response = client.post("/follow-ups/new/", _form(everyone, now, **changes), headers={"accept-language": "en"})

    assert response.status_code == 422
    assert says in response.content.decode()
    assert FollowUp.objects.count() == 0


def test_the_whole_way_over_http(everyone, client_of, follow_up):
    doer, helper = client_of(everyone.branch_secretary_a1), client_of(everyone.branch_secretary_a2)
    asker = client_of(everyone.discipline_clerk)
    lead, other = asked_of(follow_up, everyone.branch_a1), asked_of(follow_up, everyone.branch_a2)
    known = EvidenceFactory(unit=everyone.branch_a1)
    url = f"/follow-ups/{follow_up.pk}/"

    doer.post(f"{url}answer/", {"asked": lead.pk, "version": 1, "text": "已自查", "cite": [known.pk]})
    helper.post(f"{url}answer/", {"asked": other.pk, "version": 1, "text": "无此情况"})
    asker.post(f"{url}close/", {"version": 1, "note": "均已办结"})

    follow_up.refresh_from_db()
    assert (follow_up.state, follow_up.closing_note) == (FollowUpState.CLOSED, "均已办结")
    assert asked_of(follow_up, everyone.branch_a1).task.citations.count() == 2
    asker.post(f"{url}reopen/", {"version": 2, "asked": [other.pk], "until": "2099-01-01", "reason": "请补材料"})
    follow_up.refresh_from_db()
    assert follow_up.state == FollowUpState.RUNNING
    assert asked_of(follow_up, everyone.branch_a2).task.state == TaskState.RETURNED


def test_later_date_over_http(everyone, client_of, follow_up):
    lead, url = asked_of(follow_up, everyone.branch_a1), f"/follow-ups/{follow_up.pk}/"
    doer, asker = client_of(everyone.branch_secretary_a1), client_of(everyone.discipline_head)
    assert doer.post(f"{url}later-date/", {"asked": lead.pk, "until": "2099-01-01"}).status_code == 422

    doer.post(f"{url}later-date/", {"asked": lead.pk, "until": "2099-01-01", "reason": "等待审计"})
    home = asker.get("/follow-ups/waiting/").content.decode()
    extension = lead.extensions.get()
    asker.post(f"{url}later-date/decide/", {"extension": extension.pk, "decision": "grant"})

    assert everyone.branch_a1.name in home
    assert asked_of(follow_up, everyone.branch_a1).task.due_on.year == 2099


def test_an_answer_without_words_keeps_the_form_and_hands_in_nothing(everyone, client_of, follow_up):
    lead = asked_of(follow_up, everyone.branch_a1)

    response = client_of(everyone.branch_secretary_a1).post(
        f"/follow-ups/{follow_up.pk}/answer/", {"asked": lead.pk, "version": 1, "text": ""}
    )

    assert response.status_code == 422
    assert asked_of(follow_up, everyone.branch_a1).task.state == TaskState.OPEN


PATHS = ("", "answer/", "later-date/", "later-date/decide/", "climb/", "close/", "reopen/", "withdraw/")


@pytest.mark.parametrize("who", ["member_a1", "branch_secretary_b1", "non_member", "system_administrator"])
@pytest.mark.parametrize("path", PATHS)
def test_a_follow_up_of_others_looks_like_a_missing_page(everyone, client_of, follow_up, who, path):
    client = client_of(getattr(everyone, who))
    values = {"asked": FollowUpUnit.objects.order_by("pk")[0].pk, "extension": 1, "until": "2099-01-01", "reason": "x"}
    url, missing = f"/follow-ups/{follow_up.pk}/{path}", f"/follow-ups/{follow_up.pk + 9999}/{path}"

    answers = [client.post(each, values) if path else client.get(each) for each in (url, missing)]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_a_co_operating_unit_learns_nothing_of_the_rung_and_answer_of_another(everyone, client_of, now):
    follow_up = issued(everyone, now, due_on=now.date(), helpers=[everyone.branch_a2, everyone.branch_b1])
    asked = asked_of(follow_up, everyone.branch_a2)
    for _step in range(3):
        services.climb_by_hand(asked_id=asked.pk, by=everyone.discipline_clerk, at=now)
    other, above = client_of(everyone.branch_secretary_b1), client_of(everyone.secretary_a)
    listed = Rung.LIST.label

    def texts(client):
        return [client.get(url).content.decode() for url in ("/follow-ups/", f"/follow-ups/{follow_up.pk}/")]

    assert follow_up.subject not in other.get("/follow-ups/?state=listed").content.decode()
    assert follow_up.subject in above.get("/follow-ups/?state=listed").content.decode()
    mark = f'<span class="mini-tag">{listed}</span>'
    assert [mark in text for text in texts(other)] == [False, False]
    assert [mark in text for text in texts(above)] == [True, True]
    rows = list(_sheet(other.get("/follow-ups/export/")).iter_rows(values_only=True))
    assert [row[6] for row in rows[1:]] == [everyone.branch_b1.name]


def _sheet(response):
    return openpyxl.load_workbook(BytesIO(response.content)).active


def test_export_holds_the_filtered_ledger_a_line_a_unit(everyone, client_of, follow_up, now):
    issued(everyone, now, subject="另一件", due_on=now.date(), line="party")
    client = client_of(everyone.discipline_clerk)

    rows = list(_sheet(client.get("/follow-ups/export/?line=integrity")).iter_rows(values_only=True))

    assert [(row[2], row[6]) for row in rows[1:]] == [
        (follow_up.subject, everyone.branch_a1.name),
        (follow_up.subject, everyone.branch_a2.name),
    ]


def test_filters_find_by_state_words_unit_and_number(everyone, client_of, follow_up, now):
    other = issued(everyone, now, subject="另一件事", helpers=[], lead=everyone.branch_b1, due_on=now.date())
    services.withdraw_follow_up(follow_up_id=other.pk, reason="重复", by=everyone.discipline_head, at=now, version=1)
    client = client_of(everyone.discipline_clerk)

    def found(query):
        page = client.get(f"/follow-ups/?{query}").content.decode()
        return [one.subject in page for one in (follow_up, other)]

    assert found("") == [True, True]
    assert found("state=withdrawn") == found("q=另一件") == found("q=乙公司") == found("q=2") == [False, True]
    assert found("state=running") == found("q=第二党支部") == found("q=1") == [True, False]
    assert found("state=answered") == found("state=late") == found("state=listed") == [False, False]
    assert found("mine=1") == [True, True]
    assert found("state=nonsense&line=nonsense") == [False, False]


@pytest.mark.parametrize("url", ["/follow-ups/", "/follow-ups/?state=running", "/follow-ups/waiting/"])
def test_lists_ask_the_same_number_of_queries_for_1_and_5_rows(everyone, client_of, now, url):
    client = client_of(everyone.discipline_clerk)
    counts = []
    for number in (1, 4):
        for _each in range(number):
            issued(everyone, now, due_on=now.date())
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_suggestions_complete_the_last_unit_and_keep_those_before(everyone, client_of):
    client = client_of(everyone.discipline_clerk)

    text = client.get("/follow-ups/units/", {"helpers": "甲公司第一党支部，乙公司第"}).content.decode()

    assert 'value="甲公司第一党支部，乙公司第一党支部"' in text


def test_suggestions_before_anything_is_typed_are_the_topmost_units(everyone, client_of):
    client = client_of(everyone.discipline_clerk)

    text = client.get("/follow-ups/units/").content.decode()

    assert text.count("<option") > 1
    assert text.index(everyone.group.code) < text.index(everyone.branch_a1.code)


def test_a_name_that_fits_no_unit_is_said_while_typing(everyone, client_of):
    client = client_of(everyone.discipline_clerk)

    text = client.get("/follow-ups/units/", {"lead": "查无此处"}).content.decode()

    assert text.count("<option") == 1
    assert "disabled" in text


def test_the_page_of_a_task_leads_to_its_follow_up(everyone, client_of, follow_up):
    task = asked_of(follow_up, everyone.branch_a1).task
    client = client_of(everyone.branch_secretary_a1)

    assert f"/follow-ups/{follow_up.pk}/" in client.get(f"/tasks/{task.pk}/source/").content.decode()
    assert client_of(everyone.branch_secretary_b1).get(f"/tasks/{task.pk}/source/").status_code == 404


def test_the_asker_reads_the_answers_and_the_history_on_the_page(everyone, client_of, follow_up):
    lead, url = asked_of(follow_up, everyone.branch_a1), f"/follow-ups/{follow_up.pk}/"
    client_of(everyone.branch_secretary_a1).post(f"{url}answer/", {"asked": lead.pk, "version": 1, "text": "自查完毕"})

    page = client_of(everyone.discipline_clerk).get(url).content.decode()

    assert "自查完毕" in page
    assert page.count(everyone.branch_secretary_a1.name) >= 2
