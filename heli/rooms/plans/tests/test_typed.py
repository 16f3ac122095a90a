"""What somebody typed stays where they typed it when a form is refused: every form of the room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from django.urls import URLPattern, reverse

from heli.rooms.plans import urls
from heli.rooms.plans.enums import FindingKind, Line
from heli.rooms.plans.models import DraftItem, Finding, Plan, PlanVersion
from heli.rooms.plans.services import composing
from heli.rooms.plans.services.composing import ItemEdit
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.test_pages import signed_in
from heli.rooms.plans.tests.world import World

BAD_DAYS = {"start": "2027-09-30", "due": "2027-02-31", "end": "2027-02-31"}
LONG = "长" * 2_001


@dataclass(frozen=True)
class Form:
    """A form with bad values: the way to its plan, its address, what is sent, and what has to be on the page again."""

    begin: Callable[[World, datetime], Plan | PlanVersion]
    address: Callable[[Plan | PlanVersion], list[int]]
    sent: dict[str, object]
    kept: list[str]
    who: str = "clerk"
    version: bool = False
    errors: list[str] = field(default_factory=list)


def _finding(kind: FindingKind) -> Callable[[Plan | PlanVersion], list[int]]:
    return lambda plan: [plan.pk, Finding.objects.filter(plan=plan, kind=kind).order_by("rank")[0].pk]


def _row(plan: Plan | PlanVersion) -> list[int]:
    return [plan.pk, DraftItem.objects.filter(plan=plan).items().in_order()[0].pk]


def _plan(found: Plan | PlanVersion) -> list[int]:
    return [found.plan_id if isinstance(found, PlanVersion) else found.pk]


def _version(found: Plan | PlanVersion) -> list[int]:
    assert isinstance(found, PlanVersion)
    return [found.plan_id, found.number]


def _item(found: Plan | PlanVersion) -> list[int]:
    assert isinstance(found, PlanVersion)
    return [*_version(found), found.items.order_by("number")[0].pk]


def _without_lead(world: World, at: datetime) -> PlanVersion:
    version = journey.concluded(world, at)
    edit = ItemEdit("由保卫部牵头的事", Line.PARTY, lead="保卫部")
    composing.add_item(plan_id=version.plan_id, edit=edit, reason="补充", by=world.people["clerk"], at=at)
    return version


ITEM = {"text": "改过的文字", "owner": "某处室", "helpers": "某协办", "quantity": "三场", "deliverable": "某材料"}
MORE = {"lead": "某牵头", "line": "party", "reach": "lead", "minutes": "两"}
FORMS: dict[str, list[Form]] = {
    "new": [Form(journey.aligned, lambda _plan: [], {"year": "二〇", "title": "某标题"}, ["二〇", "某标题"])],
    "add_papers": [
        Form(
            journey.begun, _plan, {"line": "party", "issuer": "某" * 121, "pasted": "一、某文稿"},
            ["一、某文稿", "某" * 121], errors=["issuer-party-error"],
        ),
    ],
    "row": [Form(journey.aligned, _row, ITEM | BAD_DAYS, [*ITEM.values(), *BAD_DAYS.values()])],
    "decide": [
        Form(
            journey.aligned, _finding(FindingKind.DUPLICATE),
            {
                "choice": "merge", "text": "某合并后", "lead": "某牵头", "quantity": "三场", "deliverable": "某材料",
                **BAD_DAYS,
            },
            ["某合并后", "某牵头", "三场", "某材料", "2027-09-30", "2027-02-31"], errors=["merge-due-error"],
        ),
        Form(
            journey.aligned, _finding(FindingKind.DUPLICATE),
            {"choice": "assign", "lead": "某牵头", "quantity": "三场", "reason": "某理由", **BAD_DAYS},
            ["某牵头", "三场", "某理由", "2027-09-30", "2027-02-31"], errors=["assign-due-error"],
        ),
        Form(
            journey.aligned, _finding(FindingKind.GAP),
            {"choice": "add", "text": "某补入", "lead": "某牵头", "start": "2027-09-30", "due": "2027-03-31"},
            ["某补入", "某牵头", "2027-09-30", "2027-03-31"], errors=["merge-due-error"],
        ),
        Form(
            journey.aligned, _finding(FindingKind.DUPLICATE), {"choice": "keep_both", "reason": LONG}, [LONG],
            errors=["keep-reason-error"],
        ),
        Form(
            journey.aligned, _finding(FindingKind.GAP), {"choice": "not_applicable", "reason": LONG}, [LONG],
            errors=["none-reason-error"],
        ),
    ],
    "decide_rest": [
        Form(journey.aligned, _plan, {"kind": "gap", "choice": "not_applicable", "reason": LONG}, [LONG]),
    ],
    "new_item": [
        Form(
            journey.concluded, _version, ITEM | BAD_DAYS | MORE,
            ["改过的文字", "某牵头", "某协办", "三场", "某材料", "两", "2027-09-30", "2027-02-31"],
        )
    ],
    "item": [
        Form(
            journey.concluded, _item, ITEM | BAD_DAYS | MORE,
            ["改过的文字", "某牵头", "某协办", "三场", "某材料", "两", "2027-09-30", "2027-02-31"], version=True,
        )
    ],
    "leave_out": [Form(journey.concluded, _item, {"reason": LONG}, [LONG], version=True)],
    "minutes": [Form(journey.concluded, _plan, {"minutes": "987654"}, ["987654"], version=True)],
    "leads": [
        Form(
            _without_lead, _plan,
            {"words": ["保卫部"], "line": ["party"], "need": ["must"], "unit": ["99999999"], "version": "1"},
            ["保卫部"],
        )
    ],
    "approve": [Form(journey.submitted, _version, {"reason": LONG}, [LONG], who="secretary", version=True)],
    "return": [Form(journey.submitted, _version, {"reason": LONG}, [LONG], who="secretary", version=True)],
    "revise": [Form(journey.published, _plan, {"reason": LONG}, [LONG], version=True)],
}  # fmt: skip
NOTHING_TYPED = {
    "delete": "a button", "remove_paper": "a button", "reclass": "a button", "merge_row": "a button",
    "align": "a button", "presence": "sent by the page itself", "opinion": "a button", "undo": "a button",
    "conclude": "a button", "reopen": "a button", "submit": "a button", "drop_revision": "a button",
    "withdraw": "a button", "acknowledge": "a button", "split_row": "a choice of the places in the text",
}  # fmt: skip
READ = {
    "list", "plan", "split", "original", "progress", "board", "board_xlsx", "version", "plan_xlsx", "plan_docx",
    "compare", "item_tasks", "lead_choices", "waiting", "of_task",
}  # fmt: skip


def test_every_view_of_the_room_is_a_form_of_this_list_or_takes_nothing_typed() -> None:
    names = {pattern.name for pattern in urls.urlpatterns if isinstance(pattern, URLPattern)}

    assert names == set(FORMS) | set(NOTHING_TYPED) | READ


@pytest.mark.parametrize(("name", "number"), [(name, at) for name, forms in FORMS.items() for at in range(len(forms))])
def test_bad_values_come_back_with_what_was_typed(world: World, at: datetime, name: str, number: int) -> None:
    form = FORMS[name][number]
    found = form.begin(world, at)
    sent = dict(form.sent)
    if form.version:
        is_item = name in ("item", "leave_out")
        sent["version"] = "1" if is_item else str(journey.seen(found))  # type: ignore[arg-type]  # a version then

    answer = signed_in(world.people[form.who]).post(reverse(f"plans:{name}", args=form.address(found)), sent)

    page = answer.content.decode()
    assert answer.status_code in (400, 409, 422)
    assert [text for text in form.kept if str(text) not in page] == []
    assert [text for text in form.errors if f'id="{text}"' not in page] == []


def test_a_refused_decision_is_said_once_at_its_card(world: World, at: datetime) -> None:
    plan = journey.aligned(world, at)
    finding = Finding.objects.filter(plan=plan, kind=FindingKind.DUPLICATE).order_by("rank")[0]

    answer = signed_in(world.people["clerk"]).post(
        reverse("plans:decide", args=[plan.pk, finding.pk]), {"choice": "keep_both", "reason": LONG}
    )

    page = answer.content.decode()
    assert page.count("data-card-refused") == page.count('role="alert"') == 1
    assert page.index(f'id="card-{finding.pk}"') < page.index("data-card-refused") < page.index('name="choice"')
