"""A second opinion is asked for by a person, sends two texts, is shown, and changes nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import Client

from heli.kernel.chat import Endpoint
from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.kernel.tests.model_server import ModelServer, model_server
from heli.rooms.people.models import Person
from heli.rooms.plans.enums import FindingKind
from heli.rooms.plans.models import Decision, DraftItem, Finding, FindingItem, Plan, SecondOpinion
from heli.rooms.plans.services import opinions
from heli.rooms.plans.services.opinions import NoOpinion
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.world import World

SAID = {"verdict": "related", "reason": "一项讲会议，一项讲学习。"}


@pytest.fixture
def server(settings: Any) -> Iterator[ModelServer]:
    with model_server() as started:
        started.says(json.dumps(SAID, ensure_ascii=False))
        settings.SECOND_OPINION = started.endpoint
        yield started


@pytest.fixture
def plan(world: World, at: datetime) -> Plan:
    return journey.aligned(world, at)


def pair(plan: Plan) -> Finding:
    return Finding.objects.filter(plan=plan, kind=FindingKind.DUPLICATE, is_standing=True).order_by("rank")[0]


def ask(finding: Finding, by: Person, at: datetime) -> SecondOpinion:
    return opinions.ask_second_opinion(plan_id=finding.plan_id, finding_id=finding.pk, by=by, at=at)


def everything(plan: Plan) -> list[object]:
    """Whatever an opinion must not touch."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Plan, Finding, FindingItem, DraftItem, Decision)
    ]  # fmt: skip


def test_the_opinion_is_stored_beside_the_finding_and_nothing_else_changes(
    world: World, plan: Plan, at: datetime, server: ModelServer
) -> None:
    finding, before = pair(plan), everything(plan)

    given = ask(finding, world.people["clerk"], at)

    assert (given.verdict, given.reason, given.model) == ("related", SAID["reason"], "qwen-local")
    assert (given.asked_by, given.asked_at) == (world.people["clerk"], at)
    assert everything(plan) == before
    entry = AuditEntry.objects.get(action="plan.second_opinion")
    assert entry.changes == {"plan": plan.pk, "model": "qwen-local", **SAID}


def test_only_the_two_texts_go_out(world: World, plan: Plan, at: datetime, server: ModelServer) -> None:
    finding = pair(plan)
    texts = [link.item.text for link in finding.links.select_related("item").order_by("position")]

    ask(finding, world.people["clerk"], at)

    sent = json.dumps(server.asked, ensure_ascii=False)
    assert [text in sent for text in texts] == [True, True]
    hidden = [plan.title, plan.unit.name, world.people["clerk"].name, str(finding.score)]
    assert [word for word in hidden if word in sent] == []
    others = DraftItem.objects.filter(plan=plan).exclude(links__finding=finding)
    assert [item.text for item in others if item.text in sent and item.text not in "".join(texts)] == []


def test_a_finding_is_asked_about_once(world: World, plan: Plan, at: datetime, server: ModelServer) -> None:
    finding = pair(plan)
    first = ask(finding, world.people["clerk"], at)

    again = ask(finding, world.people["disc_clerk"], at)

    assert (again.pk, len(server.asked)) == (first.pk, 1)
    assert AuditEntry.objects.filter(action="plan.second_opinion").count() == 1


def test_words_around_the_object_do_no_harm(world: World, plan: Plan, at: datetime, server: ModelServer) -> None:
    server.says('好的。```json\n{"verdict": "same", "reason": "  同一\\u0000项\\n工作 "}\n```')

    given = ask(pair(plan), world.people["clerk"], at)

    assert (given.verdict, given.reason) == ("same", "同一项 工作")


def _status(code: int) -> Callable[[ModelServer], None]:
    return lambda server: setattr(server, "status", code)


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (_status(500), "500"),
        (_status(302), "别处"),
        (lambda server: setattr(server, "body", b"<html>busy</html>"), "判断加理由"),
        (lambda server: server.says("同一件事"), "判断加理由"),
        (lambda server: server.says('{"verdict": "surely", "reason": "x"}'), "判断加理由"),
        (lambda server: server.says('{"verdict": "same", "reason": ""}'), "判断加理由"),
        (lambda server: server.says('{"verdict": "same"}'), "判断加理由"),
        (lambda server: server.says("长" * 70_000), "过长"),
        (lambda server: setattr(server, "drips", True), "秒内没有应答"),
    ],
)
def test_a_failure_is_a_clear_sentence_and_nothing_else(
    world: World, plan: Plan, at: datetime, server: ModelServer, monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[ModelServer], None], word: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(opinions, "SECONDS", 1.5)
    before, entries = everything(plan), AuditEntry.objects.count()
    spoil(server)

    with pytest.raises(NoOpinion) as caught:
        ask(pair(plan), world.people["clerk"], at)

    assert word in caught.value.why
    assert caught.value.remedy
    assert (everything(plan), AuditEntry.objects.count(), SecondOpinion.objects.count()) == (before, entries, 0)


@pytest.mark.parametrize(
    ("who", "refused"),
    [("clerk", None), ("disc_clerk", None), ("secretary", AccessDenied), ("a_secretary", Http404), ("member", Http404)],
)
def test_who_may_send_texts_to_the_model(
    world: World, plan: Plan, at: datetime, server: ModelServer, who: str, refused: type[Exception] | None
) -> None:
    if refused is None:
        assert ask(pair(plan), world.people[who], at).verdict == "related"
    else:
        with pytest.raises(refused):
            ask(pair(plan), world.people[who], at)

    assert len(server.asked) == (refused is None)


def test_a_missing_duty_is_no_pair(world: World, plan: Plan, at: datetime, server: ModelServer) -> None:
    gap = Finding.objects.filter(plan=plan, kind=FindingKind.GAP).order_by("rank")[0]

    with pytest.raises(Http404):
        ask(gap, world.people["clerk"], at)

    assert server.asked == []


@pytest.mark.parametrize("named", [None, Endpoint(url="http://127.0.0.1:9/v1", model="")])
def test_without_a_configured_model_nothing_is_offered_or_possible(
    world: World, plan: Plan, client_of: Callable[[Person], Client], settings: Any, named: Endpoint | None
) -> None:
    settings.SECOND_OPINION = named
    finding, client = pair(plan), client_of(world.people["clerk"])

    page = client.get(f"/plans/{plan.pk}/board/?finding={finding.pk}").content.decode()
    sent = client.post(f"/plans/{plan.pk}/findings/{finding.pk}/opinion/")

    assert "/opinion/" not in page
    assert sent.status_code == 404


def test_the_board_offers_it_then_shows_it_as_an_opinion(
    world: World, plan: Plan, client_of: Callable[[Person], Client], server: ModelServer
) -> None:
    finding, client = pair(plan), client_of(world.people["clerk"])
    address = f"/plans/{plan.pk}/board/?finding={finding.pk}"

    before = client.get(address).content.decode()
    client.post(f"/plans/{plan.pk}/findings/{finding.pk}/opinion/")
    after = client.get(address).content.decode()

    assert f"/findings/{finding.pk}/opinion/" in before
    assert f"/findings/{finding.pk}/opinion/" not in after
    assert SAID["reason"] in after
    assert "这是模型的意见" in after
    assert finding.reason["zh"][:4] in after


def test_the_board_says_why_there_is_none(
    world: World, plan: Plan, client_of: Callable[[Person], Client], server: ModelServer
) -> None:
    server.status = 503
    finding = pair(plan)

    answer = client_of(world.people["clerk"]).post(f"/plans/{plan.pk}/findings/{finding.pk}/opinion/")

    assert answer.status_code == 422
    assert "没有取得模型意见" in answer.content.decode()
    assert "503" in answer.content.decode()


def test_the_database_keeps_one_opinion_with_a_reason(world: World, plan: Plan, at: datetime) -> None:
    finding, by = pair(plan), world.people["clerk"]
    good = {"finding": finding, "verdict": "same", "reason": "x", "model": "m", "asked_by": by, "asked_at": at}

    for spoiled in ({"verdict": "surely"}, {"reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SecondOpinion.objects.create(**{**good, **spoiled})
    SecondOpinion.objects.create(**good)
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondOpinion.objects.create(**good)
