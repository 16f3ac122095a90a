"""Pages over HTTP: the whole way from two papers to a branch secretary's task."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from heli.rooms.people.models import Account, Person
from heli.rooms.plans.enums import FindingKind, PlanState
from heli.rooms.plans.models import Decision, Finding, Plan
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.papers import INTEGRITY, PARTY
from heli.rooms.plans.tests.world import World
from heli.rooms.tasks import access as tasks


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(Account.objects.get(person=person), backend="heli.rooms.people.backends.StaffNumberOrEmailBackend")
    return client


def test_two_papers_become_tasks_of_branch_secretaries(world: World, at: datetime) -> None:
    clerk = signed_in(world.people["clerk"])
    new = clerk.post(
        reverse("plans:new"),
        {"unit": world.units["group"].pk, "year": 2027, "title": "", "unit_type": "party_committee"},
    )
    plan = Plan.objects.get()
    assert new["Location"] == reverse("plans:plan", args=[plan.pk])
    for line, name, text in (("party", "党建.txt", PARTY), ("integrity", "廉政.txt", INTEGRITY)):
        file = SimpleUploadedFile(name, text.encode())
        clerk.post(reverse("plans:add_papers", args=[plan.pk]), {"line": line, "files": file})
    assert clerk.get(reverse("plans:plan", args=[plan.pk])).status_code == 200

    clerk.post(reverse("plans:align", args=[plan.pk]))
    board = clerk.get(reverse("plans:board", args=[plan.pk]))
    assert "find-card active" in board.content.decode()
    for finding in Finding.objects.filter(plan=plan).order_by("rank"):
        journey.decide_one(finding, world.people["clerk"], at)
    concluded = clerk.post(reverse("plans:conclude", args=[plan.pk]))
    assert concluded["Location"] == reverse("plans:version", args=[plan.pk, 1])
    assert clerk.get(concluded["Location"]).status_code == 200
    clerk.post(reverse("plans:submit", args=[plan.pk]))

    secretary = signed_in(world.people["secretary"])
    secretary.post(reverse("plans:approve", args=[plan.pk, 1]))
    plan.refresh_from_db()
    assert plan.state == PlanState.PUBLISHED
    branch = world.people["a1_secretary"]
    mine = tasks.tasks_in_hand(branch, at.date()).values_list("title", flat=True)
    assert any("主题党日" in title for title in mine)
    page = signed_in(branch).get(reverse("plans:version", args=[plan.pk, 1])).content.decode()
    assert "主题党日" in page
    assert "责任书" not in page


def test_a_decision_through_the_form_is_taken_and_undone(world: World, at: datetime) -> None:
    plan = journey.aligned(world, at)
    clerk = signed_in(world.people["clerk"])
    finding = Finding.objects.filter(plan=plan, kind=FindingKind.DUPLICATE).order_by("rank").first()
    assert finding is not None

    page = clerk.post(
        reverse("plans:decide", args=[plan.pk, finding.pk]),
        {"choice": "merge", "text": "召开警示教育大会"},
        headers={"HX-Request": "true"},
    )
    decision = Decision.objects.get(finding=finding)
    clerk.post(reverse("plans:undo", args=[plan.pk, decision.pk]))

    decision.refresh_from_db()
    assert page.status_code == 200
    assert (decision.values["text"], decision.undone_by_id) == ("召开警示教育大会", world.people["clerk"].pk)


@pytest.mark.parametrize("name", ["plans:list", "plans:new"])
def test_pages_open_for_a_clerk(world: World, name: str) -> None:
    assert signed_in(world.people["clerk"]).get(reverse(name)).status_code == 200
