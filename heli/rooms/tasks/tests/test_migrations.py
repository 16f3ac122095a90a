"""Tasks are many: what a migration writes onto them it writes range by range, and once."""

from __future__ import annotations

import importlib
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from heli.rooms.tasks.models import Task, TemplateIssue
from heli.rooms.tasks.tests.factories import TaskFactory, TemplateFactory

TAKE = importlib.import_module("heli.rooms.tasks.migrations.0014_task_take_minutes_of_templates")


@pytest.mark.django_db
def test_the_check_of_minutes_is_added_without_looking_at_the_rows() -> None:
    out = StringIO()
    call_command("sqlmigrate", "tasks", "0012", stdout=out, no_color=True)

    said = out.getvalue()
    assert "NOT VALID" in said
    assert "UPDATE" not in said


def test_tasks_of_a_template_take_its_minutes_and_no_others_do(everyone, at, monkeypatch) -> None:
    monkeypatch.setattr(TAKE, "AT_ONCE", 1)
    template = TemplateFactory(
        root=everyone.group, unit=everyone.group, drafted_by=everyone.party_clerk, approved_by=everyone.party_head
    )
    issue = TemplateIssue.objects.create(
        template=template, period="2027-03", due_on=at.date(), requested_at=at, requested_by=everyone.party_clerk
    )
    of_template, stated, other = (
        TaskFactory(unit=everyone.branch_a1, source=issue.source, due_on=at.date()),
        TaskFactory(unit=everyone.branch_a2, source=issue.source, minutes=5),
        TaskFactory(unit=everyone.branch_a1, source="plans.item:1"),
    )

    for _twice in range(2):
        TAKE.take(apps, connection.schema_editor())

    minutes = {task.pk: task.minutes for task in Task.objects.order_by("pk")}
    assert minutes == {of_template.pk: 30, stated.pk: 5, other.pk: None}
