"""Pages of rectifications over HTTP: the whole way, lists as files, filters, export, counts of queries."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from heli.engines.officedocs.sheets import Sheet, write_xlsx
from heli.rooms.tasks.models import Measure, Problem, Rectification, Task
from heli.rooms.tasks.tests.test_rectifications import opened, task_of, with_problems

HEADS = ["问题", "条线", "整改措施", "责任单位", "整改时限", "整改成果"]


@pytest.fixture
def now():
    return timezone.localtime()


@pytest.fixture
def due(now):
    return now.date() + timedelta(days=30)


@pytest.fixture
def rectification(everyone, now, settings, tmp_path, monkeypatch, due):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("heli.rooms.tasks.tests.test_rectifications.DUE", due)
    return opened(everyone, now, found_on=now.date())


def upload(rows, name="清单.xlsx"):
    return SimpleUploadedFile(name, write_xlsx([Sheet("清单", HEADS, rows)]))


def test_the_whole_way_over_http(everyone, client_of, now, due):
    verifier, secretary = client_of(everyone.discipline_clerk), client_of(everyone.secretary_a)
    doer, head = client_of(everyone.branch_secretary_a1), client_of(everyone.discipline_head)
    verifier.post(
        "/rectifications/new/",
        {"title": "自查问题整改", "source": "self_check", "found_by": "", "found_on": now.date().isoformat(),
         "unit": "甲公司党委", "verifier": everyone.discipline_office.pk},
    )  # fmt: skip
    url = f"/rectifications/{Rectification.objects.get().pk}/"

    secretary.post(
        f"{url}problems/",
        {"problem": "公示不及时", "line": "party", "measure": "补公示", "units": "甲公司第一党支部",
         "post_kind": "", "due_on": due.isoformat(), "deliverable": "公示照"},
    )  # fmt: skip
    problem = Problem.objects.get()
    task = f"/tasks/{task_of(problem).pk}/"
    doer.post(f"{task}accept/", {"version": 1})
    doer.post(f"{task}evidence/", {"title": "已公示", "happened_on": now.date().isoformat(), "text": "张贴七天"})
    doer.post(f"{task}hand-in/", {"version": 2})
    verifier.post(f"{task}close/", {"version": 3})
    waiting = head.get("/follow-ups/waiting/").content.decode()
    head.post(f"/problems/{problem.pk}/close/", {"version": 1, "note": "已整改", "check_months": 3})

    problem.refresh_from_db()
    assert "公示不及时" in waiting
    assert (problem.state, problem.closed_by) == ("closed", everyone.discipline_head)
    assert f"/problems/{problem.pk}/" in doer.get(f"{task}source/").content.decode()
    measure = problem.measures.get()
    again = {"version": 2, "measure": measure.pk, "until": due.isoformat(), "reason": "又缺一次"}
    head.post(f"/problems/{problem.pk}/reopen/", again)
    problem.refresh_from_db()
    assert (problem.state, task_of(problem).state) == ("open", "returned")


def test_a_list_is_shown_first_and_written_on_confirming(everyone, client_of, rectification, due):
    client, url = client_of(everyone.secretary_a), f"/rectifications/{rectification.pk}/list/"
    rows = [
        ["党课缺失", "党建", "补课", everyone.branch_a1.name, due, "讲稿"],
        ["", "", "公示", everyone.branch_a2.code, due.strftime("%Y/%m/%d"), ""],
        ["比价缺失", "", "修订审批单", everyone.branch_a2.name, due, ""],
    ]

    shown = client.post(url, {"file": upload(rows)})
    before = Problem.objects.count()
    client.post(f"{url}import/", {"token": shown.context["token"]})

    assert (shown.status_code, before) == (200, 0)
    assert list(Problem.objects.order_by("number").values_list("text", "line")) == [
        ("党课缺失", "party"),
        ("比价缺失", "both"),
    ]
    assert (Measure.objects.count(), Task.objects.count()) == (3, 3)


def test_a_wrong_list_names_every_cell_and_writes_nothing(everyone, client_of, rectification, due):
    client, url = client_of(everyone.secretary_a), f"/rectifications/{rectification.pk}/list/"
    rows = [
        ["党课缺失", "党建", "补课", "没有的支部", due, ""],
        ["比价缺失", "党建", "", everyone.branch_a1.name, "下月", ""],
    ]

    response = client.post(url, {"file": upload(rows)})

    assert response.status_code == 422
    assert [fault["cell"] for fault in response.context["faults"]] == ["D2", "C3", "E3"]
    assert Problem.objects.count() == 0


@pytest.mark.parametrize("name", ["清单.xlsx", "清单.csv", "清单.pdf"])
def test_a_file_that_is_no_list_is_refused_in_words(everyone, client_of, rectification, name):
    upload_ = SimpleUploadedFile(name, b"%PDF-1.7" if name.endswith("pdf") else b"a,b\n1,2\n")

    response = client_of(everyone.secretary_a).post(f"/rectifications/{rectification.pk}/list/", {"file": upload_})

    assert response.status_code == 422
    assert response.context["form"].errors["file"]


def test_a_token_of_another_person_list_or_making_imports_nothing(everyone, client_of, rectification, now, due):
    other = opened(everyone, now, found_on=now.date())
    rows = [["党课缺失", "党建", "补课", everyone.branch_a1.name, due, ""]]
    client = client_of(everyone.secretary_a)
    token = client.post(f"/rectifications/{rectification.pk}/list/", {"file": upload(rows)}).context["token"]

    answers = [
        client.post(f"/rectifications/{other.pk}/list/import/", {"token": token}),
        client_of(everyone.discipline_clerk).post(f"/rectifications/{rectification.pk}/list/import/", {"token": token}),
        client.post(f"/rectifications/{rectification.pk}/list/import/", {"token": "made up"}),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert Problem.objects.count() == 0


def test_the_template_is_a_list_that_reads(everyone, client_of):
    response = client_of(everyone.secretary_a).get("/rectifications/template/")

    sheet = openpyxl.load_workbook(BytesIO(response.content)).active
    assert len([cell.value for cell in sheet[1]]) == 6


def test_export_is_a_line_a_measure_one_may_see(everyone, client_of, rectification, now):
    with_problems(rectification, everyone, now)

    def lines(person):
        response = client_of(person).get(f"/rectifications/export/?of={rectification.pk}")
        rows = openpyxl.load_workbook(BytesIO(response.content)).active.iter_rows(values_only=True)
        return [(row[6], row[8]) for row in list(rows)[1:]]

    assert lines(everyone.discipline_clerk) == [("问题1", "措施1"), ("问题2", "措施2")]
    assert lines(everyone.branch_secretary_a2) == [("问题2", "措施2")]


def test_filters_find_by_state_source_and_words(everyone, client_of, rectification, now):
    with_problems(rectification, everyone, now)
    other = opened(everyone, now, unit=everyone.committee_b, source="audit", title="审计整改", found_on=now.date())
    client = client_of(everyone.discipline_clerk)

    def found(query):
        page = client.get(f"/rectifications/?{query}").content.decode()
        return [one.title in page for one in (rectification, other)]

    assert found("") == found("state=open") == [True, True]
    assert found("source=audit") == found("q=审计") == found("q=乙公司") == [False, True]
    assert found("q=问题1") == [True, False]
    assert found("state=closed") == found("state=late") == [False, False]


@pytest.mark.parametrize("path", ["/rectifications/", "/rectifications/{pk}/"])
def test_pages_ask_the_same_number_of_queries_for_1_and_5_rows(everyone, client_of, rectification, now, path):
    client, counts = client_of(everyone.discipline_clerk), []
    for number in (1, 4):
        for _each in range(number):
            with_problems(rectification, everyone, now, [everyone.branch_a1])
            if "{pk}" not in path:
                with_problems(opened(everyone, now, found_on=now.date()), everyone, now, [everyone.branch_a1])
        url = path.format(pk=rectification.pk)
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]


LISTS = ("", "problems/", "list/", "list/import/", "statutory/")
PROBLEMS = ("", "measures/", "measures/withdraw/", "close/", "reopen/")


@pytest.mark.parametrize("who", ["member_a1", "branch_secretary_b1", "system_administrator"])
@pytest.mark.parametrize(
    "path", [*(f"rectifications/{{0}}/{one}" for one in LISTS), *(f"problems/{{1}}/{one}" for one in PROBLEMS)]
)
def test_what_belongs_to_others_looks_like_a_missing_page(everyone, client_of, rectification, now, who, path):
    problem = with_problems(rectification, everyone, now)[0]
    client = client_of(getattr(everyone, who))
    values = {"version": 1, "check_months": 3, "until": "2099-01-01", "reason": "x", "measure": 1}

    answers = []
    for offset in (0, 9999):
        url = "/" + path.format(rectification.pk + offset, problem.pk + offset)
        answers.append(client.get(url) if path.endswith("}/") else client.post(url, values))

    assert [answer.status_code for answer in answers] == [404, 404]


def test_a_measure_of_another_problem_is_not_withdrawn_here(everyone, client_of, rectification, now):
    first, second = with_problems(rectification, everyone, now)
    client = client_of(everyone.secretary_a)
    values = {"measure": second.measures.get().pk, "reason": "换一项"}

    assert client.post(f"/problems/{first.pk}/measures/withdraw/", values).status_code == 404
    client.post(f"/problems/{second.pk}/measures/withdraw/", values)

    assert (task_of(first).state, task_of(second).state) == ("open", "canceled")
