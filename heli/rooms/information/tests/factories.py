from __future__ import annotations

from datetime import datetime, timedelta, timezone

import factory

from heli.rooms.information.enums import Line, NotificationKind
from heli.rooms.information.models import Notification
from heli.rooms.people.tests.factories import PersonFactory

TOLD = datetime(2027, 3, 1, 9, 0, tzinfo=timezone(timedelta(hours=8)))


class NotificationFactory(factory.django.DjangoModelFactory):
    """An unread notification; each is a minute newer than the one before."""

    class Meta:
        model = Notification

    person = factory.SubFactory(PersonFactory)
    kind = NotificationKind.TASK
    line = Line.PARTY
    title = factory.Sequence("第{}号通知".format)
    reason = "您担任办理岗位。"
    url = "/tasks/"
    notified_at = factory.Sequence(lambda number: TOLD + timedelta(minutes=number))
