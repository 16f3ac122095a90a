"""Long lists: counted no further than somebody looks, and no row out of reach."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from heli.kernel import audit
from heli.kernel.models import AuditEntry
from heli.ui import pages
from heli.ui.pages import LongPaginator


@pytest.fixture
def entries(db, monkeypatch):
    monkeypatch.setattr(pages, "COUNTED", 6)
    for number in range(13):
        audit.record("tests.made", subject=("tests.row", str(number)), by="tests", at=datetime(2027, 3, 1, tzinfo=UTC))
    return AuditEntry.objects.filter(action="tests.made").order_by("pk")


def _shown(page):
    request = RequestFactory().get("/")
    return Template('{% load heli %}{% c "pagination" page=page %}').render(Context({"page": page, "request": request}))


def test_every_row_is_reached_page_by_page_and_once(entries):
    page, seen = LongPaginator(entries, 2).get_page("1"), []
    seen += page.object_list
    while page.has_next():
        page = LongPaginator(entries, 2).get_page(str(page.next_page_number()))
        seen += page.object_list

    assert seen == list(entries)


def test_what_was_not_counted_is_said_to_be_more(entries):
    first, last = LongPaginator(entries, 2).get_page("1"), LongPaginator(entries, 2).get_page("7")

    assert (first.paginator.count, first.paginator.is_more, "6+" in _shown(first)) == (6, True, True)
    assert (last.paginator.count, last.paginator.is_more, "13+" in _shown(last)) == (13, False, False)


def test_as_many_rows_as_are_counted_are_no_more(entries):
    page = LongPaginator(entries.filter(pk__in=[entry.pk for entry in entries[:6]]), 2).get_page("1")

    assert (page.paginator.count, page.paginator.is_more) == (6, False)


@pytest.mark.parametrize("number", [None, "", "0", "-3", "x", "٣", "9" * 8, "9" * 40, "1.5"])
def test_any_page_number_gives_a_page(entries, number):
    assert len(LongPaginator(entries, 2).get_page(number).object_list) in {1, 2}


def test_count_and_page_are_two_questions_and_the_count_has_an_end(entries):
    with CaptureQueriesContext(connection) as asked:
        page = LongPaginator(entries, 2).get_page("2")
        list(page.object_list)
        _shown(page)

    assert len(asked) == 2
    assert "LIMIT 7" in asked[0]["sql"]
