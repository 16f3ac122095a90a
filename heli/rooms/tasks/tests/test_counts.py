"""No page of tasks asks the database more for a thousand tasks than for one."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import product

from django.db import connection
from django.test.utils import CaptureQueriesContext

from heli.rooms.tasks.models import Citation, Evidence, FurtherDuty, Task, TaskRequester

PAGES = (
    "/", "/tasks/", "/tasks/given/", "/tasks/matrix/?year=2027", "/tasks/unit/{unit}/", "/tasks/calendar/",
    "/tasks/burden/?unit={unit}&year=2027", "/tasks/burden/total/?unit={above}&year=2027",
    "/tasks/burden/asked/?unit={above}&year=2027", "/tasks/export/",
    "/tasks/burden/?unit={above}&year=2027&month=3",
)  # fmt: skip


def _add(everyone, at, number):
    """Tasks in every state that differ in what they are asked for, each proved once."""
    states, first = ["open", "accepted", "returned", "handed_in", "closed"], Task.objects.count()
    secretary, head = everyone.branch_secretary_a1, everyone.party_head
    rows = []
    for n in range(first, first + number):
        state = states[n % len(states)] if number > 1 else "open"
        is_in = state in {"handed_in", "closed"}
        rows.append(
            Task(
                title=f"任务{n}", line=("party", "integrity", "both")[n % 3], unit=everyone.branch_a1, state=state,
                obligation=f"A0{n % 7 + 1}", minutes=n % 4 * 10 or None, due_on=at.date() + timedelta(days=n % 90),
                opened_at=at, opened_by=head, source=f"plans.item:{n}",
                handed_in_at=at if is_in else None, handed_in_by=secretary if is_in else None,
                closed_at=at if state == "closed" else None, closed_by=head if state == "closed" else None,
            )
        )  # fmt: skip
    made = Task.objects.bulk_create(rows)
    askers = [everyone.party_department, everyone.discipline_office]
    TaskRequester.objects.bulk_create(
        TaskRequester(task=task, unit=unit) for n, task in enumerate(made) for unit in askers[: n % 2 + 1]
    )
    FurtherDuty.objects.bulk_create(FurtherDuty(task=task, code="B01") for task in made[::2])
    facts = Evidence.objects.bulk_create(
        Evidence(
            unit=task.unit, kind="text", title="记录", text="已办", happened_on=at.date(), recorded_at=at,
            recorded_by=secretary,
        )
        for task in made
    )  # fmt: skip
    Citation.objects.bulk_create(
        Citation(task=task, evidence=fact, cited_at=at, cited_by=secretary)
        for task, fact in zip(made, facts, strict=True)
    )


def test_pages_ask_as_much_for_one_task_as_for_a_thousand(everyone, client_of, at):
    people = [everyone.branch_secretary_a1, everyone.party_clerk, everyone.secretary]
    paths = [page.format(unit=everyone.branch_a1.pk, above=everyone.group.pk) for page in PAGES]
    asked: dict[tuple[int, str], list[int]] = defaultdict(list)
    opened = set()
    for number in (1, 2, 997):
        _add(everyone, at, number)
        for who, path in product(people, paths):
            browser = client_of(who)
            if number == 1:
                browser.get(path)  # what is kept between requests is fetched
            with CaptureQueriesContext(connection) as captured:
                answer = browser.get(path)
                list(answer)  # a file is written while it is read
            if answer.status_code == 200:  # not everybody oversees the group
                opened.add(path)
                asked[who.pk, path].append(len(captured))

    assert opened == set(paths)
    assert {key: counts for key, counts in asked.items() if len(set(counts)) > 1} == {}
