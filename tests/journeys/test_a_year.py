"""A year of the demo enterprise in a real browser: lists, evidence, a leader who moves, a rule that changes, a
follow-up that climbs and is closed by somebody else. The clock is the only thing that is moved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone as django_timezone
from playwright.sync_api import expect

from heli.config import demo, paths
from heli.config.demo import people as demo_people
from heli.config.demo import rulebook as demo_rulebook
from heli.rooms.people.models import Account, Appointment, Person, Unit
from heli.rooms.people.tests.factories import AccountFactory
from heli.rooms.responsibilities.models import HandOver, ListVersion, Signature
from heli.rooms.rulebook import queries as rulebook
from heli.rooms.rulebook import services as rulebook_services
from heli.rooms.rulebook.models import Adjustment
from heli.rooms.tasks import services as tasks
from heli.rooms.tasks.models import Citation, Evidence, FollowUp, Task
from heli.ui.testing.browser import Journey

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow(40)]
CHINA = timezone(timedelta(hours=8))


def on(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2027, month, day, hour, 0, tzinfo=CHINA)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(on(1, 4)) as traveller:
        yield traveller


@pytest.fixture
def accounts(clock: Any, transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Account]:
    """The people and the rules of the demo enterprise on the first working day of 2027, and who signs in."""
    monkeypatch.setattr(paths, "VAR", tmp_path)
    demo_people.load(on(1, 4))
    demo_rulebook.load(on(1, 4))
    names = ("clerk", "discipline_clerk", "head", "discipline_head", "secretary", "branch")
    ins = (one.sign_in_name for one in demo.sign_ins())
    return {name: Account.objects.get(sign_in_name=number) for name, number in zip(names, ins, strict=False)}


class Year:
    """Who is where in the browser, and what day it is."""

    def __init__(self, clock: Any, new_journey: Callable[..., Journey], accounts: dict[str, Account]) -> None:
        self.clock, self.new_journey, self.accounts = clock, new_journey, accounts
        self.windows: dict[str, Journey] = {}

    def at(self, moment: datetime) -> None:
        self.clock.move_to(moment)

    def who(self, name: str) -> Journey:
        """Return the person's window; signed in anew after the clock moved far, as everybody would be."""
        window = self.windows.setdefault(name, self.new_journey())
        window.sign_in(self.accounts[name])
        return window

    def person(self, name: str) -> Person:
        found = self.accounts[name].person
        assert found is not None
        return found


@pytest.fixture
def year(clock: Any, new_journey: Callable[..., Journey], accounts: dict[str, Account]) -> Year:
    return Year(clock, new_journey, accounts)


def test_a_year_is_played_through(year: Year) -> None:
    version = lists_are_issued_and_signed(year)
    evidence_serves_four_askers(year)
    a_leader_moves_in_may(year, version)
    a_rule_changes_in_july(year, version)
    an_overdue_answer_climbs_and_is_closed_by_another(year)


def lists_are_issued_and_signed(year: Year) -> ListVersion:
    group = Unit.objects.get(code="P-HZ")
    clerk = year.who("clerk")
    clerk.open(f"/duties/lists/new/?unit={group.pk}")
    clerk.page.fill("input[name=year]", "2027")
    clerk.act("main form .btn-primary")
    version = ListVersion.objects.get()
    for item in version.items.filter(accountable=None, reach="post").order_by("number"):
        clerk.act(f"#item-{item.pk} form button")  # nobody in the enterprise answers for it
    clerk.act(".pagehead .btn-primary")

    year.at(on(1, 8))
    head = year.who("head")
    head.open(f"/duties/lists/{version.list_id}/versions/1/")
    head.act("form:has(#approval-note) .btn-primary")
    year.at(on(1, 11))
    clerk = year.who("clerk")
    clerk.open(f"/duties/lists/{version.list_id}/versions/1/")
    clerk.act(".pagehead .btn-primary")
    year.at(on(1, 15))
    secretary = year.who("secretary")
    secretary.open("/duties/")
    secretary.page.get_by_role("button", name="签订").first.click()
    secretary.page.get_by_text("已签订，并留存时间").wait_for()

    signed = Signature.objects.get()
    assert (signed.person, signed.signed_at.date()) == (year.person("secretary"), date(2027, 1, 15))
    version.refresh_from_db()
    assert version.state == "in_force"
    return version


def evidence_serves_four_askers(year: Year) -> None:
    """Four units ask the branch for what one meeting answers: it is written down once."""
    year.at(on(3, 1))
    branch = Unit.objects.get(pk=year.person("branch").appointments.get().post.unit_id)
    askers = [Unit.objects.get(code=code) for code in ("P-HZ", "P-HZ-J", "HZ-DQ", "HZ-JJ")]
    opened = tasks.open_tasks(
        items=[
            tasks.NewTask(
                title=f"{asker.name}：节前廉洁教育情况", line="integrity", unit_id=branch.pk,
                post_kind="branch_secretary",
                due_on=date(2027, 4, 2), requesters=[asker.pk], source=f"test.asked:{asker.pk}",
            )
            for asker in askers
        ],
        by=year.person("clerk"), at=on(3, 1),
    )  # fmt: skip
    year.at(on(3, 26))
    window = year.who("branch")
    for number, task in enumerate(opened):
        window.open(f"/tasks/{task.pk}/")
        window.act(f"form[action$='/tasks/{task.pk}/accept/'] button")
        if number == 0:
            window.page.fill("#record input[name=title]", "支部党员大会记录")
            window.page.fill("#record input[name=happened_on]", "2027-03-25")
            window.page.fill("#record textarea[name=text]", "集中学习并对照检查，形成三条整改措施。")
            window.act("#record .form-acts button")
        else:
            window.act(f"form[action$='/tasks/{task.pk}/cite/'] button")
        window.act(f"form[action$='/tasks/{task.pk}/hand-in/'] button")

    fact = Evidence.objects.get()
    assert fact.happened_on == date(2027, 3, 25)
    assert set(Citation.objects.filter(evidence=fact).values_list("task_id", flat=True)) == {one.pk for one in opened}
    assert set(Task.objects.filter(pk__in=[one.pk for one in opened]).values_list("state", flat=True)) == {"handed_in"}


def a_leader_moves_in_may(year: Year, version: ListVersion) -> None:
    """What the leaver answered for passes to the next holder of the post; both sign the sheet."""
    posts = version.items.exclude(accountable=None).values_list("accountable", flat=True)
    held = Appointment.objects.filter(post__in=posts, post__kind="team_member", valid_to=None).select_related("person")
    leaving = held.order_by("pk")[0]
    taker = (
        Person.objects.filter(
            memberships__unit__path__startswith=leaving.post.unit.path, appointments=None, political_status="member"
        )
        .order_by("pk")
        .first()
        or Person.objects.filter(appointments=None, political_status="member").order_by("pk")[0]
    )
    for name, person in (("leaver", leaving.person), ("taker", taker)):
        found = Account.objects.filter(person=person).first()
        year.accounts[name] = found or AccountFactory(person=person)

    year.at(on(5, 17))
    clerk = year.who("clerk")
    clerk.open(f"/appointments/{leaving.pk}/end/")
    clerk.page.fill("input[name=on]", "2027-05-18")
    clerk.page.fill("[name=reason]", "交流任职")
    clerk.act("main form .btn-danger")
    clerk.open(f"/posts/{leaving.post_id}/appoint/")
    clerk.page.fill("input[name=holder]", taker.staff_no)
    clerk.page.fill("input[name=from_day]", "2027-05-18")
    clerk.act("main form .btn-primary")  # shows whom it touches
    clerk.act("main form .btn-primary")
    sheet = HandOver.objects.get(post_id=leaving.post_id, to_person=taker)
    for day, name in ((18, "leaver"), (19, "taker")):
        year.at(on(5, day))
        window = year.who(name)
        window.open(f"/duties/hand-overs/{sheet.pk}/")
        window.act(".pagehead .btn-primary")

    sheet.refresh_from_db()
    assert sheet.from_signed_at is not None
    assert sheet.to_signed_at is not None
    assert (sheet.from_signed_at.date(), sheet.to_signed_at.date()) == (date(2027, 5, 18), date(2027, 5, 19))
    item = version.items.filter(accountable=leaving.post_id).order_by("number")[0]
    for day, name in (("2027-04-01", leaving.person.name), ("2027-06-01", taker.name)):
        clerk = year.who("clerk")
        clerk.open(f"/duties/lists/{version.list_id}/versions/1/?on={day}")
        group = clerk.page.locator(f".duty-group:has(#item-{item.pk}) .holders")
        expect(group).to_contain_text(name)


def a_rule_changes_in_july(year: Year, version: ListVersion) -> None:
    """Party lessons become twice a quarter: what follows is shown first, another person decides, the old stays."""
    year.at(on(7, 5))
    clerk = year.who("clerk")
    clerk.open("/rulebook/duties/A04/edit/")
    clerk.page.fill("[name=valid_from]", "2027-08-01")
    clerk.page.fill("[name=reason]", "集团要求增加党课")
    clerk.page.fill("[name=count]", "2")
    clerk.act("main form .btn-primary")  # shows whom it touches
    clerk.act("main form .btn-primary")
    change = Adjustment.objects.get()
    branches = rulebook.units_required(Unit.objects.get(code="P-HZ"), "A04", 2027, 9).count()
    resting = [item for item in version.items.all() if "A04" in item.obligations]
    counts = clerk.page.locator(".follow-n").all_inner_texts()
    assert branches > 30
    assert str(branches) in counts
    assert resting == [] or str(len(resting)) in counts
    clerk.act(".pagehead .btn-primary")

    year.at(on(7, 8))
    head = year.who("head")
    head.open(f"/rulebook/changes/{change.pk}/")
    for choice in head.page.locator("input[type=radio][value=accept]").all():
        choice.check()
    head.act("#decide .btn-primary")
    year.at(on(8, 1))
    rulebook_services.carry_out(adjustment_id=change.pk, at=on(8, 1))

    change.refresh_from_db()
    assert (change.state, change.decided_by) == ("in_force", year.person("head"))
    clerk = year.who("clerk")
    clerk.open("/rulebook/compare/?one=2027-07-31&other=2027-08-01")
    expect(clerk.page.locator("main")).to_contain_text("A04")
    asked = {day: rulebook.duty_on("A04", day) for day in (date(2027, 7, 31), date(2027, 8, 1))}
    assert [duty.count for duty in asked.values() if duty] == [1, 2]


def an_overdue_answer_climbs_and_is_closed_by_another(year: Year) -> None:
    year.at(on(9, 1))
    branch = year.person("branch").appointments.get().post.unit
    clerk = year.who("clerk")
    clerk.open("/follow-ups/new/")
    clerk.page.fill("[name=subject]", "整改措施落实情况")
    clerk.page.fill("[name=text]", "请说明三条整改措施的落实情况。")
    clerk.page.fill("[name=lead]", branch.code)
    clerk.page.fill("[name=due_on]", "2027-09-20")
    clerk.act("main form .btn-primary")
    follow_up = FollowUp.objects.get()
    row = follow_up.units.get()
    rungs = []
    for month, day in ((9, 16), (9, 17), (9, 20), (9, 22), (10, 4), (10, 6)):
        year.at(on(month, day, 6))
        tasks.climb_ladders(at=django_timezone.localtime())
        row.refresh_from_db()
        rungs.append(row.rung)
    assert rungs == [0, 1, 1, 2, 2, 3]

    year.at(on(10, 8))
    answering = year.who("branch")
    answering.open(f"/follow-ups/{follow_up.pk}/")
    answering.page.fill("main form[action$='/answer/'] textarea[name=text]", "三条措施均已落实。")
    answering.act("main form[action$='/answer/'] .btn-primary")
    assert answering.page.locator("#close form[action$='/close/']").count() == 0
    year.at(on(10, 9))
    closing = year.who("clerk")
    closing.open(f"/follow-ups/{follow_up.pk}/")
    closing.page.fill("#close input[name=note]", "已核实")
    closing.act("#close form[action$='/close/'] .btn-primary")

    follow_up.refresh_from_db()
    assert (follow_up.state, follow_up.closed_by) == ("closed", year.person("clerk"))
    assert re.fullmatch(r"\d+", str(follow_up.number))
