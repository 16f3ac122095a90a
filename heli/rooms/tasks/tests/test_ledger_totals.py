"""The ledger over a tree: what is out for a unit and all units below it, month by month."""

from __future__ import annotations

from datetime import date

import pytest

from heli.rooms.tasks import queries, services
from heli.rooms.tasks.models import Task, TaskTemplate
from heli.rooms.tasks.tests.factories import TaskFactory, TemplateFactory


@pytest.fixture
def template(everyone):
    """Thirty minutes a month of every branch, asked by the group."""
    return TemplateFactory(
        root=everyone.group, unit=everyone.group, drafted_by=everyone.party_clerk, approved_by=everyone.party_head
    )


def _issued(template, by, at):
    due = queries.issue_preview(template, at.date()).next_due
    issue = services.begin_issue(template_id=template.pk, due=due, by=by, at=at)
    services.run_issue(issue_id=issue.pk, at=at)


def test_the_total_of_a_tree_is_the_sum_of_its_units_month_by_month(everyone, template, at):
    _issued(template, everyone.party_clerk, at)
    TaskFactory(unit=everyone.branch_a1, requesters=[everyone.group], due_on=date(2027, 5, 9))
    TaskFactory(unit=everyone.branch_a1, requesters=[everyone.group], due_on=date(2027, 5, 9), state="canceled")

    for person, unit in (
        (everyone.secretary, everyone.group), (everyone.secretary_a, everyone.committee_a),
        (everyone.branch_secretary_b1, everyone.branch_b1),
    ):  # fmt: skip
        for total in queries.totals_below(person, unit, 2027, at.date()):
            rows = list(queries.load_below(person, unit, total.month, at.date()))
            sums = [sum(row[name] for row in rows) for name in ("tasks", "stated", "unstated")]
            assert [total.tasks, total.minutes, total.unstated] == sums
    march, may = (queries.totals_below(everyone.secretary, everyone.group, 2027, at.date())[n] for n in (2, 4))
    assert (march.tasks, march.minutes, march.unstated) == (3, 90, 0)
    assert (may.tasks, may.minutes, may.unstated) == (1, 0, 1)


def test_the_total_counts_nothing_of_a_unit_that_the_reader_does_not_oversee(everyone, template, at):
    _issued(template, everyone.party_clerk, at)

    months = queries.totals_below(everyone.branch_secretary_b1, everyone.group, 2027, at.date())

    assert sum(month.tasks for month in months) == 1


def test_the_total_comes_as_a_part_of_the_page_and_leads_down(everyone, client_of, template, at):
    _issued(template, everyone.party_clerk, at)
    page = client_of(everyone.secretary).get(f"/tasks/burden/?unit={everyone.group.pk}&year=2027").content.decode()
    leaf = client_of(everyone.branch_secretary_a1).get("/tasks/burden/?year=2027").content.decode()
    address = f"/tasks/burden/total/?unit={everyone.group.pk}&year=2027"

    part = client_of(everyone.secretary).get(address)
    stranger = client_of(everyone.branch_secretary_b1).get(address)

    assert address.replace("&", "&amp;") in page
    assert "/tasks/burden/total/" not in leaf
    assert f"?unit={everyone.group.pk}&amp;year=2027&amp;month=3#below" in part.content.decode()
    assert stranger.status_code == 404


def test_what_is_asked_of_others_is_what_stands_on_their_tasks(everyone, client_of, template, at):
    _issued(template, everyone.party_clerk, at)
    TaskTemplate.objects.update(minutes=90)
    tasks = Task.objects.order_by("pk")
    tasks.filter(unit=everyone.branch_a1).update(state="canceled")
    tasks.filter(unit=everyone.branch_b1).update(minutes=45)

    (asked,) = queries.asks_of_others(everyone.party_head, everyone.group, 2027, at.date())
    page = client_of(everyone.secretary).get(f"/tasks/burden/asked/?unit={everyone.group.pk}&year=2027")
    stranger = client_of(everyone.branch_secretary_b1).get(f"/tasks/burden/asked/?unit={everyone.group.pk}&year=2027")

    assert (asked.units, asked.times, asked.least, asked.most, asked.minutes) == (2, 1, 30, 45, 75)
    assert asked.minutes == sum(
        total.minutes for total in queries.totals_below(everyone.secretary, everyone.group, 2027, at.date())
    )
    assert "30–45" in page.content.decode()
    assert stranger.status_code == 404
    assert queries.asks_of_others(everyone.party_head, everyone.group, 2026, at.date()) == []
