"""A template issued to 10,000 units in one act: tasks, requesters, messages to the holders, audit entry, progress.

The floor inserts the same number of task rows in bulk and nothing else, in a transaction that is undone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from heli.config.benchmarks.measuring import Figure, figure, seconds
from heli.rooms.tasks import queries, services

NEEDS_SITE = True
_KINDS = ("party_group", "general_branch", "party_committee")


class CascadeFailed(RuntimeError):
    """The issue did not open exactly one task a unit."""


def cascade_10k() -> Figure:
    """Seconds from the start of the job to its last row, committed; taken back afterwards."""
    now = timezone.localtime()
    units = _units()
    template = _template(now)
    clerk, due = template.drafted_by, now.date() + timedelta(days=30)
    floor = seconds(lambda: _bare(units, clerk, due, now))
    found = queries.event_due(template, now.date())
    issue = services.begin_issue(template_id=template.pk, due=found, by=clerk, at=now)
    taken = seconds(lambda: services.run_issue(issue_id=issue.pk, at=now))
    issue.refresh_from_db()
    opened = apps.get_model("tasks.Task").objects.filter(source=issue.source).count()
    if issue.state != "issued" or opened != issue.total:
        raise CascadeFailed(f"{issue.state}: {opened} of {issue.total} tasks; {issue.failure}")
    services.withdraw_issue(issue_id=issue.pk, reason="benchmark", by=clerk, at=now)
    return figure(taken, floor, "s")


MEASURES: dict[str, Callable[[], Figure]] = {"cascade.10k_units": cascade_10k}


def _units() -> list[int]:
    units = apps.get_model("people.Unit").objects.filter(tree="party", kind__in=_KINDS, valid_to__isnull=True)
    return list(units.order_by("pk").values_list("pk", flat=True))


def _template(now: datetime) -> Any:
    """Return a new approved template; its kinds of units come to 10,000 in a site of 50,000."""
    model = apps.get_model("tasks.TaskTemplate")
    units = apps.get_model("people.Unit").objects
    root = units.filter(code__startswith="G-P", kind="group_committee").order_by("pk")[0]
    clerk, head = _holder(root, "party_clerk"), _holder(root, "secretary")
    return model.objects.create(
        title="benchmark", line="both", deliverable="-", unit=root, root=root, unit_kinds=list(_KINDS),
        every="event", event=f"{now:%H%M%S}", deadline="P30D", shift="stay", starts_on=now.date(),
        ends_on=date(now.year + 1, 12, 31), basis="benchmark", owner=clerk, minutes=1, state="approved",
        hands=[clerk.pk], drafted_at=now, drafted_by=clerk, approved_at=now, approved_by=head,
    )  # fmt: skip


def _holder(unit: Any, kind: str) -> Any:
    posts = apps.get_model("people.Appointment").objects.filter(post__unit=unit, post__kind=kind)
    return posts.select_related("person").order_by("pk")[0].person


def _bare(units: list[int], by: Any, due: date, now: datetime) -> None:
    task = apps.get_model("tasks.Task")
    with transaction.atomic():
        task.objects.bulk_create(
            (
                task(title="benchmark", line="both", unit_id=unit, due_on=due, opened_at=now, opened_by=by)
                for unit in units
            ),
            batch_size=1000,
        )
        transaction.set_rollback(True)
