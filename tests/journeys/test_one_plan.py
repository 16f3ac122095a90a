"""The main job in a browser: two real papers in, decisions on the board, a task in a branch secretary's to-do."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from heli.rooms.people.models import Account, Person
from heli.rooms.plans.models import Finding, Plan, PlanItem
from heli.rooms.plans.tests.papers import INTEGRITY, PARTY
from heli.rooms.plans.tests.world import World, build_world
from heli.ui.testing.browser import PHONE, Journey

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow(30)]


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world()


@pytest.fixture
def own_papers(tmp_path: Path) -> tuple[Path, Path]:
    """Two short papers in our own words."""
    party, integrity = tmp_path / "党建工作要点.txt", tmp_path / "党风廉政建设工作要点.txt"
    party.write_text(PARTY, encoding="utf-8")
    integrity.write_text(INTEGRITY, encoding="utf-8")
    return party, integrity


@pytest.fixture
def real_papers() -> tuple[Path, Path]:
    """Two real papers from the folder named by SAMPLES."""
    folder = Path(os.environ.get("SAMPLES", ""))
    found = [sorted(folder.glob(f"{number}_*.txt")) for number in ("01", "02")] if os.environ.get("SAMPLES") else []
    if not found or not all(found):
        pytest.skip("Set SAMPLES to a folder that holds the sample papers 01_*.txt and 02_*.txt.")
    return found[0][0], found[1][0]


def account(person: Person) -> Account:
    return Account.objects.get(person=person)


def hand_in(clerk: Journey, papers: tuple[Path, Path], year: int) -> Plan:
    clerk.open("/plans/new/")
    clerk.page.fill("input[name=year]", str(year))
    clerk.act("main form .btn-primary")
    for line, paper in zip(("party", "integrity"), papers, strict=True):
        clerk.page.set_input_files(f"#files-{line}", str(paper))
        clerk.act(f"form:has(#files-{line}) button[type=submit]")
    return Plan.objects.get()


_SETTLED = """(before) => document.querySelector('.board-prog b').innerText !== before
    && !document.querySelector('.htmx-settling, .htmx-swapping, .htmx-request, .htmx-added')"""


def decide_all(clerk: Journey, plan: Plan) -> int:
    """Decide card after card with the keyboard, as a clerk does: 1 merges, 3 adds, 2 gives a reason."""
    decided = 0
    for _turn in range(Finding.objects.filter(plan=plan).count() + 2):
        card = clerk.page.locator(".find-card.active")
        if card.count() == 0:
            break
        keys = card.locator("[data-key]").evaluate_all("(all) => all.map((one) => one.dataset.key)")
        before = clerk.page.locator(".board-prog b").inner_text()
        for ask in card.locator(".ask").all():
            ask.locator("input").first.check()
        if ("1" in keys and "4" in keys) or "3" in keys:
            clerk.page.keyboard.press("3" if "3" in keys else "1")
        else:
            clerk.page.keyboard.press("2")
            card.locator("textarea[name=reason]:focus").wait_for()
            clerk.page.keyboard.type("对象和要求都不同")
            card.locator("details[open] button[type=submit]").click()
        clerk.page.wait_for_function(_SETTLED, arg=before)
        decided += 1
    return decided


def name_leads(clerk: Journey) -> None:
    """Say whose work it is where the papers do not, or name a unit that this enterprise has not."""
    choices = clerk.page.locator("#leads select")
    if not choices.count():
        return
    for choice in choices.all():
        if not choice.input_value():
            choice.select_option(index=1)
    clerk.act("#leads .btn-primary")


def publish(clerk: Journey, secretary: Journey, plan: Plan) -> None:
    clerk.act(".board-head .btn-primary")
    assert "/versions/1/" in clerk.page.url
    name_leads(clerk)
    clerk.act(".pagehead .btn-primary")
    secretary.open(f"/plans/{plan.pk}/versions/1/")
    secretary.act("form:has(#approval-note) .btn-primary")


def run(new_journey: Callable[..., Journey], world: World, papers: tuple[Path, Path], year: int) -> Plan:
    clerk, secretary = new_journey(), new_journey()
    clerk.sign_in(account(world.people["clerk"]))
    secretary.sign_in(account(world.people["secretary"]))
    plan = hand_in(clerk, papers, year)
    clerk.act(".pagehead .btn-primary")
    assert "/board/" in clerk.page.url
    number = Finding.objects.filter(plan=plan, is_standing=True).count()
    assert decide_all(clerk, plan) == number
    publish(clerk, secretary, plan)
    plan.refresh_from_db()
    return plan


def all_to_do(branch: Journey) -> str:
    """Return what the to-do page says, with each month that is folded for later."""
    branch.open("/")
    months = [link.get_attribute("href") or "" for link in branch.page.locator(".todo-later a").all()]
    said = [branch.page.text_content("main") or ""]
    for month in months:
        branch.open(f"/{month}")
        said.append(branch.page.text_content("main") or "")
    return "\n".join(said)


def test_two_papers_become_the_tasks_of_a_branch_secretary(
    new_journey: Callable[..., Journey],
    world: World,
    own_papers: tuple[Path, Path],
) -> None:
    plan = run(new_journey, world, own_papers, 2027)

    branch = new_journey()
    branch.sign_in(account(world.people["a1_secretary"]))
    assert plan.published_number == 1
    assert "主题党日" in all_to_do(branch)
    branch.open(f"/plans/{plan.pk}/versions/1/")
    assert "主题党日" in branch.page.inner_text("main")
    assert "责任书" not in branch.page.inner_text("main")


def test_the_two_sample_papers_become_tasks(
    new_journey: Callable[..., Journey],
    world: World,
    real_papers: tuple[Path, Path],
) -> None:
    plan = run(new_journey, world, real_papers, 2027)

    carried = PlanItem.objects.filter(version__plan=plan, reach="branches").order_by("number").first()
    branch = new_journey()
    branch.sign_in(account(world.people["a1_secretary"]))
    assert carried is not None
    assert carried.text[:12] in all_to_do(branch)


def test_every_plan_page_is_readable_by_everybody(
    browser_page: Journey,
    axe: Callable[..., list[str]],
    world: World,
    own_papers: tuple[Path, Path],
) -> None:
    browser_page.sign_in(account(world.people["clerk"]))
    plan = hand_in(browser_page, own_papers, 2027)
    paper = plan.documents.order_by("pk")[0]
    row = paper.rows.filter(kind="item").order_by("pk")[0]
    browser_page.act(".pagehead .btn-primary")
    browser_page.show(width=PHONE)

    for path in (
        "/plans/",
        "/plans/new/",
        f"/plans/{plan.pk}/",
        f"/plans/{plan.pk}/papers/{paper.pk}/",
        f"/plans/{plan.pk}/rows/{row.pk}/",
        f"/plans/{plan.pk}/board/",
        f"/plans/{plan.pk}/board/?kind=gap",
    ):
        browser_page.open(path)
        assert axe(browser_page) == [], path
        sideways = browser_page.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert sideways <= 0, path
