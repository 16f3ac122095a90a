"""The API answers what the pages would show to the same person, and no more."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from heli.kernel.models import AuditEntry
from heli.rooms.people import services as people
from heli.rooms.people.enums import Scope
from heli.rooms.tasks import access
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Citation, Evidence, Task
from heli.rooms.tasks.tests.factories import CitationFactory, EvidenceFactory, TaskFactory

BOTH = (Scope.TASKS_READ, Scope.TASKS_WRITE)


class Program:
    """A program with a key of a person."""

    def __init__(self, everyone, person, scopes=BOTH):
        everyone.account(person)
        today = timezone.localdate()
        _token, text = people.create_token(
            person=person, name="test", scopes=list(scopes), expires_on=today + timedelta(days=9), at=timezone.now()
        )
        self.headers = {"Authorization": f"Bearer {text}"}

    def get(self, path, **query):
        return Client().get(f"/api{path}", query, headers=self.headers)

    def post(self, path, **given):
        return Client().post(f"/api{path}", given, content_type="application/json", headers=self.headers)

    def send_file(self, path, upload, **given):
        return Client().post(f"/api{path}", {**given, "file": upload}, headers=self.headers)

    def put(self, path):
        return Client().put(f"/api{path}", headers=self.headers)

    def delete(self, path):
        return Client().delete(f"/api{path}", headers=self.headers)


@pytest.fixture
def program(everyone):
    return lambda who, *scopes: Program(everyone, getattr(everyone, who), scopes or BOTH)


@pytest.fixture
def task(everyone):
    return TaskFactory(unit=everyone.branch_a1, requesters=[everyone.party_department])


@pytest.fixture
def accepted(task, everyone, at):
    Task.objects.filter(pk=task.pk).update(
        state=TaskState.ACCEPTED, accepted_at=at, accepted_by=everyone.branch_secretary_a1
    )
    task.refresh_from_db()
    return task


def ids(answer):
    return [row["id"] for row in answer.json()["items"]]


def test_the_list_and_every_task_agree_for_everybody(everyone, program):
    for unit in (everyone.branch_a1, everyone.branch_a2, everyone.branch_b1):
        TaskFactory(unit=unit, requesters=[everyone.party_department])
    TaskFactory(unit=everyone.workshop_a, post_kind="")
    today = timezone.localdate()

    for person in everyone.persons:
        if person == everyone.former_clerk:
            continue  # the key of somebody whose posts have ended sees nothing; the truth table has it
        key = Program(everyone, person)
        listed = set(ids(key.get("/tasks")))
        opened = {one.pk for one in Task.objects.all() if key.get(f"/tasks/{one.pk}").status_code == 200}
        assert listed == opened == set(access.visible_tasks(person, today).values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("who", "reads", "accepts", "closes"),
    [
        ("branch_secretary_a1", 200, 200, 403),
        ("party_clerk", 200, 403, 409),
        ("discipline_clerk", 200, 403, 409),
        ("secretary_a", 200, 403, 409),
        ("branch_secretary_b1", 404, 404, 404),
        ("member_a1", 404, 404, 404),
        ("non_member", 404, 404, 404),
        ("former_clerk", 404, 404, 404),
    ],
)
def test_who_may_do_what(everyone, program, task, who, reads, accepts, closes):
    key = program(who)

    refused = key.post(f"/tasks/{task.pk}/close", version=1)
    read = key.get(f"/tasks/{task.pk}")
    done = key.post(f"/tasks/{task.pk}/accept", version=1)

    assert (read.status_code, done.status_code, refused.status_code) == (reads, accepts, closes)
    assert (Task.objects.get(pk=task.pk).state == TaskState.ACCEPTED) == (accepts == 200)


@pytest.mark.parametrize(
    "path", ["", "/evidence", "/citable", "/accept", "/hand-in", "/withdraw", "/return", "/close", "/evidence "]
)
def test_forbidden_answers_word_for_word_like_missing(everyone, program, task, path):
    key = program("branch_secretary_b1")
    send = key.get if path in {"", "/evidence", "/citable"} else key.post
    given = {} if send == key.get else {"version": 1, "reason": "缺签到", "title": "会", "happened_on": "2026-03-01"}

    forbidden = send(f"/tasks/{task.pk}{path.strip()}", **given)
    missing = send(f"/tasks/{task.pk + 99_999}{path.strip()}", **given)

    assert (forbidden.status_code, forbidden.json()) == (missing.status_code, missing.json())
    assert forbidden.status_code == 404


def test_a_reading_key_changes_nothing_and_a_writing_key_alone_reads_nothing(everyone, program, task):
    refused = program("branch_secretary_a1", Scope.TASKS_READ).post(f"/tasks/{task.pk}/accept", version=1)
    unread = program("branch_secretary_a1", Scope.TASKS_WRITE).get("/tasks")

    assert (refused.status_code, unread.status_code) == (403, 403)
    assert Task.objects.get(pk=task.pk).state == TaskState.OPEN


def test_whole_life_of_a_task_leaves_the_trail_of_the_pages(everyone, program, task):
    doer, reviewer = program("branch_secretary_a1"), program("party_clerk")
    path = f"/tasks/{task.pk}"
    today = timezone.localdate().isoformat()

    doer.post(f"{path}/accept", version=1)
    doer.post(f"{path}/evidence", title="党员大会", happened_on=today, text="通过了计划")
    doer.post(f"{path}/hand-in", version=2)
    doer.post(f"{path}/withdraw", version=3)
    doer.post(f"{path}/hand-in", version=4)
    returned = reviewer.post(f"{path}/return", version=5, reason="请补签到表")
    doer.post(f"{path}/hand-in", version=6)
    closed = reviewer.post(f"{path}/close", version=7)

    assert returned.json()["return_reason"] == "请补签到表"
    assert (closed.json()["state"], closed.json()["version"]) == ("closed", 8)
    entries = AuditEntry.objects.exclude(action__startswith="token").exclude(action__startswith="account")
    assert [one.action for one in entries.filter(subject_kind__startswith="tasks").order_by("number")] == [
        "task.accepted", "evidence.recorded", "task.handed_in", "task.hand_in_withdrawn", "task.handed_in",
        "task.returned", "task.handed_in", "task.closed",
    ]  # fmt: skip


def test_an_old_version_is_refused_with_both_sides(everyone, program, accepted):
    answer = program("branch_secretary_a1").post(f"/tasks/{accepted.pk}/hand-in", version=9)

    assert answer.status_code == 409
    said = answer.json()
    assert said["yours"] == {"state": TaskState.HANDED_IN.label}
    assert said["theirs"] == {"state": TaskState.ACCEPTED.label}
    assert said["version"] == 1


def test_own_work_is_not_closed_by_any_key(everyone, program, at):
    own = TaskFactory(
        unit=everyone.party_department, post_kind="party_clerk", state=TaskState.HANDED_IN,
        handed_in_at=at, handed_in_by=everyone.party_clerk,
    )  # fmt: skip

    answer = program("party_clerk").post(f"/tasks/{own.pk}/close", version=1)

    assert answer.status_code == 403
    assert Task.objects.get(pk=own.pk).state == TaskState.HANDED_IN


def test_filters_narrow_by_state_line_unit_and_due_day(everyone, program):
    today = timezone.localdate()
    late = TaskFactory(unit=everyone.branch_a1, due_on=today - timedelta(days=3))
    soon = TaskFactory(unit=everyone.branch_a1, due_on=today + timedelta(days=3), line="integrity")
    other = TaskFactory(unit=everyone.branch_b1, due_on=None, state=TaskState.ACCEPTED)
    key = program("party_clerk")

    found = {
        "late": ids(key.get("/tasks", state="late")),
        "accepted": ids(key.get("/tasks", state="accepted")),
        "integrity": ids(key.get("/tasks", line="integrity")),
        "unit": ids(key.get("/tasks", unit=everyone.committee_a.pk)),
        "from": ids(key.get("/tasks", due_from=today.isoformat())),
        "to": ids(key.get("/tasks", due_to=(today - timedelta(days=3)).isoformat())),
        "words": ids(key.get("/tasks", q=soon.title)),
    }

    assert found == {
        "late": [late.pk], "accepted": [other.pk], "integrity": [soon.pk], "unit": [late.pk, soon.pk],
        "from": [soon.pk], "to": [late.pk], "words": [soon.pk],
    }  # fmt: skip
    assert key.get("/tasks", state="gone").status_code == 422


def test_pages_show_every_task_once_in_one_order(everyone, program):
    for number in range(9):
        day = None if number % 3 == 0 else date(2027, 4, 1 + number % 2)
        TaskFactory(unit=everyone.branch_a1, due_on=day)
    key = program("party_clerk")

    seen, after = [], ""
    while after is not None:
        page = key.get("/tasks", limit=2, after=after).json()
        seen += [row["id"] for row in page["items"]]
        after = page["next"]

    assert seen == ids(key.get("/tasks"))
    assert len(seen) == len(set(seen)) == 9


@pytest.mark.parametrize("after", ["x", "2027-02-30~1", "~", "2027-03-01", "2027-03-01~x"])
def test_a_place_that_no_page_named_is_refused_in_words(everyone, program, after):
    answer = program("party_clerk").get("/tasks", after=after)

    assert answer.status_code == 422
    assert all(answer.json()[part] for part in ("what", "why", "remedy"))


def test_the_list_asks_the_same_number_of_queries_for_1_and_5_tasks(everyone, program):
    key, counts = program("party_clerk"), []
    for more in (1, 4):
        for _each in range(more):
            TaskFactory(unit=everyone.branch_a1, requesters=[everyone.party_department, everyone.discipline_office])
        with CaptureQueriesContext(connection) as captured:
            key.get("/tasks")
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_a_link_is_recorded_once_and_cited_for_another_task(everyone, program, accepted):
    other = TaskFactory(unit=everyone.branch_a1)
    key, today = program("branch_secretary_a1"), timezone.localdate().isoformat()
    fact = key.post(f"/tasks/{accepted.pk}/evidence", title="纪要", happened_on=today, url="/plans/").json()
    offered = key.get(f"/tasks/{other.pk}/citable").json()

    cited = [key.put(f"/tasks/{other.pk}/evidence/{fact['id']}") for _twice in range(2)]
    withdrawn = key.delete(f"/tasks/{accepted.pk}/evidence/{fact['id']}")

    assert [row["id"] for row in offered] == [fact["id"]]
    assert [answer.json()[0]["url"] for answer in cited] == ["/plans/", "/plans/"]
    assert (withdrawn.status_code, withdrawn.json()) == (200, [])
    assert Citation.objects.get().task == other
    assert Evidence.objects.get().kind == "link"


def test_evidence_of_others_cannot_be_cited_by_guessing_its_id(everyone, program, accepted):
    secret = CitationFactory(
        task=TaskFactory(unit=everyone.branch_b1), evidence=EvidenceFactory(unit=everyone.branch_b1)
    ).evidence
    key = program("branch_secretary_a1")

    guessed = key.put(f"/tasks/{accepted.pk}/evidence/{secret.pk}")
    missing = key.put(f"/tasks/{accepted.pk}/evidence/{secret.pk + 9999}")

    assert (guessed.status_code, guessed.json()) == (missing.status_code, missing.json())
    assert guessed.status_code == 404
    assert not accepted.citations.exists()


def test_a_file_goes_in_and_comes_out_whole(everyone, program, accepted, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    content, today = b"%PDF-1.7 minutes", timezone.localdate().isoformat()
    key = program("branch_secretary_a1")

    fact = key.send_file(
        f"/tasks/{accepted.pk}/evidence/file", SimpleUploadedFile("纪要.pdf", content), title="纪要", happened_on=today
    ).json()
    came = key.get(f"/evidence/{fact['id']}/file")
    hidden = program("branch_secretary_b1").get(f"/evidence/{fact['id']}/file")

    assert b"".join(came.streaming_content) == content
    assert came["Content-Type"] == "application/octet-stream"
    assert came["Content-Disposition"].startswith("attachment")
    assert (fact["file_type"], fact["file_size"]) == ("application/pdf", len(content))
    assert hidden.status_code == 404


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": "会", "happened_on": "2026-03-01"}, "__all__"),
        ({"title": "  ", "happened_on": "2026-03-01", "text": "开了会"}, "title"),
        ({"title": "会", "happened_on": "2026-03-01", "url": "javascript:alert(1)"}, "url"),
        ({"title": "会", "happened_on": "someday", "text": "开了会"}, "happened_on"),
    ],
)
def test_wrong_evidence_is_refused_by_field_and_nothing_is_kept(everyone, program, accepted, given, field):
    answer = program("branch_secretary_a1").post(f"/tasks/{accepted.pk}/evidence", **given)

    assert answer.status_code == 422
    assert field in answer.json()["fields"][0]["place"]
    assert answer.json()["fields"][0]["fault"]
    assert Evidence.objects.count() == 0


def test_a_file_of_another_kind_is_refused_before_it_is_kept(everyone, program, accepted, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    answer = program("branch_secretary_a1").send_file(
        f"/tasks/{accepted.pk}/evidence/file",
        SimpleUploadedFile("run.exe", b"MZ\x90\x00"),
        title="附件",
        happened_on="2026-03-01",
    )

    assert answer.status_code == 422
    assert (Evidence.objects.count(), list(tmp_path.iterdir())) == (0, [])
