from __future__ import annotations

from heli.rooms.information import queries
from heli.rooms.information.tests.factories import TOLD, NotificationFactory


def test_newest_come_first_and_equal_times_keep_one_order(everyone):
    old, new = (NotificationFactory(person=everyone.secretary) for _each in range(2))
    pair = [NotificationFactory(person=everyone.secretary, notified_at=new.notified_at) for _each in range(2)]

    assert list(queries.newest(everyone.secretary)) == [pair[1], pair[0], new, old]


def test_unread_are_counted_up_to_what_the_bell_shows(everyone):
    NotificationFactory.create_batch(5, person=everyone.secretary)
    NotificationFactory(person=everyone.secretary, read_at=TOLD)
    NotificationFactory(person=everyone.secretary_a)

    assert queries.unread_count(everyone.secretary) == 5
    assert queries.unread_count(everyone.secretary, limit=3) == 3
    assert queries.unread_count(None) == 0


def test_who_is_nobody_has_no_news(everyone):
    NotificationFactory(person=everyone.secretary)

    assert not queries.newest(None).exists()
