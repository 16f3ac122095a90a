from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heli.rooms.information.models import Notification
from heli.rooms.information.tests.factories import NotificationFactory


def _queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200
    return len(captured)


@pytest.mark.parametrize("url", ["/notices/", "/notices/newest/", "/notices/bell/"])
def test_pages_ask_the_same_number_of_queries_for_1_and_5_rows(everyone, client_of, url):
    client = client_of(everyone.branch_secretary_a1)
    NotificationFactory(person=everyone.branch_secretary_a1)
    one = _queries(client, url)
    NotificationFactory.create_batch(4, person=everyone.branch_secretary_a1)

    assert _queries(client, url) == one


def test_list_shows_ones_own_with_the_reason_and_no_others(everyone, client_of):
    NotificationFactory(person=everyone.branch_secretary_a1, title="我的通知", reason="因为我管这件事。")
    NotificationFactory(person=everyone.branch_secretary_b1, title="别人的通知")

    page = client_of(everyone.branch_secretary_a1).get("/notices/").content.decode()

    assert "我的通知" in page
    assert "因为我管这件事。" in page
    assert "别人的通知" not in page


def test_text_of_a_notification_is_never_markup(everyone, client_of):
    NotificationFactory(person=everyone.branch_secretary_a1, title="<script>alert(1)</script>")

    page = client_of(everyone.branch_secretary_a1).get("/notices/").content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_opening_marks_it_read_and_leads_on(everyone, client_of):
    sent = NotificationFactory(person=everyone.branch_secretary_a1, url="/follow-ups/")

    answer = client_of(everyone.branch_secretary_a1).post(f"/notices/{sent.pk}/")

    sent.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, "/follow-ups/")
    assert sent.read_at is not None


def test_a_look_marks_nothing_read(everyone, client_of):
    sent = NotificationFactory(person=everyone.branch_secretary_a1)
    client = client_of(everyone.branch_secretary_a1)

    for url in ("/notices/", "/notices/newest/", "/notices/bell/"):
        client.get(url)

    assert client.get(f"/notices/{sent.pk}/").status_code == 405
    assert Notification.objects.filter(read_at=None).count() == 1


@pytest.mark.parametrize("who", ["branch_secretary_b1", "secretary", "non_member", "system_administrator"])
def test_anothers_notification_looks_like_a_missing_one(everyone, client_of, who):
    sent = NotificationFactory(person=everyone.branch_secretary_a1)
    client = client_of(getattr(everyone, who))

    answers = [client.post(f"/notices/{pk}/").status_code for pk in (sent.pk, sent.pk + 9999)]

    assert answers[0] == answers[1]
    assert answers[0] in {403, 404}
    assert Notification.objects.filter(read_at=None).count() == 1


def test_bell_says_how_many_are_new_until_all_are_read(everyone, client_of):
    NotificationFactory.create_batch(3, person=everyone.branch_secretary_a1)
    client = client_of(everyone.branch_secretary_a1)
    before = client.get("/notices/bell/").content.decode()

    client.post("/notices/read/")

    assert 'aria-hidden="true">3<' in before
    assert 'class="count"' not in client.get("/notices/bell/").content.decode()


def test_longer_lists_have_a_next_page(everyone, client_of):
    NotificationFactory.create_batch(41, person=everyone.branch_secretary_a1)
    client = client_of(everyone.branch_secretary_a1)

    first, second = (client.get("/notices/", {"page": number}).content.decode() for number in (1, 2))

    assert 'rel="next"' in first
    assert 'rel="next"' not in second
    assert first.count("feed-form") == 40
    assert second.count("feed-form") == 1
