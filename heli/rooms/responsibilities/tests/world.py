"""Builds lists in the small enterprise of ``everyone``: drafted by the clerk, approved by the head, issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps

from heli.rooms.people.models import Person, Post, Unit
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.responsibilities.models import Item, ListVersion
from heli.rooms.responsibilities.services import approving, lists
from heli.rooms.responsibilities.services.lists import ItemEdit


def post_of(person: Person, unit: Unit | None = None) -> Post:
    """Return the post a person of the enterprise holds."""
    posts = Post.objects.filter(appointments__person=person)
    return (posts.filter(unit=unit) if unit else posts).order_by("pk")[0]


def edit(text: str, post: Post | None, **more: object) -> ItemEdit:
    values: dict[str, object] = {"kind": "first_person", "line": "both", "accountable": post.pk if post else None}
    return ItemEdit(text_zh=text, **(values | more))  # type: ignore[arg-type]  # values of any field


def draft(everyone: Everyone, at: datetime, unit: Unit | None = None, edits: Sequence[ItemEdit] = ()) -> ListVersion:
    """Return a draft of the group's list by the clerk, with these items or one of the secretary's."""
    of = unit or everyone.group
    version = lists.begin_list(
        unit_id=of.pk, year=at.year, title=f"{of.name}责任清单", from_catalogue=False, by=everyone.party_clerk, at=at
    )
    items = edits or [edit("抓好党建和廉政各项工作", post_of(everyone.secretary), obligations=())]
    lists.add_items(list_id=version.list_id, edits=items, by=everyone.party_clerk, at=at)
    return version


def submitted(
    everyone: Everyone, at: datetime, unit: Unit | None = None, edits: Sequence[ItemEdit] = ()
) -> ListVersion:
    version = draft(everyone, at, unit, edits)
    return approving.submit(list_id=version.list_id, version=version.version, by=everyone.party_clerk, at=at)


def approved(everyone: Everyone, at: datetime, unit: Unit | None = None, edits: Sequence[ItemEdit] = ()) -> ListVersion:
    version = submitted(everyone, at, unit, edits)
    return approving.approve(list_id=version.list_id, version=version.version, by=everyone.party_head, at=at)


def issued(everyone: Everyone, at: datetime, unit: Unit | None = None, edits: Sequence[ItemEdit] = ()) -> ListVersion:
    version = approved(everyone, at, unit, edits)
    return approving.issue(list_id=version.list_id, version=version.version, by=everyone.party_clerk, at=at)


def items(version: ListVersion) -> list[Item]:
    return list(version.items.order_by("number"))


def task(
    unit: Unit, by: Person, at: datetime, *, kind: str = "", obligation: str = "", due: date | None = None,
    line: str = "party", done_by: Person | None = None, reviewer: Person | None = None, title: str = "一项任务",
) -> Any:  # fmt: skip
    """Return a task of a unit, done with one evidence where ``done_by`` says so: real work of the room above."""
    models = {name: apps.get_model(f"tasks.{name}") for name in ("Task", "Evidence", "Citation")}
    made = models["Task"].objects.create(
        title=title, line=line, unit=unit, post_kind=kind, due_on=due or at.date(), obligation=obligation,
        opened_at=at - timedelta(days=20), opened_by=by,
    )  # fmt: skip
    if done_by is not None:
        evidence = models["Evidence"].objects.create(
            unit=unit, kind="text", title=f"{title}记录", text="记录", happened_on=at.date() - timedelta(days=1),
            recorded_at=at, recorded_by=done_by,
        )  # fmt: skip
        models["Citation"].objects.create(task=made, evidence=evidence, cited_at=at, cited_by=done_by)
        made.state, made.accepted_at, made.accepted_by = "closed", at, done_by
        made.handed_in_at, made.handed_in_by = at, done_by
        made.closed_at, made.closed_by = at, reviewer or by
        made.save()
    return made
