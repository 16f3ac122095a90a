"""The README's pictures, taken from the demo enterprise: ``make screenshots SHOTS=docs/images``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.utils import timezone

from heli.config import demo, paths
from heli.rooms.people.models import Account
from heli.rooms.plans.models import Plan, PlanDocument
from heli.rooms.plans.tests.papers import INTEGRITY, PARTY
from heli.rooms.plans.tests.world import build_world
from heli.ui.testing.browser import PHONE, Journey
from tests.journeys.test_one_plan import run

# Which language a picture shows, and how its name ends.
LANGUAGES = (("zh-hans", ""), ("en", "-en"))

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow(40)]


@pytest.fixture
def clerk_and_secretary(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """The demo enterprise as of now, and the sign-in names of its clerk and a branch secretary."""
    monkeypatch.setattr(paths, "VAR", tmp_path)
    demo.load(_now())
    names = [one.sign_in_name for one in demo.sign_ins()]
    return names[0], names[5]


def test_pictures_of_the_demo(
    clerk_and_secretary: tuple[str, str], new_journey: Callable[..., Journey], shot: Callable[..., Path]
) -> None:
    clerk, secretary = new_journey(), new_journey()
    for journey, name in zip((clerk, secretary), clerk_and_secretary, strict=True):
        journey.sign_in(Account.objects.get(sign_in_name=name))
    plan = Plan.objects.get()
    paper = PlanDocument.objects.filter(plan=plan, line="integrity").order_by("pk")[0]
    taken = []

    for language, ending in LANGUAGES:
        clerk.show(language=language)
        clerk.open("/")
        taken.append(shot(clerk, f"todo{ending}", full=False))
        clerk.open(f"/plans/{plan.pk}/papers/{paper.pk}/")
        taken.append(shot(clerk, f"split{ending}", full=False))
        clerk.open(f"/plans/{plan.pk}/board/")
        taken.append(shot(clerk, f"board{ending}", full=False))
        taken.append(taken[-1].with_name(f"board-card{ending}.png"))
        clerk.page.locator(".find-card.active").screenshot(path=taken[-1])
        secretary.show(width=PHONE, language=language)
        secretary.open("/")
        taken.append(shot(secretary, f"todo-phone{ending}", full=False))

    assert all(path.stat().st_size > 10_000 for path in taken)


def test_picture_of_a_published_plan(
    transactional_db: None, tmp_path: Path, new_journey: Callable[..., Journey], shot: Callable[..., Path]
) -> None:
    world = build_world()
    party, integrity = tmp_path / "party.txt", tmp_path / "integrity.txt"
    party.write_text(PARTY, encoding="utf-8")
    integrity.write_text(INTEGRITY, encoding="utf-8")
    plan = run(new_journey, world, (party, integrity), 2027)

    reader = new_journey()
    reader.sign_in(Account.objects.get(person=world.people["clerk"]))
    taken = []
    for language, ending in LANGUAGES:
        reader.show(language=language)
        reader.open(f"/plans/{plan.pk}/versions/1/")
        taken.append(shot(reader, f"plan{ending}", full=False))

    assert all(path.stat().st_size > 10_000 for path in taken)


def _now() -> datetime:
    return timezone.localtime()
