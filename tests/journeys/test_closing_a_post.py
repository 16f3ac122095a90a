"""A post is closed: its work and its items go where it was decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from heli.rooms.people.enums import PostKind
from heli.rooms.people.models import Post
from heli.rooms.people.tests.factories import PostFactory, appointed
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.responsibilities.models import Item, ListVersion
from heli.rooms.responsibilities.tests import world as lists
from heli.rooms.rulebook import queries, services
from heli.rooms.rulebook.models import Adjustment
from heli.rooms.rulebook.services import Choice
from heli.rooms.tasks.tests.factories import TaskFactory
from tests.journeys.closings import DUE, PASSED, closed, where


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def close_post(everyone: Everyone, at: datetime, post: Post, heir: Post | None, choices: dict[str, Choice]) -> Any:
    post.refresh_from_db()
    found = services.begin_closing_post(
        post_id=post.pk, version=post.version, reason="合署办公", heir_id=heir.pk if heir else None,
        by=everyone.party_clerk, at=at,
    )  # fmt: skip
    return closed(everyone, at, found, choices) if found is not None else None


def test_a_closed_post_passes_its_work_and_items_to_the_named_post(everyone: Everyone, at: datetime) -> None:
    old, heir = PostFactory(unit=everyone.branch_a1, kind=PostKind.BRANCH_MEMBER, title="组织委员"), None
    heir = lists.post_of(everyone.branch_secretary_a1)
    before = at - timedelta(days=30)
    edits = [lists.edit("发展党员", old, obligations=(), supporting=(heir.pk,))]
    version = lists.issued(everyone, before, unit=everyone.branch_a1, edits=edits)
    task = TaskFactory(unit=everyone.branch_a1, post_kind="branch_member", due_on=DUE)

    found = close_post(everyone, at, old, heir, {**PASSED, "responsibilities.items": Choice(is_accepted=True)})

    assert where(task) == [(everyone.branch_a1.pk, "branch_secretary", "open", "")]
    new = ListVersion.objects.get(list=version.list, number=2)
    assert [item.accountable_id for item in lists.items(new)] == [heir.pk]
    assert Item.objects.get(version=new).supports.count() == 0
    assert (found.state, Post.objects.get(pk=old.pk).is_closed) == ("in_force", True)


def test_items_declined_stay_with_the_closed_post(everyone: Everyone, at: datetime) -> None:
    old = PostFactory(unit=everyone.branch_a1, kind=PostKind.BRANCH_MEMBER)
    version = lists.issued(
        everyone, at - timedelta(days=30), unit=everyone.branch_a1, edits=[lists.edit("发展党员", old, obligations=())]
    )
    declined = {"responsibilities.items": Choice(is_accepted=False, reason="年底换届时一并修订")}

    close_post(everyone, at, old, None, declined)

    assert ListVersion.objects.filter(list=version.list).count() == 1
    assert lists.items(version)[0].accountable_id == old.pk


def test_work_that_another_post_of_the_kind_receives_stays(everyone: Everyone, at: datetime) -> None:
    old = PostFactory(unit=everyone.branch_a1, kind=PostKind.BRANCH_MEMBER)
    appointed(PostKind.BRANCH_MEMBER, everyone.branch_a1)
    task = TaskFactory(unit=everyone.branch_a1, post_kind="branch_member")

    answer = close_post(everyone, at, old, None, {})

    assert (answer, where(task)[0][:2]) == (None, (everyone.branch_a1.pk, "branch_member"))
    assert Post.objects.get(pk=old.pk).is_closed


def test_a_post_with_work_goes_through_its_pages(everyone: Everyone, client_of: Callable[..., Client]) -> None:
    clerk = client_of(everyone.party_clerk)
    post = PostFactory(unit=everyone.branch_a1, kind=PostKind.BRANCH_MEMBER)
    heir = lists.post_of(everyone.branch_secretary_a1)
    TaskFactory(unit=everyone.branch_a1, post_kind="branch_member")
    form = reverse("rulebook:close_post", args=[post.pk])
    assert heir.full_title in clerk.get(form).content.decode()

    clerk.post(form, {"heir": heir.pk, "reason": "合并设置", "version": post.version})

    found = Adjustment.objects.get()
    page = clerk.get(reverse("rulebook:adjustment", args=[found.pk])).content.decode()
    assert heir.full_title in page
    assert clerk.get(form).status_code == 302
    assert queries.post_of(found) == post
