"""Task templates of the demo: approved ones with one issue out, one that follows an event, one that waits, and a draft
of the other office that asks the same; a task with a part of another unit, and one that comes after it; limits.
"""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

from django.utils import translation

from heli.rooms.people.models import Person, Unit
from heli.rooms.tasks import queries, services
from heli.rooms.tasks.models import TaskTemplate
from heli.rooms.tasks.services import NewPart

_ROWS = Path(__file__).parent / "data" / "templates.csv"
_PARTS = _ROWS.with_name("parts.csv")
_LIMITS = _ROWS.with_name("limits.csv")


def load(at: datetime) -> None:
    """Draft, approve and issue once; a site that has templates is left alone."""
    if TaskTemplate.objects.exists():
        return
    clerk, head = _holder_of("party_clerk"), _holder_of("party_head")
    with _ROWS.open(encoding="utf-8", newline="") as lines, translation.override("zh-hans"):
        for number, row in enumerate(csv.DictReader(lines)):
            drafter = _holder_of(row["by"])
            template = services.draft_template(new=_draft(row, drafter, at), by=drafter, at=at)
            if row["state"] != "draft":
                services.submit_template(template_id=template.pk, by=drafter, at=at, version=1)
            if row["state"] == "approved":
                services.approve_template(template_id=template.pk, by=head, at=at, version=2)
            if number == 0:
                _issue(template, clerk, at)
    _set_limits(at)


def _set_limits(at: datetime) -> None:
    secretary = _holder_of("secretary")
    with _LIMITS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            services.set_limit(
                root_id=Unit.objects.get(code=row["root"]).pk,
                unit_kind=row["unit_kind"],
                minutes=int(row["minutes"]),
                starts_on=at.date(),
                reason=row["reason"],
                by=secretary,
                at=at,
            )


def _holder_of(kind: str) -> Person:
    return Person.objects.filter(appointments__post__kind=kind, account__isnull=False).order_by("pk")[0]


def _draft(row: dict[str, str], clerk: Person, at: datetime) -> services.TemplateDraft:
    root = Unit.objects.get(code=row["root"])
    return services.TemplateDraft(
        title=row["title"],
        line=row["line"],
        deliverable=row["deliverable"],
        unit_id=Unit.objects.get(code=row["unit"]).pk,
        root_id=root.pk,
        unit_kinds=tuple(row["unit_kinds"].split(";")),
        post_kind=row["post_kind"],
        every=row["every"],
        falls_on=row["falls_on"],
        nth=int(row["nth"]),
        month=int(row["month"]),
        shift=row["shift"],
        event=row["event"],
        deadline=row["deadline"],
        lead_days=int(row["lead_days"]),
        starts_on=at.date(),
        ends_on=date(at.year + 1, 12, 31),
        basis=row["basis"],
        owner_id=clerk.pk,
        minutes=int(row["minutes"]),
    )


def _issue(template: TaskTemplate, clerk: Person, at: datetime) -> None:
    due = queries.issue_preview(template, at.date()).next_due
    if due is not None:
        issue = services.begin_issue(template_id=template.pk, due=due, by=clerk, at=at)
        services.run_issue(issue_id=issue.pk, at=at)
        _belong_together(issue.source, clerk, at)


def _belong_together(source: str, clerk: Person, at: datetime) -> None:
    """Give a part of the first task to a branch, and let the second one come after it."""
    first, second = queries.tasks_of_source(source)[:2]
    with _PARTS.open(encoding="utf-8", newline="") as lines:
        parts = [NewPart(Unit.objects.get(code=row["unit"]), row["what"]) for row in csv.DictReader(lines)]
    services.add_parts(task_id=first.pk, parts=parts, by=clerk, at=at)
    services.put_after(task_id=second.pk, after_id=first.pk, by=clerk, at=at)
