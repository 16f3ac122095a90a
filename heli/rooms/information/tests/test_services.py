from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from heli.rooms.information import services
from heli.rooms.information.models import Notification
from heli.rooms.information.tests.factories import TOLD, NotificationFactory
from heli.rooms.people.tests.factories import PersonFactory

NEWS = {"kind": "task", "title": "Notices", "reason": "Notices", "url": "/tasks/"}


class EachPersonIsToldOnce(TestCase):
    def setUp(self):
        self.ids = [person.pk for person in PersonFactory.create_batch(4)]

    @given(st.lists(st.integers(0, 3), max_size=12))
    def test_however_often_named(self, named):
        persons = [self.ids[index] for index in named]

        told = services.notify(persons=persons, at=TOLD, **NEWS)

        rows = Notification.objects.order_by("person_id").values_list("person_id", flat=True)
        assert told == len(set(persons))
        assert list(rows) == sorted(set(persons))


def test_many_are_told_with_one_question(everyone, django_assert_num_queries):
    persons = [person.pk for person in everyone.persons]

    with django_assert_num_queries(3):  # savepoint around it
        services.notify(persons=persons, at=TOLD, **NEWS)


def test_nobody_is_told_when_the_act_is_undone(everyone):
    with transaction.atomic():
        services.notify(persons=[everyone.secretary.pk], at=TOLD, **NEWS)
        transaction.set_rollback(True)

    assert not Notification.objects.exists()


@pytest.mark.parametrize("url", ["https://example.com/", "javascript:alert(1)", ""])
def test_database_refuses_an_address_elsewhere(everyone, url):
    with pytest.raises(IntegrityError), transaction.atomic():
        services.notify(persons=[everyone.secretary.pk], at=TOLD, **{**NEWS, "url": url})


def test_each_reader_reads_it_in_the_own_language(everyone):
    services.notify(
        persons=[everyone.secretary.pk],
        at=TOLD,
        **{**NEWS, "title": "%(count)s new tasks in your to-do list"},
        params={"count": 3},
    )
    told = Notification.objects.get()

    with translation.override("en"):
        english = str(told)
    with translation.override("zh-hans"):
        chinese = str(told)

    assert english == "3 new tasks in your to-do list"
    assert "3" in chinese
    assert chinese != english


def test_text_that_is_no_message_stays_as_it_is():
    assert str(NotificationFactory.build(person=None, title="完成 100% 的项目")) == "完成 100% 的项目"


def test_reading_again_keeps_when_it_was_read(everyone):
    sent = NotificationFactory(person=everyone.secretary)

    for minutes in (1, 5):
        services.mark_read(notification_id=sent.pk, by=everyone.secretary, at=TOLD + timedelta(minutes=minutes))

    sent.refresh_from_db()
    assert sent.read_at == TOLD + timedelta(minutes=1)


def test_nobody_reads_for_another(everyone):
    sent = NotificationFactory(person=everyone.secretary)

    with pytest.raises(Http404):
        services.mark_read(notification_id=sent.pk, by=everyone.secretary_a, at=TOLD)

    sent.refresh_from_db()
    assert sent.read_at is None


def test_all_read_are_all_of_ones_own_and_no_others(everyone):
    NotificationFactory.create_batch(3, person=everyone.secretary)
    NotificationFactory(person=everyone.secretary, read_at=TOLD)
    other = NotificationFactory(person=everyone.secretary_a)

    marked = services.mark_all_read(by=everyone.secretary, at=TOLD + timedelta(days=1))

    assert marked == 3
    assert Notification.objects.filter(read_at=TOLD).count() == 1
    assert list(Notification.objects.filter(read_at=None)) == [other]
