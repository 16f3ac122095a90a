from __future__ import annotations

import pytest
from django.http import Http404

from heli.rooms.information import access
from heli.rooms.information.models import Notification
from heli.rooms.information.tests.factories import NotificationFactory


@pytest.fixture
def sent(everyone):
    return NotificationFactory(person=everyone.branch_secretary_a1)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("branch_secretary_a1", True),
        ("branch_secretary_b1", False),
        ("member_a1", False),
        ("secretary_a", False),
        ("secretary", False),
        ("discipline_secretary", False),
        ("party_clerk", False),
    ],
)
def test_only_the_reader_sees_it_whatever_posts_others_hold(everyone, sent, who, sees):
    person = getattr(everyone, who)

    assert bool(access.can_view(person, sent)) is sees
    assert access.visible_notifications(person).contains(sent) is sees


def test_list_and_object_agree(everyone):
    for person in everyone.persons[:6]:
        NotificationFactory.create_batch(2, person=person)

    for person in [*everyone.persons, None]:
        visible = set(access.visible_notifications(person))
        assert visible == {each for each in Notification.objects.all() if access.can_view(person, each)}


def test_anothers_and_a_missing_one_are_the_same_404(everyone, sent):
    said = set()
    for pk in (sent.pk, sent.pk + 9999):
        with pytest.raises(Http404) as refused:
            access.notification_for(everyone.secretary, pk)
        said.add(str(refused.value))

    assert len(said) == 1


def test_refusal_says_why(everyone, sent):
    decision = access.can_view(everyone.secretary, sent)

    assert "收到的人" in str(decision.reason)
