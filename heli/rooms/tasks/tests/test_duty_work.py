"""What this room tells about the work of a person: by post and day, once, with what proves it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heli.rooms.people.models import Person
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.responsibilities.records import DutyWork, Holding, WorkQuery
from heli.rooms.tasks.models import Citation, Evidence, FurtherDuty, Task
from heli.rooms.tasks.queries.duty_work import duty_work

pytestmark = pytest.mark.django_db
START, END, TODAY = date(2027, 1, 1), date(2028, 1, 1), date(2027, 3, 10)
KIND = "branch_secretary"


def task(everyone: Everyone, at: datetime, title: str, **more: object) -> Task:
    values: dict[str, object] = {
        "line": "party", "unit": everyone.branch_a1, "post_kind": KIND, "due_on": TODAY, "opened_at": at,
        "opened_by": everyone.party_clerk,
    }  # fmt: skip
    return Task.objects.create(title=title, **(values | more))


def done(row: Task, by: Person, at: datetime, reviewer: Person) -> Task:
    evidence = Evidence.objects.create(
        unit=row.unit, kind="text", title=f"{row.title}记录", text="x", happened_on=at.date() - timedelta(days=9),
        recorded_at=at, recorded_by=by,
    )  # fmt: skip
    Citation.objects.create(task=row, evidence=evidence, cited_at=at, cited_by=by)
    row.state, row.accepted_at, row.accepted_by, row.handed_in_at, row.handed_in_by = "closed", at, by, at, by
    row.closed_at, row.closed_by = at, reviewer
    row.save()
    return row


def asked(
    person: Person, *holdings: Holding, units: tuple[int, ...] = (), codes: tuple[str, ...] = ()
) -> list[DutyWork]:
    return duty_work(WorkQuery(person.pk, holdings, units, frozenset(codes), START, END, TODAY))


def test_a_done_task_is_told_with_both_days_and_what_proves_it(everyone: Everyone, at: datetime) -> None:
    secretary = everyone.branch_secretary_a1
    row = done(task(everyone, at, "党课", obligation="A04"), secretary, at, everyone.party_head)

    (work,) = asked(secretary, Holding(everyone.branch_a1.pk, KIND, date(2020, 1, 1)))

    assert (work.key, work.state, work.obligations) == (f"tasks.task:{row.pk}", "done", ("A04",))
    assert (work.done_on, work.recorded_on) == (TODAY - timedelta(days=9), TODAY)
    assert [proof.title for proof in work.proofs] == ["党课记录"]
    assert (work.doer_id, work.checked_by, work.is_addressed) == (secretary.pk, everyone.party_head.name, True)


def test_undone_work_goes_with_the_post_and_done_work_stays_with_who_did_it(everyone: Everyone, at: datetime) -> None:
    before, after = everyone.branch_secretary_a1, everyone.member_a1
    done(task(everyone, at, "前任做的", due_on=date(2027, 2, 1)), before, at, everyone.party_head)
    task(everyone, at, "没做的", due_on=date(2027, 2, 10))
    unit, moved = everyone.branch_a1.pk, date(2027, 3, 1)

    left = asked(before, Holding(unit, KIND, date(2020, 1, 1), moved))
    came = asked(after, Holding(unit, KIND, moved))

    assert [work.title for work in left] == ["前任做的"]
    assert [work.title for work in came] == ["没做的"]


def test_work_of_a_unit_is_told_by_its_obligations(everyone: Everyone, at: datetime) -> None:
    task(everyone, at, "专题研究", unit=everyone.group, post_kind="party_clerk", obligation="B01")
    task(everyone, at, "别的事", unit=everyone.group, post_kind="party_clerk", obligation="B02")
    task(everyone, at, "去年的", unit=everyone.group, post_kind="party_clerk", obligation="B01", state="canceled")

    found = asked(everyone.secretary, units=(everyone.group.pk,), codes=("B01",))

    assert [(work.title, work.is_addressed) for work in found] == [("专题研究", False)]


def test_a_task_for_whoever_does_tasks_is_addressed_to_posts_that_may(everyone: Everyone, at: datetime) -> None:
    task(everyone, at, "支部的事", post_kind="")
    unit = everyone.branch_a1.pk

    assert [work.title for work in asked(everyone.member_a1, Holding(unit, KIND, START))] == ["支部的事"]
    assert asked(everyone.member_a1, Holding(unit, "staff", START)) == []


def test_one_task_counts_for_each_duty_it_meets(everyone: Everyone, at: datetime) -> None:
    row = task(everyone, at, "组织生活会和民主评议", obligation="A07", post_kind="")
    FurtherDuty.objects.create(task=row, code="A08")
    task(everyone, at, "别的事", obligation="A04", post_kind="")
    unit = everyone.branch_a1.pk

    (work,) = asked(everyone.member_a1, units=(unit,), codes=("A08",))

    assert (work.key, work.obligations) == (f"tasks.task:{row.pk}", ("A07", "A08"))


def test_it_costs_three_queries_whatever_there_is(everyone: Everyone, at: datetime) -> None:
    secretary, unit = everyone.branch_secretary_a1, everyone.branch_a1.pk
    counts = []
    for number in (1, 5):
        for index in range(number):
            done(task(everyone, at, f"{number}{index}"), secretary, at, everyone.party_head)
        with CaptureQueriesContext(connection) as captured:
            asked(secretary, Holding(unit, KIND, START), units=(unit,), codes=("A04",))
        counts.append(len(captured))

    assert counts == [3, 3]
