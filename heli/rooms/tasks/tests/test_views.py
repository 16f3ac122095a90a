from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation
from openpyxl import load_workbook

from heli.rooms.rulebook.services import install_catalogue
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Evidence, Task
from heli.rooms.tasks.presenters.titles import stretch_words
from heli.rooms.tasks.tests.factories import CitationFactory, EvidenceFactory, TaskFactory
from heli.ui import pages


@pytest.fixture
def task(everyone):
    return TaskFactory(unit=everyone.branch_a1, requesters=[everyone.party_department])


def _queries(client, url, counter):
    client.get(url)
    with counter() as captured:
        response = client.get(url)
    assert response.status_code == 200
    return len(captured)


@pytest.mark.parametrize("url", ["/", "/tasks/", "/tasks/?state=undone"])
def test_list_pages_ask_the_same_number_of_queries_for_1_and_5_rows(everyone, client_of, url):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of(everyone.branch_secretary_a1)
    TaskFactory(unit=everyone.branch_a1)
    one = _queries(client, url, lambda: CaptureQueriesContext(connection))
    TaskFactory.create_batch(4, unit=everyone.branch_a1)

    five = _queries(client, url, lambda: CaptureQueriesContext(connection))

    assert five == one


def test_todo_shows_own_tasks_by_due_date_and_no_others(everyone, client_of):
    today = timezone.localdate()
    for days, title in ((9, "以后的事"), (-2, "逾期的事"), (0, "今天的事")):
        TaskFactory(unit=everyone.branch_a1, title=title, due_on=today + timedelta(days=days))
    TaskFactory(unit=everyone.branch_b1, title="别的支部的事")

    page = client_of(everyone.branch_secretary_a1).get("/").content.decode()

    assert page.index("逾期的事") < page.index("今天的事") < page.index("以后的事")
    assert "别的支部的事" not in page


def test_what_a_unit_asked_of_others_comes_as_a_part_of_the_home_page(everyone, client_of):
    asked = TaskFactory(unit=everyone.branch_a1, requesters=[everyone.party_department])
    TaskFactory(unit=everyone.branch_a2, requesters=[everyone.party_department], state="canceled")

    page = client_of(everyone.party_clerk).get("/").content.decode()
    part = client_of(everyone.party_clerk).get("/tasks/given/")
    nothing = client_of(everyone.branch_secretary_b1).get("/tasks/given/").content.decode()

    assert 'hx-get="/tasks/given/"' in page
    assert [row.task for row in part.context["given"]] == [asked]
    assert nothing.strip() == ""


def test_todo_shows_the_reviewer_what_was_handed_in(everyone, client_of, at):
    done = {"state": TaskState.HANDED_IN, "handed_in_at": at, "handed_in_by": everyone.branch_secretary_a1}
    TaskFactory(unit=everyone.branch_a1, title="请审核这件", requesters=[everyone.party_department], **done)
    TaskFactory(unit=everyone.branch_a1, title="别家发起的", requesters=[everyone.discipline_office], **done)

    page = client_of(everyone.party_clerk).get("/").content.decode()

    assert "请审核这件" in page
    assert "别家发起的" not in page


def test_whole_journey_over_http(everyone, client_of, task):
    doer, reviewer = client_of(everyone.branch_secretary_a1), client_of(everyone.party_clerk)
    url = f"/tasks/{task.pk}/"
    evidence = {"title": "党员大会", "happened_on": timezone.localdate().isoformat(), "text": "通过了计划"}

    doer.post(f"{url}accept/", {"version": 1})
    doer.post(f"{url}evidence/", evidence)
    doer.post(f"{url}hand-in/", {"version": 2})
    reviewer.post(f"{url}return/", {"version": 3, "reason": "请补签到表"})
    doer.post(f"{url}hand-in/", {"version": 4})
    reviewer.post(f"{url}close/", {"version": 5})

    task.refresh_from_db()
    assert (task.state, task.closed_by) == (TaskState.CLOSED, everyone.party_clerk)


@pytest.mark.parametrize("who", ["member_a1", "branch_secretary_b1", "non_member", "system_administrator"])
@pytest.mark.parametrize("path", ["", "accept/", "evidence/", "hand-in/", "return/", "close/", "cite/"])
def test_task_of_others_looks_like_a_missing_page(everyone, client_of, task, who, path):
    client = client_of(getattr(everyone, who))
    url, missing = f"/tasks/{task.pk}/{path}", f"/tasks/{task.pk + 9999}/{path}"
    send = client.post if path else client.get

    assert send(url).status_code == send(missing).status_code == 404


def test_evidence_form_with_nothing_in_it_keeps_what_was_typed(everyone, client_of, task):
    client = client_of(everyone.branch_secretary_a1)
    client.post(f"/tasks/{task.pk}/accept/", {"version": 1})

    response = client.post(f"/tasks/{task.pk}/evidence/", {"title": "党员大会", "happened_on": "2027-03-09"})

    assert response.status_code == 422
    assert 'value="党员大会"' in response.content.decode()
    assert Evidence.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [("run.exe", b"MZ\x90\x00"), ("page.html", b"<script>"), ("x.docm", b"PK\x03\x04"), ("y.pdf", b"not a pdf")],
)
def test_files_of_other_kinds_are_refused_before_they_are_kept(
    everyone, client_of, task, settings, tmp_path, name, content
):
    settings.MEDIA_ROOT = tmp_path
    client = client_of(everyone.branch_secretary_a1)
    client.post(f"/tasks/{task.pk}/accept/", {"version": 1})
    upload = SimpleUploadedFile(name, content)

    response = client.post(
        f"/tasks/{task.pk}/evidence/", {"title": "附件", "happened_on": "2027-03-09", "file": upload}
    )

    assert response.status_code == 422
    assert (Evidence.objects.count(), list(tmp_path.iterdir())) == (0, [])


def test_a_file_that_the_scanner_does_not_clear_is_refused_and_nothing_is_recorded(
    everyone, client_of, task, settings, tmp_path
):
    settings.MEDIA_ROOT, settings.FILE_SCAN = tmp_path, ["false"]
    client = client_of(everyone.branch_secretary_a1)
    client.post(f"/tasks/{task.pk}/accept/", {"version": 1})
    upload = SimpleUploadedFile("纪要.pdf", b"%PDF-1.7 minutes")

    answer = client.post(f"/tasks/{task.pk}/evidence/", {"title": "纪要", "happened_on": "2026-03-09", "file": upload})

    assert answer.status_code == 422
    assert "纪要.pdf" in answer.content.decode()
    assert (Evidence.objects.count(), list(tmp_path.iterdir())) == (0, [])


def test_file_comes_back_whole_sandboxed_and_only_to_those_who_see_the_task(
    everyone, client_of, task, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    doer = client_of(everyone.branch_secretary_a1)
    doer.post(f"/tasks/{task.pk}/accept/", {"version": 1})
    content = b"%PDF-1.7 minutes"
    upload = SimpleUploadedFile("纪要.pdf", content)
    doer.post(f"/tasks/{task.pk}/evidence/", {"title": "纪要", "happened_on": "2026-03-09", "file": upload})
    url = f"/evidence/{Evidence.objects.get().pk}/file/"

    response = client_of(everyone.party_clerk).get(url)

    assert b"".join(response.streaming_content) == content
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert client_of(everyone.branch_secretary_b1).get(url).status_code == 404


def test_stale_form_shows_both_sides_and_changes_nothing(everyone, client_of, task):
    response = client_of(everyone.branch_secretary_a1).post(f"/tasks/{task.pk}/accept/", {"version": 9})

    assert response.status_code == 409
    assert Task.objects.get(pk=task.pk).state == TaskState.OPEN


def test_a_day_in_the_future_is_told_at_the_field_and_keeps_what_was_typed(everyone, client_of, task):
    client = client_of(everyone.branch_secretary_a1)
    client.post(f"/tasks/{task.pk}/accept/", {"version": 1})
    tomorrow = timezone.localdate() + timedelta(days=1)
    typed = {"title": "十一月支委会", "happened_on": tomorrow, "text": "到会五人"}

    answer = client.post(f"/tasks/{task.pk}/evidence/", typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert [words in page for words in ("十一月支委会", "到会五人", "日期不能晚于今天")] == [True, True, True]
    assert not Evidence.objects.exists()


def test_list_filters_by_state_line_and_words(everyone, client_of):
    TaskFactory(unit=everyone.branch_a1, title="主题党日安排", line="party")
    TaskFactory(unit=everyone.branch_a2, title="节前提醒", line="integrity", state=TaskState.CANCELED)
    client = client_of(everyone.secretary_a)

    found = client.get("/tasks/?line=party&q=党日").content.decode()
    unknown = client.get("/tasks/?state=&line=nonsense&unit=abc&year=9").content.decode()

    assert "主题党日安排" in found
    assert "节前提醒" not in found
    assert "节前提醒" in unknown


def test_list_goes_on_page_by_page_beyond_what_is_counted(everyone, client_of, monkeypatch):
    monkeypatch.setattr(pages, "COUNTED", 40)
    made = TaskFactory.create_batch(90, unit=everyone.branch_a1)
    client = client_of(everyone.secretary_a)

    answers = [client.get("/tasks/", {"page": number}).content.decode() for number in range(1, 6)]

    assert "40+" in answers[0]
    assert all(sum(f"/tasks/{task.pk}/" in answer for answer in answers) == 1 for task in made)


def test_unit_fragment_is_hidden_from_those_who_do_not_oversee_it(everyone, client_of, task):
    assert task.title in client_of(everyone.secretary_a).get(f"/tasks/unit/{task.unit_id}/").content.decode()
    elsewhere = client_of(everyone.branch_secretary_b1)
    assert elsewhere.get(f"/tasks/unit/{task.unit_id}/").content == b""
    assert elsewhere.get("/tasks/unit/99999999/").content == b""


def test_citable_evidence_offers_own_unit_only(everyone, client_of, task):
    client = client_of(everyone.branch_secretary_a1)
    client.post(f"/tasks/{task.pk}/accept/", {"version": 1})
    EvidenceFactory(unit=everyone.branch_a1, title="本支部的记录")
    CitationFactory(evidence=EvidenceFactory(unit=everyone.branch_b1, title="外支部的记录"))

    page = client.get(f"/tasks/{task.pk}/").content.decode()

    assert "本支部的记录" in page
    assert "外支部的记录" not in page


def test_equal_titles_are_told_apart_by_their_months(everyone, client_of):
    for month, last in ((1, 31), (3, 31)):
        TaskFactory(
            unit=everyone.branch_a1, title="主题党日", starts_on=date(2027, month, 1), due_on=date(2027, month, last)
        )
    for month in (5, 6):
        TaskFactory(unit=everyone.branch_a1, title="支部党课", starts_on=date(2027, 1, 4), due_on=date(2027, month, 20))

    with translation.override("zh-hans"):
        page = client_of(everyone.branch_secretary_a1).get("/tasks/", headers={"accept-language": "zh-hans"})
        page = page.content.decode()

    for title in ("主题党日（1月）", "主题党日（3月）", "支部党课（5月）", "支部党课（6月）"):
        assert page.count(f">{title}<") == 1


@pytest.mark.parametrize(
    ("start", "due", "words"),
    [
        (date(2027, 3, 1), date(2027, 3, 31), "March"), (date(2027, 4, 1), date(2027, 6, 30), "quarter 2"),
        (date(2027, 7, 1), date(2027, 12, 31), "second half of the year"), (date(2027, 1, 1), date(2027, 12, 31), ""),
        (date(2027, 2, 1), date(2027, 4, 30), ""), (date(2027, 3, 2), date(2027, 3, 31), ""), (None, None, ""),
    ],
)  # fmt: skip
def test_a_stretch_of_time_is_named_where_it_is_a_whole_one(start, due, words):
    with translation.override("en"):
        assert stretch_words(start, due) == words


def test_several_new_tasks_are_accepted_in_one_press_and_others_stay(everyone, client_of):
    mine = TaskFactory.create_batch(3, unit=everyone.branch_a1, due_on=timezone.localdate())
    strange = TaskFactory(unit=everyone.branch_b1)
    client = client_of(everyone.branch_secretary_a1)

    assert "/tasks/accept/" in client.get("/").content.decode()
    client.post("/tasks/accept/", {"task": [task.pk for task in (*mine, strange)]})

    states = dict(Task.objects.values_list("pk", "state"))
    assert [states[task.pk] for task in mine] == [TaskState.ACCEPTED] * 3
    assert states[strange.pk] == TaskState.OPEN


def test_the_list_exports_what_it_shows_and_nothing_else(everyone, client_of):
    TaskFactory(unit=everyone.branch_a1, title="清单里的事", requesters=[everyone.party_department])
    TaskFactory(unit=everyone.branch_a1, title="别家交办的", requesters=[everyone.discipline_office])
    client = client_of(everyone.party_clerk)

    book = load_workbook(BytesIO(client.get("/tasks/export/?asked=1").content))
    everything = load_workbook(BytesIO(client.get("/tasks/export/").content))

    assert [row[1].value for row in book.active.iter_rows(min_row=2)] == ["清单里的事"]
    assert {row[1].value for row in everything.active.iter_rows(min_row=2)} >= {"清单里的事", "别家交办的"}


def test_too_long_a_list_is_refused_and_not_cut_off(everyone, client_of, monkeypatch):
    monkeypatch.setattr("heli.rooms.tasks.views.lists.EXPORT_ROWS", 2)
    TaskFactory.create_batch(3, unit=everyone.branch_a1)

    assert client_of(everyone.party_clerk).get("/tasks/export/").status_code == 422


def test_the_matrix_goes_out_as_a_workbook(everyone, client_of, at):
    install_catalogue(by="test", at=at)

    answer = client_of(everyone.party_clerk).get(f"/tasks/matrix/export/?unit={everyone.branch_a1.pk}&year=2027")

    sheet = load_workbook(BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert sheet.max_column == 18
    assert rows
    assert all(row[16] >= row[15] for row in rows)


def test_a_file_of_who_may_not_do_the_task_is_not_kept(everyone, client_of, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    task = TaskFactory(unit=everyone.branch_a1, requesters=[everyone.party_department])
    sent = {"title": "纪要", "happened_on": "2026-01-05", "file": SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF\n")}

    answer = client_of(everyone.party_clerk).post(f"/tasks/{task.pk}/evidence/", sent)

    assert answer.status_code == 403
    assert not [each for each in tmp_path.rglob("*") if each.is_file()]
