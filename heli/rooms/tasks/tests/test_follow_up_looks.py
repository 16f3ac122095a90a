"""Pages of follow-ups and rectifications in a browser: readable by everybody, no sideways scroll, pictures."""

from __future__ import annotations

import pytest
from django.utils import timezone

from heli.config.demo import follow_ups, people, rectification, rulebook
from heli.rooms.people.models import Account
from heli.rooms.tasks.models import FollowUp, Problem, Rectification
from heli.ui.testing.browser import PHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def journey(transactional_db, browser_page):
    now = timezone.localtime()
    for part in (people, rulebook, follow_ups, rectification):
        part.load(now)
    return browser_page


def _sign_in(journey, role):
    names = dict(zip(("party", "discipline", "head", "branch"), [0, 1, 2, 5], strict=True))
    journey.sign_in(Account.objects.get(sign_in_name=people.sign_ins()[names[role]].sign_in_name))


def _faults(journey, axe, no_sideways_scroll, shot, pages):
    """Show each page to its role, on a phone and at every width; return what is wrong by page."""
    found = {}
    for role, places in pages.items():
        _sign_in(journey, role)
        for name, path in places:
            journey.show(width=PHONE)
            journey.open(path)
            shot(journey, f"{name}-{PHONE}")
            faults = [*axe(journey), *no_sideways_scroll(journey)]
            if faults:
                found[name] = faults
    return found


def test_pages_of_follow_ups_for_the_asker_and_the_asked(journey, axe, no_sideways_scroll, shot):
    climbed, running = FollowUp.objects.order_by("pk")
    pages = {
        "discipline": (
            ("follow-ups", "/follow-ups/"),
            ("follow-up-new", "/follow-ups/new/"),
            ("follow-up-climbed", f"/follow-ups/{climbed.pk}/"),
        ),
        "party": (("follow-up-home", "/"), ("follow-up-running", f"/follow-ups/{running.pk}/")),
        "branch": (("follow-up-answer", f"/follow-ups/{running.pk}/"),),
    }

    assert _faults(journey, axe, no_sideways_scroll, shot, pages) == {}


def test_pages_of_rectifications(journey, axe, no_sideways_scroll, shot):
    row, problems = Rectification.objects.get(), list(Problem.objects.order_by("number"))
    pages = {
        "discipline": (
            ("rectifications", "/rectifications/"),
            ("rectification", f"/rectifications/{row.pk}/"),
            ("problem-closed", f"/problems/{problems[0].pk}/"),
            ("problem-late", f"/problems/{problems[1].pk}/"),
            ("problem-handed-in", f"/problems/{problems[2].pk}/"),
            ("problem-list", f"/rectifications/{row.pk}/list/"),
            ("rectification-new", "/rectifications/new/"),
        ),
    }

    assert _faults(journey, axe, no_sideways_scroll, shot, pages) == {}


def test_a_ledger_prints_without_the_frame_of_the_screen(journey, shot):
    _sign_in(journey, "discipline")
    journey.show()
    journey.open(f"/rectifications/{Rectification.objects.get().pk}/")
    journey.page.emulate_media(media="print")

    shot(journey, "rectification-print")

    assert not journey.page.locator(".topbar").is_visible()
    assert journey.page.get_by_role("table").first.is_visible()
