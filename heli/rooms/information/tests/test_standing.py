"""Who hears that somebody stands in, and that it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from heli.rooms.information.models import Notification
from heli.rooms.people import services


@pytest.mark.parametrize("who", ["branch_secretary_a1", "member_a1", "party_clerk"])
def test_holder_and_stand_in_hear_of_the_end_unless_they_made_it(everyone, at, who):
    by, today = getattr(everyone, who), at.date()
    given = services.give_stand_in(
        appointment_id=everyone.branch_secretary_a1.appointments.get().pk, person_id=everyone.member_a1.pk,
        from_day=today, to_day=today + timedelta(days=10), reason="休假", by=everyone.branch_secretary_a1, at=at,
    )  # fmt: skip
    before = set(Notification.objects.values_list("pk", flat=True))

    services.end_stand_in(stand_in_id=given.pk, version=given.version, by=by, at=at)

    told = set(Notification.objects.exclude(pk__in=before).values_list("person_id", flat=True))
    assert told == {everyone.member_a1.pk, everyone.branch_secretary_a1.pk} - {by.pk}
