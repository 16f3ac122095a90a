"""Pages of follow-ups in a browser: readable by everybody, no sideways scroll, pictures."""

from __future__ import annotations

import pytest
from django.utils import timezone

from heli.config.demo import follow_ups, people
from heli.rooms.people.models import Account
from heli.rooms.tasks.models import FollowUp
from heli.ui.testing.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def journey(transactional_db, browser_page):
    now = timezone.localtime()
    people.load(now)
    follow_ups.load(now)
    return browser_page


def _sign_in(journey, role):
    names = dict(zip(("party", "discipline", "head", "branch"), [0, 1, 2, 5], strict=True))
    journey.sign_in(Account.objects.get(sign_in_name=people.sign_ins()[names[role]].sign_in_name))


def test_pages_for_the_asker_and_the_asked(journey, axe, no_sideways_scroll, shot):
    climbed, running = FollowUp.objects.order_by("pk")
    pages = {
        "discipline": (
            ("ledger", "/follow-ups/"),
            ("new", "/follow-ups/new/"),
            ("climbed", f"/follow-ups/{climbed.pk}/"),
        ),
        "party": (("home", "/"), ("running", f"/follow-ups/{running.pk}/")),
        "branch": (("answer", f"/follow-ups/{running.pk}/"), ("branch-home", "/")),
    }
    found = {}
    for role, places in pages.items():
        _sign_in(journey, role)
        for name, path in places:
            for language, width in (("zh-hans", DESKTOP), ("zh-hans", PHONE), ("en", DESKTOP)):
                journey.show(width=width, language=language)
                journey.open(path)
                shot(journey, f"follow-up-{name}-{language}-{width}")
            faults = [*axe(journey), *no_sideways_scroll(journey)]
            if faults:
                found[name] = faults

    assert found == {}
